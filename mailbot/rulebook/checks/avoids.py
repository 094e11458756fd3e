"""None of the words stands in the title or the text."""

from pydantic import Field

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Demand, Params, failed, passed
from mailbot.rulebook.models import Words
from mailbot.rulebook.places import Places, are_of_letter, evidence_of, words_in


class Unwanted(Params):
    """An empty list of words forbids nothing."""

    words: Words = Field(default=(), description="words of which none may occur, whatever the case of their letters")
    in_: Places = Field(default=("title", "text"), alias="in", min_length=1, description="where they are looked for")
    except_: Words = Field(
        default=(), alias="except", description="phrases within which such a word is allowed: the name of a law, …"
    )


def run(facts: ArticleFacts, params: Unwanted) -> Answer:
    """Fail with the words found; where and between what they stand is the evidence."""
    found = words_in(facts, params.words, params.in_, params.except_)
    if found:
        words = facts.listed([one.word for one in found])
        return failed(facts.phrases.say("avoids.failed", words=words), evidence_of(facts, found))
    return passed()


def demands(params: Unwanted) -> tuple[Demand, ...]:
    """What has to be so, as far as the details say."""
    return (Demand(of=params.in_, none_of=() if params.except_ else params.words),)


CHECK = Check("avoids", "article", Unwanted, run, demands=demands, wordless=lambda params: are_of_letter(params.in_))
