"""A form is filled in, in the article or in a document beside it: each field has its label and what is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from mailbot.count import characters
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed
from mailbot.rulebook.models import Words
from mailbot.rulebook.patterns import Pattern, compiled
from mailbot.rulebook.widths import half_width
from mailbot.yamlfile import Hinted

LABEL = 60
"""Characters of a cell or line in which a label is looked for."""
BEFORE = 6
"""So many blanks, digits and marks may stand before it."""
SHOWN = 20
LINES = 5_000
_GAP = re.compile(r"[ \u3000]{2,20}(?=[^\s:：]{1,12}\s{0,3}[:：])")
_LABELLED = re.compile(r"[^:：]{1,12}[:：]")
_NOTHING = " \t\u3000_＿—-－:：/／.。…"


class FormField(Params):
    """One field of the form."""

    label: Words = Field(min_length=1, description="what stands before it, or a list of which any will do")
    longest: int | None = Field(
        default=None, ge=1, description="its first paragraph may have so many characters at most"
    )
    one_of: Words = Field(default=(), description="it has to be filled in with one of these words")
    pattern: Pattern | None = Field(default=None, description="a pattern (RE2) that must be found in what is filled in")
    example: str | None = Field(default=None, description="a good answer, which the message shows")

    @model_validator(mode="after")
    def _makes_sense(self) -> FormField:
        if self.one_of and self.pattern:
            raise Hinted("has both one_of and pattern", "keep one of them")
        if self.example is not None and self.pattern is not None and not compiled(self.pattern).search(self.example):
            raise Hinted(f"has an example that is wrong by its own pattern: `{self.example}`", "mend one of the two")
        return self


def _field(value: Any) -> Any:
    return {"label": value} if isinstance(value, str) else value


class Fields(Params):
    """What is to be filled in."""

    fields: tuple[Annotated[FormField, BeforeValidator(_field)], ...] = Field(
        min_length=1, max_length=100, description="the fields: labels as they stand in the form, or label and longest"
    )
    longest: int | None = Field(
        default=None, ge=1, description="no field may have more characters, if not said otherwise"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Fields:
        labels = [_squeezed(label) for field in self.fields for label in field.label]
        double = next((label for label in labels if labels.count(label) > 1), None)
        if "" in labels:
            raise Hinted("has a field without a name", "write its label as it stands in the form")
        if double is not None:
            raise Hinted(f"names the field `{double}` twice", "name each field once")
        return self


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a label stands: line and cell; `value` is what follows it in the cell itself."""

    line: int
    cell: int
    value: str


@dataclass(frozen=True, slots=True)
class _Form:
    """A text in which the form may stand: the cells of its lines, and where each field's label is."""

    rows: list[list[str]]
    places: dict[str, list[_Place]]

    def value(self, field: FormField) -> str | None:
        """What is filled in, "" for nothing, None where the field itself is not there."""
        taken = {(place.line, place.cell) for found in self.places.values() for place in found}
        values = [_value(self.rows, place, taken) for place in self.places[field.label[0]]]
        return next(filter(None, values), "") if values else None


def run(facts: ArticleFacts, params: Fields) -> Answer:
    """Fail listing the fields that are missing, left empty, or not filled in as is asked for."""
    say = facts.phrases.say
    form = max((_form(text, params) for text in _texts(facts)), key=lambda one: sum(map(bool, one.places.values())))
    missing, empty, seen = [], [], []
    wrong: list[str] = []
    for field in params.fields:
        name = field.label[0]
        value = form.value(field)
        if value is None:
            missing.append(name)
        elif not value:
            empty.append(name)
        else:
            seen.append(say("form.passed", field=name, value=_short(value)))
            wrong += _faults(facts, field, value, params.longest)
    if len(missing) == len(params.fields):
        return failed(say("form.none", fields=facts.listed(missing)))
    cases = (("form.missing", missing), ("form.empty", empty))
    said = [say(case, fields=facts.listed(names)) for case, names in cases if names] + wrong
    evidence = facts.listed(seen)
    return failed(say("faults.and").join(said), evidence) if said else passed(evidence)


def _texts(facts: ArticleFacts) -> list[str]:
    """The article, and what lies beside it: forms of its own, or of the whole letter."""
    own = {None, *(n for n, one in enumerate(facts.dossier.manuscripts) if one is facts.manuscript)}
    return [
        facts.manuscript.text,
        *(file.text for file in facts.dossier.letter.files if file.text and file.submission in own),
    ]


def _form(text: str, params: Fields) -> _Form:
    rows = [_cells(line) for line in text.splitlines()[:LINES]]
    return _Form(rows, {field.label[0]: _places(rows, field) for field in params.fields})


def _faults(facts: ArticleFacts, field: FormField, value: str, longest: int | None) -> Iterator[str]:
    """What is wrong with the answer in a field."""
    say, name = facts.phrases.say, field.label[0]
    limit = field.longest or longest
    if limit is not None and characters(value) > limit:
        yield say("form.long", field=name, count=characters(value), limit=limit)
    if field.one_of and _plain(value) not in map(_plain, field.one_of):
        yield say("form.other", field=name, value=_short(value), words=facts.listed(list(field.one_of)))
    if field.pattern is not None and not compiled(field.pattern).search(half_width(value)):
        example = say("form.example", text=field.example) if field.example else ""
        yield say("form.wrong", field=name, value=_short(value), example=example)


def _short(value: str) -> str:
    return value[:SHOWN] + ("…" if len(value) > SHOWN else "")


def _plain(value: str) -> str:
    return "".join(half_width(value).casefold().split())


def _squeezed(text: str) -> str:
    return "".join(text.split()).rstrip(":：")


def _cells(line: str) -> list[str]:
    """The cells of a row; labels with a colon that follow each other in one line part it, too."""
    return [cell for part in line.split("\t") for cell in (_GAP.split(part.strip()) if len(part) < 2000 else [part])]


@cache
def _pattern(labels: tuple[str, ...]) -> str:
    words = "|".join(r"\s*".join(re.escape(letter) for letter in _squeezed(label)) for label in labels)
    note = r"\s*(?:[(（][^()（）]{0,30}[)）])?\s*"
    return rf"(?s)^[\s\d.、*＊※●■]{{0,{BEFORE}}}(?:{words}){note}(?:$|[:：](.*)$)"


def _places(rows: Sequence[Sequence[str]], field: FormField) -> list[_Place]:
    """Where its label stands; blanks within it, a note in brackets and a colon behind it do not matter."""
    label = compiled(_pattern(field.label))
    firsts = {_squeezed(name)[:1] for name in field.label}
    found = []
    for number, cells in enumerate(rows):
        for at, cell in enumerate(cells):
            if firsts.isdisjoint(cell[: BEFORE + 1]):
                continue
            match = label.search(cell[:LABEL])
            if match is not None:
                found.append(_Place(number, at, (match.group(1) or "") + (cell[LABEL:] if match.group(1) else "")))
    return found


def _value(rows: Sequence[Sequence[str]], place: _Place, taken: set[tuple[int, int]]) -> str:
    """What fills the field: behind the colon, beside the label, or below it where labels stand side by side."""
    line, cell = place.line, place.cell
    if place.value:
        return place.value.strip(_NOTHING)
    cells, beside = rows[line], (line, cell + 1)
    if cell + 1 < len(cells) and beside not in taken:
        return cells[cell + 1].strip(_NOTHING)
    header = beside in taken or (line, cell - 1) in taken
    alone = len(cells) == 1 and line + 1 < len(rows) and len(rows[line + 1]) == 1
    below = (line + 1, cell)
    if (header or alone) and below not in taken and line + 1 < len(rows) and cell < len(rows[line + 1]):
        text = rows[line + 1][cell].strip(_NOTHING)
        return "" if alone and _LABELLED.match(text) else text
    return ""


CHECK = Check("form", "article", Fields, run)
