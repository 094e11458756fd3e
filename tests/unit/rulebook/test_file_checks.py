"""The checks of what a letter encloses: how many files, of what sort and size, how called, how packed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from mailbot.errors import UserError
from mailbot.model import Dossier, File, FileProblem, ImageFacts, Manuscript, Outcome, Role
from mailbot.rulebook.checks import CHECKS
from mailbot.rulebook.files import FORMATS, kind_of, size_shown
from tests.unit.dossiers import UNIT, a_dossier, a_letter, a_picture, a_rulebook, an_article, ask, fails, signed

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLE = "application/x-ole-storage"


def a_file(name: str, role: Role = Role.OTHER, media_type: str = "application/octet-stream", **more: Any) -> File:
    """A file of a letter, 100 KiB large."""
    return File(
        **{"name": name, "role": role, "media_type": media_type, "bytes": 102400, "sha256": "", "where": ""} | more
    )


def a_photo(name: str, width: int = 4000, height: int = 3000, kind: str = "JPEG", **more: Any) -> File:
    """A photograph enclosed as a file."""
    taken = more.pop("taken_at", "")
    facts = ImageFacts(width=width, height=height, format=kind, taken_at=taken)
    return a_file(name, more.pop("role", Role.PICTURE), f"image/{kind.lower()}", image=facts, **more)


def enclosing(*files: File, articles: tuple[Manuscript, ...] = (), **changes: Any) -> Dossier:
    """A letter with an article in its first file, if that is a manuscript, and these files."""
    if not articles and files and files[0].role is Role.MANUSCRIPT:
        articles = (an_article(source=files[0].name, byline=signed(("张三", UNIT), unit=UNIT)),)
    return a_dossier(*articles, letter=a_letter(files=files), **changes)


def refused(check: str, **params: Any) -> str:
    """Why these details are refused."""
    with pytest.raises(ValidationError) as caught:
        CHECKS[check].params.model_validate(params)
    return str(caught.value)


MANUSCRIPT = a_file("稿件.docx", Role.MANUSCRIPT, DOCX)
LOGO = a_file("logo.png", Role.OTHER, "image/png", inline=True)
IN_ZIP = (
    a_file("图.zip", Role.ARCHIVE, "application/zip", bytes=300),
    a_photo("1.jpg", inside="图.zip"),
    a_photo("2.jpg", inside="图.zip", role=Role.ORIGINAL),
)


@pytest.mark.parametrize(
    ("of", "number"),
    [
        ("manuscripts", 1),
        ("documents", 2),
        ("pictures", 2),
        ("originals", 1),
        ("archives", 1),
        ("attachments", 3),
        ("all", 5),
    ],
)
def test_what_counts_as_what(of: str, number: int) -> None:
    """Photographs in archives count as pictures, an archive is one attachment, a signature's logo is nothing."""
    dossier = enclosing(MANUSCRIPT, LOGO, *IN_ZIP, a_file("推荐表.doc", Role.OTHER, "application/msword"))
    assert ask("file_count", dossier, of=of, min=number, max=number).outcome is Outcome.PASSED
    assert fails(ask("file_count", dossier, of=of, min=number + 1), f"信里有 {number} ")
    assert fails(ask("file_count", dossier, of=of, max=number - 1), "多于规定的")


def test_articles_count_also_in_the_letters_text() -> None:
    """An article that is the letter's own text is one; a stub for a missing one is none."""
    both = enclosing(MANUSCRIPT, articles=(an_article(), an_article(source="body", file=None)))
    assert fails(ask("file_count", both, of="manuscripts", max=1), "信里有 2 篇稿件，多于规定的 1 篇稿件")
    assert fails(
        ask("file_count", a_dossier(Manuscript(source="body")), of="manuscripts", min=1),
        "信里没有稿件，要求至少有 1 篇稿件",
    )


def test_numbers_that_cannot_be_met_are_refused() -> None:
    """No limit, or a minimum above the maximum."""
    assert "sets no limit" in refused("file_count", of="all")
    assert "min 3 is more than max 2" in refused("file_count", of="all", min=3, max=2)
    assert "Field required" in refused("file_count", min=1)


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (MANUSCRIPT, "docx"),
        (a_file("a.docx", Role.MANUSCRIPT, OLE), "doc"),
        (a_file("a.docx", Role.MANUSCRIPT, OLE, problem=FileProblem.ENCRYPTED), "docx"),
        (a_file("a.docx", Role.MANUSCRIPT, "application/zip"), "docx"),
        (a_file("a.zip", Role.ARCHIVE, "application/zip"), "zip"),
        (a_file("a.WPS", Role.MANUSCRIPT, "application/vnd.ms-works"), "wps"),
        (a_photo("a.png", kind="JPEG"), "jpeg"),
        (a_file("a.ofd"), "ofd"),
        (a_file("a.xyz"), ""),
        (a_file("nothing"), ""),
    ],
)
def test_a_file_is_what_it_is_and_not_how_it_is_called(file: File, kind: str) -> None:
    """What was found in it decides; its name only where nothing else is known."""
    assert kind_of(file) == kind


def test_file_types() -> None:
    """A wrong format is named with its file, and so is a name that says something else."""
    old = a_file("稿件.docx", Role.MANUSCRIPT, OLE)
    answer = ask("file_types", enclosing(old), of="manuscripts", allowed=["DOCX", ".pdf"])
    assert fails(answer, "稿件只收 docx、pdf 格式：“稿件.docx”其实是 doc 格式")
    assert ask("file_types", enclosing(old), of="manuscripts", allowed="doc").outcome is Outcome.PASSED
    pdf = a_file("稿件.pdf", Role.MANUSCRIPT, "application/pdf")
    assert fails(
        ask("file_types", enclosing(pdf), of="manuscripts", refused="pdf"), "稿件不收 pdf 格式：“稿件.pdf”是 pdf"
    )
    assert fails(ask("file_types", enclosing(a_file("x")), of="all", allowed="pdf"), "“x”看不出是什么格式")
    assert ask("file_types", enclosing(MANUSCRIPT), of="pictures", allowed="jpg").outcome is Outcome.SKIPPED


def test_an_article_in_the_letters_text_may_be_refused() -> None:
    """Where the article must be a file, one in the letter's text fails."""
    written = a_dossier(an_article(source="body", file=None))
    assert fails(ask("file_types", written, of="manuscripts", allowed="docx", body=False), "不要直接写在邮件正文里")
    assert ask("file_types", written, of="manuscripts", allowed="docx").outcome is Outcome.SKIPPED


def test_types_that_make_no_sense_are_refused() -> None:
    """Both or neither of the lists, a format that nobody knows, `body` without articles."""
    assert "either `allowed` or `refused`" in refused("file_types", of="all")
    assert "either `allowed` or `refused`" in refused("file_types", of="all", allowed="doc", refused="pdf")
    assert "no format known here: `dcox`" in refused("file_types", of="all", allowed="dcox")
    assert "about articles" in refused("file_types", of="all", allowed="doc", body=False)
    assert "docx" in FORMATS


def test_file_sizes() -> None:
    """Each wrong file is named with its size; an archive and what is in it count once."""
    dossier = enclosing(MANUSCRIPT, *IN_ZIP)
    assert fails(ask("file_sizes", dossier, of="pictures", min="1MiB"), "不能小于 1 MB：“1.jpg”100 KB、“2.jpg”100 KB")
    assert fails(ask("file_sizes", dossier, of="manuscripts", max="100KB"), "不能超过 100 KB：“稿件.docx”102.4 KB")
    assert fails(ask("file_sizes", dossier, of="pictures", total="150KiB"), "文件共 200 KB，超过了 150 KB")
    assert ask("file_sizes", dossier, of="all", total="101KiB").outcome is Outcome.PASSED
    assert ask("file_sizes", enclosing(MANUSCRIPT), of="pictures", max="1MiB").outcome is Outcome.SKIPPED
    assert "sets no limit" in refused("file_sizes", of="all")
    assert "can never be met" in refused("file_sizes", of="all", min="2MiB", max="1MiB")


@pytest.mark.parametrize(
    ("size", "like", "shown"),
    [
        (5, None, "5 B"),
        (1536, None, "1.5 KB"),
        (5 << 20, None, "5 MB"),
        (3 << 30, None, "3 GB"),
        (5_000_000, 5_000_000, "5 MB"),
    ],
)
def test_sizes_are_said_as_the_limit_is_written(size: int, like: int | None, shown: str) -> None:
    """A limit of 5MB is told as 5 MB, one of 5MiB too."""
    assert size_shown(size, like) == shown


def test_file_names_with_a_form() -> None:
    """A wrong name is told with the form and how the file could be called; the ending does not count."""
    form = "{unit}-{author}-{title}"
    answer = ask("file_names", enclosing(MANUSCRIPT), of="manuscripts", form=form)
    assert fails(answer, f"规定的写法是“单位-作者-标题”，例如“{UNIT}-张三-幸福社区的故事.docx”")
    good = a_file(f"{UNIT}_张三_幸福社区的故事.docx", Role.MANUSCRIPT, DOCX)
    assert ask("file_names", enclosing(good), of="manuscripts", form=form).outcome is Outcome.PASSED
    photos = enclosing(MANUSCRIPT, a_photo("幸福社区的故事-图1.jpg", submission=0), a_photo("x.jpg", submission=0))
    answer = ask("file_names", photos, of="pictures", form="{title}-{number}")
    assert fails(answer, "“x.jpg”。规定的写法是“标题-序号”，例如“幸福社区的故事-1.jpg”")


@pytest.mark.parametrize(
    "name",
    ["新建 Microsoft Word 文档.docx", "新建 DOCX 文档 (2).docx", "文档1.docx", "IMG_20261120_101010.jpg", "DSC0001.JPG",
     "微信图片_20261120101010.jpg", "mmexport1700000000000.jpg", "无标题.doc", "1.jpg", "20261120.docx",
     "屏幕截图 2026-11-20 101010.png",
     "0cc175b9c0f1b6a831c399e269772661.jpg", "未命名(3).docx"],
)  # fmt: skip
def test_names_that_a_program_gives_are_known(name: str) -> None:
    """What an office program, a camera, a telephone or a chat calls a file says nothing about it."""
    dossier = enclosing(a_file(name, Role.MANUSCRIPT, DOCX))
    assert fails(ask("file_names", dossier, of="manuscripts", not_default=True), f"“{name}”")


@pytest.mark.parametrize(
    "name",
    [
        "社区的早晨.jpg",
        "新建社区里的笑声.docx",
        "新建文化广场.docx",
        "图解社区治理.docx",
        "新建社区的故事怎样开始又怎样在十年之后被人想起的一篇很长很长的故事.docx",
        "img.社区.jpg",
        "2026年第一季度总结.docx",
    ],
)
def test_names_that_people_give_are_not_taken_for_others(name: str) -> None:
    """A name with words of its own passes."""
    dossier = enclosing(a_file(name, Role.MANUSCRIPT, DOCX))
    assert ask("file_names", dossier, of="manuscripts", not_default=True).outcome is Outcome.PASSED


def test_file_names_with_a_pattern() -> None:
    """A pattern is looked for in the name without its ending; nothing asked for is refused."""
    assert ask("file_names", enclosing(MANUSCRIPT), of="manuscripts", pattern="^稿件$").outcome is Outcome.PASSED
    assert fails(ask("file_names", enclosing(MANUSCRIPT), of="all", pattern=r"^\d+"), "“稿件.docx”")
    assert ask("file_names", enclosing(MANUSCRIPT), of="archives", pattern="x").outcome is Outcome.SKIPPED
    assert "asks for nothing" in refused("file_names", of="all")


def test_packing() -> None:
    """Files beside the archive are named where all are to be packed, those within where none is."""
    mixed = enclosing(MANUSCRIPT, LOGO, *IN_ZIP)
    assert fails(ask("packing", mixed, want="packed"), "文件没有打成压缩包：“稿件.docx”")
    assert ask("packing", mixed, want="packed", of="pictures").evidence == "“图.zip”"
    assert fails(ask("packing", mixed, want="loose"), "文件装在压缩包里，请直接作为附件发来：“1.jpg”、“2.jpg”")
    assert ask("packing", mixed, want="loose", of="manuscripts").outcome is Outcome.PASSED
    assert ask("packing", enclosing(MANUSCRIPT), want="packed", of="pictures").outcome is Outcome.SKIPPED
    locked = enclosing(a_file("稿.zip", Role.ARCHIVE, "application/zip", problem=FileProblem.ENCRYPTED))
    assert fails(ask("packing", locked, want="loose"), "“稿.zip”")
    assert ask("packing", locked, want="packed").outcome is Outcome.PASSED


def test_the_name_of_the_archive() -> None:
    """The archive may have a form or pattern of its own; a name for an archive that is not wanted is refused."""
    dossier = enclosing(MANUSCRIPT, *IN_ZIP)
    answer = ask("packing", dossier, want="packed", of="pictures", form="{unit}-{title}")
    assert fails(answer, f"“图.zip”。规定的写法是“单位-标题”，例如“{UNIT}-幸福社区的故事.zip”")
    assert fails(
        ask("packing", dossier, want="packed", of="pictures", pattern="照片"), "压缩包的名称不符合规定：“图.zip”"
    )
    assert ask("packing", dossier, want="packed", of="pictures", pattern="图").outcome is Outcome.PASSED
    assert "not wanted" in refused("packing", want="loose", form="{unit}")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"min_count": 3}, "有 2 张图片，少于要求的 3 张"),
        ({"max_count": 1}, "有 2 张图片，多于规定的 1 张"),
        ({"min_width": 800}, "“小.png”（640×480 像素）宽 640 像素，不足 800 像素"),
        ({"min_height": 600}, "高 480 像素，不足 600 像素"),
        ({"shorter_side": 1000}, "短边 480 像素，不足 1000 像素"),
        ({"longer_side": 1000}, "长边 640 像素，不足 1000 像素"),
        ({"min_megapixels": 5}, "30 万像素，不足 500 万像素"),
        ({"min_bytes": "50KiB"}, "10 KB，小于 50 KB"),
        ({"max_bytes": "50KiB"}, "“大.jpg”（4000×3000 像素）100 KB，大于 50 KB"),
        ({"formats": ["jpg"]}, "是 PNG 格式，只收 jpeg"),
        ({"taken_within": "30d"}, "“大.jpg”（4000×3000 像素）拍摄于 2026-01-02，已超过 30 天"),
        ({"taken_after": "2026-02-01"}, "“大.jpg”（4000×3000 像素）拍摄于 2026-01-02，只收 2026-02-01 及以后拍摄的"),
        ({"taken_after": "2026-01-02", "undated": "fails"}, "“小.png”（640×480 像素）没有记下拍摄时间"),
        ({"shape": "portrait"}, "“小.png”（640×480 像素）不是竖幅（高应大于宽）"),
        ({"taken_within": "9w", "undated": "fails"}, "没有记下拍摄时间"),
        ({"min_count": 9, "min_width": 800}, "少于要求的 9 张；有 1 张图片不符合要求"),
    ],
)  # fmt: skip
def test_pictures_name_each_wrong_one(limits: dict[str, Any], said: str) -> None:
    """Each limit names the pictures that break it, with their pixels; several faults come in one message."""
    small = a_photo("小.png", 640, 480, "PNG", bytes=10240)
    dossier = enclosing(MANUSCRIPT, LOGO, a_photo("大.jpg", taken_at="2026-01-02T10:00:00"), small)
    assert fails(ask("pictures", dossier, **limits), said)
    assert "小.png 640×480" in ask("pictures", dossier, min_width=100).evidence


def test_the_shape_of_pictures() -> None:
    """A square picture is neither landscape nor portrait."""
    square, tall = enclosing(a_photo("方.jpg", 2000, 2000)), enclosing(a_photo("高.jpg", 3000, 4000))
    assert fails(ask("pictures", square, shape="landscape"), "不是横幅（宽应大于高）")
    assert fails(ask("pictures", square, shape="portrait"), "不是竖幅")
    assert ask("pictures", tall, shape="portrait").outcome is Outcome.PASSED


def test_pictures_that_are_there_or_not() -> None:
    """Without any picture there is nothing to judge, unless some are asked for; damaged ones are left to others."""
    none = enclosing(MANUSCRIPT)
    assert ask("pictures", none, min_width=800).outcome is Outcome.SKIPPED
    assert fails(ask("pictures", none, min_count=1), "没有图片，要求至少 1 张")
    assert ask("pictures", none, max_count=3).outcome is Outcome.PASSED
    broken = enclosing(a_file("x.jpg", Role.PICTURE, "image/jpeg", problem=FileProblem.DAMAGED))
    assert ask("pictures", broken, min_width=800).outcome is Outcome.SKIPPED
    originals = enclosing(MANUSCRIPT, *IN_ZIP)
    assert ask("pictures", originals, of="originals", max_count=1).evidence == "2.jpg 4000×3000"


@pytest.mark.parametrize(
    ("photo", "is_one"),
    [
        (a_photo("Screenshot_20261120.jpg", 1080, 2400), True),
        (a_photo("微信截图_20261120.png", 500, 300, "PNG"), True),
        (a_photo("1.png", 1170, 2532, "PNG"), True),
        (a_photo("1.png", 1920, 1080, "PNG"), True),
        (a_photo("1.png", 1170, 2532, "PNG", taken_at="2026-11-20T10:00:00"), False),
        (a_photo("DSC1.jpg", 1080, 1920), False),
        (a_photo("图.png", 1200, 900, "PNG"), False),
    ],
)
def test_screenshots_are_known_by_name_or_size(photo: File, is_one: bool) -> None:
    """A name that says so, or a PNG without a camera's date that is as large as a screen."""
    answer = ask("pictures", enclosing(photo), not_screenshot=True)
    assert (fails(answer, "像是屏幕截图")) is is_one


def test_embedded_pictures() -> None:
    """Pictures in the article are told by their number; ornaments do not count."""
    article = an_article(pictures=(a_picture("a.png"), a_picture("b.png", side=300), a_picture("icon.png", side=16)))
    assert fails(
        ask("embedded_pictures", article, min_width=500), "有 1 张图片不符合要求：第 2 张（300×300 像素）宽 300 像素"
    )
    assert fails(ask("embedded_pictures", article, max_count=1), "有 2 张图片")
    assert ask("embedded_pictures", article, max_count=0, smallest=900).outcome is Outcome.PASSED
    assert ask("embedded_pictures", an_article(), min_width=9).outcome is Outcome.SKIPPED


def test_limits_of_pictures_that_make_no_sense_are_refused() -> None:
    """No limit, contradictory ones, formats that nobody knows."""
    assert "sets no limit" in refused("pictures")
    assert "sets no limit" in refused("pictures", of="originals")
    assert "min_count is more than max_count" in refused("pictures", min_count=3, max_count=2)
    assert "min_bytes is more than max_bytes" in refused("embedded_pictures", min_bytes="2MiB", max_bytes="1MiB")
    assert "allows no picture" in refused("pictures", max_count=0, min_width=3)
    assert "no format known" in refused("pictures", formats="jgp")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("file_count, with: {of: pictures, min: 3}", "pictures, with: {max_count: 2}"),
        ("file_types, with: {of: pictures, allowed: [jpg]}", "pictures, with: {formats: png}"),
        ("file_sizes, with: {of: pictures, min: 5MiB}", "pictures, with: {max_bytes: 1MiB}"),
        ("embedded_pictures, with: {min_count: 2}", "embedded_pictures, with: {max_count: 1}"),
    ],
)
def test_two_rules_that_no_letter_can_meet_are_refused(one: str, other: str) -> None:
    """Limits of different checks on the same files are held against each other when the rules are loaded."""
    rules = f"rules:\n  - {{id: a, title: t, check: {one}, otherwise: note}}\n"
    a_rulebook(rules)
    with pytest.raises(UserError) as caught:
        a_rulebook(f"{rules}  - {{id: b, title: t, check: {other}, otherwise: note}}\n")
    assert "contradict each other" in caught.value.problems[0].message


def test_the_age_of_a_photograph_is_counted_on_the_clock_of_the_office() -> None:
    """The camera tells no zone; an arrival told in another zone is the same moment."""
    photo = a_photo("a.jpg", taken_at="2026-11-20T10:00:00")
    arrived = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai
    dossier = a_dossier(an_article(), letter=a_letter(files=(MANUSCRIPT, photo)), arrived_at=arrived)
    assert fails(ask("pictures", dossier, taken_within="24h"))
    assert ask("pictures", dossier, taken_within="25h").outcome is Outcome.PASSED
