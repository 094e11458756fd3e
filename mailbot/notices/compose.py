"""From a judged letter to the words of its one answer: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailbot.model import Dossier, Judgement, Notice, Submission, Verdict
from mailbot.notices.facts import NO_CALL, NO_NAMES, CallFacts, facts
from mailbot.notices.templates import Templates
from mailbot.notices.who import addressee


def compose(
    dossier: Dossier,
    judgement: Judgement,
    submissions: Sequence[Submission],
    office_name: str,
    issue_names: Mapping[str, str],
    templates: Templates,
    earlier: Sequence[Verdict] = (),
    call: CallFacts = NO_CALL,
    *,
    column_names: Mapping[str, str] = NO_NAMES,
    last_answer: bool = False,
    mark: str = "",
) -> Notice | None:
    """The answer to a letter, with a section for each article; None where none is due or nobody may get it.

    `submissions` stand in the order of the articles. UserError when the template cannot be rendered.
    `earlier` are the verdicts on the articles that a correction takes back; `call` is for those who ask how to submit.
    `last_answer` says that no other automatic one goes to this address today; `mark` is the signed mark of the
    submission that it is about, with blanks between those of several.
    """
    if judgement.answer is None:
        return None
    address, _ = addressee(dossier)
    if address is None:
        return None
    told = facts(
        dossier, judgement, submissions, office_name, issue_names, earlier, call,
        column_names=column_names, last_answer=last_answer, mark=mark,
    )  # fmt: skip
    subject, text = templates.notice(judgement.answer, told)
    return Notice(kind=judgement.answer, to=address, subject=subject, text=text)
