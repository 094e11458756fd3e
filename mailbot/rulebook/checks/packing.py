"""The files lie in an archive, or they do not."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Literal

from pydantic import Field, model_validator

from mailbot.model import File, Role
from mailbot.rulebook.checking import Answer, Check, LetterFacts, Params, failed, passed, skipped
from mailbot.rulebook.checks.file_names import called
from mailbot.rulebook.files import chosen, named, what
from mailbot.rulebook.forms import FormText, form
from mailbot.rulebook.patterns import Pattern, found
from mailbot.yamlfile import Hinted


class Packing(Params):
    """How files are to come."""

    want: Literal["packed", "loose"] = Field(
        description="packed: in an archive (zip, rar, 7z and the like); loose: each as an attachment of its own"
    )
    of: Literal["manuscripts", "pictures", "all"] = Field(
        default="all", description="which files: manuscripts (the articles), pictures (image files), or all"
    )
    form: FormText | None = Field(
        default=None, description="with packed: how the archive's name should read, such as {unit}-{title}"
    )
    pattern: Pattern | None = Field(
        default=None, description="with packed: a pattern (RE2) that must be found in the archive's name"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Packing:
        if self.want == "loose" and (self.form or self.pattern):
            raise Hinted("names an archive that is not wanted", "remove `form` and `pattern`, or write `want: packed`")
        return self


def run(facts: LetterFacts, params: Packing) -> Answer:
    """Fail naming the files that lie where they should not, else archives with a wrong name."""
    say, letter = facts.phrases.say, facts.dossier.letter
    archives = [file for file in letter.files if file.role is Role.ARCHIVE]
    packed_in = {file.name for file in archives}
    files = [file for file in chosen(facts.dossier, params.of) if file.role is not Role.ARCHIVE]
    loose = [file for file in files if file.inside not in packed_in]
    packed = [file for file in files if file.inside in packed_in]
    if params.want == "loose":
        wrong = packed or (archives if params.of == "all" else [])
        case = "packing.packed"
    else:
        wrong, case = loose, "packing.loose"
    if wrong:
        return failed(say(case, what=what(facts, params.of), files=named(facts, wrong)), named(facts, wrong))
    if not files and not (params.of == "all" and archives):
        return skipped(say("files.none", what=what(facts, params.of)))
    used = {file.inside for file in packed}
    holding = [file for file in archives if file.name in used or not packed]
    badly = [file for file in holding if not _fits(facts, file, params)]
    if badly:
        return failed(_of_names(facts, badly, params), named(facts, badly))
    return passed(named(facts, holding if params.want == "packed" else files))


def _fits(facts: LetterFacts, archive: File, params: Packing) -> bool:
    stem = PurePosixPath(archive.name).stem
    if params.form is not None and form(params.form).read(stem, facts.phrases) is None:
        return False
    return params.pattern is None or found(params.pattern, stem) is not None


def _of_names(facts: LetterFacts, files: list[File], params: Packing) -> str:
    say = facts.phrases.say
    if params.form is None:
        return say("packing.name", files=named(facts, files))
    shown, example = form(params.form).shown(facts.phrases), called(facts, files[0], params.form)
    return say("packing.name_example", files=named(facts, files), form=shown, example=example)


CHECK = Check("packing", "letter", Packing, run)
