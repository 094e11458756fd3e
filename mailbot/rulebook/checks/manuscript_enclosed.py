"""A letter that means to submit carries a manuscript."""

from __future__ import annotations

from pydantic import Field

from mailbot.rulebook.checking import Answer, Check, LetterFacts, Params, failed, is_unread, passed
from mailbot.rulebook.files import chosen, named


class Enclosed(Params):
    """What may stand for a manuscript."""

    or_pictures: bool = Field(
        default=False, description="whether pictures alone are enough, too, as in a contest (see photo_entry)"
    )


def run(facts: LetterFacts, params: Enclosed) -> Answer:
    """Fail for a forgotten file, and for one that is only linked to (links are never followed)."""
    dossier = facts.dossier
    enclosed = [m.source for m in dossier.manuscripts if m.file is not None or not is_unread(m)]
    if enclosed:
        return passed(facts.listed(enclosed))
    pictures = [file for file in chosen(dossier, "pictures") if file.image is not None] if params.or_pictures else []
    if pictures:
        return passed(named(facts, pictures))
    links = [link.name or link.url for link in dossier.letter.cloud_files]
    if links:
        return failed(facts.phrases.say("manuscript_enclosed.cloud", names=facts.listed(links)), facts.listed(links))
    return failed(facts.phrases.say("manuscript_enclosed.failed"))


CHECK = Check("manuscript_enclosed", "letter", Enclosed, run)
