"""The digest: when it is due, and what stands in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.editors.digest import MOST_DAYS, MOST_ENTRIES, DigestPage, due, page, render
from mailbot.model import DayCount, MailState
from mailbot.ports import BounceRow, DigestEntry, MailSummary, ShadowTally
from tests.unit.notices.build import shipped
from tests.unit.notices.test_payloads import PAYLOADS

ZONE = ZoneInfo("Asia/Shanghai")
AT = time(8, 30)
EVERY = frozenset(range(7))
WORKDAYS = frozenset(range(5))
FIRST = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)  # a Monday


def here(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A moment in the office's zone."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def days(first: int, last: int) -> tuple[date, ...]:
    """Days of March."""
    return tuple(date(2026, 3, day) for day in range(first, last + 1))


CASES = [
    ("just started", here(2, 10, 1), None, EVERY, ()),
    ("the first day never has one after its hour", here(2, 23, 59), None, EVERY, ()),
    ("the minute before the first", here(3, 8, 29), None, EVERY, ()),
    ("the first, on the minute", here(3, 8, 30), None, EVERY, days(2, 3)),
    ("the first, late", here(3, 17), None, EVERY, days(2, 3)),
    ("sent already today", here(3, 17), here(3, 8, 30), EVERY, ()),
    ("a restart at the same minute", here(3, 8, 30), here(3, 8, 30), EVERY, ()),
    ("the next day restates the last one", here(4, 8, 31), here(3, 8, 30), EVERY, days(3, 4)),
    ("sent late yesterday", here(4, 8, 31), here(3, 23, 50), EVERY, days(3, 4)),
    ("sent just before the hour (by hand)", here(4, 8, 30), here(4, 8, 29), EVERY, days(4, 4)),
    ("four days off are made up by one", here(8, 9), here(4, 8, 30), EVERY, days(4, 8)),
    ("Saturday without a digest", here(7, 9), here(6, 8, 30), WORKDAYS, ()),
    ("Monday covers the weekend", here(9, 8, 30), here(6, 8, 30), WORKDAYS, days(6, 9)),
    ("a missed Friday is made up on Saturday", here(7, 9), here(5, 8, 30), WORKDAYS, days(5, 7)),
    ("clock an hour behind", here(3, 8, 40), here(3, 9, 30), EVERY, ()),
    ("the clock was a year ahead", here(4, 9), here(4, 9) + timedelta(days=365), EVERY, days(3, 4)),
    ("no day is chosen", here(9, 9), None, frozenset[int](), ()),
]  # fmt: skip


@pytest.mark.parametrize(("why", "now", "last", "chosen", "expected"), CASES, ids=[case[0] for case in CASES])
def test_due(
    why: str, now: datetime, last: datetime | None, chosen: frozenset[int], expected: tuple[date, ...]
) -> None:
    """Once for each moment of the plan, across restarts and odd clocks, with every day since the last one."""
    found = due(now.astimezone(UTC), first_start=FIRST, last=last, at=AT, days=chosen, zone=ZONE)
    assert found == expected


def test_a_long_silence_is_covered_up_to_a_bound() -> None:
    """After years off, the digest is due once and shows the last two months."""
    now = here(3, 9) + timedelta(days=900)
    found = due(now, first_start=FIRST, last=here(3, 8, 30), at=AT, days=EVERY, zone=ZONE)
    assert len(found) == MOST_DAYS
    assert found[-1] == now.date()


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_no_day_is_ever_left_out(hours: list[int]) -> None:
    """However the worker is stopped and started, each day is in a digest, and no moment of the plan has two."""
    now, last, covered, sent = FIRST, None, set(), []
    for wait in [*hours, 25, 25]:
        now += timedelta(hours=wait)
        found = due(now, first_start=FIRST, last=last, at=AT, days=EVERY, zone=ZONE)
        if found:
            covered |= set(found)
            sent.append(now)
            last = now
    assert covered == {FIRST.date() + timedelta(days=n) for n in range((sent[-1].date() - FIRST.date()).days + 1)}
    slots = [(moment - timedelta(hours=8, minutes=30)).date() for moment in sent]
    assert len(slots) == len(set(slots))


def entry(number: str, verdict: str = "acknowledge", state: str = "ready", **more: object) -> DigestEntry:
    """An entry of the ledger."""
    facts: dict[str, object] = {"kind": "submission", "sender": "a@example.org", "subject": "投稿"} | more
    return DigestEntry(number=number, first_seen=here(3, 7), verdict=verdict, state=state, **facts)  # type: ignore[arg-type]


def made(*entries: DigestEntry, **more: object) -> DigestPage:
    """A digest of one day."""
    day, number = date(2026, 3, 3), len(entries)
    facts: dict[str, object] = {"waiting": (), "uncertain": (), "failed": ()} | more
    facts = {"days": [day], "counts": [DayCount(day=day, received=number, held=number)]} | facts
    return page(
        entries=entries, issue_names={"i1": "2026年第1期"}, office_name="编辑部", zone=ZONE, made_at=here(3, 8, 30),
        **facts,  # type: ignore[arg-type]
    )  # fmt: skip


def test_entries_stand_once_in_their_group() -> None:
    """Parked and in work go before adopted, adopted before the verdict; what waits is not listed again."""
    open_one = entry("SQ-7", "hold", "held")
    shown = made(
        entry("SQ-1"), entry("SQ-2", "return", "incomplete"), entry("L-3", "", "parked", adopted=True),
        entry("L-4", "", "received"), entry("SQ-5", adopted=True), entry("L-6", "ignore", "closed"), open_one,
        waiting=[open_one],
    )  # fmt: skip
    assert [(group.name, [one.number for one in group.entries]) for group in shown.groups] == [
        ("acknowledge", ["SQ-1"]), ("return", ["SQ-2"]), ("in_work", ["L-4"]), ("parked", ["L-3"]),
        ("adopted", ["SQ-5"]), ("ignore", ["L-6"]),
    ]  # fmt: skip
    assert [one.number for one in shown.waiting.entries] == ["SQ-7"]


def test_both_forms_tell_the_same() -> None:
    """Number, title, unit, authors, issue, faults, reasons, uncertain mails and the balance are in HTML and text."""
    mail = MailSummary(
        id=3, state=MailState.UNCERTAIN, cause="answer", kind="return", recipient="b@example.org", subject="回执",
        created_at=here(3, 6), reply="cut", attempts=1, number="SQ-9",
    )  # fmt: skip
    shown = made(
        entry("SQ-1", title="小剧场", unit="某某街道", authors=("王小丽",), issue="i1", characters=2100, pictures=3,
              faults=("没有原图",), answer="sent"),
        uncertain=[mail], waiting=[entry("L-2", "hold", "closed", reason="未能判断")],
        remarks=["rules/units.yaml:3: 有误"],
    )  # fmt: skip
    done = render(shown, shipped())
    assert done.subject == "来稿日报 3月3日：收到 1 封，等您处理 1 件"
    for told in (
        "SQ-1", "小剧场", "某某街道", "王小丽", "2026年第1期", "2100 字", "图 3", "没有原图", "已回执", "L-2",
        "未能判断", "SQ-9", "b@example.org", "是否送达不明", "rules/units.yaml:3: 有误", "收到 1 = 待编辑查看 1",
    ):  # fmt: skip
        assert told in done.html, told
        assert told in done.text, told


def test_a_day_that_does_not_balance_is_a_warning() -> None:
    """The sum is checked for each day, and a wrong one is said aloud."""
    wrong = DayCount(day=date(2026, 3, 3), received=3, acknowledged=1)
    done = render(made(counts=[wrong]), shipped())
    assert "对不上" in done.html
    assert "对不上" in done.text
    good = render(made(entry("SQ-1")), shipped())
    assert "对不上" not in good.html + good.text


def test_rules_on_trial_have_a_section_of_their_own() -> None:
    """Title, how many were asked and would not pass, the latest numbers; none of it without such a rule."""
    failed = tuple(f"SQ-{n}" for n in range(1, 9))
    tallies = (ShadowTally("new", "新规则", 20, failed), ShadowTally("mild", "<b>宽规则", 20, ()))
    done = render(made(entry("SQ-1"), shadows=tallies), shipped())
    for told in ("试行中的规则", "看了 20 件", "会有 8 件不符合：SQ-4、SQ-5、SQ-6、SQ-7、SQ-8 等", "全部符合"):
        assert told in done.text, told
        assert told in done.html, told
    assert "<b>" not in done.html
    without = render(made(entry("SQ-1")), shipped())
    assert "试行" not in without.text + without.html


class Tags(HTMLParser):
    """All tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


HTML_PAYLOADS = [
    "<script>alert(1)</script>", "<img src=https://evil.example.org/x.png>", '"><a href="javascript:1">', "&lt;b&gt;",
    "</td></tr></table>", "<style>*{display:none}</style>", "x' onmouseover='1",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS + HTML_PAYLOADS)
def test_nothing_of_a_stranger_becomes_markup(payload: str) -> None:
    """Whatever stands in title, subject, sender, unit, authors, faults: no tag, no link, no script, nothing loaded."""
    fields = ("title", "subject", "sender", "unit", "reason")
    for each in (dict.fromkeys(fields, payload), dict.fromkeys(("subject", "sender"), payload)):
        done = render(made(entry("SQ-1", authors=(payload,), faults=(payload,), issue=payload, **each)), shipped())
        plain = render(
            made(entry("SQ-1", authors=("x",), faults=("x",), issue="x", **dict.fromkeys(each, "x"))), shipped()
        )
        assert Tags(done.html).seen == Tags(plain.html).seen


def test_the_html_loads_nothing() -> None:
    """No link, picture, script, style sheet or form; all styles are inline, and it fits a phone."""
    tags = Tags(render(made(entry("SQ-1", title="x")), shipped()).html).seen
    assert {tag for tag, _ in tags} <= {
        "html", "head", "meta", "title", "body", "table", "tbody", "tr", "td", "div", "span",
    }  # fmt: skip
    assert not any({"src", "href", "background", "onload"} & set(attributes) for _, attributes in tags)
    styles = " ".join(attributes.get("style") or "" for _, attributes in tags)
    assert "url(" not in styles
    assert "max-width: 680px" in styles


def test_endless_lists_are_bounded() -> None:
    """A flood shows its first entries and how many more there are."""
    shown = made(*(entry(f"SQ-{number}") for number in range(MOST_ENTRIES + 7)))
    assert (len(shown.groups[0].entries), shown.groups[0].more, shown.groups[0].total) == (200, 7, 207)
    assert "另有 7 件" in render(shown, shipped()).html


def test_failed_mails_leave_the_digest_in_time() -> None:
    """A failed mail is shown for two weeks, one of unknown delivery until somebody decides."""

    def mail(state: MailState, number: str, age: int) -> MailSummary:
        return MailSummary(
            id=1, state=state, cause="answer", kind="return", recipient="b@example.org", subject="s", reply="550",
            created_at=here(3, 8) - timedelta(days=age), attempts=1, number=number,
        )  # fmt: skip

    shown = made(
        uncertain=[mail(MailState.UNCERTAIN, "SQ-1", 400)],
        failed=[mail(MailState.FAILED, "SQ-2", 1), mail(MailState.FAILED, "SQ-3", 15)],
    )
    assert [one.number for one in shown.mails] == ["SQ-1", "SQ-2"]


def test_empty() -> None:
    """Nothing came, whatever is still open from before."""
    assert made().empty
    assert made(waiting=[entry("SQ-1", "hold", "held")], remarks=["x"]).empty
    assert not made(entry("SQ-1")).empty
    assert "没有来信" in render(made(), shipped()).html


def test_a_changed_day_is_restated() -> None:
    """An earlier day whose numbers changed is said again, as a correction, and makes the digest worth sending."""
    changed = DayCount(day=date(2026, 2, 27), received=1, dismissed=1)
    shown = made(restated=[changed])
    assert not shown.empty
    done = render(shown, shipped())
    assert "2月27日（更正）：收到 1 = 已放过 1" in done.text
    assert "（更正）收到 1 = 已放过 1" in done.html


def came_back(mail: int, **more: object) -> BounceRow:
    """A mail to somebody that came back for good."""
    facts: dict[str, object] = {
        "letter": mail, "at": here(3, 7), "recipient": f"p{mail}@example.cn", "hard": True, "status": "5.1.1",
        "words": "User unknown", "mail": mail, "proven": True, "subject": "收到您的来稿", "number": f"SQ-{mail}",
    }  # fmt: skip
    return BounceRow(**facts | more)  # type: ignore[arg-type]


def test_mails_that_came_back_are_told() -> None:
    """To whom, about which submission, for good or not, and why; what is only guessed is called so."""
    soft = came_back(2, hard=False, proven=False, status="", words="", number="")
    shown = made(bounces=[came_back(1), soft])
    rendered = render(shown, shipped())

    assert [(one.recipient, one.number, one.hard, one.words) for one in shown.bounces] == [
        ("p1@example.cn", "SQ-1", True, "5.1.1 User unknown"),
        ("p2@example.cn", "", False, ""),
    ]
    for text in (rendered.html, rendered.text):
        assert "退回的去信" in text
        assert "对方地址无法收信" in text
        assert "SQ-1" in text
        assert text.count("按收件人推断") == 1
    assert "退回的去信" not in render(made(), shipped()).text


def test_a_flood_of_bounces_is_bounded() -> None:
    """Fifty are named, the others counted; a stranger's words are only text."""
    shown = made(bounces=[came_back(number, words="<b>x</b>\u202e") for number in range(80)])
    assert (len(shown.bounces), shown.more_bounces) == (50, 30)
    rendered = render(shown, shipped())
    assert "<b>x" not in rendered.html
    assert "\u202e" not in rendered.html + rendered.text


def test_conversations_stand_apart_from_machines() -> None:
    """What people write to people is theirs to answer, and is shown with the submission that it belongs to."""
    talk = entry("L-1", "ignore", "closed", kind="conversation", about="SQ-2026-0007")
    shown = made(talk, entry("L-2", "ignore", "closed", kind="automatic"), entry("SQ-3", revision=2))
    rendered = render(shown, shipped())

    assert [(group.name, [one.number for one in group.entries]) for group in shown.groups] == [
        ("acknowledge", ["SQ-3"]), ("conversation", ["L-1"]), ("ignore", ["L-2"]),
    ]  # fmt: skip
    for text in (rendered.html, rendered.text):
        assert "属 SQ-2026-0007" in text
        assert "第 2 稿" in text
