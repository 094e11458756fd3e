"""Title and body of an article, and whether a letter's own text is one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from mailbot.count import characters
from mailbot.languages.bylines import BylinePhrases
from mailbot.manuscript.bylines.labels import LINE, kinds, read_labels
from mailbot.manuscript.bylines.lines import BULLET, plain, rows, unbracketed
from mailbot.manuscript.bylines.people import reader_of
from mailbot.manuscript.document import Paragraph

ARTICLE_CHARACTERS = 300
"""A letter's text with fewer characters is a covering letter or a question, not an article."""
TITLE_CHARACTERS = 100
SHORT_TITLE = 40
"""So long may a title be that ends like a sentence."""
TITLE_LINES = 8
LETTERHEAD = 5
"""The number of an official document stands in one of so many first lines."""
SEVERAL = 3
COUPLET = range(5, 21)
PREAMBLE = 15
RUNNING = 60
"""A line of a letter with more characters is running text."""
_UNFINISHED = re.compile(r"[；;：:，,、]\s*$")
_WITHIN = re.compile(r"[。；！？!?;]")
_SUBTITLE = re.compile(r"^\s*[—―–─－-]{2,}")
_RULE = re.compile(r"^\s*[-—_=*~─－＿]{2,}\s*$")
_MARKER = re.compile(r"^\s*[-—_─－]{3,}\s*[^\s—_─－-][^—_─－-]{0,30}[-—_─－]{3,}\s*$")
_QUOTED = re.compile(r"^\s*[>＞]")
_QUOTING = re.compile(r"[“”]")
_BRACKETS = "【】[]［］（）()《》 \u3000"
_PUNCTUATION = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"^\d{1,8}")  # a day or a number before a file's name
_NAME_PARTS = re.compile(r"[-—_＿+＋（）()【】\[\]：:|]+")


def find_title(paragraphs: Sequence[Paragraph], phrases: BylinePhrases, *, names: Sequence[str] = ()) -> str | None:
    """The article's title, without label and full stop, over as many lines as it has; None when there is none.

    In this order: what is labelled so; the paragraph that bears one of `names` (the file's, without its ending); the
    paragraphs styled as title; the first one that is short, no sentence, no label, no byline and no sub-title. What
    stands above the number of an official document is its letterhead.
    """
    heads = (
        n for n, p in enumerate(paragraphs[:LETTERHEAD], 1) if re.fullmatch(phrases.document_number, p.text.strip())
    )
    paragraphs = paragraphs[next(heads, 0) :]
    texts = [text for p in paragraphs[:TITLE_LINES] if not re.fullmatch(phrases.enclosures, text := p.text.strip())]
    lines = [line.strip() for line in rows(texts, phrases)]
    labelled = (value for line in lines if (value := labelled_title(line, phrases)))
    styled = [p.text.strip() for p in paragraphs[:50] if p.level == 0 and not _is_subject(p.text, phrases)]
    if title := next(labelled, None) or _named(lines, names, phrases):
        return _without_stop(title)
    if styled:
        return _without_stop(_together(styled[:SEVERAL]))
    for at, line in enumerate(lines):
        if _is_running(line):
            break
        if _may_be_title(line, phrases) or (_goes_on(line, phrases) and not _is_aside(line, phrases)):
            return _without_stop(_together(list(_continued(lines[at : at + SEVERAL], phrases))))
    return next((_without_stop(line) for line in lines[:1] if _only_looks_like_unit(line, phrases)), None)


def _only_looks_like_unit(line: str, phrases: BylinePhrases) -> bool:
    """Whether a line in the title's place was passed over for nothing but an ending that units have too."""
    reader, text = reader_of(phrases), unbracketed(plain(line, phrases))
    people = reader.read(text)
    alone = people is not None and people.unit == text and not people.authors
    return alone and not reader.is_surely_unit(text) and bool(_QUOTING.search(text))


def bare_title(title: str, phrases: BylinePhrases) -> str:
    """A title without the word 投稿 and the like before it, and without 《》 around the whole of it."""
    head, colon, rest = title.replace(":", "：").partition("：")
    if colon and rest.strip() and head.strip("【】[]（）() ") in phrases.subject_words:
        title = rest.strip()
    around = title.startswith("《") and title.find("》") == len(title) - 1
    return title[1:-1].strip() if around else title


def labelled_title(line: str, phrases: BylinePhrases) -> str:
    """What a line says behind a label for the title, "" for a line without one."""
    label, colon, value = re.sub(r"^[【\[]([^】\]]{2,6})[】\]][：:]?", r"\1：", line).replace(":", "：").partition("：")
    known = colon and len(label) < 20 and re.sub(r"\s", "", label) in phrases.title_labels
    return value.split("\t")[0].strip() if known else ""


def _named(lines: Sequence[str], names: Sequence[str], phrases: BylinePhrases) -> str:
    """The line, or lines together, that a name repeats, whole or as one of its parts."""
    for name in names:
        whole = _squashed(name)
        parts = {_squashed(part) for part in (_NUMBER.sub("", name), *_NAME_PARTS.split(name[:LINE]))}
        parts = {part for part in parts if len(part) > 3}
        for start, line in enumerate(lines):
            for count in range(1, SEVERAL + 1):
                together = _squashed("".join(lines[start : start + count]))
                if (together == whole and len(whole) > 1) or (together in parts and not _is_aside(line, phrases)):
                    blank = " " if re.search(r"\s", name.strip()) and count > 1 else ""
                    return blank.join(lines[start : start + count])
    return ""


def _squashed(text: str) -> str:
    return _PUNCTUATION.sub("", text[: 2 * LINE])


def _is_running(line: str) -> bool:
    size = characters(line)
    return size > TITLE_CHARACTERS or (size > TITLE_CHARACTERS // 2 and bool(_WITHIN.search(line)))


def _may_be_title(line: str, phrases: BylinePhrases) -> bool:
    if len(line) < 3 or _UNFINISHED.search(line) or line.startswith(phrases.text_openings):
        return False
    ended = line.endswith(phrases.title_ends)
    if _WITHIN.search(line[:-1]) or (ended and len(line) > SHORT_TITLE):
        return False
    return not _is_aside(line, phrases)


def _is_aside(line: str, phrases: BylinePhrases) -> bool:
    """Whether a line above or below a title is something else: label, byline, sub-title, greeting, date, column."""
    text = plain(line, phrases)
    if not re.search(r"[^\W\d_]", text) or _SUBTITLE.match(line) or BULLET.match(line) or _is_subject(line, phrases):
        return True
    if any(read_labels(line, phrases)) or re.sub(r"\s", "", text) in kinds(phrases):
        return True
    if re.match(phrases.enumeration, text) or re.fullmatch(phrases.enclosures, text):
        return True
    if line.startswith("【") and line.endswith("】"):
        return True
    letter = line.startswith(phrases.greetings) and line[-1] in "，,：:。！!"
    return letter or reader_of(phrases).read(unbracketed(text)) is not None


def _is_subject(line: str, phrases: BylinePhrases) -> bool:
    """Whether it says no more than that it is a submission: 【投稿】, 《某某》投稿."""
    return re.sub(r"《[^》]{0,40}》", "", line[:LINE]).strip(_BRACKETS) in phrases.subject_words


def _goes_on(line: str, phrases: BylinePhrases) -> bool:
    return 3 < len(line) < SHORT_TITLE and line.endswith(phrases.title_joints) and not _WITHIN.search(line)


def _continued(lines: Sequence[str], phrases: BylinePhrases) -> Iterator[str]:
    """The first line, and those below that it cannot end before, or that make a couplet with it."""
    yield lines[0]
    for line, below in pairwise(lines):
        couplet = len(line) == len(below) and len(line) in COUPLET
        if not (couplet or _goes_on(line, phrases)) or not _may_be_title(below, phrases):
            return
        yield below


def _together(lines: Sequence[str]) -> str:
    title = lines[0]
    for line, below in pairwise(lines):
        title += (" " if len(line) == len(below) and not _UNFINISHED.search(line) else "") + below
    return title


def _without_stop(title: str) -> str:
    return title.removesuffix("。").strip()


# --- a letter's own text


def body_paragraphs(text: str, phrases: BylinePhrases) -> list[str]:
    """A letter's text without greeting, closing words, signature and what it quotes: what may be an article."""
    lines = [line for line in (line.strip() for line in text.splitlines()) if line]
    lines = _unquoted(lines[_preamble(lines, phrases) :], phrases)
    last = max((at for at, line in enumerate(lines) if _is_text(line, phrases)), default=len(lines) - 1)
    tail = range(last + 1, len(lines))
    end = next((at for at in tail if _closes(lines[at], phrases)), len(lines))
    return lines[:end]


def is_article(text: str, phrases: BylinePhrases) -> bool:
    """Whether a letter's own text is an article: long enough, more than one paragraph, and with a title."""
    paragraphs = body_paragraphs(text, phrases)
    own = [line for line in paragraphs if not _is_of_letter(line, phrases)]
    if len(own) < 3 or sum(map(characters, own)) < ARTICLE_CHARACTERS:
        return False
    return find_title([Paragraph(line) for line in paragraphs], phrases) is not None


def _preamble(lines: Sequence[str], phrases: BylinePhrases) -> int:
    """How many lines before the article are of the letter, or of the program that forwarded it."""
    start = 0
    forwarded = False
    for at, line in enumerate(lines[:PREAMBLE]):
        forwarded = forwarded or any(word in line for word in phrases.forwarded)
        introduced = forwarded or at == 0 or _is_header(lines[0], phrases)
        quotes = _MARKER.match(line) or _is_header(line, phrases)
        if _is_text(line, phrases) or _QUOTED.match(line) or (quotes and not introduced):
            return start
        if quotes or _RULE.match(line) or _is_of_letter(line, phrases):
            start = at + 1
    return start


def _unquoted(lines: list[str], phrases: BylinePhrases) -> list[str]:
    """Up to what the letter quotes."""
    headers = [_is_header(line, phrases) for line in lines]
    doubled = [*map(all, pairwise(headers)), False]
    ends = (at for at, line in enumerate(lines) if doubled[at] or _QUOTED.match(line) or _MARKER.match(line))
    return lines[: next(ends, len(lines))]


def _is_header(line: str, phrases: BylinePhrases) -> bool:
    name, colon, _ = line.replace("：", ":").partition(":")
    return bool(colon) and re.sub(r"\s", "", name) in phrases.letter_headers


def _is_of_letter(line: str, phrases: BylinePhrases) -> bool:
    greeting = line.startswith(phrases.greetings) and len(line) <= LINE
    return greeting or any(word in line for word in phrases.letter_words) or _is_subject(line, phrases)


def _is_text(line: str, phrases: BylinePhrases) -> bool:
    return characters(line) > RUNNING and not _is_of_letter(line, phrases)


def _closes(line: str, phrases: BylinePhrases) -> bool:
    return bool(line.startswith(phrases.closings) or _RULE.match(line) or _is_of_letter(line, phrases))
