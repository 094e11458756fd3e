"""None of the words stands in the title or the text."""

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed
from mailbot.rulebook.checks.mentions import words_in
from mailbot.rulebook.models import Words


class Unwanted(Params):
    """`words`: none of them may occur; an empty list forbids nothing."""

    words: Words = ()


def run(facts: ArticleFacts, params: Unwanted) -> Answer:
    """Fail with the words found."""
    found = words_in(facts, params.words)
    if found:
        return failed(facts.phrases.say("avoids.failed", words=facts.listed(found)), facts.listed(found))
    return passed()


CHECK = Check("avoids", "article", Unwanted, run)
