"""Which of a letter's documents are articles of their own, and what belongs to each.

    documents -> without enclosures: covering letter, form, declaration, approval, author's biography, sheet of photos
              -> without doubles: the same article in another format, or an older copy of it
              -> articles, in the order of the letter
    photos    -> the article in which they are embedded, else the one whose name they share, else the letter

What looks like an enclosure is one only beside an article: if nothing else is there, it is what was sent in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from unicodedata import normalize

from mailbot.count import characters
from mailbot.languages.articles import ArticlePhrases, Enclosure
from mailbot.manuscript.files import Seen
from mailbot.manuscript.outline import ARTICLE_CHARACTERS
from mailbot.manuscript.sniff import TEXTS, FileType
from mailbot.model import Manuscript, Role

SHINGLE = 8
COMPARED = 20_000
"""So many characters of two documents are compared."""
ALIKE = 0.8
"""From this part of the shorter one's shingles on, found in the other, two documents are one article."""
SIZES = 0.5
"""A document with less than this part of the other's text is no copy of it: it may be an extract, or one of several."""
NOTE_CHARACTERS = 100
"""A plain text or web page with fewer is a note, a signature or what a mail server added, never an article."""
SHARED_NAME = 3
"""So many characters of a photograph's name must stand in an article's name or title."""
_BLANKS = re.compile(r"\s+")
_NUMBERS = re.compile(r"[\d\W_a-z]+")
_RANKS = (FileType.DOCX, FileType.OLE, FileType.ODT, FileType.RTF)
"""Of several formats of one article the first is read; all others come after these."""


@dataclass
class _Candidate:
    """A document with what is compared of it."""

    item: Seen
    text: str
    size: int

    @classmethod
    def of(cls, item: Seen) -> _Candidate:
        paragraphs = item.document.paragraphs if item.document else ()
        text = "\n".join(paragraph.text for paragraph in paragraphs)
        return cls(item, text, characters(text))

    @cached_property
    def shingles(self) -> frozenset[int]:
        """All pieces of SHINGLE characters; made only where there is another document to compare with."""
        plain = _BLANKS.sub("", self.text)[:COMPARED]
        return frozenset(hash(plain[at : at + SHINGLE]) for at in range(max(1, len(plain) - SHINGLE + 1)) if plain)


def find_articles(seen: Sequence[Seen], phrases: ArticlePhrases, *, body: bool = False) -> list[Seen]:
    """The documents that are articles of their own; the others get the role OTHER or point to their article.

    `body`: the letter's own text is an article, so that nothing enclosed need be one.
    """
    documents = [_Candidate.of(item) for item in seen if item.is_document]
    readable = {one.item.stem for one in documents if one.item.document}
    documents = [one for one in documents if not _is_note(one)]
    own = [one for one in documents if not _is_enclosure(one, phrases) and not _is_scan(one, readable)]
    if not any(one.item.document for one in own) and not body:
        own = _what_was_sent(documents, own)
    articles: list[_Candidate] = []
    for one in sorted(own, key=_rank(phrases)):
        twin = next((index for index, other in enumerate(articles) if _is_double(one, other)), None)
        if twin is None:
            articles.append(one)
        one.item.article = len(articles) - 1 if twin is None else twin
    return _in_order(seen, [one.item for one in articles], {id(one.item) for one in own})


def _what_was_sent(documents: list[_Candidate], own: list[_Candidate]) -> list[_Candidate]:
    """With no readable article: the longest enclosure if it is as long as one, else all that came."""
    long = [one for one in documents if one.item.document and one.size >= ARTICLE_CHARACTERS]
    if long:
        return [*own, max(long, key=lambda one: one.size)]
    return own or documents


def _in_order(seen: Sequence[Seen], articles: list[Seen], own: set[int]) -> list[Seen]:
    """Articles renumbered in the letter's order; documents that are none get their role."""
    ordered = sorted(articles, key=lambda article: next(n for n, item in enumerate(seen) if item is article))
    place = {id(article): index for index, article in enumerate(ordered)}
    for item in seen:
        if id(item) in own and item.article is not None:
            item.article = place[id(articles[item.article])]
        elif item.is_document:
            item.file = replace(item.file, role=Role.OTHER)
    return ordered


def _rank(phrases: ArticlePhrases) -> Callable[[_Candidate], tuple[bool, bool, int]]:
    """Readable ones first; of those the corrected copy, then the better format, then the order of the letter."""

    def rank(one: _Candidate) -> tuple[bool, bool, int]:
        kind = one.item.kind
        revised = any(word in one.item.stem for word in phrases.revised)
        return one.item.document is None, not revised, _RANKS.index(kind) if kind in _RANKS else len(_RANKS)

    return rank


# --- enclosures


def _is_enclosure(one: _Candidate, phrases: ArticlePhrases) -> bool:
    if any(name in one.item.stem for enclosure in phrases.enclosures for name in enclosure.names):
        return True
    document = one.item.document
    if document is None:
        return False
    if one.item.kind in TEXTS and one.size < ARTICLE_CHARACTERS:
        return True  # a note to the editors, a list of links
    if document.pictures and one.size < 20 * (1 + len(document.pictures)):
        return True  # photos with their captions
    return any(_is_like(one, enclosure) for enclosure in phrases.enclosures)


def _is_scan(one: _Candidate, readable: set[str]) -> bool:
    """A PDF without text beside a document that can be read: signed, stamped, or approved."""
    return one.item.document is None and one.item.kind is FileType.PDF and bool(readable - {one.item.stem})


def _is_note(one: _Candidate) -> bool:
    return one.item.document is not None and one.item.kind in TEXTS and one.size < NOTE_CHARACTERS


def _is_like(one: _Candidate, enclosure: Enclosure) -> bool:
    if one.size > enclosure.longest or not enclosure.signs:
        return False
    plain = _BLANKS.sub("", normalize("NFKC", one.text))
    return sum(_BLANKS.sub("", normalize("NFKC", sign)) in plain for sign in enclosure.signs) >= enclosure.enough


# --- doubles


def _is_double(one: _Candidate, article: _Candidate) -> bool:
    """Whether a document is the same article as one that is already known, which is the better copy."""
    if one.item.document is None:
        return one.item.stem == article.item.stem
    if article.item.document is None:
        return False
    fewer, more = sorted((one, article), key=lambda item: len(item.shingles))
    if not fewer.shingles or len(fewer.shingles) < SIZES * len(more.shingles):
        return False
    return len(fewer.shingles & more.shingles) >= ALIKE * len(fewer.shingles)


# --- what belongs to an article


def place_by_name(seen: Sequence[Seen], articles: Sequence[Manuscript], phrases: ArticlePhrases) -> None:
    """Photos that stand in no article go to the one whose title, file or author their name has in it, if only one."""
    keyed = [(article, _keys(article)) for article in articles]
    for item in seen:
        if item.article is None and item.file.role in (Role.PICTURE, Role.ORIGINAL, Role.OTHER):
            words = _words_of(item, phrases)
            shares = [_begins_with(item.stem, article) or _share(words, keys) for article, keys in keyed]
            best = max(shares, default=0)
            if best and shares.count(best) == 1:
                item.article = shares.index(best)


def _begins_with(stem: str, article: Manuscript) -> int:
    """The length of an article's file name where a photograph's goes on from it: 稿件1-图1 beside 稿件1 and 稿件2."""
    name = article.source.rpartition(".")[0].strip().lower() if article.file is not None else ""
    rest = stem.removeprefix(name)
    if not name or rest == stem:
        return 0
    goes_on = rest[:1].isalnum() and (len(name) == 1 or (rest[0] + name[-1]).isascii())
    return 0 if goes_on else len(name)


def _words_of(item: Seen, phrases: ArticlePhrases) -> list[str]:
    """What a photograph's name says, and that of the folder or archive it lay in, without what all such names have."""
    names = []
    for name in (item.stem, *item.folders):
        plain = _NUMBERS.sub(" ", normalize("NFKC", name).lower())
        for word in phrases.plain_names:
            plain = plain.replace(word, " ")
        names += plain.split()
    return names


def _keys(article: Manuscript) -> tuple[str, frozenset[str]]:
    """What an article is called, and its authors' names."""
    source = article.source.rpartition(".")[0] if article.file is not None else ""
    called = normalize("NFKC", f"{article.title or ''}\n{source}\n{article.byline.unit or ''}").lower()
    return _BLANKS.sub("", called), frozenset(author.name for author in article.byline.authors)


def _share(words: Iterable[str], key: tuple[str, frozenset[str]]) -> int:
    """How many characters of a name stand in what an article is called; an author's name counts however short."""
    called, authors = key
    return max((len(word) if word in authors else _longest_shared(word, called) for word in words), default=0)


def _longest_shared(word: str, called: str) -> int:
    """The length of the longest piece of the word that stands in it, 0 for less than SHARED_NAME."""
    word = word[:60]
    for size in range(len(word), SHARED_NAME - 1, -1):
        if any(word[at : at + size] in called for at in range(len(word) - size + 1)):
            return size
    return 0
