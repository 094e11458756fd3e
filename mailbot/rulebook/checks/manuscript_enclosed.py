"""A letter that means to submit carries a manuscript."""

from mailbot.rulebook.checking import Answer, Check, LetterFacts, NoParams, failed, is_unread, passed


def run(facts: LetterFacts, params: NoParams) -> Answer:
    """Fail for a forgotten file, and for one that is only linked to (links are never followed)."""
    dossier = facts.dossier
    enclosed = [m.source for m in dossier.manuscripts if m.file is not None or not is_unread(m)]
    if enclosed:
        return passed(facts.listed(enclosed))
    links = [link.name or link.url for link in dossier.letter.cloud_files]
    if links:
        return failed(facts.phrases.say("manuscript_enclosed.cloud", names=facts.listed(links)), facts.listed(links))
    return failed(facts.phrases.say("manuscript_enclosed.failed"))


CHECK = Check("manuscript_enclosed", "letter", NoParams, run)
