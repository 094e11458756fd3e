"""A letter that means to submit carries a manuscript."""

from mailbot.rulebook.checking import Answer, Check, LetterFacts, NoParams, failed, passed


def run(facts: LetterFacts, params: NoParams) -> Answer:
    """Fail for a forgotten file, and for one that is only linked to (links are never followed)."""
    dossier = facts.dossier
    manuscripts = [manuscript for manuscript in dossier.manuscripts if manuscript.problem or manuscript.text]
    if manuscripts:
        return passed(facts.listed([manuscript.source for manuscript in manuscripts]))
    links = [link.name or link.url for link in dossier.letter.cloud_files]
    if links:
        return failed(facts.phrases.say("manuscript_enclosed.cloud", names=facts.listed(links)), facts.listed(links))
    return failed(facts.phrases.say("manuscript_enclosed.failed"))


CHECK = Check("manuscript_enclosed", "letter", NoParams, run)
