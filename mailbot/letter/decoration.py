"""Pictures in a letter's text that are no photographs: logos of signatures, icons, counting pixels.

They stay files, and nobody takes them for pictures of an article. A photo that was pasted into the text stays one,
also below the signature: size tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.languages.letters import LetterPhrases
from mailbot.letter.html import Image, Page
from mailbot.letter.texts import signed_from

ICON = 48  # pixels of the shorter side up to which nothing is a photograph
LOGO = 320  # the same for what stands in a signature
LOGO_BYTES = 24 * 1024  # the same for an image that does not tell its pixels
SHOWN_LOGO = 160  # pixels of height at which a signature shows its logo


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a page shows an image: its element, and whether that is in the signature or below it."""

    image: Image
    signed: bool


def places(pages: Iterable[Page], phrases: LetterPhrases) -> dict[str, list[Shown]]:
    """By Content-ID where the pages show the pictures that the letter encloses."""
    found: dict[str, list[Shown]] = {}
    for page in pages:
        if not any(image.cid for image in page.images):
            continue
        start = signed_from(page.text, phrases)
        end = len(page.text.rstrip("\n> "))
        for image in page.images:
            below = start < end and (image.at >= start or not page.text[image.at : start].strip())
            if image.cid:
                found.setdefault(image.cid, []).append(Shown(image, image.signed or below))
    return found


def is_decoration(shown: list[Shown], pixels: tuple[int, int] | None, size: int) -> bool:
    """Whether an image of so many bytes, shown at these places (none: at none), is no photograph."""
    if pixels and min(pixels) <= ICON:
        return True
    if not shown:
        return False
    if all(place.image.hidden or _is_icon(place.image) for place in shown):
        return True
    return all(place.signed and _is_logo(place.image, pixels, size) for place in shown)


def _is_icon(image: Image) -> bool:
    return 0 < image.width <= ICON and 0 < image.height <= ICON


def _is_logo(image: Image, pixels: tuple[int, int] | None, size: int) -> bool:
    if 0 < image.height <= SHOWN_LOGO:
        return True
    return min(pixels) <= LOGO if pixels else size <= LOGO_BYTES
