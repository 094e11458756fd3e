"""The command line: arguments and printing, nothing else. Exit 0 done, 1 found problems, 2 wrong use.

Everything that costs time is imported inside the command that needs it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from mailbot import __version__, cli_notices, cli_rules, cli_trials
from mailbot.errors import LedgerTooNew, MailbotError, UserError

if TYPE_CHECKING:
    from mailbot.service import World

app = typer.Typer(
    help="Reads an editorial office's mailbox, files every submission, answers every contributor.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its help would cost a quarter of a second at each start
    context_settings={"help_option_names": ["-h", "--help"]},
)
rules_app = typer.Typer(help="The call for papers as rules.", no_args_is_help=True)
parked_app = typer.Typer(help="Letters that broke the reader and wait for a person.", no_args_is_help=True)
store_app = typer.Typer(help="The files.", no_args_is_help=True)
submissions_app = typer.Typer(help="What was submitted.", no_args_is_help=True)
notices_app = typer.Typer(help="Mails that go out.", no_args_is_help=True)
db_app = typer.Typer(help="The ledger.", no_args_is_help=True)
for name, sub in (
    ("rules", rules_app),
    ("parked", parked_app),
    ("store", store_app),
    ("submissions", submissions_app),
    ("notices", notices_app),
    ("db", db_app),
):
    app.add_typer(sub, name=name)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class Config:
    """Which configuration file the commands use."""

    path = Path("mailbot.yaml")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mailbot {__version__}")
        raise typer.Exit


@app.callback()
def options(
    config: Annotated[
        Path, typer.Option("-c", "--config", envvar="MAILBOT_CONFIG", help="The configuration file.")
    ] = Path("mailbot.yaml"),
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,
) -> None:
    """Options of every command."""
    Config.path = config


def main() -> None:
    """Run the command line; mistakes of people are told without a traceback."""
    try:
        app()
    except UserError as mistake:
        _fail(str(mistake), 2)
    except LedgerTooNew as fault:
        _fail(str(fault), 2)
    except MailbotError as fault:
        _fail(str(fault), 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"mailbot: {message}", err=True)
    sys.exit(code)


@contextmanager
def _world(*, log: bool = False) -> Iterator[World]:
    from mailbot.service import World

    if log:
        from mailbot.log import configure

        configure()
    with World(Config.path.resolve()) as world:
        yield world


def _print(rows: Sequence[dict[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """A list as JSON, or as lines with aligned columns."""
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        typer.echo("nothing")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    Console().print(table)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{option}: {text!r} is not a date; write it like 2026-11-23") from None


def _cell(value: object) -> str:
    from rich.markup import escape

    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return escape(", ".join(value) if isinstance(value, (list, tuple)) else str(value)) or ""


# --- setting up, working ----------------------------------------------------------------------------------------------


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to put mailbot.yaml, rules/ and templates/.")] = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Copy the default mailbot.yaml, rules/ and templates/ here; never overwrites anything."""
    from mailbot import defaults

    for line in defaults.copy_to(folder):
        typer.echo(line)
    typer.echo("Now fill in mailbot.yaml, put the authorization code into MAILBOT_PASSWORD and try: mailbot once")


@app.command()
def run() -> None:
    """Work on schedule until told to stop (SIGTERM)."""
    from mailbot.worker import heed_signals

    with _world(log=True) as world:
        heed_signals(world.stop, cut_short=0)
        world.worker.run()


@app.command()
def once() -> None:
    """One pass: fetch, judge, file, answer, send a due digest; ends when nothing is due now."""
    from mailbot.model import MailState
    from mailbot.worker import heed_signals

    with _world(log=True) as world:
        heed_signals(world.stop, cut_short=1)
        good = world.worker.once()
        waiting, halt = world.outgoing.waiting(), world.outgoing.halted()
        held_back = len(world.ledger.mails(MailState.QUEUED))
        typer.echo(f"mails that wait in the outbox: {waiting}" if waiting else "nothing waits in the outbox")
        if held_back:
            typer.echo(f"mails that are held back until `mailbot notices release`: {held_back}")
        if halt is not None:
            typer.echo(f"all sending rests until {halt.until.astimezone(world.zone):%Y-%m-%d %H:%M}: {halt.why}")
    if not good:
        raise typer.Exit(1)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Everything is kept here; made anew each time.")] = Path("demo"),
) -> None:
    """Run the main job on an embedded pair of mail servers with sample letters."""
    from mailbot.demo.run import run_demo

    raise typer.Exit(run_demo(folder))


@app.command()
def status(as_json: Json = False) -> None:
    """Whether the worker does its work; exit 1 when it does not."""
    from mailbot.status import describe, look

    with _world() as world:
        seen = look(
            ledger=world.ledger,
            store=world.store,
            clock=world.clock,
            folders=world.settings.mailbox.folders,
            poll_every=world.settings.mailbox.poll_every,
            holder=world.holder(),
        )
    typer.echo(json.dumps(seen, ensure_ascii=False, indent=2, default=str) if as_json else describe(seen))
    if not seen["healthy"]:
        raise typer.Exit(1)


# --- looking ----------------------------------------------------------------------------------------------------------


@app.command()
def check(
    mail: Annotated[Path, typer.Argument(help="A letter: the raw mail as a file.")],
    as_json: Json = False,
    text: Annotated[bool, typer.Option("--text", help="With each article's whole text.")] = False,
    rules: Annotated[Path | None, typer.Option("--rules", help="Judge by this folder of rules.")] = None,
    arrived: Annotated[str | None, typer.Option("--arrived", help="When it arrived (RFC 3339); default: now.")] = None,
) -> None:
    """Judge one letter without any side effect: no network, no ledger, no store."""
    from mailbot.check import check_mail, describe, settings_if_there
    from mailbot.service import reader_for

    settings = settings_if_there(Config.path)
    found = check_mail(mail, settings=settings, reader=reader_for, rules=rules, arrived=arrived, text=text)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else describe(found))


@app.command()
def digest(
    day: Annotated[str | None, typer.Option("--day", help="A day (2026-11-23); default: today so far.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the HTML here.")] = None,
    text: Annotated[Path | None, typer.Option("--text", help="Write the text here.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Put it into the outbox for the editors.")] = False,
) -> None:
    """Show the digest of a day."""
    with _world() as world:
        wanted = _day(day, "--day") if day else world.daily.today()
        page = world.daily.page([wanted])
        as_html, as_text = world.daily.render(page)
        if html:
            html.write_text(as_html, encoding="utf-8")
        if text:
            text.write_text(as_text, encoding="utf-8")
        if send and not world.ledger_file.exists():
            raise UserError("there is nothing to send: no worker has been started here yet")
        if send:
            queued = world.daily.queue([wanted], world.clock.now(), by_hand=True)
            typer.echo(f"{queued} mails queued; the worker sends them")
        if not (html or text or send):
            typer.echo(as_text)


cli_rules.add_to(rules_app, lambda: Config.path, _print)
cli_trials.add_to(rules_app, _world, lambda: Config.path)


@submissions_app.command("list")
def submissions_list(as_json: Json = False) -> None:
    """Every submission."""
    with _world() as world:
        rows = [
            {
                "number": one.number,
                "state": one.state.value,
                "issue": one.issue,
                "column": one.column,
                "title": one.title,
                "unit": one.unit,
                "authors": list(one.authors),
                "revision": one.revision,
                "folder": one.folder,
            }
            for one in world.ledger.submissions()
        ]
    _print(rows, ("number", "state", "issue", "title", "unit", "authors"), as_json=as_json)


@submissions_app.command("split")
def submissions_split(number: Annotated[str, typer.Argument(help="A submission, such as SQ-2026-0012.")]) -> None:
    """Undo a wrong merge: the latest letter of a submission becomes one of its own, with its own number."""
    with _world() as world:
        letter = world.ledger.split(number, "admin", world.clock.now())
    typer.echo(f"{number} is again what it was; letter {letter} will be read by itself at the worker's next poll")


@submissions_app.command("rejudge")
def submissions_rejudge(
    more: Annotated[list[str] | None, typer.Argument(metavar="[NUMBER]…", help="More numbers for --apply.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Letters that arrived from this day on.")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="Only where this rule has another outcome now.")] = None,
    apply: Annotated[
        list[str] | None, typer.Option("--apply", metavar="NUMBER", help="Decide so about this one; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """What the rules in force would decide otherwise; with --apply, decide so and tell the contributors once."""
    from datetime import time

    from mailbot import rejudge

    columns: Sequence[str]
    with _world() as world:
        for problem in world.rulebook.problems:
            typer.echo(f"the rules folder has a mistake, so these are still the rules before it: {problem}", err=True)
        if apply:
            done = world.rejudge.apply([*apply, *(more or ())], "admin")
            rows, columns = [rejudge.applied_row(one) for one in done], rejudge.APPLIED
        elif more or since is None:
            raise UserError("say --since DAY to list what would change, or --apply NUMBER to change it")
        else:
            start = datetime.combine(_day(since, "--since"), time(), world.zone)
            found = world.rejudge.changes(start, rule, lambda said: typer.echo(said, err=True))
            rows, columns = [rejudge.row(change) for change in found], rejudge.COLUMNS
    _print(rows, columns, as_json=as_json)
    if apply and any(one["refused"] for one in rows):
        raise typer.Exit(1)


@notices_app.command("list")
def notices_list(
    uncertain: Annotated[bool, typer.Option("--uncertain", help="Only those of unknown delivery.")] = False,
    as_json: Json = False,
) -> None:
    """Outgoing mails, newest first."""
    from mailbot.model import MailState

    with _world() as world:
        rows = [
            {
                "id": mail.id,
                "state": mail.state.value,
                "kind": mail.kind,
                "number": mail.number,
                "to": mail.recipient,
                "subject": mail.subject,
                "created_at": mail.created_at,
                "attempts": mail.attempts,
                "reply": mail.reply,
                "held_by": mail.held_by.value if mail.held_by else None,
                "release_at": mail.release_at,
            }
            for mail in world.ledger.mails(MailState.UNCERTAIN if uncertain else None)
        ]
    _print(rows, ("id", "state", "held_by", "release_at", "kind", "number", "to", "subject"), as_json=as_json)


def _decide(numbers: list[int], to: str, done: str) -> None:
    from mailbot.lifecycle import WrongTransition
    from mailbot.model import MailState

    with _world() as world:
        for number in numbers:
            try:
                world.ledger.decide_mail(number, MailState(to), "admin", world.clock.now())
            except (LookupError, WrongTransition) as mistake:
                raise UserError(f"{mistake}; `mailbot notices list` shows the mails") from None
            typer.echo(f"mail {number} {done}")


cli_notices.add_to(notices_app, _world, lambda: Config.path)

Mails = Annotated[list[int], typer.Argument(help="Ids as `notices list` shows them.")]


@notices_app.command("release")
def notices_release(
    mails: Annotated[list[int] | None, typer.Argument(help="Ids as `notices list` shows them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are held back; the breaker closes.")] = False,
) -> None:
    """Let mails go out that were held back."""
    from mailbot.model import MailState

    with _world() as world:
        if everything and not mails:
            typer.echo(f"mails that will go out: {world.brakes.release_all('admin', world.clock.now())}")
            return
        held_back = [mail.id for mail in reversed(world.ledger.mails(MailState.QUEUED))]
    if not mails:
        raise UserError(f"say which mails, or --all; held back are: {', '.join(map(str, held_back)) or 'none'}")
    wrong = set(mails or ()) - set(held_back)
    if wrong:
        raise UserError(f"not held back: {', '.join(map(str, sorted(wrong)))}; `mailbot notices list` shows the mails")
    _decide(mails, "waiting", "will go out")


@notices_app.command("hold")
def notices_hold() -> None:
    """Hold all mails to contributors, those that wait too, until `notices release --all`: nothing goes by itself."""
    with _world() as world:
        if not world.ledger_file.exists():
            raise UserError("there is nothing to hold: no worker has been started here yet")
        held_back = world.brakes.stop("admin", world.clock.now())
    typer.echo(f"mails that are held back: {held_back}; `mailbot notices release --all` lets them go")


@notices_app.command("retry")
def notices_retry(mails: Mails) -> None:
    """Send mails once more that are uncertain or failed; look first whether they arrived."""
    _decide(mails, "waiting", "will be tried again")


@notices_app.command("dismiss")
def notices_dismiss(mails: Mails) -> None:
    """Set mails aside: they never go out."""
    _decide(mails, "dismissed", "is set aside")


# --- parked letters ---------------------------------------------------------------------------------------------------


@parked_app.command("list")
def parked_list(as_json: Json = False) -> None:
    """Letters that broke the reader three times."""
    from mailbot.model import Stage

    with _world() as world:
        rows = [
            {
                "id": row.id,
                "name": f"L-{row.raw.sha256[:8]}",
                "first_seen": row.first_seen,
                "reason": row.reason,
                "crashes": row.crashes,
                "file": str(world.store.letter(row.raw)),
            }
            for row in world.ledger.letters_in(Stage.PARKED)
        ]
    _print(rows, ("name", "first_seen", "reason", "file"), as_json=as_json)


Name = Annotated[str, typer.Argument(help="L-xxxxxxxx, or the number shown by `parked list --json`.")]


@parked_app.command("retry")
def parked_retry(name: Name) -> None:
    """Have the worker read it once more."""
    with _world() as world:
        world.ledger.retry_parked(_parked(world, name), "admin", world.clock.now())
    typer.echo(f"{name} will be read at the next poll")


@parked_app.command("dismiss")
def parked_dismiss(name: Name) -> None:
    """Set it aside for good; its bytes stay in the store."""
    with _world() as world:
        world.ledger.dismiss_parked(_parked(world, name), "admin", world.clock.now())
    typer.echo(f"{name} is set aside")


def _parked(world: World, name: str) -> int:
    from mailbot.model import Stage

    row = world.ledger.find_letter(name)
    if row is None:
        raise UserError(f"there is no letter {name!r}; `mailbot parked list` shows the names")
    if row.stage is not Stage.PARKED:
        raise UserError(f"{name} is not parked, it is {row.stage.value}")
    return row.id


# --- store and ledger -------------------------------------------------------------------------------------------------


@store_app.command("verify")
def store_verify(as_json: Json = False) -> None:
    """Whether store and ledger agree, byte for byte."""
    from mailbot.verify import verify

    with _world() as world:
        problems = verify(world.store, world.ledger)
    if as_json:
        typer.echo(json.dumps({"problems": problems}, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(problems) if problems else "store and ledger agree")
    if problems:
        raise typer.Exit(1)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring an older ledger up to this version, after copying it."""
    with _world() as world:
        world.lock()
        typer.echo(world.upgrade_ledger())
