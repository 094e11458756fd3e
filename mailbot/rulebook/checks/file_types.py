"""The files are of an allowed format, by what they are."""

from __future__ import annotations

from pydantic import Field, model_validator

from mailbot.model import File
from mailbot.rulebook.checking import Answer, Check, Demand, LetterFacts, Params, failed, is_unread, passed, skipped
from mailbot.rulebook.files import OF, Formats, Of, chosen, ending_of, kind_of, what
from mailbot.yamlfile import Hinted


class Types(Params):
    """What may be sent, or what may not."""

    of: Of = Field(description=f"which files: {OF}")
    allowed: Formats = Field(default=(), description="only these formats, such as [docx, doc, pdf]")
    refused: Formats = Field(default=(), description="any format but these")
    body: bool = Field(
        default=True, description="with manuscripts: whether an article in the letter's own text is fine, too"
    )

    @model_validator(mode="after")
    def _asks(self) -> Types:
        if bool(self.allowed) == bool(self.refused):
            raise Hinted("needs either `allowed` or `refused`", "give one of the two: the other follows from it")
        if not self.body and self.of != "manuscripts":
            raise Hinted("says `body: false`, which is about articles", "remove it, or write `of: manuscripts`")
        return self


def run(facts: LetterFacts, params: Types) -> Answer:
    """Fail naming each wrong file with its format."""
    say, formats = facts.phrases.say, facts.listed(list(params.allowed or params.refused))
    written = any(one.file is None and not is_unread(one) for one in facts.dossier.manuscripts)
    if not params.body and written:
        return failed(say("file_types.body", formats=formats))
    files = chosen(facts.dossier, params.of)
    if not files:
        return skipped(say("files.none", what=what(facts, params.of)))
    wrong = [file for file in files if (kind_of(file) in (params.allowed or params.refused)) != bool(params.allowed)]
    evidence = facts.listed([f"{file.name}={kind_of(file)}" for file in wrong or files])
    if not wrong:
        return passed(evidence)
    case = "file_types.allowed" if params.allowed else "file_types.refused"
    told = facts.listed([_told(facts, file) for file in wrong])
    return failed(say(case, what=what(facts, params.of), formats=formats, files=told), evidence)


def _told(facts: LetterFacts, file: File) -> str:
    kind = kind_of(file)
    if not kind:
        return facts.phrases.say("file_types.unknown", name=file.name)
    case = "file_types.file" if kind == ending_of(file) else "file_types.really"
    return facts.phrases.say(case, name=file.name, format=kind)


def demands(params: Types) -> tuple[Demand, ...]:
    """What has to be so, as far as the details say."""
    allowed, refused = frozenset(params.allowed) or None, frozenset(params.refused)
    return (Demand(of=(f"format of {params.of}",), among=allowed, not_among=refused),)


CHECK = Check("file_types", "letter", Types, run, demands=demands)
