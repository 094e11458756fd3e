"""What contributors send: one letter of each sort, and what is to come of it. Names, places and units are invented."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache, partial
from pathlib import Path

from PIL import Image

from mailbot.demo.packed import zipped
from tests.servers.office_suite import convert
from tests.stories.letters import UNIT, letter, manuscript, paragraph, photo
from tests.unit.manuscript import pdfs
from tests.unit.manuscript.packed import rar5, rar5_locked, winmail
from tests.unit.manuscript.samples import article, compound

OTHER = "一碗热饭暖了一条街"
FileLine = tuple[str, str, str | None, str | None, int | None]
"""Name, role, inside, problem, and the article that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A letter, what `mailbot check` is to say of it, what the answer tells, and what stands in each revision.

    `articles` are source, title and the originals of the embedded pictures of each submission; `told` are the answer's
    sentences on files; `stored` names what stands in each submission's folder, with where.
    """

    make: Callable[[str], bytes]
    verdict: str
    articles: list[tuple[str, str | None, list[str | None]]]
    files: list[FileLine]
    stored: list[set[str]]
    told: tuple[str, ...] = ()


def rtf(title: str) -> bytes:
    """An article as WordPad would save it."""

    def line(text: str) -> str:
        return "".join(f"\\u{ord(char) - 65536 if ord(char) > 32767 else ord(char)}?" for char in text) + "\\par\n"

    body = "".join(map(line, (title, f"● {UNIT}", *(f"{n}. {paragraph(title, n)}" for n in range(1, 9)))))
    return b"{\\rtf1\\ansi\\ansicpg936\\uc1 " + body.encode("ascii") + b"}"


@cache
def saved_as(title: str, kind: str) -> bytes:
    """The manuscript as LibreOffice saves it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.docx").write_bytes(manuscript(title))
        return convert([folder / "a.docx"], kind, folder / "out")[0].read_bytes()


def with_macros(title: str) -> bytes:
    """A document with a macro in it: readable, and not to be opened carelessly."""
    out = io.BytesIO(manuscript(title))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("word/vbaProject.bin", b"macro")
    return out.getvalue()


def locked() -> bytes:
    """A document with a password, as Word saves it."""
    return compound({"EncryptionInfo": b"", "EncryptedPackage": b""})


def scanned() -> bytes:
    """A PDF of one photographed page."""
    return pdfs.document([b"q 595 0 0 842 0 0 cm /I0 Do Q"], images=[pdfs.image(photo(9), 1600, 1200)])


def shrunk(picture: bytes) -> bytes:
    """What is left of a photo that went through a messenger."""
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).resize((400, 300)).save(out, "JPEG", quality=80)
    return out.getvalue()


def enclosing(title: str, **files: bytes) -> Callable[[str], bytes]:
    """A letter that encloses these files (their names with "_" for ".")."""
    named = {name[::-1].replace("_", ".", 1)[::-1]: data for name, data in files.items()}
    return lambda sender: letter(f"投稿：{title}", "编辑部老师好，请查收附件。", sender=sender, files=named)


def forwarded(title: str, sender: str) -> bytes:
    """A colleague's letter, forwarded as an attachment."""
    inner = letter(
        f"稿件：{title}",
        "请转编辑部。",
        sender="zhao@example.org",
        to=sender,
        files={f"{title}.docx": manuscript(title)},
    )
    outer = message_from_bytes(letter(f"转发：投稿 {title}", "转来同事的稿件。", sender=sender), policy=SMTP)
    assert isinstance(outer, EmailMessage)
    outer.add_attachment(message_from_bytes(inner, policy=SMTP), filename="原邮件.eml")
    return outer.as_bytes()


def original_forwarded(title: str, sender: str) -> bytes:
    """A manuscript whose photo a colleague sent, and whose letter is enclosed."""
    inner = letter("照片原图", "见附件。", sender="zhao@example.org", to=sender, files={"DSC_0001.jpg": photo(1)})
    files = {"议事会.docx": manuscript(title, picture=photo(1))}
    outer = message_from_bytes(letter(f"投稿：{title}", "稿件和原图。", sender=sender, files=files), policy=SMTP)
    assert isinstance(outer, EmailMessage)
    outer.add_attachment(message_from_bytes(inner, policy=SMTP), filename="照片.eml")
    return outer.as_bytes()


def in_the_text(title: str, sender: str) -> bytes:
    """An article typed into the mail program, with a photo in it."""
    lines = (title, UNIT, *(f"{number}. {paragraph(title, number)}" for number in range(1, 9)))
    message = message_from_bytes(letter(f"投稿：{title}", "\n".join(lines), sender=sender), policy=SMTP)
    assert isinstance(message, EmailMessage)
    shown = "".join(f"<p>{line}</p>" for line in lines[:4]) + '<img src="cid:1@example.cn">'
    message.add_alternative(f"<html><body>{shown + ''.join(f'<p>{x}</p>' for x in lines[4:])}</body></html>", "html")
    parts = message.get_payload()
    assert isinstance(parts, list)
    parts[1].add_related(photo(1), "image", "jpeg", cid="<1@example.cn>", filename="议事现场.jpg", disposition="inline")
    return message.as_bytes()


def two_articles(title: str, sender: str) -> bytes:
    """Two articles, and a photo for each: one stands in its article, the other one is called after it."""
    files = {
        f"{title}.docx": manuscript(title, picture=photo(1)),
        f"{OTHER}.docx": article(OTHER, (f"● {UNIT}",)),
        "IMG_0001.jpg": photo(1),
        f"{OTHER} 图1.jpg": photo(2),
        "合影.jpg": photo(3),
    }
    return letter("投稿：两篇", "现报送稿件两篇。", sender=sender, files=files)


def alone(title: str) -> list[tuple[str, str | None, list[str | None]]]:
    """One article without pictures."""
    return [("议事会.docx", title, [])]


def document(title: str, name: str, data: bytes) -> Sent:
    """A letter with one document, of which an article comes."""
    key = name[::-1].replace(".", "_", 1)[::-1]
    return Sent(
        make=enclosing(title, **{key: data}),
        verdict="acknowledge",
        articles=[(name, title, [])],
        files=[(name, "manuscript", None, None, 0)],
        stored=[{f"manuscripts/{name}"}],
    )


_SENT: dict[str, Callable[[str], Sent]] = {
    "a zip with folders": lambda title: Sent(
        make=enclosing(
            title,
            稿件和照片_zip=zipped(
                {
                    "楼门议事/稿件/议事会.docx": manuscript(title, picture=photo(1)),
                    "楼门议事/照片/议事现场.jpg": photo(1),
                    "楼门议事/照片/集体合影.jpg": photo(2),
                }
            ),
        ),
        verdict="acknowledge",
        articles=[("议事会.docx", title, ["议事现场.jpg"])],
        files=[
            ("稿件和照片.zip", "archive", None, None, 0),
            ("议事会.docx", "manuscript", "稿件和照片.zip", None, 0),
            ("议事现场.jpg", "original", "稿件和照片.zip", None, 0),
            ("集体合影.jpg", "picture", "稿件和照片.zip", None, 0),
        ],
        stored=[{"manuscripts/议事会.docx", "pictures/议事现场.jpg", "pictures/集体合影.jpg", "other/稿件和照片.zip"}],
        told=("收到原图 1 张（议事现场.jpg）", "集体合影.jpg（53 KB，在 稿件和照片.zip 中）"),
    ),
    "a .doc": lambda title: document(title, "议事会.doc", saved_as(title, "doc:MS Word 97")),
    "a PDF": lambda title: document(title, "议事会.pdf", saved_as(title, "pdf")),
    "an .odt": lambda title: document(title, "议事会.odt", saved_as(title, "odt")),
    "an RTF called .doc": lambda title: document(title, "议事会.doc", rtf(title)),
    "a letter forwarded as it is": lambda title: Sent(
        make=partial(forwarded, title),
        verdict="acknowledge",
        articles=[(f"{title}.docx", title, [])],
        files=[
            ("原邮件.eml", "forwarded", None, None, 0),
            (f"{title}.docx", "manuscript", "原邮件.eml", None, 0),
        ],
        stored=[{f"manuscripts/{title}.docx", "other/原邮件.eml"}],
    ),
    "an original in a forwarded letter": lambda title: Sent(
        make=partial(original_forwarded, title),
        verdict="acknowledge",
        articles=[("议事会.docx", title, ["DSC_0001.jpg"])],
        files=[
            ("议事会.docx", "manuscript", None, None, 0),
            ("照片.eml", "forwarded", None, None, 0),
            ("DSC_0001.jpg", "original", "照片.eml", None, 0),
        ],
        stored=[{"manuscripts/议事会.docx", "pictures/DSC_0001.jpg", "other/照片.eml"}],
        told=("收到原图 1 张（DSC_0001.jpg）",),
    ),
    "pictures without originals": lambda title: Sent(
        make=enclosing(title, 议事会_docx=manuscript(title, picture=photo(1)), 小图_jpg=shrunk(photo(1))),
        verdict="return",
        articles=[("议事会.docx", title, [None])],
        files=[("议事会.docx", "manuscript", None, None, 0), ("小图.jpg", "picture", None, None, 0)],
        stored=[{"manuscripts/议事会.docx", "pictures/小图.jpg"}],
        told=("稿件里有 1 张图片没有附原图：第 1 张（附来的“小图.jpg”不比稿件里的大，不是原图）",),
    ),
    "a winmail.dat": lambda title: Sent(
        make=enclosing(
            title,
            winmail_dat=winmail(
                [(b"a.doc", "议事会.docx", manuscript(title)), (b"b.jpg", "合影.jpg", photo(2))],
            ),
        ),
        verdict="acknowledge",
        articles=alone(title),
        files=[
            ("winmail.dat", "archive", None, None, 0),
            ("议事会.docx", "manuscript", "winmail.dat", None, 0),
            ("合影.jpg", "picture", "winmail.dat", None, 0),
        ],
        stored=[{"manuscripts/议事会.docx", "pictures/合影.jpg", "other/winmail.dat"}],
    ),
    "two articles with their photos": lambda title: Sent(
        make=partial(two_articles, title),
        verdict="acknowledge",
        articles=[(f"{title}.docx", title, ["IMG_0001.jpg"]), (f"{OTHER}.docx", OTHER, [])],
        files=[
            (f"{title}.docx", "manuscript", None, None, 0),
            (f"{OTHER}.docx", "manuscript", None, None, 1),
            ("IMG_0001.jpg", "original", None, None, 0),
            (f"{OTHER} 图1.jpg", "picture", None, None, 1),
            ("合影.jpg", "picture", None, None, None),
        ],
        stored=[
            {f"manuscripts/{title}.docx", "pictures/IMG_0001.jpg", "pictures/合影.jpg"},
            {f"manuscripts/{OTHER}.docx", f"pictures/{OTHER} 图1.jpg", "pictures/合影.jpg"},
        ],
        told=("—— 第 1 篇 ——", "—— 第 2 篇 ——"),
    ),
    "an article in the text": lambda title: Sent(
        make=partial(in_the_text, title),
        verdict="acknowledge",
        articles=[("body", title, [])],
        files=[("议事现场.jpg", "picture", None, None, 0)],
        stored=[{"pictures/议事现场.jpg"}],
        told=("稿件：邮件正文",),
    ),
    "a locked document beside a good one": lambda title: Sent(
        make=enclosing(title, 议事会_docx=manuscript(title), 另一篇_docx=locked()),
        verdict="return",
        articles=[*alone(title), ("另一篇.docx", None, [])],
        files=[
            ("议事会.docx", "manuscript", None, None, 0),
            ("另一篇.docx", "manuscript", None, "encrypted", 1),
        ],
        stored=[{"manuscripts/议事会.docx"}, {"manuscripts/另一篇.docx"}],
        told=("“另一篇.docx”设有密码，无法打开，请去掉密码后重新发送", "这一篇材料齐全，不需要补充。"),
    ),
    "a scan alone": lambda title: Sent(
        make=enclosing(title, 扫描件_pdf=scanned()),
        verdict="return",
        articles=[("扫描件.pdf", None, [])],
        files=[("扫描件.pdf", "manuscript", None, "empty", 0)],
        stored=[{"manuscripts/扫描件.pdf"}],
        told=("“扫描件.pdf”是扫描的 PDF，没有可以读取的文字，请发 Word 文件",),
    ),
    "a rar": lambda title: Sent(
        make=enclosing(title, 稿件_rar=rar5({"稿件/议事会.docx": manuscript(title)})),
        verdict="acknowledge",
        articles=alone(title),
        files=[("稿件.rar", "archive", None, None, 0), ("议事会.docx", "manuscript", "稿件.rar", None, 0)],
        stored=[{"manuscripts/议事会.docx", "other/稿件.rar"}],
    ),
    "a locked rar": lambda title: Sent(
        make=enclosing(title, 稿件_rar=rar5_locked()),
        verdict="return",
        articles=[("稿件.rar", None, [])],
        files=[("稿件.rar", "archive", None, "encrypted", 0)],
        stored=[{"other/稿件.rar"}],
        told=("信里没有找到稿件", "“稿件.rar”设有密码，无法打开，请去掉密码后重新发送"),
    ),
    "a zip with a password": lambda title: Sent(
        make=enclosing(
            title, 全部_zip=zipped({"稿件/议事会.docx": manuscript(title), "照片/议事.jpg": photo(1)}, "2026")
        ),
        verdict="return",
        articles=[("全部.zip", None, [])],
        files=[
            ("全部.zip", "archive", None, "encrypted", 0),
            ("议事会.docx", "other", "全部.zip", "encrypted", 0),
            ("议事.jpg", "other", "全部.zip", "encrypted", 0),
        ],
        stored=[{"other/全部.zip"}],
        told=("附件有问题：“全部.zip”设有密码，无法打开，请去掉密码后重新发送",),
    ),
    "a document with macros": lambda title: Sent(
        make=enclosing(title, 议事会_docm=with_macros(title)),
        verdict="hold",
        articles=[("议事会.docm", title, [])],
        files=[("议事会.docm", "manuscript", None, "macro", 0)],
        stored=[{"manuscripts/议事会.docm"}],
        told=("“议事会.docm”含有宏（没有运行），请另存为不带宏的 .docx 文件再发",),
    ),
    "a program called .docx": lambda title: Sent(
        make=enclosing(title, 议事会_docx=manuscript(title), 附件_docx=b"MZ\x90\0" + bytes(600)),
        verdict="return",
        articles=alone(title),
        files=[("议事会.docx", "manuscript", None, None, 0), ("附件.docx", "refused", None, "misnamed", 0)],
        stored=[{"manuscripts/议事会.docx"}],
        told=("“附件.docx”其实是可执行程序，出于安全没有打开，请发 Word 文件",),
    ),
    "a zip in a zip": lambda title: Sent(
        make=enclosing(title, 全部_zip=zipped({"内层.zip": zipped({"议事会.docx": manuscript(title)})})),
        verdict="acknowledge",
        articles=alone(title),
        files=[
            ("全部.zip", "archive", None, None, 0),
            ("内层.zip", "archive", "全部.zip", None, 0),
            ("议事会.docx", "manuscript", "内层.zip", None, 0),
        ],
        stored=[{"manuscripts/议事会.docx", "other/内层.zip", "other/全部.zip"}],
    ),
}
"""By what it is; made, about an article of this title, when it is asked for."""

_TITLES = (
    "议事会", "小食堂", "充电棚", "读书角", "义诊台", "凉亭", "花圃", "长椅", "信箱",
    "调解室", "公示栏", "晒衣架", "快递柜",
    "自行车棚", "健身场", "棋牌桌", "水井房", "老槐树", "石台阶", "宣传栏", "门卫室", "停车场",
    "回收屋", "小广场", "合唱队",
)  # fmt: skip


def title_of(sort: str) -> str:
    """No two of them are about the same: one contributor sends them all."""
    return f"楼门口的{_TITLES[list(SENT).index(sort)]}"


def _made(sort: str) -> Callable[[], Sent]:
    return lambda: _SENT[sort](title_of(sort))


SENT: dict[str, Callable[[], Sent]] = {sort: _made(sort) for sort in _SENT}
"""By what it is; made when it is asked for."""
