"""The subject begins with one of the words, whatever brackets, blanks or reply marks stand around it."""

from unicodedata import normalize

from pydantic import Field

from mailbot.languages.rules import RulePhrases
from mailbot.rulebook.checking import Answer, Check, Demand, LetterFacts, Params, failed, passed
from mailbot.rulebook.models import Words

LONGEST = 300
"""Characters of a subject that are looked at."""


class Prefix(Params):
    """`words`: any of them may begin the subject."""

    words: Words = Field(min_length=1, description="any of them may begin the subject")


def run(facts: LetterFacts, params: Prefix) -> Answer:
    """Pass when the bare subject begins with a word."""
    subject = facts.dossier.letter.subject
    start = bare(subject, facts.phrases)
    words = [bare(word, facts.phrases) for word in params.words]
    if start.startswith(tuple(words)):
        return passed(subject)
    return failed(facts.phrases.say("subject_prefix.failed", words=facts.listed(list(params.words))), subject)


def bare(subject: str, phrases: RulePhrases) -> str:
    """A subject without blanks, full-width forms, reply marks and opening brackets at its beginning, lower-case."""
    text = "".join(normalize("NFKC", subject[:LONGEST]).split()).lower()
    marks = tuple(f"{prefix}:" for prefix in phrases.reply_prefixes)
    openers = normalize("NFKC", phrases.openers)
    while text:
        shorter = text.lstrip(openers)
        mark = next((mark for mark in marks if shorter.startswith(mark)), "")
        shorter = shorter[len(mark) :]
        if shorter == text:
            break
        text = shorter
    return text


def demands(params: Prefix) -> tuple[Demand, ...]:
    """What has to be so, as far as the details say."""
    return (Demand(of=("subject",), any_of=params.words),)


CHECK = Check("subject_prefix", "letter", Prefix, run, demands=demands)
