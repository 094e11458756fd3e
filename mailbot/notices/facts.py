"""What a notice's template may say: plain typed facts, cleaned of everything that could leave its line.

The names of `NoticeFacts`' fields are the variables of the templates. Words of a language are in the templates alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailbot.languages import load
from mailbot.languages.rules import RulePhrases
from mailbot.model import (
    BODY,
    ArticleJudgement,
    Dossier,
    File,
    Finding,
    Judgement,
    Manuscript,
    Mode,
    Outcome,
    Severity,
    Submission,
    Verdict,
)

LONGEST_VALUE = 120
"""Characters of a stranger's title or file name that an answer repeats."""
MOST_FILES = 60
MOST_ARTICLES = 20
MOST_FAULTS = 30

_SEVERE = frozenset({Severity.RETURN, Severity.REJECT})
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean(value: str, longest: int = LONGEST_VALUE) -> str:
    """The value on one line: controls, direction marks and lone surrogates gone, white space single, bounded.

    `://` is broken up: the provider takes mails with links for spam, and nobody is to send links through us.
    """
    spaced = "".join(
        " " if char.isspace() else char
        for char in value[: 20 * longest]
        if char.isspace() or unicodedata.category(char) not in _UNSEEN
    )
    line = " ".join(spaced.split()).replace("://", ":／／")
    return line if len(line) <= longest else line[: longest - 1] + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFact:
    """A file that came, with its size in bytes; `inside` names its archive, `problem` is "" for a good one.

    `words` say what is wrong with it, as they go on after its name.
    """

    name: str
    bytes: int
    role: str
    inside: str = ""
    problem: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudFact:
    """A file that the letter only links to. The link itself is not repeated."""

    name: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultFact:
    """What was found, the clause that asks for something else, and how to mend it."""

    found: str
    clause: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFact:
    """A picture inside a manuscript (pixels); `original` is the name of the enclosed file it was made from, or ""."""

    width: int
    height: int
    original: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFact:
    """One article as it was understood. `number` is "" for a trial, `title` "" where none was found.

    `earlier` is the verdict that the sender was told before, in a correction; else "".

    `words` say why its file could not be read, as they go on after its name.
    """

    number: str
    title: str
    source: str
    in_body: bool
    unit: str
    authors: tuple[str, ...]
    issue: str
    late: bool
    verdict: str
    characters: int
    problem: str
    words: str
    pictures: tuple[PictureFact, ...]
    faults: tuple[FaultFact, ...]
    remarks: tuple[FaultFact, ...]
    earlier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFact:
    """What one rule in force asks for, how to do it ("" where the text says so), and the clause.

    `only` names the issues or columns that it is for.
    """

    text: str
    how: str = ""
    clause: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIssueFact:
    """An issue that takes articles: the last day, and its columns. A special one is to be asked for by its name."""

    name: str
    closes: date
    special: bool = False
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """The call for papers as the rules in force have it. `musts` are conditions, `shoulds` only advice."""

    address: str = ""
    musts: tuple[AskFact, ...] = ()
    shoulds: tuple[AskFact, ...] = ()
    issues: tuple[OpenIssueFact, ...] = ()


NO_CALL = CallFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """All that an answer may tell. `faults` and `remarks` are those of the letter itself."""

    office: str
    arrived: datetime
    numbers: tuple[str, ...]
    articles: tuple[ArticleFact, ...]
    files: tuple[FileFact, ...]
    more_files: int
    unreadable: tuple[FileFact, ...]  # with a problem; as the linked files: only those that no fault names
    cloud_files: tuple[CloudFact, ...]
    faults: tuple[FaultFact, ...]
    remarks: tuple[FaultFact, ...]
    trial: bool
    call: CallFacts = NO_CALL


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmFacts:
    """What an admin is told of one trouble; each uses only some of the fields.

    `what` is one of
    - `rules`, `templates`: changed files cannot be used. `version` is the one that stays in force; each of `problems`
      is told with file, line and reason.
    - `breaker`: all mails to contributors are held, until `until`. `why` is `burst` (`count` answers in `hours` hours)
      or `rules` (changed rules decide otherwise about `count` of `of` letters).
    - `released`: the breaker is closed again, and `count` mails that it held go out.
    - `stopped`: the provider refused the account or all mails for now, with this `reply`.
    - `spam`: it took several mails for spam within a day, the last with this `reply`.
    - `braked`: `address` got `count` answers, and further ones to it are held.
    Times are those of the office's zone.
    """

    office: str
    what: str
    version: str = ""
    problems: tuple[str, ...] = ()
    why: str = ""
    count: int = 0
    of: int = 0
    hours: int = 0
    until: datetime | None = None
    reply: str = ""
    address: str = ""


def help_facts(office_name: str, call: CallFacts, at: datetime) -> NoticeFacts:
    """The facts of a help text that answers no letter."""
    return NoticeFacts(
        office=clean(office_name), arrived=at, numbers=(), articles=(), files=(), more_files=0,
        unreadable=(), cloud_files=(), faults=(), remarks=(), trial=False, call=call,
    )  # fmt: skip


def facts(
    dossier: Dossier,
    judgement: Judgement,
    submissions: Sequence[Submission],
    office_name: str,
    issue_names: Mapping[str, str],
    earlier: Sequence[Verdict] = (),
    call: CallFacts = NO_CALL,
) -> NoticeFacts:
    """The facts of one answer; `submissions` stand in the order of the articles, and are none for a trial.

    `earlier` are the verdicts on the articles that a correction takes back.
    """
    numbers = [submission.number for submission in submissions]
    phrases = load(dossier.office.language).rules
    articles = tuple(
        _article(manuscript, judged, numbers[index] if index < len(numbers) else "", issue_names, phrases)
        for index, (manuscript, judged) in enumerate(zip(dossier.manuscripts, judgement.articles, strict=False))
    )
    if earlier:
        told_before = zip(articles, earlier, strict=True)
        articles = tuple(replace(article, earlier=verdict.value) for article, verdict in told_before)
    faults = _faults(judgement.findings)
    told = "\n".join(fault.found for fault in (*faults, *(fault for article in articles for fault in article.faults)))
    letter = dossier.letter
    good = [file for file in letter.files if file.problem is None]
    bad = [file for file in letter.files if file.problem is not None and not letter.is_told_by_its_archive(file)]
    bad = [file for file in bad if clean(file.name) not in told]
    linked = [file for file in dossier.letter.cloud_files if not file.name or clean(file.name) not in told]
    return NoticeFacts(
        office=clean(office_name),
        arrived=dossier.arrived_at,
        numbers=tuple(clean(number) for number in numbers[:MOST_ARTICLES]),
        articles=articles[:MOST_ARTICLES],
        files=tuple(_file(file, phrases) for file in good[:MOST_FILES]),
        more_files=max(0, len(good) - MOST_FILES),
        unreadable=tuple(_file(file, phrases) for file in bad[:MOST_FILES]),
        cloud_files=tuple(
            CloudFact(name=clean(file.name), provider=clean(file.provider)) for file in linked[:MOST_FILES]
        ),
        faults=faults,
        remarks=_remarks(judgement.findings),
        trial=dossier.trial,
        call=call,
    )


def _article(
    manuscript: Manuscript,
    judged: ArticleJudgement,
    number: str,
    issue_names: Mapping[str, str],
    phrases: RulePhrases,
) -> ArticleFact:
    return ArticleFact(
        number=clean(number),
        title=clean(manuscript.known_as),
        source=clean(manuscript.source),
        in_body=manuscript.source == BODY,
        unit=clean(judged.unit or ""),
        authors=tuple(clean(author.name) for author in judged.authors[:MOST_FAULTS]),
        issue=clean(issue_names.get(judged.issue, judged.issue) if judged.issue else ""),
        late=judged.late,
        verdict=judged.verdict.value,
        characters=manuscript.characters,
        problem=manuscript.problem.value if manuscript.problem else "",
        words=phrases.problem(manuscript.problem, manuscript.detail) if manuscript.problem else "",
        pictures=tuple(
            PictureFact(width=picture.width, height=picture.height, original=clean(picture.original or ""))
            for picture in manuscript.pictures[:MOST_FILES]
        ),
        faults=_faults(judged.findings),
        remarks=_remarks(judged.findings),
    )


def _file(file: File, phrases: RulePhrases) -> FileFact:
    return FileFact(
        name=clean(file.name),
        bytes=file.bytes,
        role=file.role.value,
        inside=clean(file.inside or ""),
        problem=file.problem.value if file.problem else "",
        words=phrases.problem(file.problem, file.detail) if file.problem else "",
    )


def _acting(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.outcome is Outcome.FAILED and finding.mode is Mode.ON]


def _faults(findings: Sequence[Finding]) -> tuple[FaultFact, ...]:
    """What the contributor has to mend. A doubt that only holds a letter is the editors' matter and not told."""
    return tuple(_fault(finding) for finding in _acting(findings) if finding.severity in _SEVERE)[:MOST_FAULTS]


def _remarks(findings: Sequence[Finding]) -> tuple[FaultFact, ...]:
    """Remarks that say what to do better; one without advice is a hint for the editors."""
    notes = [one for one in _acting(findings) if one.severity is Severity.NOTE and one.advice]
    return tuple(_fault(finding) for finding in notes)[:MOST_FAULTS]


def _fault(finding: Finding) -> FaultFact:
    return FaultFact(
        found=clean(finding.message or finding.title, 300),
        clause=clean(finding.cites),
        mend=clean(finding.advice, 300),
    )
