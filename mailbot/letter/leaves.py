"""What the leaves of a letter bring: its text, its files, and the letters that it encloses.

Files are taken out under names of our own, a piece at a time. A letter within the letter is one file, and is opened:
its files stand among the others with `inside`, its sender and text in `Forwarded`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from mailbot.languages.letters import LetterPhrases
from mailbot.letter import decoration, headers, html, media, skeleton, uu
from mailbot.letter.charsets import decode
from mailbot.letter.headers import MAX_BLOCK, Headers, split_headers
from mailbot.letter.parts import Part, Tree, read_tree
from mailbot.letter.texts import says
from mailbot.model import Address, File, FileProblem, Forwarded, Role

MAX_FILES = 1000
MAX_TEXT = 2 * 1024 * 1024  # bytes of all texts of a letter that are read, those of letters within it included
MAX_FORWARDED = 3  # letters within letters that are opened
_STUB = 300  # characters of a plain text that may only say that the letter is in HTML
_META = re.compile(rb"""<meta[^>]{1,200}charset\s*=\s*["']?([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)


@dataclass(slots=True)
class Gathered:
    """What is gathered from the leaves of a letter and of the letters within it."""

    work: Path
    prefix: str
    phrases: LetterPhrases
    files: list[File] = field(default_factory=list)
    forwarded: list[Forwarded] = field(default_factory=list)
    pages: list[html.Page] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    left: int = MAX_TEXT

    def defect(self, remark: str) -> None:
        if remark not in self.defects:
            self.defects.append(remark)


@dataclass(frozen=True, slots=True)
class _Image:
    """An image that stands in a letter: its place among the files, and what tells whether it is a photograph."""

    number: int
    part: Part
    pixels: tuple[int, int] | None


def take(tree: Tree, found: Gathered, inside: str | None = None, depth: int = 0) -> str:
    """Take the files of a letter out, and answer its text."""
    versions: dict[int, list[tuple[str, str]]] = {}
    images: list[_Image] = []
    for part in tree.parts:
        if part.is_text:
            versions.setdefault(part.group, []).append((part.media_type, _text(tree, part, found, inside)))
        elif taken := _take_file(found, part.name, part.media_type, tree.content(part), inside, depth):
            number, head = taken
            if found.files[number].media_type.startswith("image/"):
                images.append(_Image(number, part, media.pixels(head)))
    pages: list[html.Page] = []
    readable = (_readable(group, pages, found.phrases) for group in versions.values())
    text = "\n\n".join(dict.fromkeys(filter(None, readable)))
    _judge_images(images, pages, found)
    found.pages += pages
    return text


# --- Texts ------------------------------------------------------------------------------------------------------------


def _text(tree: Tree, part: Part, found: Gathered, inside: str | None) -> str:
    """The text of a part as it stands, as far as there is room; files that are written into it are taken out."""
    content = tree.content(part)
    if part.media_type == "text/plain":
        content = uu.without_files(
            content, lambda name, lines: _take_written(found, headers.name_of(decode(name)), lines, inside)
        )
    kept, left = bytearray(), found.left
    for piece in content:  # to its end: files may follow
        kept += piece[: left - len(kept)]
        if len(kept) >= left:
            found.defect(f"its text is longer than {MAX_TEXT} bytes")
            if part.media_type != "text/plain":
                break
    found.left -= len(kept)
    charset = part.charset
    if not charset and part.media_type == "text/html" and (meta := _META.search(kept[:2048])):
        charset = meta[1].decode("ascii")
    return decode(bytes(kept), charset, cut=found.left == 0)


def _take_written(found: Gathered, name: str, content: Iterator[bytes], inside: str | None) -> None:
    """A file within a text; where there are too many its lines are passed over."""
    if _take_file(found, name, "", content, inside, MAX_FORWARDED) is None:
        for _ in content:
            pass


def _readable(versions: list[tuple[str, str]], pages: list[html.Page], phrases: LetterPhrases) -> str:
    """One text out of its versions: the plain ones, or the pages where those are empty or say nothing."""
    own = [html.read_html(text) for kind, text in versions if kind == "text/html"]
    pages += own
    plain = html.tidy("\n".join(text for kind, text in versions if kind == "text/plain"))
    shown = html.tidy("\n".join(page.text for page in own))
    if plain and shown and len(plain) <= _STUB:
        stub = says(plain, phrases.html_stubs) and len(shown) > len(plain)
        if stub or len(shown) > 200 + 4 * len(plain):
            return shown
    others = (text for kind, text in versions if kind not in ("text/plain", "text/html"))
    return plain or shown or html.tidy("\n".join(html.read_html(text).text for text in others))


def plain_reading(raw: Path, block: bytes) -> str:
    """The text of a letter whose structure cannot be read: all that follows its header block, as it stands."""
    end = re.search(rb"\r?\n\r?\n", block)
    with raw.open("rb") as file:
        file.seek(end.end() if end else 0)
        return html.tidy(decode(file.read(MAX_TEXT), cut=True))


# --- Files ------------------------------------------------------------------------------------------------------------


def _take_file(
    found: Gathered, name: str, declared: str, content: Iterator[bytes], inside: str | None, depth: int
) -> tuple[int, bytes] | None:
    """Take one file out: its place among the files, and its first bytes. None where there are too many."""
    if len(found.files) >= MAX_FILES:
        found.defect(f"it has more than {MAX_FILES} files")
        return None
    number = len(found.files)
    where = f"{found.prefix}{number + 1:03}"
    taken = skeleton.extract(content, found.work / where)
    kind = media.media_type(taken.head, name, declared)
    if kind == media.APPLE_FORK and name:
        name += ".rsrc"
    file = File(
        name=name or _own_name(taken.head, kind, where, found.files),
        media_type=kind,
        bytes=taken.size,
        sha256=taken.sha256,
        where=where,
        role=media.role(kind),
        inside=inside,
        problem=None if taken.size else FileProblem.EMPTY,
    )
    found.files.append(file)
    if file.role is Role.FORWARDED and depth < MAX_FORWARDED:
        open_forwarded(found.work / where, file.name, found, depth + 1)
    return number, taken.head


def _own_name(head: bytes, kind: str, where: str, others: list[File]) -> str:
    """A name for a file that has none: the subject of a forwarded letter, once, else ours."""
    subject = split_headers(head).text("subject") if kind == "message/rfc822" else ""
    name = re.sub(r'[\\/:*?"<>|]', "_", subject)[:80].strip(" .") + ".eml"
    taken = any(file.name == name for file in others)
    return name if subject and not taken else where + media.extension(kind)


def _judge_images(images: list[_Image], pages: list[html.Page], found: Gathered) -> None:
    """Tell the images that stand in the text from those enclosed beside it, and from both what is no photograph."""
    places = decoration.places(pages, found.phrases)
    for image in images:
        shown = places.get(image.part.cid, []) if image.part.cid else []
        if not shown and (image.part.attached or not image.part.inline):
            continue
        file = found.files[image.number]
        no_photo = decoration.is_decoration(shown, image.pixels, file.bytes)
        found.files[image.number] = replace(file, inline=True, role=Role.OTHER if no_photo else file.role)


# --- Letters within the letter ----------------------------------------------------------------------------------------


def open_forwarded(path: Path, name: str, found: Gathered, depth: int) -> None:
    """Take the text and the files of a letter within the letter; it stands among the files as `name`."""
    with path.open("rb") as file:
        block = file.read(MAX_BLOCK)
    place = len(found.forwarded)
    try:
        tree = read_tree(path)
        text = take(tree, found, name, depth)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - as for the letter itself; the forwarded letter is kept as a file
        found.defect(f"a forwarded letter was read without its structure: {type(error).__name__}")
        text = plain_reading(path, block)[: found.left]
        found.left = max(0, found.left - len(text))
    fields = split_headers(block)
    letter = Forwarded(
        file=name,
        sender=sender_of(fields),
        subject=fields.text("subject"),
        sent_at=headers.date(fields.text("date")),
        text=text,
    )
    found.forwarded.insert(place, letter)


def sender_of(fields: Headers) -> Address | None:
    """The first usable address of From, else of Sender."""
    senders = headers.addresses(fields.raw("from")) or headers.addresses(fields.raw("sender"))
    return senders[0] if senders else None
