"""The editors' daily mail: when it is due, what stands in it, and how it looks. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailbot.model import DayCount, Kind, Stage, Verdict
from mailbot.notices.facts import clean
from mailbot.notices.page import BounceFact, DigestPage, EntryFact, Group, MailFact, ShadowFact
from mailbot.notices.templates import DIGEST_HTML, DIGEST_TEXT, Templates
from mailbot.ports import BounceRow, DigestEntry, MailSummary, ShadowTally

__all__ = ["DigestPage", "Rendered", "due", "page", "render"]

MOST_ENTRIES = 200
MOST_MAILS = 50
MOST_SHADOWS = 50
SHOWN_OF_SHADOW = 5
"""How many numbers are named of what a rule on trial would not have passed, the latest ones."""
MOST_DAYS = 62
"""A digest after a longer silence covers the last two months; the letters of all days stay in the ledger."""

FAILED_SHOWN = timedelta(days=14)
"""How long after it was written a failed mail is shown; one of unknown delivery is until somebody decides on it."""

_DAY = timedelta(days=1)
_STAGES = {Stage.RECEIVED: "in_work", Stage.PARKED: "parked", Stage.DISMISSED: "dismissed"}
_ORDER = (
    Verdict.ACKNOWLEDGE, Verdict.RETURN, Verdict.HOLD, Verdict.REJECT, "in_work", "parked", Verdict.SERVE,
    Kind.CONVERSATION, "adopted", Verdict.IGNORE, "dismissed",
)  # fmt: skip


def due(
    now: datetime,
    *,
    first_start: datetime,
    last: datetime | None,
    at: time,
    days: Collection[int],
    zone: ZoneInfo,
) -> tuple[date, ...]:
    """The days that the digest due now covers, oldest first; none when it is not due.

    It is due when a moment `at` on one of `days` (0 is Monday) has come since the last one, or since the first start.
    It covers the day of the last one again, each day since, and today so far: one mail makes up for any missed ones.
    A `last` or `first_start` more than a day ahead of `now` was written by a wrong clock and does not count.
    """
    since = last or first_start
    if since > now + _DAY:
        since = now - _DAY
    today = now.astimezone(zone).date()
    begin = since.astimezone(zone).date()
    slots = (datetime.combine(today - back * _DAY, at, zone) for back in range(8) if _on(today - back * _DAY, days))
    if not any(since < slot <= now for slot in slots):
        return ()
    begin = max(begin, today - (MOST_DAYS - 1) * _DAY)
    return tuple(begin + number * _DAY for number in range((today - begin).days + 1))


def _on(day: date, days: Collection[int]) -> bool:
    return day.weekday() in days


def page(
    *,
    days: Sequence[date],
    counts: Sequence[DayCount],
    entries: Sequence[DigestEntry],
    waiting: Sequence[DigestEntry],
    uncertain: Sequence[MailSummary],
    failed: Sequence[MailSummary],
    issue_names: Mapping[str, str],
    office_name: str,
    zone: ZoneInfo,
    made_at: datetime,
    restated: Sequence[DayCount] = (),
    remarks: Sequence[str] = (),
    shadows: Sequence[ShadowTally] = (),
    bounces: Sequence[BounceRow] = (),
) -> DigestPage:
    """The facts of a digest over `days`, whose balance is `counts`; every string of a stranger is cleaned.

    `restated` are earlier days whose numbers have changed since the editors were told them (promise 7).
    """
    open_numbers = {entry.number for entry in waiting}
    grouped: dict[str, list[DigestEntry]] = defaultdict(list)
    for entry in entries:
        if entry.number not in open_numbers:
            grouped[_standing(entry)].append(entry)
    mails = [*uncertain, *(mail for mail in failed if mail.created_at > made_at - FAILED_SHOWN)]
    return DigestPage(
        office=clean(office_name),
        made=made_at.astimezone(zone),
        days=tuple(counts),
        total=_sum(days[-1], counts),
        restated=tuple(restated),
        unbalanced=tuple(count.day for count in (*restated, *counts) if not count.balanced),
        groups=tuple(_group(name, grouped[name], issue_names, zone) for name in _ORDER if grouped[name]),
        waiting=_group("waiting", waiting, issue_names, zone),
        mails=tuple(_mail(mail, zone) for mail in mails[:MOST_MAILS]),
        more_mails=max(0, len(mails) - MOST_MAILS),
        remarks=tuple(clean(remark, 300) for remark in remarks),
        shadows=tuple(_shadow(tally) for tally in shadows[:MOST_SHADOWS]),
        bounces=tuple(_bounce(row, zone) for row in bounces[:MOST_MAILS]),
        more_bounces=max(0, len(bounces) - MOST_MAILS),
    )


def _standing(entry: DigestEntry) -> str:
    """The group an entry is shown in, by the same order of precedence as the balance counts its letter.

    What people write to people is ignored by us and theirs to answer: it stands apart from machines.
    """
    for stage, name in _STAGES.items():
        if entry.state == stage:
            return name
    if entry.adopted:
        return "adopted"
    if entry.verdict == Verdict.IGNORE and entry.kind == Kind.CONVERSATION:
        return Kind.CONVERSATION
    return entry.verdict if entry.verdict in _ORDER else "in_work"


def _group(name: str, entries: Sequence[DigestEntry], issue_names: Mapping[str, str], zone: ZoneInfo) -> Group:
    shown = tuple(_entry(entry, issue_names, zone) for entry in entries[:MOST_ENTRIES])
    return Group(name=str(name), entries=shown, more=max(0, len(entries) - MOST_ENTRIES))


def _entry(entry: DigestEntry, issue_names: Mapping[str, str], zone: ZoneInfo) -> EntryFact:
    return EntryFact(
        number=clean(entry.number),
        first_seen=entry.first_seen.astimezone(zone),
        kind=entry.kind,
        verdict=entry.verdict,
        state=entry.state,
        sender=clean(entry.sender),
        subject=clean(entry.subject),
        title=clean(entry.title),
        unit=clean(entry.unit),
        authors=tuple(clean(author) for author in entry.authors[:20]),
        issue=clean(issue_names.get(entry.issue, entry.issue) if entry.issue else ""),
        characters=entry.characters,
        pictures=entry.pictures,
        faults=tuple(clean(fault, 300) for fault in entry.faults[:20]),
        reason=clean(entry.reason, 300),
        answer=entry.answer,
        about=clean(entry.about),
        revision=entry.revision,
    )


def _shadow(tally: ShadowTally) -> ShadowFact:
    return ShadowFact(
        rule=clean(tally.rule),
        title=clean(tally.title),
        asked=tally.asked,
        failed=len(tally.failed),
        numbers=tuple(clean(number) for number in tally.failed[-SHOWN_OF_SHADOW:]),
    )


def _mail(mail: MailSummary, zone: ZoneInfo) -> MailFact:
    return MailFact(
        id=mail.id,
        state=mail.state.value,
        recipient=clean(mail.recipient),
        subject=clean(mail.subject),
        created=mail.created_at.astimezone(zone),
        reply=clean(mail.reply, 200),
        number=clean(mail.number),
    )


def _bounce(row: BounceRow, zone: ZoneInfo) -> BounceFact:
    return BounceFact(
        recipient=clean(row.recipient),
        number=clean(row.number),
        subject=clean(row.subject),
        at=row.at.astimezone(zone),
        hard=row.hard,
        proven=row.proven,
        words=clean(" ".join(filter(None, (row.status, row.words))), 300),
    )


def _sum(day: date, counts: Sequence[DayCount]) -> DayCount:
    names = [field.name for field in fields(DayCount) if field.name != "day"]
    return DayCount(day=day, **{name: sum(getattr(count, name) for count in counts) for name in names})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digest ready to be sent or saved: the HTML carries its styles inline and loads nothing."""

    subject: str
    html: str
    text: str


def render(page: DigestPage, templates: Templates) -> Rendered:
    """The page as HTML and text; UserError when a template cannot be rendered."""
    import css_inline  # a Rust library, only needed here

    subject, text = templates.mail(DIGEST_TEXT, page)
    inliner = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
    return Rendered(subject, inliner.inline(templates.render(DIGEST_HTML, page)), text)
