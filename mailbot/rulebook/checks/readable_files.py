"""The files of the letter have none of the named problems."""

from pydantic import Field

from mailbot.model import FileProblem
from mailbot.rulebook.checking import Answer, Check, LetterFacts, Params, failed, passed

TOLD_BY_NAME = 5
"""Of more files with one problem so many are named in the message."""


class Problems(Params):
    """`problems`: which problems count. `manuscripts`: also in the articles' own files (else judged as articles)."""

    problems: tuple[FileProblem, ...] = Field(
        default=(FileProblem.ENCRYPTED, FileProblem.DAMAGED, FileProblem.EMPTY, FileProblem.TOO_LARGE),
        min_length=1,
        description="which problems count",
    )
    manuscripts: bool = Field(default=False, description="true: also in the articles' own files")


def run(facts: LetterFacts, params: Problems) -> Answer:
    """Fail naming such files, all that have the same problem together."""
    excused = set() if params.manuscripts else {manuscript.file for manuscript in facts.dossier.manuscripts}
    letter, bad = facts.dossier.letter, dict[str, list[str]]()
    for index, file in enumerate(letter.files):
        if file.problem not in params.problems or index in excused or file.inline:
            continue
        if not letter.is_told_by_its_archive(file):
            bad.setdefault(facts.phrases.problem(file.problem, file.detail), []).append(file.name)
    if not bad:
        return passed()
    told = [_told(facts, problem, names) for problem, names in bad.items()]
    evidence = facts.listed([name for names in bad.values() for name in names])
    say = facts.phrases.say
    return failed(say("readable_files.failed", files=say("readable_files.and").join(told)), evidence)


def _told(facts: LetterFacts, problem: str, names: list[str]) -> str:
    say = facts.phrases.say
    case = "readable_files.some" if len(names) <= TOLD_BY_NAME else "readable_files.many"
    shown = facts.listed([say("readable_files.name", name=name) for name in names[:TOLD_BY_NAME]])
    return say(case, names=shown, count=len(names), problem=problem)


CHECK = Check("readable_files", "letter", Problems, run)
