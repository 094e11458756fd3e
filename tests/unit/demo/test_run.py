"""The demo touches only its own folder, says what it lacks, and keeps what contributors received for people."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.demo import run, show
from mailbot.demo.letters import sample_letters
from mailbot.demo.servers import EmbeddedServers
from mailbot.errors import UserError


def test_leaves_a_folder_of_others_alone(tmp_path: Path) -> None:
    """A folder with anything in it that the demo did not make is refused and untouched."""
    (tmp_path / "thesis.docx").write_bytes(b"precious")
    with pytest.raises(UserError, match="not made by the demo"):
        run.run_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_makes_its_own_folder_anew(tmp_path: Path) -> None:
    """What an earlier run of the demo left is gone in the next one."""
    folder = tmp_path / "demo"
    run._make_anew(folder)
    (folder / "old").write_bytes(b"old")
    run._make_anew(folder)
    assert [path.name for path in folder.iterdir()] == [run.MARKER]


def test_says_which_package_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra `demo` the missing packages and the way to install them are named, and nothing is made."""
    monkeypatch.setattr(run, "NEEDED", {"no_such_module": "no-such-package"})
    with pytest.raises(UserError, match=r"no-such-package(?s:.*)mailbot\[demo\]"):
        run.run_demo(tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


def test_keeps_answers_for_people(tmp_path: Path) -> None:
    """An answer is kept under its letter's name as raw mail and as text, other mails under their recipient's."""
    letter = next(one for one in sample_letters(run.OFFICE, datetime.now(UTC)) if one.id == "how-to")
    answer = (
        f"From: {run.OFFICE}\r\nTo: {letter.account}\r\nSubject: =?utf-8?B?5oqV56i/?=\r\n"
        f"In-Reply-To: <{show.message_id(letter.content)}>\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n5oKo5aW9\r\n"
    ).encode()
    with EmbeddedServers({run.OFFICE: "geheim1", letter.account: "geheim2"}, tmp_path / "tls") as servers:
        with smtplib.SMTP(servers.host, servers.smtp_port, timeout=5) as smtp:
            smtp.starttls(context=servers.trust())
            smtp.login(run.OFFICE, "geheim1")
            smtp.sendmail(run.OFFICE, [letter.account], answer)
            smtp.sendmail(run.OFFICE, [letter.account], b"Subject: other\r\n\r\nother\r\n")
        answers = show.save_answers(servers, [letter], tmp_path / "answers")
    assert answers == {"how-to": "投稿", f"{letter.account}-2": "other"}
    assert (tmp_path / "answers/how-to.eml").read_bytes().endswith(answer)
    assert (tmp_path / "answers/how-to.txt").read_text("utf-8").endswith("Subject: 投稿\n\n您好")
