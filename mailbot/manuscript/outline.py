"""Title and body of an article, and whether a letter's own text is one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.languages.bylines import BylinePhrases
from mailbot.manuscript.count import characters
from mailbot.manuscript.document import Paragraph
from mailbot.manuscript.labels import read_labels
from mailbot.manuscript.people import reader_of

ARTICLE_CHARACTERS = 300
"""A letter's text with fewer characters is a covering letter or a question, not an article."""
TITLE_CHARACTERS = 60
TITLE_LINES = 8
_SENTENCE = re.compile(r"[。；！？!?;：:，,]\s*$")
_QUOTED = re.compile(r"^\s*(?:>|-{3,}|_{5,})")
_SUBTITLE = re.compile(r"^\s*[—―–─－-]{2,}")
_BULLET = "●•◆■○◎☆★"


def find_title(paragraphs: Sequence[Paragraph], phrases: BylinePhrases) -> str | None:
    """The paragraph styled as title; else the first one that is short, no sentence, no label, no byline; else None."""
    head = [paragraph for paragraph in paragraphs[:50] if paragraph.level == 0]
    if head:
        return head[0].text
    for paragraph in paragraphs[:TITLE_LINES]:
        text = paragraph.text.strip()
        label, colon, value = text.replace(":", "：").partition("：")
        if colon and re.sub(r"\s", "", label) in phrases.title_labels and value.strip():
            return value.strip()
        if characters(text) > TITLE_CHARACTERS:
            return None
        if _may_be_title(text, phrases):
            return text
    return None


def bare_title(title: str, phrases: BylinePhrases) -> str:
    """A title without the word 投稿 and the like before it, and without 《》 around the whole of it."""
    head, colon, rest = title.replace(":", "：").partition("：")
    if colon and rest.strip() and head.strip("【】[]（）() ") in phrases.subject_words:
        title = rest.strip()
    around = title.startswith("《") and title.find("》") == len(title) - 1
    return title[1:-1].strip() if around else title


def _may_be_title(text: str, phrases: BylinePhrases) -> bool:
    if len(text) < 4 or _SENTENCE.search(text) or _SUBTITLE.match(text) or text[0] in _BULLET:
        return False
    if text.strip("【】[]（）() ") in phrases.subject_words or any(read_labels(text, phrases)):
        return False
    return reader_of(phrases).read(text.strip("（）()")) is None


def body_paragraphs(text: str, phrases: BylinePhrases) -> list[str]:
    """A letter's text without greeting, closing words and what it quotes: what may be an article."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    start = 0
    while start < min(len(lines), TITLE_LINES) and lines[start].startswith(phrases.greetings):
        start += 1
    kept: list[str] = []
    for line in lines[start:]:
        if _QUOTED.match(line) or (kept and line.startswith(phrases.closings)):
            break
        kept.append(line)
    return kept


def is_article(text: str, phrases: BylinePhrases) -> bool:
    """Whether a letter's own text is an article: long enough, more than one paragraph, and with a title."""
    paragraphs = body_paragraphs(text, phrases)
    if len(paragraphs) < 3 or sum(map(characters, paragraphs)) < ARTICLE_CHARACTERS:
        return False
    return find_title([Paragraph(line) for line in paragraphs], phrases) is not None
