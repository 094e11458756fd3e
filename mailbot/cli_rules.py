"""`mailbot rules check|test|schema|help-text`: for whoever writes the rules. None of them needs a mailbot.yaml."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from mailbot.model import Mode

Folder = Annotated[Path | None, typer.Argument(help="A folder of rules; default: rules/ here, else the shipped ones.")]


def add_to(app: typer.Typer, config: Callable[[], Path], show: Callable[..., None]) -> None:
    """Put the commands into the group `rules`. `show` prints rows as a table."""

    @app.command("check")
    def rules_check(folder: Folder = None) -> None:
        """Whether the rules can be understood; says every mistake with file and line."""
        from mailbot.rulebook.load import read_folder
        from mailbot.ruletests import load_tried

        folder = _folder(folder)
        settings, reader = _reading(config())
        rulebook = load_tried(read_folder(folder), folder=folder, settings=settings, reader=reader)
        examples = sum(len(rule.examples) for rule in rulebook.rules)
        counts = f"{len(rulebook.rules)} rules, {len(rulebook.units)} units, {len(rulebook.issues)} issues"
        typer.echo(f"{folder}: {counts}, {examples} examples, version {rulebook.version}")
        for mode, said in ((Mode.OFF, "off, not judged"), (Mode.SHADOW, "on trial, without effect")):
            if named := [rule.id for rule in rulebook.rules if rule.mode is mode]:
                typer.echo(f"{said}: {', '.join(named)}")

    @app.command("test")
    def rules_test(
        folder: Folder = None,
        mails: Annotated[
            Path | None,
            typer.Option("--mails", help="A folder of .eml files, with what is expected in NAME.yaml."),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Try the examples of the rules, and mails with what is expected of them; 1 when one comes out otherwise."""
        examples, letters = _tried(_folder(folder), mails, config())
        if as_json:
            typer.echo(json.dumps({"examples": examples, "mails": letters}, ensure_ascii=False, indent=2, default=str))
        else:
            _print_rows(examples, letters, show)
        if any(row["good"] is False for row in (*examples, *letters)):
            raise typer.Exit(1)

    @app.command("schema")
    def rules_schema(
        language: Annotated[str, typer.Option("--language", help="Of the descriptions: zh-CN or en.")] = "zh-CN",
    ) -> None:
        """Print the JSON Schema of the files in rules/, for editors that complete and check while you type."""
        from mailbot.rulebook.schema import schema_text

        typer.echo(schema_text(language), nl=False)

    @app.command("help-text")
    def rules_help_text(
        folder: Annotated[
            Path | None, typer.Argument(help="Default: the office's rules, else rules/ here, else the shipped ones.")
        ] = None,
    ) -> None:
        """Print the mail that answers how to submit, as the rules make it."""
        from mailbot.check import help_text

        settings, _ = _reading(config())
        typer.echo(help_text(folder or (settings.paths.rules if settings else _folder(None)), settings))


def _folder(given: Path | None) -> Path:
    from mailbot import defaults

    if given is not None:
        return given
    return Path("rules") if Path("rules").is_dir() else defaults.folder("rules")


def _reading(config: Path) -> tuple[Any, Any]:
    """The settings, where there are any, and what makes a reader of mail files."""
    from mailbot.check import settings_if_there
    from mailbot.service import reader_for

    return settings_if_there(config), reader_for


Rows = list[dict[str, Any]]


def _tried(folder: Path, mails: Path | None, config: Path) -> tuple[Rows, Rows]:
    """What came of the examples of the rules, and of the mails with what is expected of them."""
    from mailbot.rulebook.load import load_rulebook, read_folder
    from mailbot.ruletests import MailFiles, example_rows, mail_rows

    rulebook = load_rulebook(read_folder(folder), examples=False)
    with MailFiles(folder, *_reading(config)) as reader:
        examples = list(example_rows(rulebook, reader))
    if mails is None:
        return examples, []
    with MailFiles(mails, *_reading(config)) as reader:
        return examples, list(mail_rows(mails, rulebook, reader))


def _print_rows(examples: Rows, letters: Rows, show: Callable[..., None]) -> None:
    if examples:
        rows = [row | {"": "" if row["good"] else f"<- {row['file']}:{row['line']} {row['why']}"} for row in examples]
        show(rows, ("rule", "example", "wanted", "got", ""), as_json=False)
    if letters:
        marks = {True: "", False: "<-", None: ""}
        show([row | {"": marks[row["good"]]} for row in letters], ("mail", "what", "wanted", "got", ""), as_json=False)
    wrong = sum(row["good"] is False for row in (*examples, *letters))
    mails = len({row["mail"] for row in letters})
    told = f"{len(examples)} examples" + (f", {mails} mails" if letters else "")
    typer.echo(f"{told}: " + (f"{wrong} came out otherwise" if wrong else "all came out as they say"))
