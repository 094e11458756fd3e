"""The commands that try rules: `rules backtest` and `rules explain`. Arguments and printing, nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mailbot.service import World

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_to(
    app: typer.Typer, open_world: Callable[[], AbstractContextManager[World]], config: Callable[[], Path]
) -> None:
    """Put both commands below `app`; they look into the world that `open_world` gives, or the file `config` names."""

    @app.command("backtest")
    def rules_backtest(
        new: Annotated[Path, typer.Argument(metavar="NEW_DIR", help="The folder of the new rules.")],
        since: Annotated[str | None, typer.Option("--since", help="Only letters that arrived since this day.")] = None,
        as_json: Json = False,
        html: Annotated[Path | None, typer.Option("--html", help="Write the page here.")] = None,
        everything: Annotated[bool, typer.Option("--all", help="Show every letter that changes.")] = False,
    ) -> None:
        """What new rules would change of all that was judged; touches nothing."""
        from mailbot.trials import backtest, page, table

        with open_world() as world:
            now, start = world.clock.now(), backtest.day(since, world.zone)
            was = backtest.in_force(world.ledger, world.settings.paths.rules, now, world.edited_rules)
            report = backtest.try_rules(world.ledger, was, new, start, world.edited_rules)
            office, made = world.settings.office, now.astimezone(world.zone)
        if html:
            text = page.html(report, language=office.language, office=office.name, made=made, since=start)
            html.write_text(text, encoding="utf-8")
        if as_json:
            typer.echo(json.dumps(backtest.as_json(report, start), ensure_ascii=False, indent=2))
        else:
            table.show(report, start, everything=everything)

    @app.command("explain")
    def rules_explain(
        name: Annotated[str, typer.Argument(metavar="NAME", help="A number, L-xxxxxxxx, or a mail file.")],
        today: Annotated[bool, typer.Option("--today", help="By the rules in force now.")] = False,
        rules: Annotated[Path | None, typer.Option("--rules", help="By this folder of rules.")] = None,
        as_json: Json = False,
    ) -> None:
        """Why a letter was judged so: every rule in order, what it saw, and where it stands; touches nothing."""
        from mailbot.trials import explain

        if Path(name).is_file():
            from mailbot.check import settings_if_there
            from mailbot.service import reader_for

            found = explain.explain_mail(
                Path(name), settings=settings_if_there(config()), reader=reader_for, rules=rules
            )
        else:
            with open_world() as world:
                now, folder = world.clock.now(), world.settings.paths.rules
                found = explain.explain_letter(
                    world.ledger,
                    name,
                    now=now,
                    folder=folder,
                    edited=world.edited_rules,
                    today=today,
                    rules=rules,
                )
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else explain.describe(found))
