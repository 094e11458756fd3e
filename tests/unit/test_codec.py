"""The model's types go to JSON and come back the same."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from mailbot import codec
from mailbot.model import (
    Address,
    Author,
    Byline,
    CloudFile,
    DayCount,
    Dossier,
    Earlier,
    File,
    FileProblem,
    History,
    Kind,
    Letter,
    Manuscript,
    Mark,
    Office,
    Picture,
    Reading,
    Role,
)

AT = datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))

DOSSIER = Dossier(
    kind=Kind.SUBMISSION,
    kind_reasons=("附件是稿件",),
    letter=Letter(
        message_id="<a@example.cn>",
        subject="【投稿】社区食堂 \\u0000 是字面",
        sender=Address(address="wang@example.cn", name="王小明"),
        sent_at=AT,
        files=(
            File(
                name="稿.docx",
                media_type="application/x",
                bytes=3,
                sha256="ab",
                where="1",
                role=Role.MANUSCRIPT,
                problem=FileProblem.MACRO,
                submission=0,
            ),
        ),
        cloud_files=(CloudFile(name="大.zip", url="https://example.cn/x", provider="netease", expires_at=AT),),
        marks=(Mark(kind=Kind.BULK, reason="List-Id"),),
    ),
    manuscripts=(
        Manuscript(
            source="稿.docx",
            file=0,
            title="题",
            byline=Byline(unit="某社区", authors=(Author(name="王小明"),)),
            pictures=(Picture(name="p", width=1, height=2, bytes=3, format="PNG"),),
        ),
    ),
    arrived_at=AT,
    announced=1234,
    office=Office(address="office@example.cn"),
)


def test_a_dossier_comes_back_equal() -> None:
    """Every nested type, enum, time and tuple survives the way to JSON and back."""
    assert codec.load(Dossier, codec.dump(DOSSIER)) == DOSSIER


def test_dates_and_readings_come_back_equal() -> None:
    """Plain dates and the child's answer survive too."""
    count = DayCount(day=date(2026, 11, 23), received=2, held=2)
    reading = Reading(files=DOSSIER.letter.files, manuscripts=DOSSIER.manuscripts)

    assert codec.load(DayCount, codec.dump(count)) == count
    assert codec.load(Reading, codec.dump(reading).encode()) == reading


def test_what_cannot_be_stored_is_replaced() -> None:
    """NUL and lone surrogates, which the model forbids, become U+FFFD instead of breaking the ledger."""
    text = codec.dump(replace(DOSSIER.letter, subject="a\0b\ud800c"))

    assert codec.load(Letter, text.encode("utf-8")).subject == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), Letter], ids=["bytes", "set", "object", "type"])
def test_other_values_are_refused(value: object) -> None:
    """What has no place in the model is a TypeError, not something half stored."""
    with pytest.raises(TypeError):
        codec.dump(value)


def test_a_time_without_a_zone_is_refused() -> None:
    """All times of the model are aware."""
    with pytest.raises(ValueError, match="without a zone"):
        codec.dump(replace(DOSSIER.letter, sent_at=AT.replace(tzinfo=None)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"day":"2026-11-23","received":"2"}',
        '{"day":"2026-11-23","received":2.5}',
        '{"day":5,"received":2}',
    ],
)
def test_another_shape_is_refused(text: str) -> None:
    """Loading is strict: a missing key or a value of another type is a ValueError."""
    with pytest.raises(ValueError, match="not a DayCount"):
        codec.load(DayCount, text)


def test_a_refusal_quotes_no_content() -> None:
    """What a letter says does not get into a log by way of an error."""
    with pytest.raises(ValueError, match=r"kind") as caught:
        codec.load(Mark, '{"kind":"SECRET","reason":"x"}')

    assert "SECRET" not in str(caught.value)


def test_a_dossier_from_before_can_still_be_read() -> None:
    """Facts that were not gathered then have their defaults."""
    old = json.loads(codec.dump(DOSSIER))
    del old["history"]["earlier"]
    for key in ("levels", "layout"):
        del old["manuscripts"][0][key]
    del old["manuscripts"][0]["pictures"][0]["caption"]

    assert codec.load(Dossier, json.dumps(old)) == DOSSIER


def test_what_came_before_a_letter_comes_back_equal() -> None:
    """The frozen history is part of the dossier."""
    earlier = Earlier(number="SQ-2026-0001", arrived_at=AT, state="ready", issue="2026-12", article=0, likeness=97)
    known = replace(DOSSIER, history=History(answers_ours="SQ-2026-0001", earlier=(earlier,)))

    assert codec.load(Dossier, codec.dump(known)) == known


def test_unknown_keys_are_dropped() -> None:
    """What another version kept can still be read."""
    assert codec.load(Address, '{"address":"a@example.cn","shoe":43}') == Address(address="a@example.cn")


def test_dumping_needs_no_pydantic() -> None:
    """The reading child writes its answers without the cost of pydantic."""
    code = "import sys; from mailbot import codec, model; codec.dump(model.Letter()); print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_times_keep_their_zone() -> None:
    """The year of an arrival is read in the office's zone, so the offset survives."""
    late = datetime(2027, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=8)))
    loaded = codec.load(Dossier, codec.dump(replace(DOSSIER, arrived_at=late)))

    assert loaded.arrived_at.year == 2027
    assert loaded.arrived_at.astimezone(UTC).year == 2026
