"""What a stranger writes is never a template, wherever it stands and whichever notice repeats it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailbot.model import Address, Author, CloudFile, Earlier, History, Judgement, NoticeKind, Verdict
from mailbot.notices.compose import compose
from mailbot.notices.facts import DecisionFacts, OwnFact, ReminderFacts, paragraphs
from tests.unit.notices import build

PAYLOADS = [
    "{{7*7}}", "{{ 7*7 }}", "{{{{7*7}}}}", "{{ '{{7*7}}' }}", "{% for x in range(9) %}x{% endfor %}", "{# gone #}",
    "{% import '_parts.txt.j2' as p %}", "{% include 'help.txt.j2' %}", "{% extends 'help.txt.j2' %}", "{% raw %}",
    "{% set office = 'evil' %}", "{{ ''.__class__.__mro__ }}", "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__ }}", "{{ office }}", "{{ x }}", "}}", "{%", "{%- endraw -%}", "# for x in y:",
    "${7*7}", "#{7*7}", "<%= 7*7 %>",
]  # fmt: skip
PLACE = "甲乙丙丁"
FROM_FACTS = {NoticeKind.DECISION, NoticeKind.REMINDER}


def answer(kind: NoticeKind, written: str) -> str:
    """Subject and text of a notice whose contributor wrote this wherever he can."""
    letter = replace(
        build.LETTER,
        subject=written,
        text=written,
        sender=Address(address="wangxiaoli@example.org", name=written),
        files=(
            *(replace(file, name=written, inside=written) for file in build.LETTER.files),
            replace(build.LOCKED, name=f"{written}.rar"),
        ),
        cloud_files=(CloudFile(name=f"{written}.zip", url="https://example.org", provider=written),),
    )
    article = replace(
        build.MANUSCRIPT,
        title=written,
        source=written,
        pictures=tuple(replace(one, original=written) for one in build.MANUSCRIPT.pictures),
    )
    finding = replace(build.UNIT_MISSING, message=f"“{written}”没有单位", advice=written)
    earlier = Earlier(number="SQ-2026-0007", arrived_at=build.NOW, state="incomplete", title=written, faults=(written,))
    dossier = replace(build.dossier(letter, article), history=History(earlier=(earlier,)), repeats=("SQ-2026-0007",))
    judged = replace(build.ARTICLE, unit=written, authors=(Author(name=written),), findings=(finding,))
    judgement = Judgement(
        verdict=Verdict.RETURN, rulebook="r", articles=(judged,), answer=kind, findings=(replace(finding, rule="x"),)
    )
    notice = compose(
        dossier, judgement, [build.submission("SQ-2026-0012")], build.OFFICE_NAME, build.ISSUES, build.shipped()
    )
    assert notice is not None
    return f"{notice.subject}\n{notice.text}"


def of_an_editor(kind: NoticeKind, written: str) -> str:
    """Subject and text of a decision or a reminder about an article of this title."""
    own = OwnFact(number="SQ-2026-0012", title=written, state="accepted", issue=written, arrived=build.NOW)
    facts: DecisionFacts | ReminderFacts = DecisionFacts(
        office="O", decision="accept", about=own, words=paragraphs(f"{written}\n{written}"), wants=("address",)
    )
    if kind is NoticeKind.REMINDER:
        facts = ReminderFacts(office="O", about=own, asked=date(2026, 3, 2), wants=("address",))
    return "\n".join(build.shipped().notice(kind, facts))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_template_payloads_are_literal_text_in_every_notice(payload: str) -> None:
    """A notice that repeats a payload is the notice that repeats harmless letters, with the payload in their place."""
    for kind in NoticeKind:
        made = of_an_editor if kind in FROM_FACTS else answer
        harmless = made(kind, PLACE)
        assert made(kind, payload) == harmless.replace(PLACE, payload), kind
        assert PLACE in harmless or kind is NoticeKind.HELP
