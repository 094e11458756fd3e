"""`make backtest`: how long `rules backtest` takes over 10,000 stored dossiers, and how much memory.

    python -m bench.backtest [--letters 10000] [--rules DIR] [--profile]

Makes a ledger through its own API with letters as they come: 2,000 to 4,000 characters, bylines, pictures, enclosed
originals; a tenth lacks something. Each run is a process of its own, on one core, that reads them from SQLite.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.read_one import peak
from mailbot import defaults
from mailbot.edges.ledger.open import open_ledger
from mailbot.model import (
    Address,
    Author,
    Byline,
    Contacts,
    Dossier,
    File,
    ImageFacts,
    Kind,
    Letter,
    Manuscript,
    Office,
    Picture,
    Place,
    RawMessage,
    Role,
)
from mailbot.ports import Arrival, Ledger
from mailbot.rulebook.backtest import Report, backtest
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import Rulebook, load_rulebook, read_folder

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 10, 1, 9, tzinfo=ZONE)
SENTENCES = (
    "社区党组织牵头召开居民议事会，把群众反映最多的停车难、养老难摆上桌面。",
    "经过三轮协商，大家同意由物业、业主委员会和居委会共同出资改造老旧车棚。",
    "街道办事处同时引入社会工作者，为独居老人提供每周两次的上门探访服务。",
    "志愿者按楼门编成小组，谁家有困难，第一时间由楼门长记录并上报。",
    "截至今年十月，共解决问题126件，居民满意度达到97.5%，经验在全市推广。",
    "实践表明，基层治理要把选择权交给居民，把服务送到家门口。",
)
HEADINGS = ("一、基本情况", "二、主要做法", "三、工作成效", "四、经验与思考")
NAMES = ("张伟", "王芳", "李娜", "刘洋", "陈静", "杨帆", "赵敏", "黄磊", "周涛", "吴倩")
PLACES = (("江苏省", "示例市"), ("浙江省", "样本市"), ("四川省", "范例县"), ("河北省", "例子区"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.backtest")
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--rules", type=Path, default=None, help="the rules in force; default: the shipped ones")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--run", nargs=3, metavar=("LEDGER", "WAS", "NOW"), help="one measured run")
    arguments = parser.parse_args()
    if arguments.run:
        run(*map(Path, arguments.run), profile=arguments.profile)
        return 0
    with tempfile.TemporaryDirectory(prefix="mailbot-bench-") as base:
        ledger, rules = Path(base) / "mailbot.db", arguments.rules or defaults.folder("rules")
        started = time.perf_counter()
        fill(ledger, load_rulebook(read_folder(rules)), arguments.letters)
        size = ledger.stat().st_size / 1e6
        print(f"{arguments.letters} dossiers made in {time.perf_counter() - started:.0f} s, {size:.0f} MB")
        print(f"{'':42} {'seconds':>8} {'CPU s':>8} {'peak MB':>8} {'changed':>8}", flush=True)
        for title, was, now in trials(rules, Path(base)):
            print(f"{title:42} ", end="", flush=True)
            measured(ledger, was, now, profile=arguments.profile)
    return 0


def trials(rules: Path, base: Path) -> Iterator[tuple[str, Path, Path]]:
    """(what is tried, the rules in force, the new ones)."""
    limits = {"min: 500, max: 8000": "min: 2500, max: 3500"}
    stricter = variant(rules, base / "stricter", limits)
    edited = variant(rules, base / "edited", {"smallest: 48": "smallest: 40"})
    yield "the stored judgements against stricter rules", rules, stricter
    yield "both judged anew", edited, stricter


def variant(rules: Path, folder: Path, changes: dict[str, str]) -> Path:
    """A copy of the rules with something changed."""
    folder.mkdir()
    for name, text in read_folder(rules).items():
        for old, new in changes.items():
            text = text.replace(old, new)
        (folder / name).write_text(text + "\n# changed\n", encoding="utf-8")
    return folder


def measured(ledger: Path, was: Path, now: Path, *, profile: bool) -> None:
    """One run in a process of its own, bound to one core."""
    core = str(min(os.sched_getaffinity(0)))
    command = ["taskset", "-c", core, sys.executable, "-m", "bench.backtest", "--run", str(ledger), str(was), str(now)]
    subprocess.run([*command, *(["--profile"] if profile else [])], check=True)


def run(path: Path, was: Path, now: Path, *, profile: bool) -> None:
    """Back-test the ledger; prints seconds, memory and how many letters change."""
    import cProfile
    import pstats

    started, cpu, watch = time.perf_counter(), time.process_time(), cProfile.Profile()
    ledger = open_ledger(path, upgrade=False)
    if profile:
        watch.enable()
    before, after = (load_rulebook(read_folder(folder), examples=False) for folder in (was, now))  # edited without them
    report = tried(ledger, before, after)
    watch.disable()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    changed = len(report.decided) + len(report.remarked) + report.more_decided + report.more_remarked
    print(f"{seconds:8.2f} {cpu:8.2f} {peak() / 1e6:8.0f} {changed:8}", flush=True)
    if profile:
        pstats.Stats(watch).sort_stats("tottime").print_stats(30)
    ledger.close()


def tried(ledger: Ledger, was: Rulebook, now: Rulebook) -> Report:
    """What the command does."""
    return backtest(ledger.dossiers(), was, now, name=lambda stored: str(stored.letter))


# --- the letters ------------------------------------------------------------------------------------------------------


def fill(path: Path, rulebook: Rulebook, count: int) -> None:
    """A ledger with so many judged letters."""
    ledger = open_ledger(path, upgrade=True)
    folder = ledger.open_folder("INBOX", 1, BEGIN).id
    dice = random.Random(7)
    for start in range(0, count, 500):
        dossiers = [dossier(dice, number) for number in range(start, min(start + 500, count))]
        arrivals = [Arrival(start + n + 1, raw(start + n, one.arrived_at)) for n, one in enumerate(dossiers)]
        for letter, one in zip(ledger.receive(folder, arrivals, BEGIN), dossiers, strict=True):
            ledger.judged(letter, one, judge(one, rulebook), one.arrived_at, lambda year, n: f"SQ-{year}-{n:05}")
    ledger.close()


def raw(number: int, arrived_at: datetime) -> RawMessage:
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    size = 200_000
    return RawMessage(sha256=sha256, path=f"{sha256}.eml", bytes=size, announced=size, arrived_at=arrived_at)


def dossier(dice: random.Random, number: int) -> Dossier:
    """A letter with one article, as a contributor sends it."""
    article = manuscript(dice, number)
    pictures = [
        enclosed(dice, picture.original, index) for index, picture in enumerate(article.pictures) if picture.original
    ]
    document = file(f"稿件{number}.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    letter = Letter(
        message_id=f"<{number}@mail.example.cn>",
        subject=f"{dice.choice(('投稿：', '【投稿】', ''))}{article.title}",
        sender=Address(address=f"user{number % 900}@example.cn", name=dice.choice(NAMES)),
        recipients=(Address(address="tougao@example.cn"),),
        sent_at=BEGIN,
        text="编辑老师您好，现将稿件发上，请查收。联系电话：13800000000。" + dice.choice(SENTENCES),
        files=(document, *pictures),
        fingerprint=hashlib.sha256(f"f{number}".encode()).hexdigest(),
    )
    return Dossier(
        kind=Kind.SUBMISSION,
        kind_reasons=("附件里有稿件",),
        letter=letter,
        manuscripts=(article,),
        arrived_at=BEGIN + timedelta(minutes=7 * number),
        announced=200_000,
        office=Office(address="tougao@example.cn", editors=("bianji@example.cn",)),
    )


def manuscript(dice: random.Random, number: int) -> Manuscript:
    wanted, lines = dice.randint(2000, 4000), [HEADINGS[0]]
    while sum(map(len, lines)) < wanted:
        lines.append("".join(dice.choices(SENTENCES, k=4)))
        if len(lines) in (5, 10, 15):
            lines.append(HEADINGS[len(lines) // 5])
    text = "\n".join(lines)
    return Manuscript(
        source=f"稿件{number}.docx",
        file=0,
        title=f"{dice.choice(NAMES)[0]}家湾社区：居民议事解难题之{number}",
        text=text,
        headings=tuple(line for line in lines if line in HEADINGS),
        levels=tuple(1 for line in lines if line in HEADINGS),
        paragraphs=len(lines),
        characters=len(text),
        byline=byline(dice, number),
        contacts=Contacts(phones=("13800000000",), emails=(f"user{number % 900}@example.cn",)),
        pictures=tuple(picture(dice, index) for index in range(1, dice.randint(1, 4) + 1)),
    )


def byline(dice: random.Random, number: int) -> Byline:
    province, city = dice.choice(PLACES)
    unit = f"{province}{city}民政局" if number % 10 else f"{city}局"
    desk = f"{province}{city}第{number % 700}街道办事处"
    known = (Place(name=unit, divisions=(province,), levels=(1,)), Place(name=desk, divisions=(province,), levels=(1,)))
    authors = (Author(name=dice.choice(NAMES), unit=desk, post="主任"), Author(name=dice.choice(NAMES), unit=desk))
    return Byline(unit=unit, authors=authors, found=(f"报送单位：{unit}", f"作者单位：{desk}"), places=known)


def picture(dice: random.Random, index: int) -> Picture:
    original = f"IMG_{index}.jpg" if dice.random() < 0.97 else None
    return Picture(
        name=f"image{index}.jpeg",
        width=1200,
        height=900,
        bytes=180_000,
        format="JPEG",
        original=original,
        phash=f"{dice.getrandbits(64):016x}",
        taken_at="2026-09-20T10:22:33",
        caption=f"图{index} 居民议事会现场",
    )


def enclosed(dice: random.Random, name: str, index: int) -> File:
    image = ImageFacts(width=4000, height=3000, format="JPEG", taken_at="2026-09-20T10:22:33")
    sha256 = f"{dice.getrandbits(256):064x}"
    where = f"{index}.jpg"
    return File(
        name=name, media_type="image/jpeg", bytes=3_000_000, sha256=sha256, where=where, role=Role.ORIGINAL,
        submission=0, image=image,
    )  # fmt: skip


def file(name: str, media_type: str) -> File:
    return File(
        name=name, media_type=media_type, bytes=90_000, sha256="ab" * 32, where="a.docx", role=Role.MANUSCRIPT,
        submission=0,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
