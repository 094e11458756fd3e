"""At least one of the words stands in the title or the text (clause 2)."""

from pydantic import Field

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed
from mailbot.rulebook.models import Words


class Wanted(Params):
    """`words`: any one is enough."""

    words: Words = Field(min_length=1)


def run(facts: ArticleFacts, params: Wanted) -> Answer:
    """Pass with the words found."""
    found = words_in(facts, params.words)
    if found:
        return passed(facts.listed(found))
    return failed(facts.phrases.say("mentions.failed", words=facts.listed(list(params.words))))


def words_in(facts: ArticleFacts, words: tuple[str, ...]) -> list[str]:
    """Those of the words that stand in the article, whatever the case of their letters."""
    text = f"{facts.manuscript.title or ''}\n{facts.manuscript.text}".casefold()
    return [word for word in words if word.casefold() in text]


CHECK = Check("mentions", "article", Wanted, run)
