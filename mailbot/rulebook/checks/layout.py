"""Title, headings and text are set as is asked for, as far as the document's format tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from mailbot import languages
from mailbot.languages.looks import LookPhrases
from mailbot.model import Look
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, LetterFacts, Params, failed, passed, skipped
from mailbot.rulebook.models import Words
from mailbot.yamlfile import Hinted, suggestion


def _points(value: Any) -> Any:
    """A size by its name or in points."""
    sizes = languages.load("und").looks.sizes
    if not isinstance(value, str) or value in sizes:
        return sizes.get(value, value)
    number = value.lower().removesuffix("pt").strip()
    try:
        return float(number)
    except ValueError:
        hint = suggestion(value, list(sizes)) or f"write points, such as 12, or a name, such as {next(iter(sizes))}"
        raise Hinted(f"`{value}` is no size of type", hint) from None


_SIZE = {"type": ["number", "string"], "description": "points, such as 12, or a name"}

Points = Annotated[Annotated[float, Field(gt=0, le=500)], BeforeValidator(_points), WithJsonSchema(_SIZE)]


class Setting(Params):
    """How one part is to be set; what is not given may be as it likes."""

    font: Words = Field(default=(), description="the font, or a list of which any will do; usual other names count too")
    size: Points | None = Field(default=None, description="the size of type: points, or its name")
    bold: bool | None = Field(default=None, description="true: bold; false: not bold")
    align: Literal["left", "center", "right", "justify"] | None = Field(
        default=None, description="how lines are aligned"
    )
    indent: float | None = Field(default=None, ge=0, le=50, description="of the first line, in characters, such as 2")
    spacing: float | None = Field(
        default=None, gt=0, le=20, description="distance of lines, in multiples of a single one"
    )
    exact: Points | None = Field(default=None, description="distance of lines in points, where they are to be fixed")
    tolerance: float = Field(
        default=0.25,
        ge=0,
        le=10,
        description="so many points or characters more or less are no fault; of spacing a fifth",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Setting:
        if self.spacing is not None and self.exact is not None:
            raise Hinted("asks for two distances of lines at once", "give `spacing` or `exact`")
        if not self.model_fields_set - {"tolerance"}:
            raise Hinted("asks for nothing", "give font, size, bold, align, indent, spacing or exact")
        return self


class Wanted(Params):
    """Which parts are to be set how."""

    title: Setting | None = Field(default=None, description="how the title is to be set")
    headings: tuple[Setting, ...] = Field(
        default=(), max_length=9, description="how headings are to be set, level by level from the top"
    )
    body: Setting | None = Field(default=None, description="how most of the running text is to be set")

    @model_validator(mode="after")
    def _makes_sense(self) -> Wanted:
        if not (self.title or self.headings or self.body):
            raise Hinted("asks for nothing", "give title, headings or body")
        return self


def run(facts: ArticleFacts, params: Wanted) -> Answer:
    """Fail naming each difference: what was found, what is asked for. Skipped where nothing of it is told."""
    layout, say = facts.manuscript.layout, facts.phrases.say
    parts = [(say("layout.title"), layout.title, params.title), (say("layout.body"), layout.body, params.body)]
    parts += [
        (say("layout.heading", level=level), look, setting)
        for level, (look, setting) in enumerate(zip(layout.headings, params.headings, strict=False), 1)
    ]
    said, seen = [], []
    for part, look, setting in parts:
        if look is None or look == Look() or setting is None:
            continue
        seen.append(f"{part}: {look.font} {look.size or ''}".strip())
        if faults := list(_faults(facts, look, setting)):
            said.append(say("layout.part", part=part, faults=facts.listed(faults)))
    if not seen:
        return skipped(say("layout.untold"))
    evidence = facts.listed(seen)
    return failed(say("layout.failed", faults=say("faults.and").join(said)), evidence) if said else passed(evidence)


def _faults(facts: LetterFacts, look: Look, wanted: Setting) -> Iterator[str]:
    say, phrases = facts.phrases.say, languages.load(facts.dossier.office.language).looks
    if wanted.font and look.font and not any(_is_font(look.font, name, phrases) for name in wanted.font):
        yield say("layout.font", found=look.font, wanted=say("layout.or").join(wanted.font))
    if _differ(look.size, wanted.size, wanted.tolerance):
        yield say("layout.size", found=_size(facts, look.size), wanted=_size(facts, wanted.size))
    if wanted.bold is not None and look.bold is not None and look.bold != wanted.bold:
        yield say("layout.bold" if wanted.bold else "layout.not_bold")
    if wanted.align and look.align and not _aligned(look.align, wanted.align):
        yield say("layout.align", found=say(f"layout.{look.align}"), wanted=say(f"layout.{wanted.align}"))
    if _differ(look.indent, wanted.indent, wanted.tolerance):
        yield say("layout.indent", found=f"{look.indent:g}", wanted=f"{wanted.indent:g}")
    yield from _of_lines(facts, look, wanted)


def _of_lines(facts: LetterFacts, look: Look, wanted: Setting) -> Iterator[str]:
    say = facts.phrases.say
    if look.exact is not None:
        found = say("layout.fixed", number=f"{look.exact:g}")
    elif look.spacing is not None:
        found = say("layout.times", number=f"{look.spacing:g}")
    else:
        return
    if wanted.spacing is not None and (
        look.spacing is None or _differ(look.spacing, wanted.spacing, wanted.tolerance / 5)
    ):
        yield say("layout.spacing", found=found, wanted=f"{wanted.spacing:g}")
    if wanted.exact is not None and (look.exact is None or _differ(look.exact, wanted.exact, wanted.tolerance)):
        yield say("layout.exact", found=found, wanted=f"{wanted.exact:g}")


def _aligned(found: str, wanted: str) -> bool:
    """Text that is to begin at the left may also be even at the right."""
    return found == wanted or (found == "justify" and wanted == "left")


def _differ(found: float | None, wanted: float | None, tolerance: float) -> bool:
    return found is not None and wanted is not None and abs(found - wanted) > tolerance + 0.001


def _is_font(found: str, wanted: str, phrases: LookPhrases) -> bool:
    one, other = found.strip().lower(), wanted.strip().lower()
    return one == other or any(one in names and other in names for names in phrases.fonts)


def _size(facts: LetterFacts, points: float | None) -> str:
    phrases = languages.load(facts.dossier.office.language).looks
    name = next((name for name, size in phrases.sizes.items() if size == points), None)
    case = "layout.points" if name is None else "layout.named_points"
    return facts.phrases.say(case, name=name, points=f"{points:g}")


CHECK = Check("layout", "article", Wanted, run)
