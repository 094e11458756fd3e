"""No file, and not all of them together, is too large or too small."""

from __future__ import annotations

from pydantic import Field, model_validator

from mailbot.model import File
from mailbot.quantities import Size
from mailbot.rulebook.checking import Answer, Check, Demand, LetterFacts, Params, failed, passed, skipped
from mailbot.rulebook.files import OF, Of, chosen, outermost, size_shown, what
from mailbot.yamlfile import Hinted


class Sizes(Params):
    """The limits themselves are within them."""

    of: Of = Field(description=f"which files: {OF}")
    min: Size | None = Field(default=None, description="each file has at least so much, such as 500KiB")
    max: Size | None = Field(default=None, description="each file has at most so much, such as 10MiB")
    total: Size | None = Field(default=None, description="all together have at most so much, such as 50MiB")

    @model_validator(mode="after")
    def _can_be_met(self) -> Sizes:
        if self.min is None and self.max is None and self.total is None:
            raise Hinted("sets no limit", "give min, max or total")
        ends = [size for size in (self.max, self.total) if size is not None]
        if self.min is not None and ends and min(ends) < self.min:
            raise Hinted("can never be met: min is more than max or total", "exchange or mend them")
        return self


def run(facts: LetterFacts, params: Sizes) -> Answer:
    """Fail naming each wrong file with its size, and the limit; all faults in one message."""
    files, say = chosen(facts.dossier, params.of), facts.phrases.say
    if not files:
        return skipped(say("files.none", what=what(facts, params.of)))
    said = []
    if params.min is not None and (small := [file for file in files if file.bytes < params.min]):
        said.append(_said(facts, "file_sizes.small", small, params.min))
    if params.max is not None and (large := [file for file in files if file.bytes > params.max]):
        said.append(_said(facts, "file_sizes.large", large, params.max))
    total = sum(file.bytes for file in outermost(files))
    if params.total is not None and total > params.total:
        limit = size_shown(params.total, params.total)
        said.append(say("file_sizes.total", size=size_shown(total, params.total), limit=limit))
    evidence = facts.listed([f"{file.name} {size_shown(file.bytes)}" for file in files])
    return failed(say("readable_files.and").join(said), evidence) if said else passed(evidence)


def _said(facts: LetterFacts, case: str, files: list[File], limit: int) -> str:
    say = facts.phrases.say
    told = [say("file_sizes.file", name=file.name, size=size_shown(file.bytes, limit)) for file in files]
    return say(case, limit=size_shown(limit, limit), files=facts.listed(told))


def demands(params: Sizes) -> tuple[Demand, ...]:
    """What has to be so, as far as the details say."""
    return (Demand(of=(f"bytes of {params.of}",), least=params.min, most=params.max or params.total),)


CHECK = Check("file_sizes", "letter", Sizes, run, demands=demands)
