"""From the facts of an example to a dossier: a good submission in which just these facts are different. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from mimetypes import MimeTypes
from zoneinfo import ZoneInfo

from mailbot import languages
from mailbot.count import characters
from mailbot.languages.teaching import Sample
from mailbot.model import (
    Address,
    Author,
    Byline,
    CloudFile,
    Contacts,
    Dossier,
    Earlier,
    File,
    History,
    ImageFacts,
    Kind,
    Layout,
    Letter,
    Look,
    Manuscript,
    Office,
    Page,
    Picture,
    Role,
)
from mailbot.rulebook.samples import ZONE, Facts, SampleFile, SamplePicture

ARRIVED = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo(ZONE))
LENGTH = 1200
"""Characters of the sample article."""

_DOCUMENTS = ("docx", "doc", "wps", "docm", "odt", "rtf", "pdf", "txt", "htm", "html", "md", "pages", "et", "xlsx")
_IMAGES = ("jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "heif")
_ROLES = {
    **dict.fromkeys(_IMAGES, Role.PICTURE),
    **dict.fromkeys(("zip", "rar", "7z", "tar", "gz", "tgz"), Role.ARCHIVE),
    "eml": Role.FORWARDED,
}
_TYPES = MimeTypes(filenames=())
"""Only what Python knows itself: an example must not come out differently on another machine."""


def dossier_of(facts: Facts) -> Dossier:
    """A submission with these facts; `facts.mail` is not looked at."""
    sample = languages.load(languages.DEFAULT).teaching.sample
    files, homes = _files(facts, sample)
    arrived = facts.arrived or ARRIVED
    letter = Letter(
        message_id="<example@example.org>",
        subject=(facts.subject or "") if facts.gives("subject") else sample.subject,
        sender=_sender(facts, sample),
        sent_at=arrived,
        text=(facts.letter or "") if facts.gives("letter") else sample.letter,
        files=files,
        cloud_files=tuple(CloudFile(name=name, url="https://example.org/", provider="") for name in facts.links),
    )
    return Dossier(
        kind=Kind.SUBMISSION,
        kind_reasons=(),
        letter=letter,
        manuscripts=tuple(_manuscript(facts, sample, files, home) for home in homes),
        arrived_at=arrived,
        announced=sum(file.bytes for file in files) + 10_000,
        office=Office(address="office@example.org", timezone=ZONE),
        history=History(earlier=_earlier(facts, arrived)),
    )


def _sender(facts: Facts, sample: Sample) -> Address | None:
    if not facts.gives("sender"):
        return Address(address=sample.address, name=sample.sender)
    return Address(address=facts.sender) if facts.sender else None


# --- files ------------------------------------------------------------------------------------------------------------


def _files(facts: Facts, sample: Sample) -> tuple[tuple[File, ...], list[int | None]]:
    """The letter's files with the originals of its pictures, and for each article which of them it is."""
    given = facts.files if facts.files is not None else () if facts.gives("files") else _documents(facts, sample)
    homes = [number for number, one in enumerate(given) if _ending(one.name) in _DOCUMENTS][: facts.articles]
    originals = {name for n, picture in _numbered(facts) if (name := _original(picture, n, sample))}
    files = [
        _file(one, home=homes.index(n) if n in homes else None, is_original=one.name in originals)
        for n, one in enumerate(given)
    ]
    here = {file.name for file in files}
    for number, picture in _numbered(facts):
        name = _original(picture, number, sample)
        if name and name not in here:
            big = SampleFile(name=name, bytes=picture.bytes * 4, width=picture.width * 2, height=picture.height * 2)
            files.append(_file(big, home=None, is_original=True))
    return tuple(files), [*homes, *[None] * (facts.articles - len(homes))]


def _documents(facts: Facts, sample: Sample) -> tuple[SampleFile, ...]:
    """The sample's document, as often as there are articles."""
    further = (SampleFile(name=f"{number}-{sample.file}") for number in range(2, facts.articles + 1))
    return (SampleFile(name=sample.file), *further)


def _numbered(facts: Facts) -> list[tuple[int, SamplePicture]]:
    return list(enumerate(facts.pictures or (), 1))


def _original(picture: SamplePicture, number: int, sample: Sample) -> str | None:
    if isinstance(picture.original, str):
        return picture.original or None
    return sample.original.format(number=number) if picture.original else None


def _file(one: SampleFile, *, home: int | None, is_original: bool) -> File:
    """A file; `home` is the number of the article that it is."""
    ending = _ending(one.name)
    role = Role.MANUSCRIPT if home is not None else Role.ORIGINAL if is_original else _ROLES.get(ending, Role.OTHER)
    image = None
    if ending in _IMAGES or one.width or one.height:
        form = one.format or {"jpg": "JPEG", "tif": "TIFF", "heic": "HEIF"}.get(ending, ending.upper())
        image = ImageFacts(width=one.width, height=one.height, format=form, taken_at=one.taken_at)
    return File(
        name=one.name,
        media_type=_TYPES.guess_type(one.name)[0] or "application/octet-stream",
        bytes=one.bytes,
        sha256=hashlib.sha256(one.name.encode()).hexdigest(),
        where=one.name,
        role=role,
        inside=one.inside,
        problem=one.problem,
        submission=home if home is not None else 0 if is_original else None,
        inline=one.inline,
        image=image,
        text="" if home is not None else one.text,
    )


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


# --- the article ------------------------------------------------------------------------------------------------------


def _manuscript(facts: Facts, sample: Sample, files: tuple[File, ...], home: int | None) -> Manuscript:
    source = files[home].name if home is not None else "body"
    problem = files[home].problem if home is not None else None
    if problem is not None:
        return Manuscript(source=source, file=home, problem=problem)
    if home is None and not (facts.title or facts.text):
        return Manuscript(source=source)  # nothing is enclosed, and the letter itself is no article
    text = _text(facts, sample)
    headings = facts.headings or ()
    unit = (facts.unit or None) if facts.gives("unit") else sample.unit
    return Manuscript(
        source=source,
        file=home,
        title=(facts.title or None) if facts.gives("title") else sample.title,
        text=text,
        headings=tuple(heading.text for heading in headings),
        levels=tuple(heading.level for heading in headings),
        paragraphs=_given(facts.paragraphs, sum(1 for line in text.splitlines() if line.strip())),
        characters=_given(facts.characters, characters(text)),
        byline=_byline(facts, sample, unit),
        contacts=Contacts(**facts.contacts.model_dump()) if facts.contacts else Contacts(),
        pictures=tuple(_picture(picture, number, sample) for number, picture in _numbered(facts)),
        layout=_layout(facts),
    )


def _given(value: int | None, else_: int) -> int:
    return value if value is not None else else_


def _text(facts: Facts, sample: Sample) -> str:
    """The text given, else the sample's, as long as it has to be."""
    if facts.gives("text"):
        return facts.text or ""
    length = _given(facts.characters, LENGTH)
    return (sample.text * (length // len(sample.text) + 1))[:length]


def _byline(facts: Facts, sample: Sample, unit: str | None) -> Byline:
    authors = tuple(Author(**author.model_dump()) for author in facts.authors or ())
    found = [sample.byline.format(unit=unit)] if unit else []
    found += [" ".join(part for part in (author.name, author.unit, author.post) if part) for author in authors]
    return Byline(unit=unit, authors=authors, found=tuple(found))


def _picture(picture: SamplePicture, number: int, sample: Sample) -> Picture:
    facts = picture.model_dump() | {"original": _original(picture, number, sample)}
    return Picture(**facts | {"name": picture.name or f"image{number}.{picture.format.lower()}"})


def _layout(facts: Facts) -> Layout:
    if facts.layout is None:
        return Layout()
    given = facts.layout.model_dump()
    return Layout(
        title=Look(**given["title"]) if given["title"] else None,
        body=Look(**given["body"]) if given["body"] else None,
        headings=tuple(Look(**look) for look in given["headings"]),
        page=Page(**given["page"]) if given["page"] else None,
    )


def _earlier(facts: Facts, arrived: datetime) -> tuple[Earlier, ...]:
    made = [
        Earlier(
            number=f"E-{number}",
            arrived_at=arrived - timedelta(days=one.days_ago),
            state=one.state,
            issue=one.issue,
            title=one.title,
            unit=one.unit,
            own=one.own,
            article=0 if one.likeness else None,
            likeness=one.likeness,
        )
        for number, one in enumerate(facts.earlier or (), 1)
    ]
    return tuple(sorted(made, key=lambda one: one.arrived_at, reverse=True))
