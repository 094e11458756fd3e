"""The article could be read."""

from mailbot.model import FileProblem
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, NoParams, failed, is_unread, passed, skipped


def run(facts: ArticleFacts, params: NoParams) -> Answer:
    """Fail with the reason for a file that could not be opened, or has nothing in it."""
    manuscript, say = facts.manuscript, facts.phrases.say
    if not is_unread(manuscript):
        return passed(manuscript.source)
    if manuscript.file is None and manuscript.problem is None:
        return skipped(say("manuscript_readable.missing"))
    problem = facts.phrases.problem(manuscript.problem or FileProblem.EMPTY, manuscript.detail)
    return failed(say("manuscript_readable.failed", name=manuscript.source, problem=problem), manuscript.source)


CHECK = Check("manuscript_readable", "article", NoParams, run, unread=True)
