"""A letter's files -> manuscripts, roles, problems, originals."""

from __future__ import annotations

import random
from pathlib import Path

import docx
import pytest

from mailbot.count import characters
from mailbot.model import FileProblem, Role
from tests.unit.manuscript.samples import article, compound, photo, read, rewritten, saved

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TITLE = "巧泡民心茶 共话邻里情"


def test_a_document_with_its_pictures_is_an_article(tmp_path: Path) -> None:
    """Title, unit, author, headings, count and pictures are read; a larger photo enclosed is the original."""
    data = article(
        TITLE,
        ["● 甲江省乙水市民政局"],
        [photo(1, 400, 300, quality=60), photo(2)],
        ["（作者：张三，系乙水市民政局科长）"],
    )
    reading = read(tmp_path, {"稿.docx": data, "IMG_1.jpg": photo(1, 1600, 1200), "IMG_9.png": photo(9, kind="PNG")})
    (manuscript,) = reading.manuscripts
    assert (manuscript.source, manuscript.file, manuscript.title) == ("稿.docx", 0, TITLE)
    assert manuscript.byline.unit == "甲江省乙水市民政局"
    assert [author.name for author in manuscript.byline.authors] == ["张三"]
    assert manuscript.headings == ("一、主要做法",)
    assert manuscript.characters == sum(characters(line) for line in manuscript.text.splitlines())
    assert [picture.original for picture in manuscript.pictures] == ["IMG_1.jpg", None]
    first = manuscript.pictures[0]
    assert (first.width, first.height, first.format) == (400, 300, "jpeg")
    assert [one.role for one in reading.files] == [Role.MANUSCRIPT, Role.ORIGINAL, Role.PICTURE]
    assert [one.submission for one in reading.files] == [0, 0, 0]


def test_a_copy_that_is_no_larger_is_no_original(tmp_path: Path) -> None:
    """A picture taken out of the manuscript, or a smaller one, is not the original of it."""
    picture = photo(3)
    reading = read(tmp_path, {"稿.docx": article(TITLE, (), [picture]), "a.jpg": picture, "b.jpg": photo(3, 200, 150)})
    assert reading.manuscripts[0].pictures[0].original is None
    assert [one.role for one in reading.files[1:]] == [Role.PICTURE, Role.PICTURE]


def test_a_photograph_embedded_in_full_size_has_its_original(tmp_path: Path) -> None:
    """Word and WPS embed the file as it is: the same file enclosed is the original where none can be larger."""
    full = photo(1, 1600, 1200)
    reading = read(tmp_path, {"a.docx": article("某某题目", pictures=[full]), "b.jpg": full})
    assert reading.manuscripts[0].pictures[0].original == "b.jpg"
    smaller = {"a.docx": article("某某题目", pictures=[full]), "b.jpg": photo(1, 1600, 1200, quality=60)}
    [picture] = read(tmp_path, smaller).manuscripts[0].pictures
    assert (picture.original, picture.copy) == (None, "b.jpg")


def test_the_same_article_twice_is_one(tmp_path: Path) -> None:
    """A document enclosed twice makes one article; both files belong to it."""
    data = article(TITLE)
    reading = read(tmp_path, {"稿.docx": data, "稿(1).docx": data})
    assert [manuscript.source for manuscript in reading.manuscripts] == ["稿.docx"]
    assert [file.submission for file in reading.files] == [0, 0]


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("投稿：某某题目一则", "某某题目一则"),
        ("《某某题目一则》", "某某题目一则"),
        ("标题：某某题目一则", "某某题目一则"),
        ("《甲》与《乙》", "《甲》与《乙》"),
    ],
)
def test_what_stands_around_a_title_is_not_of_it(tmp_path: Path, first: str, title: str) -> None:
    """Labels and brackets around the whole are left out."""
    assert read(tmp_path, {"稿.docx": article(first)}).manuscripts[0].title == title


def test_a_form_beside_an_article_is_none(tmp_path: Path) -> None:
    """A form, told by its name, is no article of its own, unless it is all that there is."""
    form = article("投稿登记表")
    reading = read(tmp_path, {"投稿登记表.docx": form, "稿.docx": article("某某题目")})
    assert [manuscript.source for manuscript in reading.manuscripts] == ["稿.docx"]
    assert [file.role for file in reading.files] == [Role.OTHER, Role.MANUSCRIPT]
    assert len(read(tmp_path, {"投稿登记表.docx": form}).manuscripts) == 1


def test_each_document_is_an_article_and_takes_its_originals(tmp_path: Path) -> None:
    """Two documents are two articles; the original goes to the one in which its picture stands."""
    one, two = article("甲篇的题目"), article("乙篇的题目", (), [photo(4, 300, 200)])
    reading = read(tmp_path, {"a.docx": one, "b.docx": two, "p.jpg": photo(4, 1200, 800), "q.jpg": photo(5)})
    assert [manuscript.title for manuscript in reading.manuscripts] == ["甲篇的题目", "乙篇的题目"]
    assert [one.submission for one in reading.files] == [0, 1, 1, None]


@pytest.mark.parametrize(
    ("name", "data", "role", "problem"),
    [
        ("稿.doc", OLE + bytes(600), Role.MANUSCRIPT, FileProblem.DAMAGED),
        ("稿.docx", compound({"EncryptionInfo": b"", "EncryptedPackage": b""}), Role.MANUSCRIPT, FileProblem.ENCRYPTED),
        ("稿.pdf", b"%PDF-1.7 ...", Role.MANUSCRIPT, FileProblem.DAMAGED),
        ("稿.rtf", b"{\\rtf1 }", Role.MANUSCRIPT, FileProblem.EMPTY),
        ("稿.docx", b"", Role.MANUSCRIPT, FileProblem.EMPTY),
        ("稿.docx", b"what is this", Role.MANUSCRIPT, FileProblem.DAMAGED),
        ("稿.docx", saved(docx.Document()), Role.MANUSCRIPT, FileProblem.EMPTY),
        ("稿.docx", b"MZ\x90\0", Role.REFUSED, FileProblem.MISNAMED),
        ("图.jpg", b"no picture", Role.PICTURE, FileProblem.MISNAMED),
        ("图.jpg", photo(1)[:3000], Role.PICTURE, FileProblem.DAMAGED),
        ("包.zip", b"Rar!\x1a\x07\0", Role.ARCHIVE, FileProblem.DAMAGED),
        ("a.exe", b"MZ\x90\0", Role.REFUSED, FileProblem.UNSUPPORTED),
        ("x.txt", b"text", Role.OTHER, None),
    ],
)
def test_what_a_file_is(tmp_path: Path, name: str, data: bytes, role: Role, problem: FileProblem | None) -> None:
    """A file is what its bytes are; what cannot be read says why, and is an article without text if it may be one."""
    reading = read(tmp_path, {name: data})
    assert (reading.files[0].role, reading.files[0].problem) == (role, problem)
    expected = [(problem, None, 0)] if role is Role.MANUSCRIPT else []
    assert [(one.problem, one.title, one.file) for one in reading.manuscripts] == expected


def test_the_same_article_in_another_format_is_no_second_one(tmp_path: Path) -> None:
    """An unreadable double and a PDF beside a readable document make no article of their own."""
    reading = read(tmp_path, {"稿.docx": article(TITLE), "稿.doc": OLE, "审批.pdf": b"%PDF-1.4"})
    assert len(reading.manuscripts) == 1
    assert [one.role for one in reading.files] == [Role.MANUSCRIPT, Role.MANUSCRIPT, Role.OTHER]


def test_the_letters_own_text_may_be_the_article(tmp_path: Path) -> None:
    """Without a document, a long text with a title is the article, without its greeting and what it quotes."""
    body = "\n".join(["社区治理是基层治理的重要内容，居民的事情由居民商量着办。" * 4] * 4)
    text = f"编辑老师：\n{TITLE}\n乙水市民政局 张三\n{body}\n此致\n敬礼\n> 旧信"
    (manuscript,) = read(tmp_path, {"p.jpg": photo(1)}, text).manuscripts
    assert (manuscript.source, manuscript.file, manuscript.title) == ("body", None, TITLE)
    assert manuscript.byline.authors[0].unit == "乙水市民政局"
    assert "旧信" not in manuscript.text


def test_a_short_letter_is_no_article(tmp_path: Path) -> None:
    """A question is not filed as an article."""
    assert read(tmp_path, {}, "编辑老师：\n请问投稿有什么要求？\n谢谢").manuscripts == ()


def test_characters_are_counted_as_word_does() -> None:
    """Each CJK character and mark is one, each run of other letters is one, blanks are none."""
    assert characters("社区 hello world　2023年，“好”。") == 11


def test_what_an_answer_quotes_says_nothing_of_the_article(tmp_path: Path) -> None:
    """Units and authors in a quoted mail of ours are not those of the article that is sent now."""
    quoted = "已补正。\n------------------ 原始邮件 ------------------\n报送单位：乙水市民政局\n作者：张三"
    (manuscript,) = read(tmp_path, {"稿.docx": article(TITLE)}, quoted).manuscripts
    assert (manuscript.byline.unit, manuscript.byline.authors) == (None, ())
    body = "\n".join(["社区治理是基层治理的重要内容，居民的事情由居民商量着办。" * 4] * 4)
    assert read(tmp_path, {}, f"请问刊登了吗\n发件人： 张三\n主题： 投稿\n{TITLE}\n{body}").manuscripts == ()


def test_more_text_than_a_letter_can_mean_is_not_kept(tmp_path: Path) -> None:
    """The text of all documents together is bounded: what is over it is told, and costs the others nothing."""
    words = random.Random(1).choices("社区治理居民议事楼组网格志愿服务邻里协商", k=2_100_000)
    runs = ("".join(words[at : at + 999]) for at in range(0, len(words), 999))
    paragraphs = "".join(f"<w:p><w:r><w:t>{run}</w:t></w:r></w:p>" for run in runs)
    book = rewritten(
        saved(docx.Document()),
        lambda name, data: data.replace(b"<w:body>", b"<w:body>" + paragraphs.encode()) if "document" in name else data,
    )
    reading = read(tmp_path, {"book.docx": book, "稿.docx": article(TITLE)})
    assert [(one.problem, one.detail) for one in reading.files] == [(FileProblem.TOO_LARGE, "text"), (None, "")]
    assert [manuscript.title for manuscript in reading.manuscripts if manuscript.text] == [TITLE]
