"""Letters whose pictures are the work itself, from the mail to the verdict."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailbot.check import check_mail
from mailbot.demo.documents import photo
from mailbot.model import FileProblem, Manuscript, Outcome, Verdict
from mailbot.rulebook.judge import judge
from mailbot.testing.reader import InProcessReader
from tests.unit.dossiers import UNIT, a_dossier, a_letter, a_rulebook, an_article, ask, fails
from tests.unit.letter.build import leaf, letter
from tests.unit.rulebook.test_file_checks import a_file, a_photo

CONTEST = """\
rules:
  - {id: entry, title: 附上参赛照片, check: photo_entry, otherwise: return}
  - {id: unit, title: 注明单位, check: unit_named, otherwise: return}
  - {id: title, title: 有作品名称, check: has_title, otherwise: return}
  - {id: form, title: 主题, check: subject_form, with: {form: "摄影大赛投稿+{author}+{title}"}, otherwise: note}
  - {id: long, title: 字数, check: length, with: {min: 500}, otherwise: reject}
"""
BODY = "参赛作品：见附件\n姓名：张三\n单位：江苏省示例市民政局\n电话：13800000000\n"
SUBJECT = "摄影大赛投稿+张三+社区的早晨"

Checked = Callable[[bytes, str], dict[str, Any]]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """What `mailbot check` prints for a mail under these rules."""

    def check(raw: bytes, rules: str) -> dict[str, Any]:
        folder = tmp_path / "rules"
        folder.mkdir()
        (folder / "rules.yaml").write_text(rules, "utf-8")
        mail = tmp_path / "mail.eml"
        mail.write_bytes(raw)
        return check_mail(
            mail, settings=None, reader=lambda language, *_: InProcessReader(language=language), rules=folder
        )

    return check


def entry(subject: str = SUBJECT, body: str = BODY, photos: int = 3) -> bytes:
    """A letter with a text and photographs."""
    text = leaf("Content-Type: text/plain; charset=utf-8", body.encode())
    pictures = (
        leaf(f'Content-Type: image/jpeg; name="{n}.jpg"\r\nContent-Disposition: attachment', photo(f"{n}", (640, 480)))
        for n in range(photos)
    )
    return letter(text, *pictures, subject=f"=?utf-8?B?{b64encode(subject.encode()).decode()}?=")


def test_photographs_of_a_contest_are_acknowledged(checked: Checked) -> None:
    """Three pictures without a document are a submission of their own, judged by who sent them and what they are."""
    found = checked(entry(), CONTEST)
    assert (found["kind"], found["verdict"]) == ("submission", "acknowledge")
    (work,) = found["submissions"]
    assert (work["source"], work["title"], work["unit"], work["unit_complete"]) == ("0.jpg", None, UNIT, True)
    assert [author["name"] for author in work["authors"]] == ["张三"]
    assert work["contacts"]["phones"] == ["13800000000"]
    outcomes = {finding["rule"]: finding["outcome"] for finding in work["findings"] + found["findings"]}
    assert outcomes == {"entry": "passed", "unit": "passed", "title": "passed", "form": "passed", "long": "skipped"}
    assert "社区的早晨" in found["notice"]["text"]


def test_an_expression_about_the_issue_needs_no_text(checked: Checked) -> None:
    """It judges photographs too, for they are late as articles are; one about the text does not."""
    rules = CONTEST + "  - {id: open, title: 在征集期内, expect: issue.id != '', otherwise: note}\n"
    rules += "  - {id: full, title: 有正文, expect: article.text != '', otherwise: note}\n"
    (work,) = checked(entry(), rules)["submissions"]
    outcomes = {finding["rule"]: finding["outcome"] for finding in work["findings"]}
    assert (outcomes["open"], outcomes["full"]) == ("failed", "skipped")


def test_the_author_is_read_out_of_the_subject(checked: Checked) -> None:
    """A name between others in the subject is the author where the letter says nothing; without a unit it returns."""
    found = checked(entry(body="作品请见附件。"), CONTEST)
    (work,) = found["submissions"]
    assert ([author["name"] for author in work["authors"]], found["verdict"]) == (["张三"], "return")
    failed = [finding["rule"] for finding in work["findings"] if finding["outcome"] == "failed"]
    assert failed == ["unit"]


@pytest.mark.parametrize(
    ("subject", "body", "title"),
    [
        ("【摄影大赛】张三-社区的早晨", "请查收。", "社区的早晨"),
        ("社区的早晨", "您好，附上我的摄影作品，请查收。", "社区的早晨"),
        ("参赛作品：《社区的早晨》（张三）", "", "社区的早晨"),
        ("摄影比赛_社区的早晨_江苏省示例市民政局_13800000000", "", "社区的早晨"),
    ],
)
def test_letters_to_a_contest_need_not_say_more(checked: Checked, subject: str, body: str, title: str) -> None:
    """Words for a contest or its works are a sign of a submission; what else the subject says is the title."""
    found = checked(entry(subject, body), CONTEST.replace("length", "has_title").replace(", with: {min: 500}", ""))
    assert found["kind"] == "submission"
    titles = [one["evidence"] for one in found["submissions"][0]["findings"] if one["rule"] == "title"]
    assert titles == [title]


def test_a_contest_letter_without_photographs_is_returned(checked: Checked) -> None:
    """A forgotten picture is asked for."""
    found = checked(entry(photos=0), CONTEST)
    assert found["verdict"] == "return"
    assert "没有附上可以打开的照片" in str(found["findings"])


def test_photographs_alone_are_no_article_under_other_rules(checked: Checked) -> None:
    """Without a rule that says so nobody acknowledges a letter that carries no text."""
    rules = "rules:\n  - {id: title, title: t, check: has_title, otherwise: note}\n"
    found = checked(entry(), rules)
    assert found["verdict"] == "hold"
    assert [finding["outcome"] for finding in found["submissions"][0]["findings"]] == ["skipped"]


def test_a_labelled_title_goes_before_the_subject(checked: Checked) -> None:
    """A work is called what the letter says behind such a label."""
    found = checked(entry("摄影大赛投稿", BODY + "作品名称：《社区的早晨》\n"), CONTEST)
    assert "社区的早晨" in found["notice"]["text"]


def test_photo_entry() -> None:
    """Pictures pass by name, none or damaged ones fail, letters that are not meant are skipped."""
    photos = a_letter(subject="摄影大赛", files=(a_photo("a.jpg"), a_photo("b.jpg")))
    assert ask("photo_entry", a_dossier(letter=photos)).evidence == "“a.jpg”、“b.jpg”"
    assert ask("photo_entry", a_dossier(letter=photos), words=["摄影"]).outcome is Outcome.PASSED
    assert ask("photo_entry", a_dossier(letter=photos), words=["征文"]).outcome is Outcome.SKIPPED
    broken = a_letter(files=(a_file("a.jpg", problem=FileProblem.DAMAGED),))
    assert fails(ask("photo_entry", a_dossier(letter=broken)), "没有附上可以打开的照片")


def test_pictures_can_be_enough_for_a_manuscript() -> None:
    """The rule that wants a manuscript can take pictures for one."""
    dossier = a_dossier(Manuscript(source="a.jpg"), letter=a_letter(files=(a_photo("a.jpg"),)))
    assert fails(ask("manuscript_enclosed", dossier))
    assert ask("manuscript_enclosed", dossier, or_pictures=True).evidence == "“a.jpg”"


def test_what_could_not_be_read_is_still_left_to_an_editor() -> None:
    """Pictures stand for a missing article only, not for one that is locked; an article is judged as always."""
    book = a_rulebook("rules:\n  - {id: e, title: t, check: photo_entry, otherwise: note}\n")
    letter = a_letter(files=(a_photo("a.jpg"),))
    locked = Manuscript(source="b.docx", file=0, problem=FileProblem.ENCRYPTED)
    assert judge(a_dossier(locked, letter=letter), book).articles[0].verdict is Verdict.HOLD
    assert judge(a_dossier(Manuscript(source="a.jpg"), letter=letter), book).verdict is Verdict.ACKNOWLEDGE
    assert judge(a_dossier(an_article(), letter=letter), book).verdict is Verdict.ACKNOWLEDGE
    shadow = a_rulebook("rules:\n  - {id: e, title: t, check: photo_entry, otherwise: note, mode: shadow}\n")
    assert judge(a_dossier(Manuscript(source="a.jpg"), letter=letter), shadow).verdict is Verdict.HOLD


def test_what_a_work_without_text_declares_in_its_letter_is_judged(checked: Checked) -> None:
    """Rules that look only at the letter need no text; and a word such as original is no author."""
    rules = CONTEST + (
        "  - id: own\n    title: 原创\n    check: declares\n    otherwise: return\n"
        "    with: {where: letter, statements: [{name: 原创, words: 本人原创}]}\n"
    )
    found = checked(entry(body=BODY + "作品为本人原创，授权主办方使用。\n"), rules)
    (article,) = found["submissions"]
    assert {one["rule"]: one["outcome"] for one in article["findings"]}["own"] == "passed"
    assert [author["name"] for author in article["authors"]] == ["张三"]
    assert "稿件：0.jpg" in found["notice"]["text"]
