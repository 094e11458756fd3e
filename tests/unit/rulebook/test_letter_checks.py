"""The checks of a letter's subject and sender."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from pydantic import ValidationError

from mailbot.model import Address, Contacts, Outcome
from mailbot.rulebook.checks import CHECKS
from tests.unit.dossiers import UNIT, a_dossier, a_letter, an_article, ask, fails, signed

FORM = "投稿-{unit}-{author}-{title}"


def with_subject(subject: str, *articles: object) -> object:
    """A letter with this subject and one signed article."""
    article = an_article(byline=signed(("张三", UNIT), unit=UNIT))
    return a_dossier(*(articles or (article,)), letter=a_letter(subject=subject))  # type: ignore[arg-type]


def refused(check: str, said: str, **params: object) -> bool:
    """Whether these details are refused with these words."""
    with pytest.raises(ValidationError) as caught:
        CHECKS[check].params.model_validate(params)
    return said in str(caught.value)


@pytest.mark.parametrize(
    "subject",
    [
        f"投稿-{UNIT}-张三-幸福社区的故事",
        f"投稿——{UNIT}——张三——幸福社区的故事",
        f"【投稿】{UNIT}+张三+幸福社区的故事",
        f"[投稿] {UNIT} － 张三 － 《幸福社区的故事》",
        f"投稿＋{UNIT}＋张三＋幸福社区的故事",
        f"投稿：{UNIT}／张三／幸福社区的故事",
        f"投 稿_{UNIT}_张三_幸福社区的故事",
        f"Re: 回复：投稿-{UNIT}-张三-幸福社区的故事",
        f"Re[2]: 投稿-{UNIT}-张三-幸福社区的故事",
        f"投稿，{UNIT}，张三，幸福社区的故事",
        f"投稿·{UNIT}·张三·幸福社区的故事",
        f"投稿、{UNIT}、张三、幸福社区的故事",
        f"投稿。{UNIT}。张三。幸福社区的故事",
        f"投稿*{UNIT}*张三*幸福社区的故事",
        f"投稿丨{UNIT}丨张三丨幸福社区的故事",
        f"投稿\\{UNIT}\\张三\\幸福社区的故事",
        f"投稿 {UNIT} 张三 幸福社区的故事",
        f"投稿-{UNIT}-张三、李四-幸福社区的故事——记网格员王五",
        "投稿-山东省甲乙市某区民政局-阿依古丽·买买提-新年-新事",
    ],
)
def test_a_subject_has_its_form_whatever_the_separator(subject: str) -> None:
    """Full-width and half-width hyphens, dashes, plus signs, strokes, brackets and blanks are all one."""
    assert ask("subject_form", with_subject(subject), form=FORM).outcome is Outcome.PASSED


@pytest.mark.parametrize("subject", ["", "投稿", "幸福社区的故事", f"投稿-{UNIT}-幸福社区的故事", "投稿" + "-" * 5000])
def test_a_subject_without_its_form_is_told_how_it_should_read(subject: str) -> None:
    """The answer shows the form in words, and the subject that this letter should have had."""
    answer = ask("subject_form", with_subject(subject), form=FORM)
    assert fails(answer, "“投稿-单位-作者-标题”")
    assert f"“投稿-{UNIT}-张三-幸福社区的故事”" in answer.message


@pytest.mark.parametrize(
    ("form", "subject", "parts"),
    [
        (FORM, "投稿-某某市某某局-张三 李四-社区 的早晨", "单位=某某市某某局、作者=张三 李四、标题=社区 的早晨"),
        ("投稿 {unit} {author} {title}", "投稿 某某局 张三 社区的早晨", "单位=某某局、作者=张三、标题=社区的早晨"),
        (
            "投稿：{title}（{unit} {author}）",
            "投稿：社区的早晨（某某局 张三）",
            "标题=社区的早晨、单位=某某局、作者=张三",
        ),
        ("{title}（{unit}）", "社区的早晨（某某局）", "标题=社区的早晨、单位=某某局"),
        (
            "【新闻】{unit}+{title}+{phone}",
            "新闻：文学院+1+1结对+138 0000 0000",
            "单位=文学院、标题=1+1结对、电话=138 0000 0000",
        ),
        (
            "{date}-{column}-{title}",
            "2026年11月20日-案例-社区的早晨",
            "日期=2026年11月20日、栏目=案例、标题=社区的早晨",
        ),
        ("{issue}-{title}", "2026年第6期 社区的早晨", "期次=2026年第6期、标题=社区的早晨"),
    ],
)
def test_the_parts_are_told_as_they_stand(form: str, subject: str, parts: str) -> None:
    """Blanks within names are no separators where there are better ones; brackets divide, too."""
    assert ask("subject_form", with_subject(subject), form=form).evidence == normalize("NFKC", parts)


def test_a_letter_of_which_nothing_was_read_is_told_the_form_only() -> None:
    """There is no example where there is nothing to fill it with."""
    answer = ask("subject_form", a_dossier(letter=a_letter(subject="你好")), form=FORM)
    assert answer.message.endswith("：“投稿-单位-作者-标题”")


def test_one_of_several_forms_is_enough() -> None:
    """The second form is as good as the first; a letter with none is told both."""
    forms = ["摄影大赛+{author}+{title}", "投稿-{title}"]
    assert "作者=张三" in ask("subject_form", with_subject("摄影大赛+张三+社区的早晨"), form=forms).evidence
    assert ask("subject_form", with_subject("投稿：社区的早晨"), form=forms).outcome is Outcome.PASSED
    assert fails(ask("subject_form", with_subject("社区的早晨"), form=forms), "“摄影大赛+作者+标题”或“投稿-标题”")


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (f"投稿-{UNIT}-张三-幸福社区的故事", ""),
        ("投稿-示例市民政局-张三-幸福社区的故事（修改稿）", ""),
        (f"投稿-{UNIT}-李四-幸福社区的故事", "作者“李四”与稿件里的“张三”不一致"),
        (f"投稿-{UNIT}-张三-冬季消防安全提示", "标题“冬季消防安全提示”与稿件里的“幸福社区的故事”不一致"),
        ("投稿-另一省某某县委-张三-幸福社区的故事", "单位“另一省某某县委”"),
    ],
)
def test_the_parts_can_be_asked_to_agree_with_the_article(subject: str, said: str) -> None:
    """With `agree` a part that says something else than the article fails; shorter and longer forms agree."""
    assert ask("subject_form", with_subject(subject), form=FORM).outcome is Outcome.PASSED
    answer = ask("subject_form", with_subject(subject), form=FORM, agree=True)
    assert fails(answer, said) if said else answer.outcome is Outcome.PASSED


def test_with_several_articles_one_that_agrees_is_enough() -> None:
    """A subject can name only one of two articles."""
    other = an_article(title="冬季消防安全提示", byline=signed(("李四", UNIT)))
    article = an_article(byline=signed(("张三", UNIT)), contacts=Contacts(phones=("13800000000",)))
    dossier = with_subject("投稿-李四-冬季消防安全提示", article, other)
    assert ask("subject_form", dossier, form="投稿-{author}-{title}", agree=True).outcome is Outcome.PASSED
    phone = with_subject("投稿-张三-138 0000 0000", article)
    assert ask("subject_form", phone, form="投稿-{author}-{phone}", agree=True).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("投稿-{titel}", "parts are unit, author, title"),
        ("{title}-{title}", "twice"),
        ("{unit}{author}", "side by side"),
        ("{title", "brace"),
        ("--", "neither words nor parts"),
        ([], "at least 1"),
    ],
)
def test_what_is_no_form_is_refused(form: object, said: str) -> None:
    """A mistake in a form is told when the rules are loaded."""
    from mailbot.yamlfile import Hinted

    with pytest.raises(ValidationError) as caught:
        CHECKS["subject_form"].params.model_validate({"form": form})
    error = caught.value.errors()[0]
    hinted = error.get("ctx", {}).get("error")
    assert said in (f"{hinted} {hinted.hint}" if isinstance(hinted, Hinted) else error["msg"])


def test_subject_matches() -> None:
    """What is found is the evidence; full-width forms are found, too; an unwanted pattern fails with its hit."""
    dossier = with_subject("投稿（２０２６－１１）社区")
    assert ask("subject_matches", dossier, pattern=r"\d{4}-\d{2}").evidence == "2026-11"
    assert fails(ask("subject_matches", dossier, pattern="^征文", example="征文：题目"), "“征文：题目”")
    assert fails(ask("subject_matches", dossier, pattern="^征文"), "不符合")
    assert fails(ask("subject_matches", dossier, without="投稿"), "不应出现“投稿”")
    assert ask("subject_matches", dossier, without="广告").outcome is Outcome.PASSED
    assert refused("subject_matches", "asks for nothing")
    assert refused("subject_matches", "is no pattern", pattern="(")


def test_sender() -> None:
    """Domains take those below them; a named address goes before its domain; nobody at all is skipped."""
    dossier = with_subject("投稿")  # from li@example.org
    assert ask("sender", dossier, domains=["@example.org"]).evidence == "li@example.org"
    assert ask("sender", dossier, domains="org.cn", addresses="li@example.org").outcome is Outcome.PASSED
    assert fails(ask("sender", dossier, domains="example.cn"), "@example.cn")
    assert fails(ask("sender", dossier, not_addresses="LI@example.org"), "li@example.org")
    assert fails(ask("sender", dossier, not_domains="example.org"), "不接受")
    assert ask("sender", dossier, not_domains="qq.com").outcome is Outcome.PASSED
    below = a_dossier(letter=a_letter(sender=Address(address="a@mail.edu.example.org")))
    assert ask("sender", below, domains="example.org").outcome is Outcome.PASSED
    assert fails(ask("sender", below, domains="xample.org"))
    assert ask("sender", a_dossier(letter=a_letter(sender=None)), domains="a.cn").outcome is Outcome.SKIPPED


def test_senders_that_make_no_sense_are_refused() -> None:
    """Nobody named, an address for a domain, one taken and refused."""
    assert refused("sender", "names no sender")
    assert refused("sender", "must be a domain", domains="a@b.cn")
    assert refused("sender", "must be a mail address", addresses="b.cn")
    assert refused("sender", "takes and refuses `b.cn`", domains="b.cn", not_domains="@B.cn")
