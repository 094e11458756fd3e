"""The pictures that the letter encloses are the work themselves, as in a contest of photographs."""

from __future__ import annotations

from pydantic import Field

from mailbot.rulebook.checking import Answer, Check, LetterFacts, Params, failed, passed, skipped
from mailbot.rulebook.files import chosen, named
from mailbot.rulebook.models import Words
from mailbot.rulebook.widths import half_width


class Entry(Params):
    """Which letters are meant; how many and how large the pictures must be, the check `pictures` says."""

    words: Words = Field(
        default=(), description="only letters with one of these words in subject or text; without words every letter"
    )


def run(facts: LetterFacts, params: Entry) -> Answer:
    """Pass with the pictures' names; then a letter without an article lacks none."""
    letter = facts.dossier.letter
    said = half_width(f"{letter.subject}\n{letter.text}").casefold()
    if params.words and not any(half_width(word).casefold() in said for word in params.words):
        return skipped(facts.phrases.say("photo_entry.other", words=facts.listed(list(params.words))))
    pictures = [file for file in chosen(facts.dossier, "pictures") if file.image is not None]
    return passed(named(facts, pictures)) if pictures else failed(facts.phrases.say("photo_entry.failed"))


CHECK = Check("photo_entry", "letter", Entry, run, stands_for_article=True)
