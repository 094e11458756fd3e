"""Which files of a letter a check is about, what they are, and how their size is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal
from unicodedata import normalize

from pydantic import AfterValidator, BeforeValidator

from mailbot import languages
from mailbot.model import Dossier, File, FileProblem, Role
from mailbot.rulebook.checking import LetterFacts, is_unread
from mailbot.rulebook.models import one_or_more
from mailbot.yamlfile import Hinted, suggestion

LONGEST = 300
"""Characters of a name that are read."""

Of = Literal["manuscripts", "documents", "pictures", "originals", "archives", "attachments", "all"]
OF = (
    "manuscripts (the articles), documents (also forms, and the same article in another format), pictures (image files "
    "that the letter encloses, also in archives), originals (those of them that belong to a picture in an article), "
    "archives, attachments (what hangs on the letter; an archive is one), or all (also what is in archives)"
)
"""What `of` may be, for descriptions."""

_ROLES: dict[str, tuple[Role, ...]] = {
    "documents": (Role.MANUSCRIPT,),
    "pictures": (Role.PICTURE, Role.ORIGINAL),
    "originals": (Role.ORIGINAL,),
    "archives": (Role.ARCHIVE,),
}

_SAME = {"jpg": "jpeg", "jpe": "jpeg", "tif": "tiff", "heif": "heic", "htm": "html", "markdown": "md", "text": "txt"}
_WORD = frozenset({"doc", "docx", "docm", "dot", "dotx", "wps", "wpt", "odt", "rtf", "pdf", "txt", "md", "html", "mht"})
_OTHERS = (
    "xls xlsx et csv ods ppt pptx dps odp ofd caj vsd zip rar 7z tar gz bz2 xz jpeg png gif bmp tiff webp heic avif "
    "svg psd ai raw cr2 cr3 nef arw dng mp3 wav m4a amr mp4 mov avi wmv mkv flv eml msg exe bat js vbs apk url lnk"
)
FORMATS = tuple(sorted({*_WORD, *_OTHERS.split()}))
"""The formats by the names that rules use: endings of files' names."""

_KINDS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.ms-works": "wps",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "text/plain": "txt",
    "text/markdown": "md",
    "text/html": "html",
    "multipart/related": "mht",
    "message/rfc822": "eml",
    "application/zip": "zip",
    "application/vnd.rar": "rar",
    "application/x-7z-compressed": "7z",
    "application/x-tar": "tar",
    "application/gzip": "gz",
    "application/x-bzip2": "bz2",
    "application/x-xz": "xz",
    **{f"image/{kind}": kind for kind in ("jpeg", "png", "gif", "bmp", "tiff", "webp", "heic", "avif")},
}
_OLE = "application/x-ole-storage"
_PACKED = frozenset({"docx", "docm", "dotx", "odt", "xlsx", "pptx"})
"""Formats that are archives by their first bytes."""


def chosen(dossier: Dossier, of: Of) -> list[File]:
    """The files that `of` means. Logos and other ornaments of the letter's text are none."""
    files = [file for file in dossier.letter.files if not (file.inline and file.role is Role.OTHER)]
    if of == "all":
        return files
    if of == "attachments":
        archives = {file.name for file in files if file.role is Role.ARCHIVE}
        return [file for file in files if file.inside not in archives]
    if of == "manuscripts":
        indices = {manuscript.file for manuscript in dossier.manuscripts}
        return [file for index, file in enumerate(dossier.letter.files) if index in indices]
    documents = of == "documents"
    return [file for file in files if file.role in _ROLES[of] or (documents and _is_document(file))]


def count(dossier: Dossier, of: Of) -> int:
    """How many there are; articles count also where one is the letter's own text."""
    if of == "manuscripts":
        return sum(one.file is not None or not is_unread(one) for one in dossier.manuscripts)
    return len(chosen(dossier, of))


def _is_document(file: File) -> bool:
    return file.role is Role.OTHER and kind_of(file) in _WORD


def kind_of(file: File) -> str:
    """The format of a file by what it is; by its name only where nothing else is known; "" for unknown."""
    ending = ending_of(file)
    if file.image is not None:
        return alike(file.image.format)
    known = _KINDS.get(file.media_type, "")
    if file.media_type == _OLE:  # its name lied, or it is a newer document with a password
        known = ending if file.problem is FileProblem.ENCRYPTED or ending not in _WORD else "doc"
    if known == "zip" and file.role is not Role.ARCHIVE and ending in _PACKED:
        known = ending
    return known or (ending if ending in FORMATS else "")


def ending_of(file: File) -> str:
    """The ending of a file's name, without its dot."""
    return alike(PurePosixPath(file.name).suffix)


def alike(name: str) -> str:
    """A format's one name: "JPG" and ".jpeg" are the same."""
    name = name.strip().lower().removeprefix(".")
    return _SAME.get(name, name)


def _format(value: str) -> str:
    name = alike(value)
    if name not in FORMATS:
        raise Hinted(f"is no format known here: `{value}`", suggestion(name, FORMATS))
    return name


Formats = Annotated[tuple[Annotated[str, AfterValidator(_format)], ...], BeforeValidator(one_or_more)]
"""Formats as rules name them: docx, JPG, …"""


def outermost(files: Sequence[File]) -> list[File]:
    """Without those that lie in another one of them, so that each byte counts once."""
    names = {file.name for file in files}
    return [file for file in files if file.inside not in names]


def size_shown(size: int, like: int | None = None) -> str:
    """A size as people read it; in thousands where `like`, the limit, is written so, else in 1024s."""
    step = 1000 if like and like % 1000 == 0 and like % 1024 else 1024
    units = ("B", "KB", "MB", "GB")
    power = next((n for n in range(3) if size < step ** (n + 1)), 3)
    return f"{size / step**power:.1f}".removesuffix(".0") + f" {units[power]}"


def what(facts: LetterFacts, of: Of) -> str:
    """What the files are called, in the office's language."""
    return facts.phrases.say(f"files.{of}")


def some(facts: LetterFacts, of: Of, number: int) -> str:
    """So many of them, in the office's language."""
    return facts.phrases.say(f"files.some.{of}", count=number)


def named(facts: LetterFacts, files: Sequence[File]) -> str:
    """Their names in one line."""
    return facts.listed([facts.phrases.say("files.name", name=file.name) for file in files])


def has_default_name(facts: LetterFacts, file: File) -> bool:
    """Whether a program, a camera or a telephone gave the file its name."""
    stem = normalize("NFKC", PurePosixPath(file.name[-LONGEST:]).stem).lower().strip()
    pattern = languages.load(facts.dossier.office.language).files.default_names
    return re.fullmatch(pattern, stem) is not None
