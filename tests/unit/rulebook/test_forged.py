"""Forged senders, by what the office's own mail server says of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.model import Kind, Verdict
from mailbot.rulebook.forged import forged
from mailbot.rulebook.judge import judge
from tests.unit.dossiers import a_dossier, a_letter, an_article, the_shipped_rulebook

OURS = ("mx.example.org",)

FORGED = {
    "dmarc": ("mx.example.org; dmarc=fail header.from=example.cn", "dmarc=fail"),
    "dmarc in spite of the others": ("mx.example.org; spf=pass; dkim=pass; dmarc=fail (p=none)", "dmarc=fail"),
    "spf alone": ("mx.example.org; spf=fail smtp.mailfrom=example.cn", "spf=fail"),
    "spf, no signature": ("mx.example.org; spf=fail; dkim=none", "spf=fail"),
    "spf, no policy": ("mx.example.org; dmarc=none; spf=hardfail; dkim=neutral", "spf=fail"),
    "dkim alone": ("mx.example.org; dkim=fail reason=\"bad; signature\" header.d=example.cn", "dkim=fail"),
    "both": ("mx.example.org; dkim=fail; spf=fail", "spf=fail"),
    "case, version, comments": (
        "MX.Example.ORG (of; the (old) office) 1 ; SPF / 1 = FAIL (not \\) permitted; dkim=pass) smtp.helo=x",
        "spf=fail",
    ),
    "quoted server": ('"mx.example.org" 1; dmarc=fail', "dmarc=fail"),
}  # fmt: skip
HONEST = {
    "nothing": "mx.example.org; none",
    "no result at all": "mx.example.org",
    "empty": "",
    "all pass": "mx.example.org; spf=pass; dkim=pass; dmarc=pass",
    "passed on: the signature stands": "mx.example.org; spf=fail; dkim=pass header.d=example.cn",
    "changed by a list": "mx.example.org; dkim=fail; spf=pass",
    "one signature of two": "mx.example.org; dkim=fail header.d=a.example; dkim=pass header.d=example.cn",
    "dmarc stands for it": "mx.example.org; spf=fail; dkim=fail; dmarc=pass",
    "softfail": "mx.example.org; spf=softfail",
    "errors": "mx.example.org; spf=temperror; dkim=permerror; dmarc=temperror",
    "another server": "mx.example.net; dmarc=fail",
    "a server like ours": "mx.example.org.example.net; dmarc=fail",
    "a comment like ours": "evil (mx.example.org); dmarc=fail",
    "a failure in a comment": "mx.example.org; spf=pass (dmarc=fail; dmarc=fail)",
    "a failure in quotes": 'mx.example.org; spf=pass reason="x; dmarc=fail"',
    "a property": "mx.example.org; spf=pass policy.dmarc=fail",
    "a comment that does not end": "mx.example.org; spf=pass ((((dmarc=fail; dmarc=fail",
    "another method": "mx.example.org; xdmarc=fail; iprev=fail; auth=fail",
}


@pytest.mark.parametrize("name", FORGED)
def test_an_explicit_failure_is_told(name: str) -> None:
    """What our server says is told by the method that decided."""
    field, why = FORGED[name]
    assert forged([field], OURS) == why


@pytest.mark.parametrize("name", HONEST)
def test_what_is_not_said_is_unknown(name: str) -> None:
    """Everything but an explicit failure of a trusted server leaves the sender in peace."""
    assert forged([HONEST[name]], OURS) == ""


def test_only_the_topmost_field_of_a_trusted_server_counts() -> None:
    """What stands below it was there when the letter came, and anybody may have written it."""
    ours, other = "mx.example.org; spf=pass; dmarc=pass", "mx.example.net; dmarc=fail"
    theirs = "mx.example.org; dmarc=fail"

    assert forged([other, ours, theirs], OURS) == ""
    assert forged([other, theirs, ours], OURS) == "dmarc=fail"
    assert forged([theirs], ()) == ""
    assert forged([], OURS) == ""


def test_a_long_field_costs_little() -> None:
    """A megabyte of brackets is cut off."""
    assert forged(["mx.example.org; " + "(" * 1_000_000], OURS) == ""


def test_a_forged_letter_is_held_and_not_answered() -> None:
    """An article whose sender is forged waits for an editor, who is told why; so does a question."""
    rules = the_shipped_rulebook()
    letter = a_letter(authentication=("mx.example.org; dmarc=fail",))
    for facts in (a_dossier(an_article(), letter=letter), a_dossier(letter=letter, kind=Kind.INQUIRY)):
        assert judge(facts, rules).answer is not None
        office = replace(facts.office, trusted_authserv=OURS)
        held = judge(replace(facts, office=office), rules)
        assert (held.verdict, held.answer) == (Verdict.HOLD, None)
        assert any("dmarc=fail" in reason for reason in held.reasons)


def test_a_letter_whose_sender_programs_read_differently_is_held() -> None:
    """Nobody can say who wrote it, so an editor is told, and nobody is answered."""
    letter = a_letter(contested=("From",))
    held = judge(a_dossier(an_article(), letter=letter), the_shipped_rulebook())
    assert (held.verdict, held.answer, len(held.reasons)) == (Verdict.HOLD, None, 1)
    assert judge(
        a_dossier(an_article(), letter=replace(letter, contested=("Reply-To",))), the_shipped_rulebook()
    ).answer
