"""The files of the letter have none of the named problems."""

from pydantic import Field

from mailbot.model import FileProblem
from mailbot.rulebook.checking import Answer, Check, LetterFacts, Params, failed, passed


class Problems(Params):
    """`problems`: which problems count. `manuscripts`: also in the articles' own files (else judged as articles)."""

    problems: tuple[FileProblem, ...] = Field(
        default=(FileProblem.ENCRYPTED, FileProblem.DAMAGED, FileProblem.EMPTY, FileProblem.TOO_LARGE), min_length=1
    )
    manuscripts: bool = False


def run(facts: LetterFacts, params: Problems) -> Answer:
    """Fail naming each such file."""
    excused = set() if params.manuscripts else {manuscript.file for manuscript in facts.dossier.manuscripts}
    say = facts.phrases.say
    bad = [
        say("readable_files.one", name=file.name, problem=say(f"problem.{file.problem}"))
        for index, file in enumerate(facts.dossier.letter.files)
        if file.problem in params.problems and index not in excused and not file.inline
    ]
    if bad:
        return failed(say("readable_files.failed", files=facts.listed(bad)), facts.listed(bad))
    return passed()


CHECK = Check("readable_files", "letter", Problems, run)
