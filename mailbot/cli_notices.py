"""The commands that show notices: `notices preview` and `notices show`. Arguments and printing, nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailbot.errors import UserError

if TYPE_CHECKING:
    from mailbot.model import NoticeKind
    from mailbot.service import World

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_to(
    app: typer.Typer, open_world: Callable[[], AbstractContextManager[World]], config: Callable[[], Path]
) -> None:
    """Put both commands below `app`; they look into the world that `open_world` gives, or the file `config` names."""

    @app.command("preview")
    def notices_preview(
        kind: Annotated[str, typer.Argument(help="acknowledgement, return, completed, …")], as_json: Json = False
    ) -> None:
        """What a notice looks like, with made-up facts and the templates as they are now; sends nothing."""
        from mailbot.check import settings_if_there, templates_of
        from mailbot.languages import DEFAULT
        from mailbot.notices.look import preview

        wanted = _kind(kind)
        settings = settings_if_there(config())
        language, office = (settings.office.language, settings.office.name) if settings else (DEFAULT, "")
        subject, text = preview(templates_of(settings), wanted, language, office)
        if as_json:
            _json({"kind": wanted.value, "subject": subject, "text": text})
        else:
            typer.echo(f"Subject: {subject}\n\n{text}", nl=False)

    @app.command("show")
    def notices_show(
        mail: Annotated[int, typer.Argument(metavar="ID", help="Its id as `notices list` shows it.")],
        as_json: Json = False,
    ) -> None:
        """One outgoing mail: what stands in it, and what became of it."""
        from mailbot.notices.look import opened

        with open_world() as world:
            try:
                found = world.ledger.mail(mail)
            except LookupError as mistake:
                raise UserError(f"{mistake}; `mailbot notices list` shows the mails") from None
        headers, text = opened(found.content)
        if as_json:
            _json({"id": found.id, "state": found.state.value, "kind": found.kind, "headers": headers, "text": text})
        else:
            told = "\n".join(f"{name}: {value}" for name, value in headers.items())
            typer.echo(f"mail {found.id}, {found.state.value}, {found.kind}\n{told}\n\n{text}", nl=False)


def _kind(name: str) -> NoticeKind:
    from mailbot.model import NoticeKind

    try:
        return NoticeKind(name)
    except ValueError:
        known = ", ".join(NoticeKind)
        raise UserError(f"{name!r} is no kind of notice; known are {known}") from None


def _json(shown: dict[str, object]) -> None:
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
