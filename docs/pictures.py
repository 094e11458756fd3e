"""Makes the pictures of the documentation: `python docs/pictures.py` writes docs/pictures/*.png (needs Chromium)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from mailbot.editors.digest import page, render  # noqa: E402 - the package lies beside this folder
from mailbot.model import DayCount, MailState, NoticeKind  # noqa: E402
from mailbot.notices.look import preview  # noqa: E402
from mailbot.notices.templates import load_templates, read_folder  # noqa: E402
from mailbot.ports import DigestEntry, MailSummary  # noqa: E402

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
ISSUES = {"2026-1": "2026年第1期", "2026-2": "2026年第2期"}


def entry(number: str, hours: float, verdict: str, state: str, title: str = "", **more: object) -> DigestEntry:
    """A made-up entry, first seen so many hours ago."""
    shown = {
        "kind": "submission",
        "sender": "someone@example.org",
        "subject": f"投稿：{title}",
        "answer": "sent",
    } | more
    return DigestEntry(
        number=number, first_seen=NOW - timedelta(hours=hours), verdict=verdict, state=state, title=title, **shown
    )  # type: ignore[arg-type]


ENTRIES = [
    entry(
        "SQ-2026-0041",
        22,
        "acknowledge",
        "ready",
        "楼道里的议事会：一个老旧小区的三年",
        unit="山东省临沂市兰山区柳青街道枫林社区",
        authors=("王晓莉", "李建国"),
        issue="2026-1",
        characters=3120,
        pictures=4,
    ),
    entry(
        "SQ-2026-0042",
        20,
        "acknowledge",
        "ready",
        "“小板凳”聊出大和谐",
        unit="湖南省长沙市民政局",
        authors=("陈思远",),
        issue="2026-1",
        characters=2480,
        pictures=2,
    ),
    entry(
        "SQ-2026-0043",
        17,
        "return",
        "incomplete",
        "志愿服务积分制的探索",
        sender="zhangmin@example.org",
        authors=("张敏",),
        issue="2026-1",
        characters=1960,
        pictures=3,
        faults=("没有注明报送单位", "稿件里有 2 张图片没有附原图：第 1 张、第 3 张"),
    ),
    entry(
        "SQ-2026-0044",
        9,
        "return",
        "incomplete",
        "",
        subject="投稿 社区食堂的账本",
        sender="shequ@example.cn",
        issue="2026-1",
        faults=("“稿件.docx”设有密码，无法打开，请去掉密码后重新发送",),
    ),
    entry(
        "SQ-2026-0045",
        4,
        "acknowledge",
        "ready",
        "网格员的一天",
        unit="四川省成都市武侯区某某街道",
        authors=("赵一鸣",),
        issue="2026-2",
        characters=2890,
        pictures=5,
        answer="waiting",
    ),
    entry("L-5d02c7aa", 3, "serve", "closed", kind="inquiry", sender="liuyang@example.org", subject="请问怎样投稿"),
    entry(
        "L-90ab12cd",
        2,
        "ignore",
        "closed",
        kind="automatic",
        sender="office@example.net",
        subject="自动回复：来稿已收到",
        answer="",
    ),
]
WAITING = [
    entry(
        "L-71c3e0f8",
        40,
        "hold",
        "closed",
        kind="other",
        sender="wenyi@example.org",
        subject="转：材料",
        answer="",
        reason="未能判断是不是投稿",
    ),
    entry(
        "SQ-2026-0038",
        30,
        "hold",
        "held",
        "党建引领下的社区微更新",
        unit="江苏省苏州市姑苏区某某街道",
        authors=("周航",),
        issue="2026-1",
        characters=4210,
        pictures=1,
        faults=("与已有来稿内容相近",),
    ),
]
MAILS = [
    MailSummary(
        id=57,
        state=MailState.UNCERTAIN,
        cause="answer",
        kind="acknowledgement",
        recipient="hejing@example.org",
        subject="【SQ-2026-0039】来稿已收到",
        created_at=NOW - timedelta(hours=15),
        attempts=1,
        number="SQ-2026-0039",
        reply="连接在结束符之后断开",
    )
]
COUNTS = [
    DayCount(day=date(2026, 3, 2), received=6, acknowledged=2, returned=1, held=2, ignored=1),
    DayCount(day=date(2026, 3, 3), received=4, acknowledged=1, returned=1, served=1, ignored=1),
]


def digest() -> str:
    """The HTML of a made-up digest."""
    made = page(
        days=[count.day for count in COUNTS],
        counts=COUNTS,
        entries=ENTRIES,
        waiting=WAITING,
        uncertain=MAILS,
        failed=[],
        issue_names=ISSUES,
        office_name="《社区工作通讯》编辑部",
        zone=ZONE,
        made_at=NOW,
    )
    return render(made, load_templates(read_folder(HERE.parent / "templates"))).html


WINDOW = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #e8ebef; font: 14px/1.65 "Noto Sans CJK SC", "Noto Sans SC", sans-serif; color: #222 }}
main {{ margin: 10px; background: #fff; border: 1px solid #c9d0d8; border-radius: 6px; overflow: hidden }}
nav {{ background: #f4f6f8; border-bottom: 1px solid #dde2e7; padding: 6px 16px; color: #667; font-size: 12px }}
header {{ border-bottom: 1px solid #e4e8ec; padding: 10px 16px; color: #667; font-size: 12px }}
h1 {{ font-size: 17px; margin: 0 0 4px; color: #222 }}
pre {{ margin: 0; padding: 12px 16px 18px; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere }}
</style><main><nav>收件箱　｜　回复　转发　删除</nav>
<header><h1>{subject}</h1>发件人：{office} &lt;tougao@example.cn&gt;<br>收件人：wangxiaoli@example.org</header>
<pre>{text}</pre></main>"""


def notice(kind: NoticeKind) -> tuple[str, int]:
    """A made-up notice as a mail program shows it, and how many pixels high that is."""
    subject, text = preview(load_templates(read_folder(HERE.parent / "templates")), kind, "zh-CN")
    lines = sum(1 + len(line) // 42 for line in text.splitlines())
    shown = WINDOW.format(subject=escape(subject), office=escape("《社区工作通讯》编辑部"), text=escape(text))
    return shown, 180 + round(lines * 14 * 1.65)


def picture(html: str, target: Path, width: int, height: int) -> None:
    """Show the HTML in a frame of this many pixels (Chromium has a least window width) and keep what is seen."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("Chromium is not installed")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mail.html").write_text(html, encoding="utf-8")
        (folder / "frame.html").write_text(
            '<body style="margin:0"><iframe src="mail.html" style="border:0" '
            f'width="{width}" height="{height}"></iframe>'
        )
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={folder}/p",
                f"--window-size={width},{height}",
                f"--screenshot={target}",
                f"file://{folder}/frame.html",
            ],
            check=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


if __name__ == "__main__":
    out = HERE / "pictures"
    out.mkdir(exist_ok=True)
    picture(digest(), out / "digest.png", 1000, 1840)
    picture(digest(), out / "digest-phone.png", 390, 1925)
    for kind in NoticeKind:
        html, height = notice(kind)
        target = out / f"notice-{kind}.png"
        picture(html, target, 660, height)
        Image.open(target).convert("RGB").quantize(24).save(target, optimize=True)  # text needs few colours
