"""The checks of when a letter arrived, how old its news is, and how its author can be reached."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from mailbot.model import Contacts, Manuscript, Outcome
from mailbot.rulebook.checking import Answer, ArticleFacts, LetterFacts
from mailbot.rulebook.checks import CHECKS
from mailbot.rulebook.dates import days_told
from mailbot.rulebook.models import Issue
from mailbot.rulebook.routing import Route
from mailbot.rulebook.units import KnownNames, Units
from tests.unit.dossiers import LANGUAGE, SHANGHAI, a_dossier, a_letter, an_article, ask, fails
from tests.unit.rulebook.test_file_checks import refused

UNITS = Units(KnownNames.of(()), LANGUAGE.units)


def arriving(*when: int, **params: Any) -> Answer:
    """What `arrival` says of a letter that came then."""
    return ask("arrival", a_dossier(arrived_at=datetime(*when, tzinfo=SHANGHAI)), **params)  # type: ignore[misc, arg-type]


def of_article(
    name: str, manuscript: Manuscript, text: str = "", arrived: datetime | None = None, **params: Any
) -> Answer:
    """What a check says of an article in a letter with this text."""
    changes = {"arrived_at": arrived} if arrived else {}
    dossier = a_dossier(manuscript, letter=a_letter(text=text), **changes)
    check = CHECKS[name]
    return check.run(ArticleFacts(dossier, UNITS, LANGUAGE.rules, manuscript), check.params.model_validate(params))


# --- arrival


@pytest.mark.parametrize(
    ("when", "in_time"),
    [
        ((2026, 11, 30, 17, 59), True),
        ((2026, 11, 30, 18, 0, 59), True),
        ((2026, 11, 30, 18, 1), False),
    ],
)
def test_a_deadline_lasts_to_the_end_of_its_minute(when: tuple[int, ...], in_time: bool) -> None:
    """Who sends at 18:00 sharp is in time."""
    answer = arriving(*when, before="2026-11-30 18:00")
    assert answer.outcome is (Outcome.PASSED if in_time else Outcome.FAILED)
    assert in_time or "截稿时间是 2026-11-30 18:00" in answer.message


def test_a_deadline_that_is_a_day_includes_it() -> None:
    """The whole day counts, and the grace goes on after it."""
    assert arriving(2026, 11, 30, 23, 59, before="2026-11-30").outcome is Outcome.PASSED
    assert fails(arriving(2026, 12, 1, 0, 0, before="2026-11-30"), "截稿时间是 2026-11-30")
    assert arriving(2026, 12, 1, 0, 0, before="2026-11-30", grace="1d").outcome is Outcome.PASSED
    assert fails(arriving(2026, 12, 2, 0, 0, before="2026-11-30", grace="1d"))
    assert arriving(2026, 11, 30, 23, 59, before="2026-11-30 24:00").outcome is Outcome.PASSED


def test_not_before_not_outside_of_hours_and_days() -> None:
    """Each limit says what it is."""
    assert fails(arriving(2026, 11, 23, 7, 59, after="2026-11-23 08:00"), "2026-11-23 08:00 才开始收稿")
    assert arriving(2026, 11, 23, 8, 0, after="2026-11-23 08:00").outcome is Outcome.PASSED
    assert fails(arriving(2026, 11, 23, 17, 31, daily="09:00-17:30"), "每天的收稿时间是 09:00-17:30")
    assert arriving(2026, 11, 23, 17, 30, daily="9:00 - 17:30").outcome is Outcome.PASSED
    assert arriving(2026, 11, 23, 1, 0, daily="22:00-06:00").outcome is Outcome.PASSED
    assert fails(arriving(2026, 11, 23, 12, 0, daily="22:00-06:00"))
    assert fails(
        arriving(2026, 11, 22, 12, 0, days=["mon", "friday"]), "（星期日）收到，收稿时间是每周的星期一、星期五"
    )


def test_the_offices_zone_counts() -> None:
    """A letter of 10:01 UTC came at 18:01 in Shanghai."""
    dossier = a_dossier(arrived_at=datetime(2026, 11, 30, 10, 1, tzinfo=UTC))
    assert fails(ask("arrival", dossier, before="2026-11-30 18:00"), "2026-11-30 18:01")


def test_what_its_issue_calls_late_is_late() -> None:
    """With `on_time` the issue's own closing day counts."""
    issue = Issue(id="a", name="a", opens=date(2026, 1, 1), closes=date(2026, 1, 31))
    params = CHECKS["arrival"].params.model_validate({"on_time": True})
    for late in (False, True):
        facts = LetterFacts(a_dossier(), UNITS, LANGUAGE.rules, way=Route("a", late=late), issues=(issue,))
        assert fails(CHECKS["arrival"].run(facts, params), "已过这一期的截稿时间") is late


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "sets no time"),
        ({"grace": "3d", "on_time": True}, "no deadline"),
        ({"after": "2026-11-02", "before": "2026-11-01"}, "can never be met"),
        ({"before": "30.11.2026"}, "must be a moment"),
        ({"before": "2026-02-30"}, "must be a moment"),
        ({"before": "2026-11-30 25:00"}, "must be a moment"),
        ({"daily": "12:30"}, "must be hours of the day"),
        ({"daily": "09:00-09:00"}, "must be hours of the day"),
        ({"days": ["funday"]}, "unknown day"),
    ],
)
def test_times_that_make_no_sense_are_refused(params: dict[str, Any], said: str) -> None:
    """A time that no clock shows, and limits that nothing can meet."""
    assert said in refused("arrival", **params)


# --- the age of an event

MONDAY = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年11月20日，社区举行议事会。", date(2026, 11, 20)),
        ("11月20日下午，社区举行议事会。", date(2026, 11, 20)),
        ("（通讯员 张三）１１月２０日，社区", date(2026, 11, 20)),
        ("二〇二六年十一月二十日", date(2026, 11, 20)),
        ("十一月二十日，社区", date(2026, 11, 20)),
        ("2026-11-20 社区", date(2026, 11, 20)),
        ("2026.11.20社区", date(2026, 11, 20)),
        ("社区议事会（11.20）", date(2026, 11, 20)),
        ("20日上午，社区举行", date(2026, 11, 20)),
        ("25日，社区举行", date(2026, 10, 25)),
        ("本月20日，社区", date(2026, 11, 20)),
        ("上月20日，社区", date(2026, 10, 20)),
        ("去年11月20日，社区", date(2025, 11, 20)),
        ("昨日，社区举行", date(2026, 11, 22)),
        ("前天，社区举行", date(2026, 11, 21)),
        ("今天上午，社区举行", date(2026, 11, 23)),
        ("12月30日，社区", date(2026, 12, 30)),
        ("2月30日", None),
        ("11月18日至20日，社区", date(2026, 11, 20)),
        ("11月18—20日，社区", date(2026, 11, 20)),
        ("11月18日、19日、20日，社区", date(2026, 11, 20)),
        ("2026年11月18日-20日，社区", date(2026, 11, 20)),
        ("11月18日至25日，社区", MONDAY.date()),
        ("自2020年1月1日起施行的办法", None),
        ("2020年1月1日成立的示例中心", None),
        ("近日，社区举行议事会", None),
        ("投入11.20万元，惠及3.15%的居民，为期3日，历时三日，", None),
    ],
)
def test_days_as_they_are_told(text: str, day: date | None) -> None:
    """Years and months that a text leaves out are those nearest to the arrival."""
    told = days_told(text, MONDAY.date(), LANGUAGE.dates)
    assert [one.day for one in told] == ([day] if day else [])


def test_a_year_ends_between_event_and_letter() -> None:
    """A day in December, told in January, is one of last year."""
    told = days_told("12月30日，社区", date(2027, 1, 3), LANGUAGE.dates)
    assert told[0].day == date(2026, 12, 30)


def an_event(lead: str, title: str = "幸福社区的故事") -> Manuscript:
    """An article whose text begins with its title."""
    return an_article(title=title, text=f"{title}\n{lead}\n" + "社区居民" * 100 + "始于2020年5月1日。")


def test_an_event_may_be_so_old() -> None:
    """Its age counts from the end of its day; the message tells day, words, age and limit."""
    assert (
        of_article("event_age", an_event("11月21日，社区"), arrived=MONDAY, within="48h").evidence
        == "11月21日 = 2026-11-21"
    )
    answer = of_article("event_age", an_event("11月20日，社区"), arrived=MONDAY, within="48h")
    assert fails(answer, "发生在 2026-11-20（“11月20日”），收到来稿时已过去 58 小时，超过了 48 小时")
    assert of_article("event_age", an_event("11月20日，社区"), arrived=MONDAY, within="3d").outcome is Outcome.PASSED
    three_days = of_article("event_age", an_event("11月19日，社区"), arrived=MONDAY, within="72h")
    assert fails(three_days, "已过去 82 小时，超过了 72 小时")
    old = of_article("event_age", an_event("10月20日，社区"), arrived=MONDAY, within="3d")
    assert fails(old, "33 天，超过了 3 天")


def test_of_several_days_the_newest_that_is_over_counts() -> None:
    """A day in the past before the news, and one that is announced, do not make it older or newer."""
    both = an_event("继10月1日之后，11月22日社区又举行了议事会。")
    assert of_article("event_age", both, arrived=MONDAY, within="2d").outcome is Outcome.PASSED
    ahead = an_event("10月1日举行了议事会，下一次定于12月1日。")
    assert fails(of_article("event_age", ahead, arrived=MONDAY, within="2d"), "2026-10-01")
    only = an_event("12月1日将举行议事会。")
    assert of_article("event_age", only, arrived=MONDAY, within="2d").outcome is Outcome.PASSED


def test_where_the_day_is_told() -> None:
    """Only the lead counts unless it says otherwise; an article without a day is skipped, or fails if that is asked."""
    vague = an_event("近日，社区举行议事会。", title="记11月22日的议事会")
    assert of_article("event_age", vague, arrived=MONDAY, within="2d").outcome is Outcome.SKIPPED
    assert fails(of_article("event_age", vague, arrived=MONDAY, within="2d", unknown="fails"), "没有写明事情发生的日期")
    assert of_article("event_age", vague, arrived=MONDAY, within="2d", where="title").outcome is Outcome.PASSED
    assert of_article("event_age", vague, arrived=MONDAY, within="2d", where="anywhere").outcome is Outcome.PASSED
    assert "duration" in refused("event_age", within="48")


# --- contacts

REACHED = Contacts(
    phones=("13800000000", "01012345678"), emails=("li@example.org",), addresses=("江苏省示例市示例路1号",)
)
SIGNATURE = (
    "张三\n手机：138 0000 0000\n邮箱：li@example.org\n"
    "地址：江苏省示例市示例路1号 邮编：２１００００\n收件人：李四\n"
)  # fmt: skip


def test_contacts_that_are_all_there() -> None:
    """Every detail passes; the evidence does not repeat whole numbers."""
    need = ["phone", "mobile", "email", "address", "postcode", "recipient"]
    answer = of_article("contacts", an_article(contacts=REACHED), SIGNATURE, need=need)
    assert answer.outcome is Outcome.PASSED
    assert "13800000000" not in answer.evidence
    assert "邮政编码=210000" in answer.evidence
    assert "收件人=李四" in answer.evidence
    assert (
        of_article("contacts", an_article(contacts=REACHED), SIGNATURE, need=need, where="letter").outcome
        is Outcome.PASSED
    )


def test_missing_contacts_are_named() -> None:
    """What is missing is said, and where it was looked for; one of several may be enough."""
    by_phone = an_article(contacts=Contacts(phones=("01012345678",)))
    answer = of_article("contacts", by_phone, need=["phone", "mobile", "email"])
    assert fails(answer, "来信和稿件里没有写明：手机号码、电子邮箱")
    assert of_article("contacts", by_phone, need=["phone", "email"], any_of=True).outcome is Outcome.PASSED
    assert fails(of_article("contacts", an_article(), need=["phone", "email"], any_of=True), "没有写明任何一种联系方式")
    assert fails(of_article("contacts", an_article(), need="address"), "通信地址")


def test_contacts_stand_where_they_are_asked_for() -> None:
    """A number in the letter only is none in the article."""
    article = an_article(contacts=REACHED, text="社区居民。（作者电话：010-1234 5678）")
    assert of_article("contacts", article, SIGNATURE, need="phone", where="article").evidence.endswith("010…78")
    assert fails(of_article("contacts", article, SIGNATURE, need="mobile", where="article"), "稿件里没有写明：手机号码")
    assert fails(
        of_article("contacts", article, SIGNATURE, need=["email", "address"], where="article"), "电子邮箱、通信地址"
    )
    assert fails(of_article("contacts", article, "你好", need="phone", where="letter"), "邮件正文里没有写明")


@pytest.mark.parametrize(
    ("text", "detail", "found"),
    [
        ("邮政编码 210000", "postcode", True),
        ("示例市示例路1号，210000", "postcode", True),
        ("示例路1号（210000）", "postcode", True),
        ("共投入210000元", "postcode", False),
        ("邮编：2100001", "postcode", False),
        ("联系人：张三，电话13800000000", "recipient", True),
        ("收件人: 编辑部 <tougao@example.cn>", "recipient", False),
        ("收件人：", "recipient", False),
        ("真实姓名：张三", "name", True),
        ("姓    名：张三", "name", True),
        ("（作者：张三）", "name", True),
        ("姓名：", "name", False),
        ("作者\n从前有座山", "name", False),
    ],
)
def test_postcodes_and_recipients(text: str, detail: str, found: bool) -> None:
    """Six digits are a postal code with its label or behind an address; a quoted mail header names no recipient."""
    answer = of_article("contacts", an_article(text=""), text, need=detail)
    assert answer.outcome is (Outcome.PASSED if found else Outcome.FAILED)


def test_the_offices_own_address_is_no_contact() -> None:
    """An author who only names the office's address cannot be reached."""
    article = an_article(contacts=Contacts(emails=("tougao@example.cn",)))
    assert fails(of_article("contacts", article, need="email"))


def test_contacts_that_nobody_knows_are_refused() -> None:
    """Nothing needed, or a detail that is none."""
    with pytest.raises(ValidationError):
        CHECKS["contacts"].params.model_validate({"need": []})
    with pytest.raises(ValidationError):
        CHECKS["contacts"].params.model_validate({"need": ["fax"]})
