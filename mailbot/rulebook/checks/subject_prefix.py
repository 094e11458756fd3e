"""The subject begins with one of the words, whatever brackets, blanks or reply marks stand around it."""

from unicodedata import normalize

from pydantic import Field

from mailbot.languages.rules import RulePhrases
from mailbot.rulebook.checking import Answer, Check, Demand, LetterFacts, Params, failed, passed, skipped
from mailbot.rulebook.forms import is_reply_mark
from mailbot.rulebook.models import Words

LONGEST = 300
"""Characters of a subject that are looked at."""


class Prefix(Params):
    """`words`: any of them may begin the subject."""

    words: Words = Field(min_length=1, description="any of them may begin the subject")


def run(facts: LetterFacts, params: Prefix) -> Answer:
    """Pass when the bare subject begins with a word."""
    if facts.dossier.trial:
        return skipped(facts.phrases.say("skipped.trial"))
    subject = facts.dossier.letter.subject
    start = bare(subject, facts.phrases)
    words = [_word(word, facts.phrases) for word in params.words]
    if start.startswith(tuple(words)):
        return passed(subject)
    return failed(facts.phrases.say("subject_prefix.failed", words=facts.listed(list(params.words))), subject)


def bare(subject: str, phrases: RulePhrases) -> str:
    """A subject in lower case without blanks, full-width forms, and reply marks, signs, brackets at its beginning."""
    text = _shorn("".join(normalize("NFKC", subject[:LONGEST]).split()).lower())
    for _ in range(LONGEST):
        head, colon, rest = text.partition(":")
        mark = next((mark for mark in phrases.reply_prefixes if text.startswith((f"{mark}(", f"{mark}["))), "")
        if colon and is_reply_mark(head, phrases):
            text = _shorn(rest)
        elif mark:
            text = _shorn(text[len(mark) :])
        else:
            break
    return text


def _word(word: str, phrases: RulePhrases) -> str:
    """An admin's word in the same form; the brackets around it are his, a contributor may write others."""
    text = bare(word, phrases)
    last = next((at for at in range(len(text), 0, -1) if text[at - 1].isalnum()), len(text))
    return text[:last]


def _shorn(text: str) -> str:
    """From its first letter or digit on; a text that has none stays as it is."""
    first = next((at for at, character in enumerate(text) if character.isalnum()), 0)
    return text[first:]


def demands(params: Prefix) -> tuple[Demand, ...]:
    """What has to be so, as far as the details say."""
    return (Demand(of=("subject",), any_of=params.words),)


CHECK = Check("subject_prefix", "letter", Prefix, run, demands=demands)
