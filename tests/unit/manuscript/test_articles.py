"""One letter, several documents: which are articles, and what belongs to each."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest

from mailbot.languages import load
from mailbot.manuscript.read import read_manuscripts
from mailbot.model import File, FileProblem, Forwarded, Letter, Reading, Role
from tests.unit.letter.build import leaf, letter
from tests.unit.manuscript.samples import article, file, photo, read, saved

ONE = article("花园社区的议事厅", ["● 甲江省乙水市花园社区居民委员会"], end=["（作者：欧阳明月，系乙水市民政局科长）"])
TWO = article("老街坊夜话会", ["● 甲江省乙水市丙川区民政局"], end=["（作者：张三，系丙川区民政局副局长）"])


def document(*lines: str, pictures: int = 0) -> bytes:
    """A .docx of these lines."""
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    for number in range(pictures):
        made.add_picture(BytesIO(photo(50 + number, 300, 200)))
    return saved(made)


def outcome(reading: Reading) -> tuple[list[str], list[tuple[str, str, int | None]]]:
    """The articles' sources, and each file's name with its role and article."""
    files = [(one.name, one.role.value, one.submission) for one in reading.files]
    return [manuscript.source for manuscript in reading.manuscripts], files


COVER = document("尊敬的编辑老师：", "您好！现报送我局稿件一篇，请审阅，望采纳。", "此致", "敬礼", "乙水市民政局")
FORM = document(
    "投稿信息",
    "姓名\t张三",
    "性别\t男",
    "工作单位\t乙水市民政局",
    "职务\t科长",
    "联系电话\t",
    "邮政编码\t",
    "稿件题目\t",
)
PROMISE = document(
    "本人郑重承诺：", "所投稿件为原创，无抄袭、侵权，无一稿多投，不涉及保密内容，文责自负。", "承诺人：张三"
)
LIFE = document("张三，男，1980年生，中共党员，毕业于甲江大学，硕士，现任乙水市民政局科长，曾获多项奖励。")
APPROVAL = document("经审核，情况属实，同意报送。", "负责人签字：", "（盖章）")
PHOTOS = document("图1 议事现场", "图2 居民合影", pictures=2)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("函.docx", COVER),
        ("1.docx", FORM),
        ("2.docx", PROMISE),
        ("3.docx", LIFE),
        ("4.docx", APPROVAL),
        ("5.docx", PHOTOS),
    ],
)
def test_what_goes_with_an_article_is_told_by_its_text(tmp_path: Path, name: str, data: bytes) -> None:
    """Covering letter, form, declaration, biography, approval and photo sheet are no articles, whatever their name."""
    sources, files = outcome(read(tmp_path, {name: data, "花园.docx": ONE}))
    assert sources == ["花园.docx"]
    assert files == [(name, "other", 0), ("花园.docx", "manuscript", 0)]


@pytest.mark.parametrize("name", ["投稿登记表.docx", "原创承诺书.docx", "作者简介.docx", "审批件.docx", "投稿函.docx"])
def test_what_goes_with_an_article_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    """A document that is called a form is one beside an article, and its photos go nowhere else."""
    sources, _ = outcome(read(tmp_path, {"花园.docx": ONE, name: document("内容见附件，谢谢。")}))
    assert sources == ["花园.docx"]


def test_a_form_keeps_its_words_for_the_rules(tmp_path: Path) -> None:
    """What a document beside the article says stands at its file, also where its archive bears the article's name."""
    made = docx.Document()
    table = made.add_table(rows=0, cols=2)
    labels = ("案例名称", "申报单位", "案例类别", "实施时间", "联系人", "单位意见")
    for label in labels:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, "某某"
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("附件1.docx", saved(made))
        archive.writestr("花园.docx", ONE)
    reading = read(tmp_path, {"花园.zip": packed.getvalue()})
    assert [manuscript.source for manuscript in reading.manuscripts] == ["花园.docx"]
    assert [file.text for file in reading.files] == ["", "\n".join(f"{label}\t某某" for label in labels), ""]


def test_an_enclosure_alone_is_what_was_sent_in(tmp_path: Path) -> None:
    """With no article in the letter, the only document is taken for one: nothing that was sent is passed over."""
    assert outcome(read(tmp_path, {"投稿登记表.docx": ONE}))[0] == ["投稿登记表.docx"]
    assert outcome(read(tmp_path, {"登记表.docx": FORM, "承诺书.docx": PROMISE}))[0] == ["登记表.docx", "承诺书.docx"]


def test_a_form_beside_an_article_in_the_letter_is_none(tmp_path: Path) -> None:
    """Where the letter's own text is the article, forms that go with it do not hide it."""
    body = "\n".join(["社区治理是基层治理的重要内容，居民的事情由居民商量着办。" * 4] * 4)
    sources, files = outcome(read(tmp_path, {"登记表.docx": FORM}, f"巧泡民心茶 共话邻里情\n乙水市民政局 张三\n{body}"))
    assert sources == ["body"]
    assert files == [("登记表.docx", "other", 0)]


def test_what_goes_with_an_article_names_its_unit(tmp_path: Path) -> None:
    """Unit and authors that stand only in a form or a biography beside the one article are known."""
    life = document("作者简介", "张三，男，1980年生，中共甲江省乙水市委党校副教授，研究方向为基层治理。")
    files = {"某某小院.docx": article("某某小院", ["张三"]), "作者简介.docx": life}
    (manuscript,) = read(tmp_path, files).manuscripts
    (author,) = manuscript.byline.authors
    assert (author.name, author.unit) == ("张三", "中共甲江省乙水市委党校")


def test_a_biography_of_several_authors_names_them_all(tmp_path: Path) -> None:
    """Each begins a line of his own; blanks in a date of birth do not matter, and a life's further lines are nobody."""
    lives = (
        "张三，1980 年 5 月生，乙水大学社会学院副教授，研究方向：城市社会学。",
        "主要研究城市社会学，发表论文多篇。",
        "李四，1985 年生，丙山理工大学公共管理学院讲师，研究方向：基层治理。",
    )
    files = {"某某小院.docx": article("某某小院", []), "作者简介.docx": document("作者简介", *lives)}
    (manuscript,) = read(tmp_path, files).manuscripts
    assert [(author.name, author.unit) for author in manuscript.byline.authors] == [
        ("张三", "乙水大学社会学院"),
        ("李四", "丙山理工大学公共管理学院"),
    ]


def test_several_articles_are_several_submissions(tmp_path: Path) -> None:
    """Each document that is an article of its own becomes one, in the order of the letter."""
    sources, files = outcome(read(tmp_path, {"函.docx": COVER, "老街坊.docx": TWO, "花园.docx": ONE}))
    assert sources == ["老街坊.docx", "花园.docx"]
    assert [submission for *_, submission in files] == [None, 0, 1]


def test_of_two_copies_of_one_article_the_corrected_one_is_read(tmp_path: Path) -> None:
    """A first and a corrected copy with nearly the same text are one article; both are kept with it."""
    first = article("花园社区的议事厅", end=["（作者：张三）"])
    sources, files = outcome(read(tmp_path, {"花园.docx": first, "花园（修改稿）.docx": ONE}))
    assert sources == ["花园（修改稿）.docx"]
    assert files == [("花园.docx", "manuscript", 0), ("花园（修改稿）.docx", "manuscript", 0)]


def test_photos_go_to_the_article_whose_name_they_share(tmp_path: Path) -> None:
    """By the title, the file's name or the author's name; a photo that says nothing stays with the letter."""
    reading = read(
        tmp_path,
        {
            "稿件一.docx": ONE,
            "稿件二.docx": TWO,
            "花园社区图1.jpg": photo(1),
            "照片2（张三）.png": photo(2, kind="PNG"),
            "夜话会现场 (3).jpg": photo(3),
            "微信图片_20261101.jpg": photo(4),
        },
    )
    assert [one.submission for one in reading.files] == [0, 1, 0, 1, 1, None]
    assert {one.role for one in reading.files[2:]} == {Role.PICTURE}


BODY = "\n".join(["社区治理是基层治理的重要内容，居民的事情由居民商量着办。" * 4] * 4)


def test_the_text_of_a_forwarded_letter_may_be_the_article(tmp_path: Path) -> None:
    """An office sends a colleague's letter on: the article is in that letter's text, and so is its author."""
    (tmp_path / "f001").write_bytes(b"From: a@example.cn\r\n\r\n")
    enclosed = File(
        name="来稿.eml", media_type="message/rfc822", bytes=22, sha256="", where="f001", role=Role.FORWARDED
    )
    forwarded = Forwarded(file="来稿.eml", text=f"老街坊夜话会\n乙水市民政局 张三\n{BODY}")
    sent = Letter(text="请查收转来的稿件。", files=(enclosed,), forwarded=(forwarded,))
    (manuscript,) = read_manuscripts(sent, tmp_path, load("zh-CN")).manuscripts
    assert (manuscript.source, manuscript.file, manuscript.title) == ("来稿.eml", 0, "老街坊夜话会")
    assert [author.name for author in manuscript.byline.authors] == ["张三"]


def test_a_forwarded_letter_covers_its_article(tmp_path: Path) -> None:
    """The unit that only a forwarded covering letter names is that of the article enclosed with it."""
    data = article("老街坊夜话会")
    (tmp_path / "f001").write_bytes(data)
    sent = Letter(
        text="转来稿件一篇。",
        files=(file("稿.docx", data, "f001"),),
        forwarded=(Forwarded(file="转.eml", text="报送单位：甲江省乙水市民政局"),),
    )
    (manuscript,) = read_manuscripts(sent, tmp_path, load("zh-CN")).manuscripts
    assert manuscript.byline.unit == "甲江省乙水市民政局"


TEXT = "\n".join(["巧泡民心茶", "乙水市民政局 张三", BODY]).encode("gb18030")


@pytest.mark.parametrize("name", ["稿件.txt", "稿件.md", "稿件.html"])
def test_a_plain_text_may_be_the_article(tmp_path: Path, name: str) -> None:
    """A text, Markdown or web page as long as an article is one; a short note beside it, or alone, is none."""
    reading = read(tmp_path, {"ATT00001.txt": b"sent by a list", name: TEXT})
    assert [manuscript.source for manuscript in reading.manuscripts] == [name]
    assert read(tmp_path, {"ATT00001.txt": b"sent by a list"}).manuscripts == ()


def zipped(**files: bytes) -> bytes:
    """A zip of these files."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def test_a_letter_in_an_archive_is_opened(tmp_path: Path) -> None:
    """An .eml within a zip gives its sender, its files and its article, as one forwarded as it is."""
    inner = letter(leaf("Content-Type: application/octet-stream; name=a.docx", ONE), subject="投稿")
    reading = read(tmp_path, {"转.zip": zipped(**{"来信.eml": inner, "图/花园社区1.jpg": photo(1)})})
    assert [(one.name, one.role.value, one.inside) for one in reading.files] == [
        ("转.zip", "archive", None),
        ("来信.eml", "forwarded", "转.zip"),
        ("花园社区1.jpg", "picture", "转.zip"),
        ("a.docx", "manuscript", "来信.eml"),
    ]
    assert [(manuscript.source, manuscript.file) for manuscript in reading.manuscripts] == [("a.docx", 3)]
    assert [one.sender.address for one in reading.forwarded if one.sender] == ["zhangsan@example.cn"]


def test_photos_go_to_the_article_of_their_folder(tmp_path: Path) -> None:
    """Photos in a folder, or an archive, named after an article belong to it."""
    photos = {"花园社区/IMG_1.jpg": photo(1), "老街坊/IMG_1.jpg": photo(2)}
    reading = read(
        tmp_path,
        {
            "花园社区的议事厅.docx": ONE,
            "老街坊夜话会.docx": TWO,
            "照片.zip": zipped(**photos),
            "老街坊.zip": zipped(x=photo(3)),
        },
    )
    assert [(one.name, one.submission) for one in reading.files[4:]] == [("IMG_1.jpg", 0), ("IMG_1.jpg", 1), ("x", 1)]


def test_photos_go_to_the_file_whose_name_they_go_on_from(tmp_path: Path) -> None:
    """稿件1-图1 is of 稿件1, not of 稿件2; 稿件10 is of neither."""
    names = ["稿件1-图1.jpg", "稿件2（1）.jpg", "稿件10.jpg", "1.jpg"]
    photos = {name: photo(number) for number, name in enumerate(names)}
    reading = read(tmp_path, {"稿件1.docx": ONE, "稿件2.docx": TWO, **photos})
    assert [one.submission for one in reading.files[2:]] == [0, 1, None, None]


def test_archives_are_opened_two_deep(tmp_path: Path) -> None:
    """What lies in an archive within an archive is read; what is packed once more is told and kept."""
    inner = zipped(**{"三.zip": zipped(a=b"x"), "稿.docx": ONE})
    reading = read(tmp_path, {"一.zip": zipped(**{"二.zip": inner})})
    assert [manuscript.source for manuscript in reading.manuscripts] == ["稿.docx"]
    (third,) = [one for one in reading.files if one.name == "三.zip"]
    assert (third.inside, third.problem, third.detail) == ("二.zip", FileProblem.UNSUPPORTED, "nested")
