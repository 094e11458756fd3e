"""`mailbot rules explain`: from an answer back to the rules. Looks only: nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Literal

from mailbot.check import read_mail, rules_folder
from mailbot.config import Settings
from mailbot.errors import UserError
from mailbot.model import Dossier, Stage, Submission, Verdict
from mailbot.ports import Event, Ledger, MailSummary, Reader
from mailbot.rulebook.explain import explain
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import Rulebook, load_rulebook, read_folder
from mailbot.rulebook.trial import ArticleTrial, LetterTrial, compare
from mailbot.trials.backtest import Edited, in_force, letter_name
from mailbot.trials.table import differences, plain

SCHEMA = 1

Which = Literal["that day", "in force", "folder"]
"""Whose rules explain: those that judged it then, those in force now, or those of a folder."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules to explain with; None where they cannot be loaded, and why."""

    which: Which
    version: str
    rulebook: Rulebook | None
    since: datetime | None = None
    problems: tuple[str, ...] = ()


def explain_letter(
    ledger: Ledger, name: str, *, now: datetime, folder: Path, edited: Edited, today: bool, rules: Path | None
) -> dict[str, Any]:
    """Why the ledger's letter with this number or name was judged so. `folder` holds the office's rules.

    By the rules of that day, by those in force now (`today`), or by those of the folder `rules`. Of a submission that
    was judged again, by its number, the judgement that counts now. UserError for a name that nothing has, and for a
    letter that is not judged.
    """
    letter, article = _find(ledger, name)
    row = ledger.letter_row(letter)
    try:
        dossier, given = ledger.verdict_of(letter)
    except LookupError:
        raise UserError(f"{name} is not judged: it is {row.stage}") from None
    except ValueError as error:
        raise UserError(f"{name} was kept by another mailbot, whose dossiers this one cannot read: {error}") from None
    made = [one for one in ledger.submissions_of(letter) if article is None or one.article == article]
    given = given if article is None else ledger.judgements_of(made[0].id)[-1]
    if rules is not None:
        chosen = _those("folder", edited(rules)(read_folder(rules)))
    elif today:
        chosen = _those("in force", in_force(ledger, folder, now, edited))
    else:
        chosen = _of_that_day(ledger, given.rulebook)
    judgement = judge(dossier, chosen.rulebook) if chosen.rulebook is not None else given
    differs = compare(given, judgement, [manuscript.title or "" for manuscript in dossier.manuscripts])
    events = _events(ledger, letter, made)
    return {
        "schema": SCHEMA,
        "name": name,
        "letter": letter_name(row.raw.sha256),
        "numbers": [one.number for one in made],
        "subject": dossier.letter.subject,
        "sender": dossier.letter.sender.address if dossier.letter.sender else "",
        "arrived_at": dossier.arrived_at.isoformat(),
        "judged_at": _judged_at(events),
        "rules": _told(chosen),
        "given": {"rulebook": given.rulebook, "verdict": given.verdict, "answer": given.answer},
        "same": None if chosen.rulebook is None else differs is None,
        "differs": _differences(differs),
        **explain(dossier, judgement, chosen.rulebook, None if article is None else (article,)),
        "mails": [_mail(mail) for mail in ledger.mails_to(letter)],
        "path": [_event(event) for event in events],
    }


def explain_mail(
    mail: Path, *, settings: Settings | None, reader: Callable[[str, int, int], Reader], rules: Path | None
) -> dict[str, Any]:
    """Why a mail file would be judged so; no ledger is needed. The arguments are those of `check.check_mail`."""
    rulebook = load_rulebook(read_folder(rules or rules_folder(settings)))
    return explain_dossier(read_mail(mail, settings=settings, reader=reader), mail.name, rulebook)


def explain_dossier(dossier: Dossier, name: str, rulebook: Rulebook) -> dict[str, Any]:
    """Why a letter that is in no ledger would be judged so."""
    return {
        "schema": SCHEMA,
        "name": name,
        "letter": None,
        "numbers": [],
        "subject": dossier.letter.subject,
        "sender": dossier.letter.sender.address if dossier.letter.sender else "",
        "arrived_at": dossier.arrived_at.isoformat(),
        "judged_at": None,
        "rules": _told(_those("folder", rulebook)),
        "given": None,
        "same": None,
        "differs": [],
        **explain(dossier, judge(dossier, rulebook), rulebook),
        "mails": [],
        "path": [],
    }


def _find(ledger: Ledger, name: str) -> tuple[int, int | None]:
    """(letter, article) of a number; of a letter's name all articles."""
    for one in ledger.submissions():
        if one.number.casefold() == name.casefold():
            return one.letter, one.article
    row = ledger.find_letter(name)
    if row is None:
        hint = "give a number as `mailbot submissions list` shows it, L- and 8 characters, or a mail file"
        raise UserError(f"there is no {name!r} here: {hint}")
    return row.id, None


def _those(which: Which, rulebook: Rulebook) -> _Rules:
    return _Rules(which, rulebook.version, rulebook)


def _of_that_day(ledger: Ledger, version: str) -> _Rules:
    kept = ledger.kept_files("rules", version)
    since = next((one.kept_at for one in ledger.kept_versions("rules") if one.version == version), None)
    if kept is None:
        return _Rules("that day", version, None, since, ("this version is not in the ledger",))
    try:
        return _Rules("that day", version, load_rulebook(kept[1], examples=False), since)
    except UserError as error:
        return _Rules("that day", version, None, since, tuple(str(problem) for problem in error.problems))


def _told(chosen: _Rules) -> dict[str, Any]:
    return {
        "which": chosen.which,
        "version": chosen.version,
        "since": chosen.since.isoformat() if chosen.since else None,
        "loaded": chosen.rulebook is not None,
        "problems": list(chosen.problems),
    }


def _differences(found: LetterTrial | None) -> list[str]:
    """In a line each: what this judgement says otherwise than the one that was given."""
    if found is None:
        return []
    parts: list[tuple[str, LetterTrial | ArticleTrial]] = [
        ("", found),
        *((f"article {article.index + 1}, ", article) for article in found.articles),
    ]
    lines = []
    for prefix, part in parts:
        lines += [prefix + difference for difference in differences(part.changes, part.findings)]
    return lines


def _events(ledger: Ledger, letter: int, made: Sequence[Submission]) -> list[Event]:
    """What became of the letter and of the submissions that were made of it, oldest first."""
    things = [f"letter:{letter}", *(f"submission:{one.id}" for one in made)]
    return sorted((event for thing in things for event in ledger.events(thing)), key=lambda event: event.at)


def _judged_at(events: list[Event]) -> str | None:
    return next((event.at.isoformat() for event in events if event.now == Stage.JUDGED), None)


def _mail(mail: MailSummary) -> dict[str, Any]:
    return {
        "id": mail.id,
        "kind": mail.kind,
        "cause": mail.cause,
        "state": mail.state,
        "to": mail.recipient,
        "subject": mail.subject,
        "created_at": mail.created_at.isoformat(),
    }


def _event(event: Event) -> dict[str, str]:
    thing = event.thing.partition(":")[0]
    return {
        "at": event.at.isoformat(),
        "thing": thing,
        "who": event.who,
        "was": event.was,
        "now": event.now,
        "why": event.why,
    }


# --- for people -------------------------------------------------------------------------------------------------------

_MARKS = {"passed": "ok", "failed": "FAILED", "skipped": "-", "error": "ERROR", "off": "off"}


def describe(found: dict[str, Any]) -> str:
    """An explanation in lines; times as the office's clock shows them."""
    zone = datetime.fromisoformat(found["arrived_at"]).tzinfo
    return "\n".join(plain(line) for line in _lines(found, zone))


def _lines(found: dict[str, Any], zone: tzinfo | None) -> Iterator[str]:
    numbers = ", ".join(found["numbers"])
    names = f"{numbers} ({found['letter']})" if numbers else found["letter"] or found["name"]
    yield f"{names}   {found['subject']}   from {found['sender'] or 'nobody'}"
    judged = f", judged {_moment(found['judged_at'], zone)}" if found["judged_at"] else ""
    yield f"arrived {_moment(found['arrived_at'], zone)}{judged}"
    yield from _of_rules(found, zone)
    yield f"{found['kind']}" + (f": {'; '.join(found['kind_reasons'])}" if found["kind_reasons"] else "")
    yield f"verdict {found['verdict']}, answer: {found['answer'] or 'none'}"
    yield from (f"  because: {reason}" for reason in found["reasons"])
    if found["findings"]:
        yield ""
        yield "The letter"
        yield from _rules(found["findings"])
    for article in found["articles"]:
        yield ""
        yield from _article(article, bool(found["doubts"]))
    if found["mails"]:
        yield ""
        yield "What was written to the sender"
        for mail in found["mails"]:
            when = _moment(mail["created_at"], zone)
            yield f"  {when}  {mail['kind']} ({mail['state']}): {mail['subject']}  to {mail['to']}"
    if found["path"]:
        yield ""
        yield "What became of it"
        for event in found["path"]:
            why = f": {event['why']}" if event["why"] else ""
            yield f"  {_moment(event['at'], zone)}  {event['thing']} {event['now']}{why}  ({event['who']})"


def _of_rules(found: dict[str, Any], zone: tzinfo | None) -> Iterator[str]:
    """With which rules, and whether they give the verdict that was given."""
    rules, given = found["rules"], found["given"]
    since = f", in force since {_moment(rules['since'], zone)}" if rules["since"] else ""
    names = {"that day": "the rules of that day", "in force": "today's rules", "folder": "the rules of the folder"}
    yield f"explained with {names[rules['which']]}: version {rules['version']}{since}"
    if given is None:
        return
    if not rules["loaded"]:
        yield "these rules cannot be loaded by this program, so this is what was kept when the letter was judged:"
        yield from (f"  {problem}" for problem in rules["problems"])
    elif found["same"]:
        yield f"judged again: all is as it was given then ({given['verdict']})"
    else:
        told = "the same verdict" if given["verdict"] == found["verdict"] else "another verdict"
        yield f"judged again: {told}; given was {given['verdict']} by version {given['rulebook']}. What differs:"
        yield from (f"  {line}" for line in found["differs"])


def _article(article: dict[str, Any], doubtful: bool) -> Iterator[str]:
    yield f"Article {article['index'] + 1}: {article['title'] or '?'}   (from {article['source']})"
    by = ", ".join(article["decided_by"]) or _no_rule(article, doubtful)
    yield f"  verdict {article['verdict']}, decided by: {by}"
    late = ", late" if article["late"] else ""
    column = article["column"] or "none"
    yield f"  issue {article['issue'] or 'unassigned'}, column {column}{late}{_way(article['way'])}"
    yield f"  unit {article['unit'] or 'none'}{_name(article)}"
    yield from _rules(article["findings"])


def _no_rule(article: dict[str, Any], doubtful: bool) -> str:
    """What decided where no rule asked for the verdict."""
    if article["verdict"] == Verdict.ACKNOWLEDGE:
        return "nothing that stands against it"
    return "doubt about the letter" if doubtful else "nothing in it could be read"


def _way(way: dict[str, Any] | None) -> str:
    if way is None:
        return ""
    issue, words = way["issue"], way["column_routes"]
    told = f": it arrived on {way['arrived']}"
    if issue is not None:
        grace = f" (and {issue['grace_hours']:g} hours of grace)" if issue["grace_hours"] else ""
        special = f", a special issue that takes what these name: {_shown(issue['routes'])}" if issue["special"] else ""
        told += f"; {issue['id']} is open from {issue['opens']} to {issue['closes']}{grace}{special}"
    elif not way["open_that_day"]:
        told += ", when no issue was open"
    return told + (f"; its column takes what these name: {_shown(words)}" if words else "")


def _name(article: dict[str, Any]) -> str:
    name = article["name"]
    if article["unit"] is None:
        return ""
    told = ", a full name" if article["unit_complete"] else ", not a full name"
    if name is None:
        return told
    told += " (in units.yaml)" if name["listed"] else f" (fault: {name['fault']})" if name["fault"] else ""
    told += f"; perhaps {name['better']}" if name["better"] else ""
    return told + (", an author's, who stands in for it" if name["stands_in"] else "")


def _rules(traces: list[dict[str, Any]]) -> Iterator[str]:
    for trace in traces:
        mode = " (in the shadow: it does not act)" if trace["mode"] == "shadow" else ""
        place = f"   {trace['file']}:{trace['line']}" if "file" in trace else ""
        yield f"  {_MARKS[trace['outcome']]:<7} {trace['rule']}: {trace['title']}{mode}{place}"
        if trace["outcome"] == "failed":
            yield f"            asks for: {trace['severity']}"
        for name, label in (("message", "says"), ("evidence", "seen"), ("cites", "cites")):
            if trace[name]:
                yield f"            {label}: {trace[name]}"
        if trace.get("when"):
            yield f"            only when {_shown(trace['when'])}"
        if trace.get("expect"):
            yield f"            expects {trace['expect']}"
        elif trace.get("with"):
            variant = f" ({trace['variant']})" if trace["variant"] else ""
            yield f"            with{variant} {_shown(trace['with'])}"


def _shown(values: dict[str, Any]) -> str:
    """Keys and values as they stand in YAML, nearly; without those that say nothing."""
    return ", ".join(f"{key}: {_value(value)}" for key, value in values.items() if value not in (None, [], {}))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{_shown(value)}}}"
    return str(value)


def _moment(text: str, zone: tzinfo | None) -> str:
    return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M}"
