"""Made-up facts with which templates are tried at load: one set with everything in it, one as bare as it can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from mailbot.model import DayCount, Kind, NoticeKind, SubmissionState, Verdict
from mailbot.notices.facts import (
    AlarmFacts,
    ArticleFact,
    AskFact,
    CallFacts,
    CloudFact,
    DecisionFacts,
    FaultFact,
    FileFact,
    NoticeFacts,
    OpenIssueFact,
    OwnFact,
    PictureFact,
    ReminderFacts,
)
from mailbot.notices.page import BounceFact, DigestPage, EntryFact, Group, MailFact, ShadowFact

_WHEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_FAULT = FaultFact(found="no unit is named", clause="3a", mend="name the unit in full")

_ARTICLE = ArticleFact(
    number="SQ-2026-0001",
    title="A title",
    source="article.docx",
    in_body=False,
    unit="A unit",
    authors=("One Author", "Another Author"),
    issue="2026, issue 1",
    late=True,
    verdict=Verdict.RETURN.value,
    characters=3210,
    problem="",
    words="",
    pictures=(
        PictureFact(width=1200, height=800, original="photo.jpg"),
        PictureFact(width=640, height=480),
    ),
    faults=(_FAULT,),
    remarks=(_FAULT,),
    column="A column",
    passed=("A rule",),
)
_BARE_ARTICLE = replace(
    _ARTICLE, number="", title="", unit="", authors=(), issue="", late=False, characters=0, pictures=(), faults=(),
    remarks=(), problem="encrypted", words=" is locked", column="", passed=(),
)  # fmt: skip
_OWN = tuple(
    OwnFact(
        number=f"SQ-2026-{number:04}", title="A title", state=state.value, issue="2026, issue 1", arrived=_WHEN,
        faults=("no unit is named",),
    )
    for number, state in enumerate(SubmissionState, start=3)
)  # fmt: skip
_BARE_OWN = replace(_OWN[0], title="", issue="", faults=())
_SERVED = (Kind.WITHDRAWAL, Kind.STATUS_QUERY, Kind.INQUIRY, Kind.REPLY)
_FULL = NoticeFacts(
    office="An office",
    arrived=_WHEN,
    numbers=("SQ-2026-0001", "SQ-2026-0002"),
    articles=(
        _ARTICLE,
        replace(_ARTICLE, number="SQ-2026-0002", in_body=True, faults=(), verdict="acknowledge", earlier="return"),
        replace(_ARTICLE, number="SQ-2026-0003", revision=2, verdict="hold"),
        replace(_ARTICLE, number="SQ-2026-0004", revision=3, stays=True, verdict="reject"),
    ),
    files=(
        FileFact(name="article.docx", bytes=34_567, role="manuscript"),
        FileFact(name="photo.jpg", bytes=3_456_789, role="original", inside="photos.zip", earlier=True),
    ),
    more_files=3,
    unreadable=(FileFact(name="locked.zip", bytes=1, role="archive", problem="encrypted", words=" is locked"),),
    cloud_files=(CloudFact(name="photos.rar", provider="a cloud"),),
    faults=(_FAULT,),
    remarks=(_FAULT,),
    trial=False,
    call=CallFacts(
        address="office@example.org",
        musts=(
            AskFact(text="The unit.", how="Name it in full.", clause="3a"),
            AskFact(text="Enclose it.", only=("A column",)),
        ),
        shoulds=(AskFact(text="Begin the subject with it."),),
        issues=(
            OpenIssueFact(name="2026, issue 1", closes=date(2026, 3, 31), columns=("A column",)),
            OpenIssueFact(name="A special issue", closes=date(2026, 4, 30), special=True),
        ),
    ),
    own=_OWN,
    about=(_OWN[0], _BARE_OWN),
    mark="SQ-2026-0001-7KQ3F9",
)
_BARE = NoticeFacts(
    office="An office", arrived=_WHEN, numbers=(), articles=(), files=(), more_files=0, unreadable=(), cloud_files=(),
    faults=(), remarks=(), trial=True,
)  # fmt: skip

_ENTRY = EntryFact(
    number="SQ-2026-0001",
    first_seen=_WHEN,
    kind="submission",
    verdict="acknowledge",
    state="ready",
    sender="someone@example.org",
    subject="A subject",
    title="A title",
    unit="A unit",
    authors=("One Author",),
    issue="2026, issue 1",
    characters=3210,
    pictures=2,
    faults=("no unit is named",),
    reason="",
    answer="sent",
    revision=2,
)
_BARE_ENTRY = replace(
    _ENTRY, number="L-0a1b2c3d", verdict="hold", title="", unit="", authors=(), issue="", characters=0, pictures=0,
    faults=(), reason="cannot be told", answer="",
    about="SQ-2026-0001", revision=0,
)  # fmt: skip
_EMPTY_PAGE = DigestPage(
    office="An office",
    made=_WHEN,
    days=(DayCount(day=date(2026, 3, 2), received=0),),
    total=DayCount(day=date(2026, 3, 2), received=0),
    restated=(),
    unbalanced=(),
    groups=(),
    waiting=Group(name="waiting", entries=()),
    mails=(),
    more_mails=0,
    remarks=(),
)
_GROUPS = (*(verdict.value for verdict in Verdict), "conversation", "adopted", "parked", "dismissed", "in_work")
_FULL_PAGE = replace(
    _EMPTY_PAGE,
    days=(
        DayCount(day=date(2026, 3, 1), received=2, acknowledged=1, held=1),
        DayCount(day=date(2026, 3, 2), received=1),
    ),
    total=DayCount(day=date(2026, 3, 2), received=3, acknowledged=1, held=1),
    restated=(DayCount(day=date(2026, 2, 27), received=1, dismissed=1),),
    unbalanced=(date(2026, 3, 2),),
    groups=tuple(Group(name=name, entries=(_ENTRY, _BARE_ENTRY), more=1) for name in _GROUPS),
    waiting=Group(name="waiting", entries=(_ENTRY, _BARE_ENTRY), more=2),
    mails=tuple(
        MailFact(
            id=7, state=state, recipient="someone@example.org", subject="A subject", created=_WHEN, reply="250 ok",
            number=number,
        )
        for state, number in (("uncertain", "SQ-2026-0001"), ("failed", ""))
    ),
    more_mails=1,
    remarks=("rules/units.yaml:3: something is wrong",),
    shadows=(
        ShadowFact(rule="new", title="A rule on trial", asked=12, failed=2, numbers=("SQ-2026-0001", "L-0a1b2c3d")),
        ShadowFact(rule="mild-rule", title="Another one", asked=12, failed=0),
    ),
    bounces=tuple(
        BounceFact(
            recipient="someone@example.org", number=number, subject="A subject", at=_WHEN, hard=hard, proven=hard,
            words="5.1.1 User unknown",
        )
        for number, hard in (("SQ-2026-0001", True), ("", False))
    ),
    more_bounces=1,
)  # fmt: skip


def notices(kind: NoticeKind) -> Sequence[NoticeFacts] | Sequence[DecisionFacts] | Sequence[ReminderFacts]:
    """Facts for the template of a kind of notice."""
    if kind is NoticeKind.DECISION:
        return tuple(
            DecisionFacts(office="An office", decision=decision, about=own, words=words, wants=wants, copies=copies)
            for decision in ("accept", "revise", "decline")
            for own, words, wants, copies in ((_OWN[0], ("One.", "Two."), ("address",), 2), (_BARE_OWN, (), (), 0))
        )
    if kind is NoticeKind.REMINDER:
        return tuple(
            ReminderFacts(office="An office", about=own, asked=date(2026, 3, 2), wants=wants, copies=copies, mark="m")
            for own, wants, copies in ((_OWN[0], ("address",), 2), (_BARE_OWN, ("address", "revision"), 0))
        )
    by_kind = (replace(_FULL, kind=one.value, repeats=True, last_answer=True, mark="") for one in _SERVED)
    return _FULL, replace(_BARE, articles=(_BARE_ARTICLE,)), _BARE, *by_kind


def digests() -> tuple[DigestPage, ...]:
    """Facts for the templates of the digest."""
    return _FULL_PAGE, _EMPTY_PAGE


def alarms() -> tuple[AlarmFacts, ...]:
    """Facts for the template of alarms."""
    problems = ("call-for-papers.yaml:3:5: there is no key `chek`; did you mean `check`?",)
    bare = AlarmFacts(office="An office", what="")
    return (
        *(replace(bare, what=what, version="0a1b2c", problems=problems) for what in ("rules", "templates")),
        replace(bare, what="breaker", why="burst", count=51, hours=1, until=_WHEN),
        replace(bare, what="breaker", why="rules", count=30, of=100, until=_WHEN),
        replace(bare, what="released", count=30),
        replace(bare, what="stopped", reply="550 MI:STC", until=_WHEN),
        replace(bare, what="spam", count=3, reply="554 DT:SPM"),
        replace(bare, what="braked", address="someone@example.org", count=5),
    )
