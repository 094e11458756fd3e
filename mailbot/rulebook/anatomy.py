"""The parts of an article: abstract, keywords, headings, references, and the running text that is left.

Authors label parts in many ways: 摘要：…, 【摘　要】…, 关键词 甲；乙, a line 参考文献, a heading 五、参考文献. What the
format told of headings counts; beside them lines that begin with a number are headings. All patterns are linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import zip_longest

from mailbot.count import characters
from mailbot.languages.parts import PartPhrases
from mailbot.model import Manuscript

MOST_LINES = 20_000
"""What stands behind so many lines is not looked at."""
MOST_ITEMS = 500
"""So many keywords and references are told apart at most."""
GLUED_LINES = 30
"""Labels that nothing parts from what they say are looked for in so many first lines."""
TITLE_LINES = 12
"""The title stands in one of so many first lines."""
BYLINE = 100
"""A line of the byline with more characters is running text that names somebody."""
HEADING = 42
"""A heading has at most so many characters."""
UNMISTAKABLE = 4
"""A label of so many characters before a colon is one also in the middle of a line that has one."""
ABSTRACT_LINES = 15
"""An abstract goes on over so many lines at most, and only where a part that may follow one ends it."""

_ABSTRACTS = ("abstract", "english_abstract")
_KEYWORDS = ("keywords", "english_keywords")
_TO_THE_NEXT = ("references", "notes", "appendix", "acknowledgements")
_OPEN, _CLOSE = "【［\\[〔〖「『（(〈《", "】］\\]〕〗」』）)〉》"
_ORNAMENTS = r"(?:[★☆●○■□◆◇▲△▶►※＊*•]{1,3}\s{0,4})?"
_COLON = "(?:[:：﹕∶]|——|--)"
_UNFINISHED = "；;，,、：:"
_ENTRY = re.compile(
    r"\s*(?:[\[［【〔]\s*(\d{1,3})\s*[\]］】〕]|[（(](\d{1,3})[）)]|(\d{1,3})\s*[.．、)）](?!\d)"
    r"|(\d{1,3})[ \u3000\t]+(?=\D)|([①-⑳]))"
)
_BRACKETED = re.compile(r"\s*[\[［【〔]\s*(\d{1,3})\s*[\]］】〕]")
_ASIAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_NEXT_ENTRY = re.compile(r"(?<=[\s.。;；])(?=[\[［]\d{1,3}[\]］]|[①-⑳])")


@dataclass(frozen=True, slots=True)
class Part:
    """A labelled part. `name` is canonical, "" for a label that has none; `label` as written; `line` is its index."""

    name: str
    label: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading without its number. `style` is the form of that ("一、", "1.1"), "" for none; `level` is from 1.

    `number` is its last figure (2 of "1.2"), 0 for none.
    """

    text: str
    level: int
    style: str
    line: int
    number: int = 0


@dataclass(frozen=True)
class Anatomy:
    """An article taken apart. What it has not is "" or ().

    `body` is the running text without title, byline, abstract, keywords, references and the other labelled parts;
    `body_starts` is the first line of it that is a heading or running text. Notes stand in for references where
    there are none. `keywords` and `references` hold no more than 500.
    """

    lines: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    body: str = ""
    headings: tuple[Heading, ...] = ()
    body_starts: int = 0

    @cached_property
    def abstract_characters(self) -> int:
        """As Word counts (字数)."""
        return characters(self.abstract)

    @cached_property
    def body_characters(self) -> int:
        """As Word counts (字数)."""
        return characters(self.body)

    def part(self, name: str) -> Part | None:
        """The first part with this canonical name."""
        return next((part for part in self.parts if part.name == name), None)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label in the text: the rest of its line begins at `end`."""

    name: str
    label: str
    line: int
    start: int
    end: int


def anatomy_of(manuscript: Manuscript, phrases: PartPhrases) -> Anatomy:
    """The parts of an article. Linear in its length."""
    lines = tuple(manuscript.text.splitlines()[:MOST_LINES])
    whole = squashed(manuscript.title or "")
    marks = [mark for mark in _marks(lines, phrases) if squashed(lines[mark.line]) != whole]
    if not any(mark.name in ("references", "notes") for mark in marks):
        marks += _unlabelled_references(lines)
    if not any(mark.name == "english_title" for mark in marks):
        marks += _unlabelled_english_title(lines, marks)
    marks += _glued(lines, marks, phrases)
    marks.sort(key=lambda mark: (mark.line, mark.start))
    told = _told(manuscript)
    titles = set(_title_lines(lines, manuscript.title or ""))
    candidates = list(_headings(lines, told, {mark.line for mark in marks} | titles, phrases))
    parts, taken = _parts(lines, marks, [heading.line for heading in candidates])
    headings = tuple(heading for heading in candidates if heading.line not in taken)
    byline = {line.strip() for line in manuscript.byline.found if len(line) <= BYLINE}
    without = taken | titles
    running = [n for n, line in enumerate(lines) if n not in without and line.strip() and line.strip() not in byline]
    first = {heading.line for heading in headings}
    said = {part.name: part.text for part in reversed(parts)}
    return Anatomy(
        lines=lines,
        parts=tuple(parts),
        abstract=said.get("abstract", ""),
        keywords=split_keywords(said.get("keywords", ""), phrases),
        references=split_references(said.get("references") or said.get("notes", "")),
        body="\n".join(lines[n] for n in running),
        headings=_with_levels(headings, told),
        body_starts=next((n for n in running if n in first or len(lines[n]) > HEADING), running[0] if running else 0),
    )


def find_part(anatomy: Anatomy, labels: Iterable[str], phrases: PartPhrases) -> Part | None:
    """The first part that bears one of these labels, whatever it is called; headings go before other lines.

    Its text goes up to the next part, or the next heading that is not below it.
    """
    wanted = tuple(dict.fromkeys(word for label in labels if (word := squashed(label))))
    pattern = _pattern(wanted, phrases)
    levels = {heading.line: heading.level for heading in anatomy.headings}
    marks = [mark for n, line in enumerate(anatomy.lines) if (mark := _mark(pattern, line, n, phrases))]
    mark = min(marks, key=lambda one: (one.line not in levels, one.line), default=None)
    if mark is None:
        return None
    own = levels.get(mark.line, 0)
    ends = {part.line for part in anatomy.parts} | {line for line, level in levels.items() if level <= own}
    last = min((end for end in ends if end > mark.line), default=len(anatomy.lines))
    text = "\n".join((anatomy.lines[mark.line][mark.end :], *anatomy.lines[mark.line + 1 : last])).strip()
    return Part("", mark.label, text, mark.line)


def part_called(anatomy: Anatomy, labels: Iterable[str], phrases: PartPhrases) -> Part | None:
    """The part that a rule names: by a usual name where it has one, else by the label as it is written."""
    labels = tuple(labels)
    names = (canonical(label, phrases) for label in labels)
    usual = (part for name in names if name and (part := anatomy.part(name)))
    return next(usual, None) or find_part(anatomy, labels, phrases)


def canonical(label: str, phrases: PartPhrases) -> str:
    """The name of the part that is labelled or called so, "" for none."""
    return _called(phrases).get(squashed(label), "")


@cache
def _called(phrases: PartPhrases) -> dict[str, str]:
    called = {squashed(words): name for name, words in phrases.names.items()}
    return {name: name for name in phrases.names} | _names(phrases) | called


def squashed(text: str) -> str:
    """Without blanks, in small letters: one form for all ways to write a label."""
    return "".join(text.split()).casefold()


# --- labels


@cache
def _names(phrases: PartPhrases) -> dict[str, str]:
    """The canonical name of each label."""
    others = dict.fromkeys(map(squashed, phrases.other_labels), "")
    return others | {squashed(label): name for name, labels in phrases.labels.items() for label in labels}


@cache
def _labels(words: tuple[str, ...]) -> str:
    """Any of these labels, the longest first, with blanks between its characters."""
    spaced = (r"\s{0,4}".join(map(re.escape, word)) for word in sorted(words, key=len, reverse=True))
    first = "".join(sorted({re.escape(word[0]) for word in words if word}))
    return f"(?=[{first}])(?:{'|'.join(spaced)})"


@cache
def _pattern(words: tuple[str, ...], phrases: PartPhrases) -> re.Pattern[str]:
    """A label at the beginning of a line: in brackets, before a colon or a blank, or alone."""
    label = _labels(words)
    counted = "".join(key for key in phrases.numerals if len(key) == 1)
    aside = r"(?:\s{0,4}[（(][^（()）]{1,24}[）)])?"
    return re.compile(
        rf"\s*{_ORNAMENTS}(?:[{_OPEN}]\s{{0,4}}({label})\s{{0,4}}[{_CLOSE}]\s{{0,4}}{_COLON}?\s*"
        rf"|({label})(?:\s?[A-Za-z\d{counted}])?{aside}(\s*{_COLON}\s*|\s+|$))",
        re.IGNORECASE,
    )


@cache
def _inner(phrases: PartPhrases) -> re.Pattern[str]:
    """A label within a line that begins with one; a long label also where nothing parts it from the words before."""
    names = tuple(_names(phrases))
    label = _labels(names)
    long = _labels(tuple(name for name in names if len(name) >= UNMISTAKABLE))
    bracketed = rf"[【［\[]({label})[】］\]]\s*[:：]?\s*"
    return re.compile(
        rf"(?<=[\s。．.；;])(?:{bracketed}|({label})\s*[:：]\s*)|({long})\s*[:：]\s*",
        re.IGNORECASE,
    )


def _mark(pattern: re.Pattern[str], line: str, at: int, phrases: PartPhrases) -> _Mark | None:
    match = pattern.match(line)
    if match is None and (numbered := _starts(phrases).match(line)):
        match = pattern.match(line, numbered.end())
    if match is None:
        return None
    label = match[1] or match[2]
    running = match[3] is not None and match[3].strip() == "" and line[match.end() : match.end() + 1].islower()
    if running and label.isascii() and label.isalpha():
        return None  # "Summary of what was done"
    return _Mark("", label, at, match.start(), match.end())


def _marks(lines: Sequence[str], phrases: PartPhrases) -> Iterator[_Mark]:
    names = _names(phrases)
    pattern, inner = _pattern(tuple(names), phrases), _inner(phrases)
    for n, line in enumerate(lines):
        mark = _mark(pattern, line, n, phrases)
        if mark is None:
            continue
        yield _Mark(names[squashed(mark.label)], mark.label, n, mark.start, mark.end)
        for match in inner.finditer(line, mark.end):
            label = match[1] or match[2] or match[3]
            yield _Mark(names[squashed(label)], label, n, match.start(), match.end())


def _glued(lines: Sequence[str], marks: Sequence[_Mark], phrases: PartPhrases) -> Iterator[_Mark]:
    """Keywords and the abstract above them whose labels nothing parts from what they say, unless labelled better."""
    known = {mark.name: mark.line for mark in reversed(marks)}
    if "keywords" not in known and (mark := _first_glued("keywords", lines[:GLUED_LINES], phrases)):
        known["keywords"] = mark.line
        yield mark
    if "abstract" not in known and "keywords" in known:
        above = max(0, known["keywords"] - ABSTRACT_LINES)
        mark = _first_glued("abstract", lines[: known["keywords"]], phrases, above)
        yield from [mark] if mark else []


def _first_glued(name: str, lines: Sequence[str], phrases: PartPhrases, start: int = 0) -> _Mark | None:
    label = re.compile(rf"\s*({_labels(tuple(map(squashed, phrases.labels[name])))})")
    for n in range(start, len(lines)):
        match = label.match(lines[n])
        if match and (name == "abstract" or _is_list(lines[n][match.end() :], phrases)):
            return _Mark(name, match[1], n, match.start(), match.end())
    return None


def _is_list(words: str, phrases: PartPhrases) -> bool:
    return sum(words.count(mark) for mark in phrases.strong_separators) > 1 and not words.endswith(
        phrases.sentence_ends
    )


def _unlabelled_references(lines: Sequence[str]) -> Iterator[_Mark]:
    """The last list [1], [2], … whose numbers are at the beginning of lines, where no label says what it is."""
    numbered = [(n, int(match[1])) for n, line in enumerate(lines) if (match := _BRACKETED.match(line))]
    first = max((at for at, (_, number) in enumerate(numbered) if number == 1), default=len(numbered))
    numbers = [number for _, number in numbered[first:]]
    if len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1)):
        yield _Mark("references", "", numbered[first][0], 0, 0)


def _unlabelled_english_title(lines: Sequence[str], marks: Sequence[_Mark]) -> Iterator[_Mark]:
    """The first of the lines without East Asian letters right above an English abstract."""
    abstract = next((mark.line for mark in marks if mark.name == "english_abstract"), 0)
    first = abstract
    while first > max(0, abstract - TITLE_LINES) and not _ASIAN.search(lines[first - 1]):
        first -= 1
    title = next((n for n in range(first, abstract) if lines[n].strip()), None)
    if title is not None and all(mark.line != title for mark in marks):
        yield _Mark("english_title", "", title, 0, 0)


# --- what belongs to a label


def _parts(lines: Sequence[str], marks: list[_Mark], headings: list[int]) -> tuple[list[Part], set[int]]:
    """The parts, and the lines that they take from the running text."""
    parts: list[Part] = []
    taken: set[int] = set()
    for mark, following in zip_longest(marks, marks[1:]):
        beside = following is not None and following.line == mark.line
        first = lines[mark.line][mark.end : following.start if following and beside else None].strip()
        last = mark.line + 1
        if not beside:
            last = _end(lines, mark, following, bool(first), headings)
        text = "\n".join(filter(None, (first, *(line.strip() for line in lines[mark.line + 1 : last]))))
        parts.append(Part(mark.name, mark.label, text, mark.line))
        taken.update(range(mark.line, mark.line + 1 if mark.name == "body" else last))
    return parts, taken


def _end(lines: Sequence[str], mark: _Mark, following: _Mark | None, inline: bool, headings: list[int]) -> int:
    """The line behind the last one of a part."""
    limit = following.line if following else len(lines)
    own = mark.line + 1
    heading = next((line for line in headings if line > mark.line), len(lines))
    paragraph = own if inline else max(own, min(_filled(lines, own) + 1, limit, heading))
    if mark.name in ("body", "references", "notes"):
        return limit
    if mark.name in _TO_THE_NEXT:
        return min(limit, heading)
    if mark.name in _ABSTRACTS:
        ended = following is not None and following.name not in _TO_THE_NEXT and heading > limit
        return limit if ended and limit - own <= ABSTRACT_LINES else min(paragraph, heading)
    if mark.name in _KEYWORDS:
        while paragraph < min(limit, heading) and lines[paragraph - 1].rstrip().endswith(tuple(_UNFINISHED)):
            paragraph += 1
        return paragraph
    closing = mark.name == "about_authors" and heading == len(lines) and mark.line > len(lines) * 2 // 3
    return limit if closing else min(paragraph, heading)


def _filled(lines: Sequence[str], at: int) -> int:
    return next((n for n in range(at, min(at + 3, len(lines))) if lines[n].strip()), at)


def _title_lines(lines: Sequence[str], title: str) -> Iterator[int]:
    """The lines over which the title goes."""
    whole = squashed(title)
    for n, line in enumerate(lines[:TITLE_LINES]):
        words = squashed(line)
        if whole and len(words) > 1 and (words in whole or (whole in words and len(words) < len(whole) + 10)):
            yield n


def split_keywords(text: str, phrases: PartPhrases) -> tuple[str, ...]:
    """The keywords of a list, parted by marks; where there are none by strokes or blanks, whichever tells more."""
    text = text.strip().rstrip("。.")
    if any(mark in text for mark in phrases.strong_separators):
        parts = re.split(f"[{re.escape(phrases.strong_separators)}\n]", text)
    else:
        parts = max((re.split(weak, text) for weak in (r"\s+", r"[/／]|-{2,}|—{1,2}|\n")), key=len)
    return tuple(word for part in parts[:MOST_ITEMS] if (word := part.strip()))


def split_references(text: str) -> tuple[str, ...]:
    """The entries of a list: a line numbered like the first is a new one; without numbers each line is."""
    lines = [piece.strip() for line in text.splitlines() for piece in _NEXT_ENTRY.split(line) if piece.strip()]
    forms = [match.lastindex if (match := _ENTRY.match(line)) else None for line in lines]
    form = next(filter(None, forms), None)
    entries: list[list[str]] = []
    for line, own in zip(lines, forms, strict=True):
        if entries and own != form:
            entries[-1].append(line)
        else:
            entries.append([line])
    return tuple(" ".join(entry) for entry in entries[:MOST_ITEMS])


def entry_number(entry: str) -> int | None:
    """The number before a reference, None where it has none."""
    match = _ENTRY.match(entry)
    if match is None:
        return None
    return circled(match[5]) if match[5] else int(str(match[match.lastindex or 0]))


def circled(digit: str) -> int:
    """1 for ①."""
    return ord(digit) - ord("①") + 1


# --- headings


def _told(manuscript: Manuscript) -> dict[str, int]:
    """The headings that the format told, with their levels."""
    pairs = zip_longest(manuscript.headings, manuscript.levels[: len(manuscript.headings)], fillvalue=0)
    return {line.strip(): int(level) for text, level in pairs for line in str(text).splitlines() if line.strip()}


@cache
def _starts(phrases: PartPhrases) -> re.Pattern[str]:
    styles = (f"(?P<s{n}>{one.pattern})" for n, one in enumerate(phrases.heading_starts))
    return re.compile(rf"\s*(?=[{phrases.heading_firsts}])(?:{'|'.join(styles)})")


@cache
def _no_heading(phrases: PartPhrases) -> re.Pattern[str]:
    return re.compile(phrases.no_heading)


def _headings(
    lines: Sequence[str], told: dict[str, int], labelled: set[int], phrases: PartPhrases
) -> Iterator[Heading]:
    """The headings; levels are not settled yet (0: not told)."""
    pattern = _starts(phrases)
    listed: tuple[str, int] = ("", 0)
    for n, line in enumerate(lines):
        text = line.strip()
        match = pattern.match(line)
        level = told.get(text) if text else None
        if match is None:
            if level is not None and n not in labelled:
                yield Heading(text, level, "", n)
            continue
        style = phrases.heading_starts[int(str(match.lastgroup)[1:])]
        number = _number(str(match[pattern.groupindex[str(match.lastgroup)] + 1]), phrases)
        words = line[match.end() :].strip()
        if level is None:
            goes_on = listed == (style.style, number - 1)
            head = _head(words, run_in=style.run_in)
            if not head or goes_on or (style.bare and _no_heading(phrases).match(words)):
                is_item = words.endswith(tuple(_UNFINISHED)) or goes_on
                listed = (style.style, number) if is_item else listed
                continue
            words = head
        yield Heading(words, level or 0, style.style, n, number)


def _head(words: str, *, run_in: bool) -> str:
    """The heading that a numbered line begins with, "" for none."""
    first, stop, _ = words.partition("。")
    if len(words) <= HEADING and not stop and not words.endswith(tuple(_UNFINISHED)):
        return words
    fits = run_in and stop and len(first) <= HEADING and not any(mark in first for mark in "；;")
    return first if fits else ""


def style_of(example: str, phrases: PartPhrases) -> str:
    """The form of number that an admin's example has: "(1)" -> "（1）", "" for none that is known."""
    match = _starts(phrases).match(f"{example.strip()} x")
    return phrases.heading_starts[int(str(match.lastgroup)[1:])].style if match else ""


def _number(written: str, phrases: PartPhrases) -> int:
    last = re.split("[.．]", written)[-1]
    return int(last) if last.isdecimal() else phrases.numerals.get(last, 0)


def _with_levels(headings: Sequence[Heading], told: dict[str, int]) -> tuple[Heading, ...]:
    """A level for each: as told, else that of the first heading numbered so, else one below the heading before."""
    levels: dict[str, int] = {}
    found: list[Heading] = []
    for heading in headings:
        level = heading.level or levels.get(heading.style, 0) or (found[-1].level + 1 if found and heading.style else 1)
        if heading.style:
            levels.setdefault(heading.style, level)
        found.append(Heading(heading.text, level, heading.style, heading.line, heading.number))
    return tuple(found)
