"""The article is on the right paper, with the right margins, as far as the document's format tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, LetterFacts, Params, failed, passed, skipped
from mailbot.yamlfile import Hinted

PAPERS = {"A3": (297, 420), "A4": (210, 297), "A5": (148, 210), "B5": (176, 250), "16K": (184, 260)}
"""Width and height in millimetres, upright."""
SIDES = ("top", "bottom", "left", "right")


class Margin(Params):
    """One margin, in millimetres."""

    min: float | None = Field(default=None, ge=0, le=200, description="so many millimetres at least")
    max: float | None = Field(default=None, ge=0, le=200, description="so many millimetres at most")
    exact: float | None = Field(
        default=None, ge=0, le=200, description="so many millimetres, give or take the tolerance"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Margin:
        if self.min is None and self.max is None and self.exact is None:
            raise Hinted("sets no limit", "give a number of millimetres, or min, max or both")
        if self.exact is not None and (self.min is not None or self.max is not None):
            raise Hinted("sets one measure and limits for it", "give `exact`, or min and max")
        if self.min is not None and self.max is not None and self.max < self.min:
            raise Hinted(
                f"can never be met: min {self.min:g} is more than max {self.max:g}", "exchange or mend the two"
            )
        return self


def _margin(value: Any) -> Any:
    return {"exact": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


MarginOrNumber = Annotated[Margin, BeforeValidator(_margin)]


class Sheet(Params):
    """What is asked of the page."""

    paper: Literal["A3", "A4", "A5", "B5", "16K"] | None = Field(default=None, description="the paper's format")
    landscape: bool = Field(default=False, description="with paper: true for paper that lies broadside")
    top: MarginOrNumber | None = Field(
        default=None, description="the upper margin: millimetres, or min and max of them"
    )
    bottom: MarginOrNumber | None = Field(default=None, description="the lower margin, like top")
    left: MarginOrNumber | None = Field(default=None, description="the left margin, like top")
    right: MarginOrNumber | None = Field(default=None, description="the right margin, like top")
    tolerance: float = Field(default=1, ge=0, le=50, description="so many millimetres more or less are no fault")

    @model_validator(mode="after")
    def _makes_sense(self) -> Sheet:
        if self.paper is None and not any(getattr(self, side) for side in SIDES):
            raise Hinted("asks for nothing", "give paper, top, bottom, left or right")
        return self


def run(facts: ArticleFacts, params: Sheet) -> Answer:
    """Fail naming each difference; skipped where the format does not tell the page."""
    page, say = facts.manuscript.layout.page, facts.phrases.say
    if page is None:
        return skipped(say("page.untold"))
    margins = {side: f"{getattr(page, side):g}" for side in SIDES}
    evidence = say("page.passed", paper=f"{page.width:g}×{page.height:g}", **margins)
    faults = []
    if params.paper is not None:
        width, height = PAPERS[params.paper]
        width, height = (height, width) if params.landscape else (width, height)
        if max(abs(page.width - width), abs(page.height - height)) > params.tolerance:
            wanted = f"{params.paper} {width}×{height}"
            faults.append(say("page.paper", found=f"{page.width:g}×{page.height:g}", wanted=wanted))
    for side in SIDES:
        if getattr(params, side) is not None:
            faults += _faults(facts, side, getattr(page, side), getattr(params, side), params.tolerance)
    return failed(say("page.failed", faults=facts.listed(faults)), evidence) if faults else passed(evidence)


def _faults(facts: LetterFacts, side: str, found: float, wanted: Margin, tolerance: float) -> Iterator[str]:
    say, said = facts.phrases.say, {"side": facts.phrases.say(f"page.{side}"), "found": f"{found:g}"}
    if wanted.exact is not None and abs(found - wanted.exact) > tolerance:
        yield say("page.exact", wanted=f"{wanted.exact:g}", **said)
    if wanted.min is not None and found < wanted.min - tolerance:
        yield say("page.few", limit=f"{wanted.min:g}", **said)
    if wanted.max is not None and found > wanted.max + tolerance:
        yield say("page.many", limit=f"{wanted.max:g}", **said)


CHECK = Check("page", "article", Sheet, run)
