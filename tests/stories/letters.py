"""Letters of invented contributors, made for stories: small, and each of another fate."""

from __future__ import annotations

import io
import random
import re
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache

from docx import Document
from docx.shared import Cm
from PIL import Image, ImageDraw

_WORDS = re.findall(
    "..",
    "社区居民楼门议事停车电梯照明协商党员网格物业老人儿童食堂志愿邻里花园垃圾分类巡查调解清单台账走访培训书屋广场舞队"
    "义诊热线微光夜话圆桌提案预算公示监督反馈回访满意街道民政专班试点经验机制平台数据服务站点小区围墙绿地凉亭长椅雨棚"
    "充电消防演练宣传海报故事访谈照片展览节日灯会龙舟腊八元宵重阳慰问结对帮扶就业技能课堂托管假期科普心理康复助浴助餐"
    "送药代办预约评议积分超市兑换奖励表彰榜样家风家训诗社合唱书法剪纸",
)
UNIT = "青川省云溪市河东区柳林街道办事处"


def paragraph(title: str, number: int) -> str:
    """Some eighty characters that belong to this title alone: articles by different people are not alike."""
    chosen = random.Random(f"{title}{number}")
    parts = ["".join(chosen.choices(_WORDS, k=chosen.randint(5, 7))) for _ in range(7)]
    return "，".join(parts) + "。"


@cache
def photo(seed: int, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A JPEG of a scene that no other seed gives."""
    image = Image.new("RGB", size, (40 * seed % 256, 90, 200 - 30 * seed % 200))
    draw = ImageDraw.Draw(image)
    for step in range(12):
        x, y = (seed * 137 + step * 211) % size[0], (seed * 71 + step * 157) % size[1]
        draw.ellipse(
            (x, y, x + 180 + 20 * step, y + 90 + 11 * seed), fill=(20 * step, 255 - 17 * step, seed * 31 % 256)
        )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


@cache
def manuscript(
    title: str, *, unit: str | None = UNIT, author: str | None = None, picture: bytes | None = None
) -> bytes:
    """A real .docx with title, unit line, text, and perhaps a picture and a closing author's line."""
    document = Document()
    document.add_heading(title, level=0)
    if unit:
        document.add_paragraph(f"● {unit}")
    for number in range(1, 9):
        document.add_paragraph(f"{number}. {paragraph(title, number)}")
    if picture:
        small = io.BytesIO()
        Image.open(io.BytesIO(picture)).resize((480, 360)).save(small, "JPEG", quality=70)
        document.add_picture(io.BytesIO(small.getvalue()), width=Cm(12))
    if author:
        document.add_paragraph(author)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def letter(
    subject: str,
    text: str,
    *,
    sender: str = "zhang@example.cn",
    files: dict[str, bytes] | None = None,
    headers: dict[str, str] | None = None,
    message_id: str | None = None,
    to: str = "tougao@example.cn",
) -> bytes:
    """One letter as bytes with CRLF."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 09:30:00 +0800"
    if message_id:
        message["Message-ID"] = message_id
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text, charset="utf-8")
    for name, content in (files or {}).items():
        kind = ("image", "jpeg") if name.endswith(".jpg") else ("application", "octet-stream")
        message.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return message.as_bytes()


def good(number: int = 1, sender: str = "zhang@example.cn") -> bytes:
    """A submission that has everything."""
    picture = photo(number)
    return letter(
        f"投稿：楼门议事第{number}篇",
        f"编辑部老师好，现报送稿件一篇。\n报送单位：{UNIT}\n",
        sender=sender,
        files={
            f"楼门议事第{number}篇.docx": manuscript(f"楼门口的议事会（{number}）", picture=picture),
            "原图.jpg": picture,
        },
        message_id=f"<good-{number}@mail.example.cn>",
    )


def without_unit(number: int = 1, sender: str = "li@example.cn") -> bytes:
    """A submission that names no unit."""
    return letter(
        f"投稿：没有单位的稿件{number}",
        "请查收。",
        sender=sender,
        files={f"稿件{number}.docx": manuscript(f"没有写单位的稿件（{number}）", unit=None, author="（作者：张三）")},
        message_id=f"<nounit-{number}@mail.example.cn>",
    )


def vacation(number: int = 1, sender: str = "wang@example.cn") -> bytes:
    """A machine's letter."""
    return letter(
        "自动回复: 投稿",
        "这是来自QQ邮箱的假期自动回复邮件。\n您好，我最近正在休假中，无法亲自回复您的邮件。",
        sender=sender,
        headers={"Auto-Submitted": "auto-replied"},
        message_id=f"<vacation-{number}@mail.example.cn>",
    )


def damaged(number: int = 1, sender: str = "wang@example.cn") -> bytes:
    """A submission whose document cannot be read."""
    return letter(
        f"投稿：损坏的稿件{number}",
        "请查收附件。",
        sender=sender,
        files={f"损坏{number}.docx": b"PK\x03\x04" + bytes(range(256)) * 4},
        message_id=f"<damaged-{number}@mail.example.cn>",
    )


def completes(number: int = 1, sender: str = "li@example.cn") -> bytes:
    """The submission that named no unit once more, with one: its next revision."""
    return letter(
        f"补上单位：没有单位的稿件{number}",
        f"老师好，单位补上了，请以这一份为准。\n报送单位：{UNIT}\n",
        sender=sender,
        files={f"稿件{number}（补单位）.docx": manuscript(f"没有写单位的稿件（{number}）")},
        message_id=f"<completes-{number}@mail.example.cn>",
    )


def again(number: int = 1, sender: str = "zhang@example.cn") -> bytes:
    """The very files of the submission that had everything."""
    return letter(
        f"再次投稿：楼门议事第{number}篇",
        "怕没收到，再发一次。",
        sender=sender,
        files={
            f"楼门议事第{number}篇.docx": manuscript(f"楼门口的议事会（{number}）", picture=photo(number)),
            "原图.jpg": photo(number),
        },
        message_id=f"<again-{number}@mail.example.cn>",
    )


def withdraws(number: int = 1, sender: str = "zhang@example.cn") -> bytes:
    """Takes back the submission that had everything."""
    return letter(
        "申请撤稿",
        f"《楼门口的议事会（{number}）》不投了，请撤稿。",
        sender=sender,
        message_id=f"<withdraws-{number}@mail.example.cn>",
    )


def bounce(number: int = 1, recipient: str = "zhang@example.cn") -> bytes:
    """A report that a mailbox is full, of a mail to this address."""
    lines = (
        "From: MAILER-DAEMON@mail.example.cn",
        "To: tougao@example.cn",
        "Subject: Undelivered Mail Returned to Sender",
        "Date: Mon, 23 Nov 2026 09:31:00 +0800",
        f"Message-ID: <bounce-{number}@mail.example.cn>",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"',
        "",
        "--=_report",
        "Content-Type: text/plain",
        "",
        "This is the mail system.",
        "--=_report",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mail.example.cn",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        "Action: failed",
        "Status: 5.2.2",
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full",
        "--=_report--",
        "",
    )
    return "\r\n".join(lines).encode()
