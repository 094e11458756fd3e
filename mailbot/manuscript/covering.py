"""What a letter says of its work where it carries no article: photographs, a linked or a forgotten file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.languages import Language
from mailbot.manuscript.bylines import places
from mailbot.manuscript.bylines.byline import read_byline, read_contacts
from mailbot.manuscript.bylines.people import PeopleReader, reader_of
from mailbot.manuscript.outline import bare_title, labelled_title
from mailbot.model import Author, Byline, Manuscript

LINES = 200
"""So many lines of the letter are looked into for the label of a title."""
LONGEST = 120
"""Characters of a subject that may name a work, and of a line."""

_PARTS = re.compile(r"[-—–_＿+＋\s【】\[\]《》：:,，、/／|｜]+")


def covering(subject: str, lines: Sequence[str], language: Language, *, pictures: bool) -> Manuscript:
    """Who submits the work, and how to reach him; with `pictures`, what the work is called. It has no text."""
    phrases, reader = language.bylines, reader_of(language.bylines)
    parts = [part for part in _PARTS.split(subject[:LONGEST]) if part]
    byline = read_byline([], phrases, letter=lines, names=(subject,))
    name = next((part for part in parts if reader.is_common_name(part)), "") if not byline.authors else ""
    if name:
        byline = Byline(unit=byline.unit, authors=(Author(name=name),), found=(*byline.found, subject[:LONGEST]))
    return Manuscript(
        source="",
        byline=places.with_places(byline, language),
        contacts=read_contacts(lines, phrases),
        called=_called(parts, lines, byline, reader, language) if pictures else "",
    )


def _called(
    parts: Sequence[str], lines: Sequence[str], byline: Byline, reader: PeopleReader, language: Language
) -> str:
    """The title that a label says, else the last part of the subject that is neither sign, name, unit nor number."""
    labelled = (labelled_title(line, language.bylines) for line in lines[:LINES] if len(line) <= LONGEST)
    title = next((title for title in labelled if title), "")
    if title:
        return bare_title(title, language.bylines)
    others = {byline.unit, *(author.name for author in byline.authors), *(author.unit for author in byline.authors)}
    signs = (*language.letters.submission_words, *language.letters.reply_prefixes, *language.letters.forward_prefixes)
    left = [
        part
        for part in parts
        if part not in others
        and not any(sign in part.lower() for sign in signs)
        and not reader.is_surely_unit(part)
        and not part.isdecimal()
    ]
    return left[-1] if left else ""
