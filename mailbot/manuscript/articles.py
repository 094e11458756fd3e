"""Which of a letter's documents are articles of their own, and what the others belong to.

First cut: each document is one, except an unreadable document that bears the name of a readable one (the same article
in another format), except a PDF beside a readable document (an approval or a scan of it), and except a form or
declaration, by its name, beside another document.
"""

from __future__ import annotations

from dataclasses import replace

from mailbot.languages.bylines import BylinePhrases
from mailbot.manuscript.document import Paragraph
from mailbot.manuscript.files import Seen
from mailbot.manuscript.sniff import FileType
from mailbot.model import Role


def find_articles(seen: list[Seen], phrases: BylinePhrases) -> list[Seen]:
    """The documents that are articles of their own, in the letter's order; those that are not point to theirs."""
    documents = [item for item in seen if item.is_document]
    if own := [item for item in documents if not _is_form(item, phrases)]:
        for item in documents:
            if _is_form(item, phrases):
                item.file = replace(item.file, role=Role.OTHER)
        documents = own
    readable = {item.stem for item in documents if item.document}
    articles: list[Seen] = []
    known: dict[tuple[Paragraph, ...], int] = {}
    for item in documents:
        if item.document and item.document.paragraphs in known:  # the same article twice
            item.article = known[item.document.paragraphs]
            continue
        if item.document and item.document.paragraphs:
            known[item.document.paragraphs] = len(articles)
        double = item.document is None and item.stem in readable
        enclosure = item.document is None and item.kind is FileType.PDF and bool(readable)
        if not double and not enclosure:
            item.article = len(articles)
            articles.append(item)
    stems = {item.stem: item.article for item in articles if item.document}
    for item in documents:
        if item.article is None:
            item.article = stems.get(item.stem)
            if item.article is None:
                item.file = replace(item.file, role=Role.OTHER)
    return articles


def _is_form(item: Seen, phrases: BylinePhrases) -> bool:
    return any(word in item.stem for word in phrases.form_names)
