"""What came of the demo's letters: the answers as files, a table, and where to look."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.model import LetterRow, Stage, Submission

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mailbot.demo.letters import SampleLetter
    from mailbot.demo.servers import EmbeddedServers
    from mailbot.ports import Ledger

_COLOURS = {"acknowledge": "green", "return": "yellow", "hold": "magenta", "reject": "red", "serve": "cyan"}
NARROW = 140  # columns of a terminal
_TAG = re.compile(r"^【[^】]*】")  # the numbers, which have a column of their own


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table; `surprise` tells what was expected where the letter came out otherwise."""

    sender: str
    subject: str
    kind: str
    verdict: str
    numbers: tuple[str, ...]
    files: int
    answer: str
    surprise: str = ""


def save_answers(servers: EmbeddedServers, letters: Sequence[SampleLetter], folder: Path) -> dict[str, str]:
    """Fetch what every contributor received, keep it as .eml and .txt; sample letter's id -> subject of its answer."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = {message_id(letter.content): letter.id for letter in letters}
    answers: dict[str, str] = {}
    for account in sorted({letter.account for letter in letters}):
        for number, raw in enumerate(servers.mailbox(account), 1):
            mail = _parse(raw)
            answered = ids.get(_bare(mail["In-Reply-To"]))
            name = answered if answered and answered not in answers else f"{account}-{number}"
            answers[name] = str(mail["Subject"])
            (folder / f"{name}.eml").write_bytes(raw)
            (folder / f"{name}.txt").write_text(_readable(mail), encoding="utf-8")
    return answers


def results(console: Console, config: Path, letters: Sequence[SampleLetter], answers: Mapping[str, str]) -> int:
    """Print the table and where to look; 0 when every letter came out as expected, else 1."""
    found = look(config, letters, answers)
    console.print(_table(found, narrow=console.width < NARROW))
    home = config.parent
    for what, where in (
        ("every letter, every submission", home / "storage"),
        ("what the contributors received", home / "answers"),
        ("the editors' digest", home / "digest.html"),
        ("what the worker said", home / "worker.log"),
        ("look around", f"{sys.executable} -m mailbot -c {config} submissions list"),
    ):
        console.print(f"{what:<31} {where}", soft_wrap=True, highlight=False, markup=False)
    surprises = [one.surprise for one in found if one.surprise]
    for surprise in surprises:
        console.print(f"unexpected: {surprise}", soft_wrap=True, highlight=False, markup=False)
    return 1 if surprises else 0


def _table(found: Sequence[Result], *, narrow: bool) -> Table:
    """One line a letter; where it is narrow, sender, subject and answer are cut short."""
    from rich.markup import escape
    from rich.table import Table

    title = "What came of the letters"
    table = Table(box=None, padding=(0, 1, 0, 0), title=title, title_justify="left", expand=narrow)
    table.add_column("from", no_wrap=True, ratio=3)
    table.add_column("subject", no_wrap=True, ratio=5)
    for column, width in (("kind", 12), ("verdict", 11), ("number", 12)):
        table.add_column(column, no_wrap=True, min_width=width)
    table.add_column("files\nkept", min_width=5, justify="right")
    table.add_column("answer", no_wrap=True, ratio=3)
    for one in found:
        colour = "bold red" if one.surprise else _COLOURS.get(one.verdict, "dim")
        table.add_row(
            escape(one.sender),
            escape(one.subject),
            one.kind,
            f"[{colour}]{one.verdict}[/]",
            "\n".join(one.numbers),
            str(one.files),
            escape(_TAG.sub("", one.answer)),
        )
    return table


def look(config: Path, letters: Sequence[SampleLetter], answers: Mapping[str, str]) -> list[Result]:
    """One result for each sample letter, out of the ledger."""
    from mailbot.service import World

    with World(config) as world:
        rows = {_bare(row.message_id): row for stage in Stage for row in world.ledger.letters_in(stage)}
        made = _by_letter(world.ledger)
        return [
            _result(letter, rows.get(message_id(letter.content)), world.ledger, made, answers.get(letter.id, ""))
            for letter in letters
        ]


_Made = Mapping[int, Sequence[tuple[Submission, int]]]


def _by_letter(ledger: Ledger) -> _Made:
    """The submissions that each letter made or revised, with the revision that it is."""
    made: dict[int, list[tuple[Submission, int]]] = defaultdict(list)
    for submission in ledger.submissions():
        for revision, letter, _ in ledger.revision_letters(submission.id):
            made[letter].append((submission, revision))
    return made


def _result(letter: SampleLetter, row: LetterRow | None, ledger: Ledger, made: _Made, answer: str) -> Result:
    expected = (letter.kind.value, letter.verdict.value, letter.articles)
    wanted = f"{letter.id} was to be %s, %s with %d submissions" % expected
    if row is None:
        return Result(letter.account, letter.subject, "not judged", "", (), 0, answer, f"{wanted}, and was not judged")
    submissions = made.get(row.id, ())
    came = (row.kind.value if row.kind else row.stage.value, row.verdict.value if row.verdict else "", len(submissions))
    return Result(
        sender=row.sender,
        subject=row.subject,
        kind=came[0],
        verdict=came[1],
        numbers=tuple(submission.number for submission, _ in submissions),
        files=sum(len(ledger.manifest(one.id, revision)) for one, revision in submissions) or 1,  # 1: the letter itself
        answer=answer,
        surprise="" if came == expected else f"{wanted}, and is %s, %s with %d" % came,
    )


def message_id(content: bytes) -> str:
    """The Message-ID of a mail, without its brackets."""
    return _bare(_parse(content)["Message-ID"])


def _bare(value: str | None) -> str:
    return str(value or "").strip().strip("<>")


def _parse(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)  # what this policy makes
    return mail


def _readable(mail: EmailMessage) -> str:
    """The mail as a person sees it: the usual headers and the text."""
    headers = "".join(f"{name}: {mail[name]}\n" for name in ("From", "To", "Date", "Subject") if mail[name])
    body = mail.get_body(("plain", "html"))
    return headers + "\n" + (str(body.get_content()) if body is not None else "")
