"""A submitting unit is named (clause 3a); an author's full unit may stand in for it."""

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, NoParams, failed, passed


def run(facts: ArticleFacts, params: NoParams) -> Answer:
    """Fail when neither a submitting unit nor a full unit of an author is named."""
    found = facts.submitter
    if found.name is None:
        return failed(facts.phrases.say("unit_named.failed"), facts.listed(list(facts.manuscript.byline.found)))
    return passed(found.name, facts.phrases.say("unit_named.stands_in") if found.stands_in else "")


CHECK = Check("unit_named", "article", NoParams, run, wordless=True)
