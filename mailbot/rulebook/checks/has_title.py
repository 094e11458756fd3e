"""The article has a title (clause 1a)."""

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, NoParams, failed, passed


def run(facts: ArticleFacts, params: NoParams) -> Answer:
    """Fail when no title was found."""
    title = facts.manuscript.known_as
    return passed(title) if title else failed(facts.phrases.say("has_title.failed"))


CHECK = Check("has_title", "article", NoParams, run, wordless=True)
