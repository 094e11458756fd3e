"""`mailbot check`: judge one letter without any side effect. No network, no ledger, no store, no history."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailbot import defaults
from mailbot.call import call_of
from mailbot.config import Settings, load_settings
from mailbot.errors import ReaderDied, UserError
from mailbot.languages import DEFAULT as DEFAULT_LANGUAGE
from mailbot.lifecycle import STATE_OF_VERDICT
from mailbot.model import Dossier, History, Judgement, Kind, Letter, NoticeKind, Office, RawMessage, Submission
from mailbot.notices.compose import compose
from mailbot.notices.facts import help_facts
from mailbot.notices.templates import Templates, load_templates
from mailbot.notices.templates import read_folder as read_templates
from mailbot.ports import Reader
from mailbot.report import report
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.load import read_folder as read_rules

WOULD_BE_PARKED = "would be parked"
DEFAULT_ZONE = "Asia/Shanghai"


def check_mail(
    mail: Path,
    *,
    settings: Settings | None,
    reader: Callable[[str, int, int], Reader],
    rules: Path | None = None,
    arrived: str | None = None,
    text: bool = False,
) -> dict[str, Any]:
    """The report (design section 6) on one mail file.

    Without settings: the shipped rules, and the letter's only recipient is the office. `reader` makes a reader out of
    (language, seconds, bytes of memory). `rules` overrides the folder of rules, `arrived` (RFC 3339) the moment.
    """
    rulebook = load_rulebook(read_rules(rules or rules_folder(settings)))
    templates = templates_of(settings)
    dossier = read_mail(mail, settings=settings, reader=reader, arrived=arrived)
    judgement = judge(dossier, rulebook)
    notice = compose(
        dossier,
        judgement,
        _unnumbered(dossier, judgement, settings),
        office_name=settings.office.name if settings else dossier.office.address,
        issue_names=rulebook.issue_names,
        column_names=rulebook.column_names,
        templates=templates,
        call=call_of(rulebook, dossier.office, dossier.arrived_at),
    )
    return report(dossier, judgement, notice, text=text)


def read_mail(
    mail: Path, *, settings: Settings | None, reader: Callable[[str, int, int], Reader], arrived: str | None = None
) -> Dossier:
    """The dossier of one mail file, without history; the arguments are those of `check_mail`."""
    if not mail.is_file():
        raise UserError(f"{mail}: there is no such file; give the raw mail as a file (.eml)")
    zone = ZoneInfo(settings.office.timezone if settings else DEFAULT_ZONE)
    return _dossier(mail, _message(mail, _moment(arrived, zone)), settings, reader)


def rules_folder(settings: Settings | None) -> Path:
    """The office's rules; without settings the shipped ones."""
    return settings.paths.rules if settings else defaults.folder("rules")


def templates_of(settings: Settings | None) -> Templates:
    """The office's templates in its language; without settings the shipped ones."""
    language, shipped = settings.office.language if settings else DEFAULT_LANGUAGE, defaults.folder("templates")
    own = read_templates(settings.paths.templates if settings else shipped, language)
    return load_templates(own, shipped=lambda: read_templates(shipped, language))


def help_text(folder: Path, settings: Settings | None) -> str:
    """The mail that answers "how do I submit?", as of now, by the rules in this folder."""
    rulebook = load_rulebook(read_rules(folder), examples=False)
    templates = templates_of(settings)
    office = settings.as_office() if settings else Office(address="")
    name = settings.office.name if settings else ""
    now = datetime.now(UTC)
    subject, text = templates.notice(NoticeKind.HELP, help_facts(name, call_of(rulebook, office, now), now))
    return f"{subject}\n\n{text}"


def settings_if_there(config: Path) -> Settings | None:
    """The settings, None when there is no such file: `check` needs none."""
    return load_settings(config) if config.exists() else None


def describe(found: dict[str, Any]) -> str:
    """The same for people."""
    lines = [f"{found['kind']}, {found['verdict']}   {found['subject']}   from {found['sender'] or 'nobody'}"]
    lines += [f"  because: {reason}" for reason in found["reasons"]]
    lines += [f"  {_said(finding)}" for finding in found["findings"]]
    for one in found["submissions"]:
        lines.append(f"  article: {one['title'] or '?'}   {one['unit'] or '?'}   {one['characters']} characters")
        lines.append(f"    {one['verdict']}, issue {one['issue'] or 'unassigned'}, from {one['source']}")
        lines += [f"    {_said(finding)}" for finding in one["findings"]]
    lines += [f"  file: {f['name']}   {f['role']}   {f['bytes']} bytes   {f['problem'] or ''}" for f in found["files"]]
    if found["notice"]:
        lines += [
            "",
            f"To: {found['notice']['to']}",
            f"Subject: {found['notice']['subject']}",
            "",
            found["notice"]["text"],
        ]
    lines += [line for one in found["submissions"] if "text" in one for line in ("", one["text"])]
    return "\n".join(lines)


def _said(finding: dict[str, Any]) -> str:
    said = "; ".join(word for word in (finding["message"], finding["evidence"]) if word)
    return f"{finding['outcome']:8} {finding['rule']}{': ' if said else ''}{said}"


def _moment(text: str | None, zone: ZoneInfo) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"--arrived: {text!r} is no time; write it like 2026-11-23T09:30:00+08:00") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if not 1970 <= moment.year < 9999:
        raise UserError(f"--arrived: no letter arrived in the year {moment.year}")
    return moment


def _message(mail: Path, arrived: datetime) -> RawMessage:
    try:
        with mail.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise UserError(f"{mail} cannot be read: {fault.strerror}") from fault
    size = mail.stat().st_size
    return RawMessage(sha256=digest, path=str(mail), bytes=size, announced=size, arrived_at=arrived)


def _dossier(
    mail: Path, message: RawMessage, settings: Settings | None, make: Callable[[str, int, int], Reader]
) -> Dossier:
    from mailbot.examining import examine  # 250 ms that rules without mails for examples do not need

    language = settings.office.language if settings else DEFAULT_LANGUAGE
    limits = (settings.limits.reading_seconds, settings.limits.memory) if settings else (60, 512 << 20)
    reader = make(language, *limits)
    try:
        with tempfile.TemporaryDirectory(prefix="mailbot-check-") as work:
            return examine(
                reader,
                mail,
                Path(work),
                message=message,
                office=lambda letter: _office(settings, letter),
                history=lambda letter, manuscripts: History(),
            )
    except ReaderDied as fault:
        return Dossier(
            kind=Kind.UNREADABLE,
            kind_reasons=(WOULD_BE_PARKED, str(fault)),
            letter=Letter(readable=False),
            manuscripts=(),
            arrived_at=message.arrived_at,
            announced=message.announced,
            office=_office(settings, Letter()),
        )
    finally:
        reader.close()


def _office(settings: Settings | None, letter: Letter) -> Office:
    if settings is not None:
        return settings.as_office()
    only = letter.recipients[0].address if len(letter.recipients) == 1 else ""
    return Office(address=only.lower())


def _unnumbered(dossier: Dossier, judgement: Judgement, settings: Settings | None) -> list[Submission]:
    """The submissions as they would be; numbers are only given by the ledger, so theirs is the zeroth."""
    number = settings.number(dossier.arrived_at.year, 0) if settings else f"SQ-{dossier.arrived_at.year}-0000"
    return [
        Submission(
            id=0,
            number=number,
            letter=0,
            article=index,
            state=STATE_OF_VERDICT[article.verdict],
            revision=1,
            issue=article.issue,
            column=article.column,
            title=manuscript.known_as,
            unit=article.unit or "",
            authors=tuple(author.name for author in article.authors),
        )
        for index, (manuscript, article) in enumerate(zip(dossier.manuscripts, judgement.articles, strict=False))
        if article.verdict in STATE_OF_VERDICT
    ]
