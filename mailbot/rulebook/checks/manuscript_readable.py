"""The article could be read."""

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, NoParams, failed, passed


def run(facts: ArticleFacts, params: NoParams) -> Answer:
    """Fail with the reason for a file that could not be opened."""
    manuscript, say = facts.manuscript, facts.phrases.say
    if manuscript.problem is None:
        return passed(manuscript.source)
    problem = say(f"problem.{manuscript.problem}")
    return failed(say("manuscript_readable.failed", name=manuscript.source, problem=problem), manuscript.source)


CHECK = Check("manuscript_readable", "article", NoParams, run, unread=True)
