"""The picture files that the letter encloses, also in archives: how many, how large, of what format."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailbot.model import File
from mailbot.rulebook.checking import Answer, Check, Demand, LetterFacts
from mailbot.rulebook.files import chosen, kind_of
from mailbot.rulebook.pictures import PictureLimits, Shot, demanded, judged


class Enclosed(PictureLimits):
    """Which picture files, and what is asked of them."""

    of: Literal["pictures", "originals"] = Field(
        default="pictures", description="which files: pictures (all), or originals (those of pictures in an article)"
    )


def run(facts: LetterFacts, params: Enclosed) -> Answer:
    """Fail naming each wrong file; what could not be opened is left to `readable_files`."""
    files = [file for file in chosen(facts.dossier, params.of) if file.image is not None or file.problem is None]
    return judged(facts, [_shot(file) for file in files], params)


def _shot(file: File) -> Shot:
    image = file.image
    if image is None:
        return Shot(file.name, 0, 0, file.bytes, kind_of(file))
    return Shot(file.name, image.width, image.height, file.bytes, image.format, image.taken_at)


def demands(params: Enclosed) -> tuple[Demand, ...]:
    """How many there must be, how large, of what format."""
    return demanded(params, params.of, f"enclosed {params.of}")


CHECK = Check("pictures", "letter", Enclosed, run, demands=demands)
