"""The name of the submitting unit is full (clause 3a)."""

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, NoParams, failed, passed, skipped


def run(facts: ArticleFacts, params: NoParams) -> Answer:
    """Fail saying what is missing (the place, the kind of organisation), or that it is a short form, and of what."""
    name, fullness = facts.submitter.name, facts.submitter.fullness
    if name is None:
        return skipped(facts.phrases.say("skipped.no_unit"))
    if fullness.full:
        return passed(name, facts.phrases.say("unit.slip", better=fullness.better) if fullness.better else "")
    said = facts.phrases.say(f"unit_complete.{fullness.fault}", unit=name, better=fullness.better)
    asked = fullness.better and fullness.fault != "short"
    return failed(said + (facts.phrases.say("unit.meant", better=fullness.better) if asked else ""), name)


CHECK = Check("unit_complete", "article", NoParams, run, wordless=True)
