"""The files are called as the call asks for."""

from __future__ import annotations

from pathlib import PurePosixPath

from pydantic import Field, model_validator

from mailbot.model import File
from mailbot.rulebook.checking import Answer, Check, LetterFacts, Params, failed, passed, skipped
from mailbot.rulebook.files import LONGEST, OF, Of, chosen, has_default_name, named, what
from mailbot.rulebook.forms import PARTS, FormText, form, told
from mailbot.rulebook.patterns import Pattern, found
from mailbot.yamlfile import Hinted


class Names(Params):
    """What is asked of a name; its ending does not belong to it."""

    of: Of = Field(default="manuscripts", description=f"which files: {OF}")
    form: FormText | None = Field(
        default=None, description=f"how a name should read, such as {{unit}}-{{title}}; parts: {', '.join(PARTS)}"
    )
    pattern: Pattern | None = Field(default=None, description="a pattern (RE2) that must be found in each name")
    not_default: bool = Field(
        default=False, description="whether names that a program or camera gives by itself are wrong (IMG_0001)"
    )

    @model_validator(mode="after")
    def _asks(self) -> Names:
        if self.form is None and self.pattern is None and not self.not_default:
            raise Hinted("asks for nothing", "give `form`, `pattern` or `not_default: true`")
        return self


def run(facts: LetterFacts, params: Names) -> Answer:
    """Fail naming the files, with the form and how the first of them could be called."""
    files, say = chosen(facts.dossier, params.of), facts.phrases.say
    if not files:
        return skipped(say("files.none", what=what(facts, params.of)))
    wrong = [file for file in files if not _fits(facts, file, params)]
    if wrong and params.form is not None:
        example = called(facts, wrong[0], params.form)
        shown = form(params.form).shown(facts.phrases)
        message = say("file_names.example", files=named(facts, wrong), form=shown, example=example)
        return failed(message, named(facts, wrong))
    if wrong and params.pattern is not None:
        return failed(say("file_names.failed", files=named(facts, wrong)), named(facts, wrong))
    if params.not_default and (bare := [file for file in files if has_default_name(facts, file)]):
        return failed(say("file_names.default", files=named(facts, bare)), named(facts, bare))
    return passed(named(facts, files))


def _fits(facts: LetterFacts, file: File, params: Names) -> bool:
    stem = PurePosixPath(file.name[-LONGEST:]).stem
    if params.form is not None and form(params.form).read(stem, facts.phrases) is None:
        return False
    return params.pattern is None or found(params.pattern, stem) is not None


def called(facts: LetterFacts, file: File, text: str) -> str:
    """How a file would be called in this form, filled with what was read of its article, or of the first one."""
    manuscripts = facts.dossier.manuscripts
    index = file.submission if file.submission is not None and file.submission < len(manuscripts) else 0
    values = told(facts, manuscripts[index] if manuscripts else None) | {"number": "1"}
    return form(text).filled(values, facts.phrases) + PurePosixPath(file.name).suffix


CHECK = Check("file_names", "letter", Names, run)
