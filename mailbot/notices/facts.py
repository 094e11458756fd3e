"""What a notice's template may say: plain typed facts, cleaned of everything that could leave its line.

The names of `NoticeFacts`' fields are the variables of the templates. Words of a language are in the templates alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from types import MappingProxyType

from mailbot.languages import load
from mailbot.languages.rules import RulePhrases
from mailbot.model import (
    BODY,
    ArticleJudgement,
    Dossier,
    Earlier,
    File,
    Finding,
    Judgement,
    Letter,
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
MOST_OWN = 20
LONGEST_WORDS = 4000
"""Characters of an editor's words to a contributor."""

NO_NAMES: Mapping[str, str] = MappingProxyType({})
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
    `earlier`: it came with an earlier letter and stays.
    """

    name: str
    bytes: int
    role: str
    inside: str = ""
    problem: str = ""
    words: str = ""
    earlier: bool = False


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

    `words` say why its file could not be read, as they go on after its name. `revision` counts the letters that it was
    put together from, 1 for the first; `stays`: its text is that of an earlier one. `passed` are the titles of the
    rules that it meets.
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
    column: str = ""
    revision: int = 1
    stays: bool = False
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFact:
    """A submission that the office has from the writer of the letter; `state` is one of `model.SubmissionState`.

    `faults` is what is still to be mended of it, as it was found.
    """

    number: str
    title: str
    state: str
    issue: str
    arrived: datetime
    faults: tuple[str, ...] = ()


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
    """All that an answer may tell. `faults` and `remarks` are those of the letter itself, `kind` says what it is.

    `own` is what the writer sent before, the newest first; `about` are those of it that the letter is about, takes back
    or brings once more (`repeats`). `last_answer`: no more automatic answers go to this address today. `mark` is the
    signed mark by which a letter that quotes this one is recognised, "" where it is about no submission; of several
    articles there is one for each.
    """

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
    kind: str = "submission"
    repeats: bool = False
    own: tuple[OwnFact, ...] = ()
    about: tuple[OwnFact, ...] = ()
    last_answer: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts:
    """What an editor decided: `decision` is accept, revise or decline, `words` are his own, a paragraph each.

    `wants` are what is asked for with it: "address" (where printed copies go to); `copies` is how many.
    """

    office: str
    decision: str
    about: OwnFact
    words: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    copies: int = 0
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderFacts:
    """What was asked for on the day `asked` and did not come yet: `wants` as in `DecisionFacts`, or "revision"."""

    office: str
    about: OwnFact
    asked: date
    wants: tuple[str, ...] = ()
    copies: int = 0
    mark: str = ""


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
    *,
    column_names: Mapping[str, str] = NO_NAMES,
    last_answer: bool = False,
    mark: str = "",
) -> NoticeFacts:
    """The facts of one answer; `submissions` stand in the order of the articles, and are none for a trial.

    `earlier` are the verdicts on the articles that a correction takes back.
    """
    phrases = load(dossier.office.language).rules
    names = _Names(issue_names, column_names)
    articles = tuple(
        _article(dossier.letter, manuscript, judged, submissions[index : index + 1], names, phrases)
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
        numbers=tuple(clean(submission.number) for submission in submissions[:MOST_ARTICLES]),
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
        kind=dossier.kind.value,
        repeats=bool(dossier.repeats),
        own=_own(dossier, names, None),
        about=_own(dossier, names, judgement.withdrawn or (*dossier.about, *dossier.repeats)),
        last_answer=last_answer,
        mark=clean(mark, 20 * LONGEST_VALUE),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """How issues and columns are called, by their ids."""

    issues: Mapping[str, str]
    columns: Mapping[str, str]

    def issue(self, known_as: str | None) -> str:
        return clean(self.issues.get(known_as, known_as) if known_as else "")

    def column(self, known_as: str | None) -> str:
        return clean(self.columns.get(known_as, known_as) if known_as else "")


def _own(dossier: Dossier, names: _Names, numbers: Collection[str] | None) -> tuple[OwnFact, ...]:
    """What this address sent before, of these numbers or at all. What others sent is none of the writer's business."""
    mine = {
        one.number: one for one in dossier.history.earlier if one.own and (numbers is None or one.number in numbers)
    }
    newest = sorted(mine.values(), key=lambda one: (one.arrived_at, one.number), reverse=True)
    zone = dossier.arrived_at.tzinfo
    return tuple(own_fact(one, names.issue(one.issue), zone) for one in newest[:MOST_OWN])


def own_fact(one: Earlier, issue: str, zone: tzinfo | None) -> OwnFact:
    """A submission as its sender is told of it, with the day in this zone."""
    return OwnFact(
        number=clean(one.number),
        title=clean(one.title),
        state=one.state,
        issue=clean(issue),
        arrived=one.arrived_at.astimezone(zone),
        faults=tuple(clean(fault, 300) for fault in one.faults[:MOST_FAULTS]),
    )


def paragraphs(words: str) -> tuple[str, ...]:
    """A person's words as paragraphs of one line each, bounded."""
    return tuple(line for line in (clean(line, LONGEST_WORDS) for line in words[:LONGEST_WORDS].splitlines()) if line)


def _article(
    letter: Letter,
    manuscript: Manuscript,
    judged: ArticleJudgement,
    submission: Sequence[Submission],
    names: _Names,
    phrases: RulePhrases,
) -> ArticleFact:
    """`submission` is the one that was made of it, or none."""
    return ArticleFact(
        number=clean(submission[0].number) if submission else "",
        title=clean(manuscript.known_as),
        source=clean(manuscript.source),
        in_body=manuscript.source == BODY,
        unit=clean(judged.unit or ""),
        authors=tuple(clean(author.name) for author in judged.authors[:MOST_FAULTS]),
        issue=names.issue(judged.issue),
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
        column=names.column(judged.column),
        revision=submission[0].revision if submission else 1,
        stays=_stays(letter, manuscript),
        passed=_passed(judged.findings),
    )


def _stays(letter: Letter, manuscript: Manuscript) -> bool:
    """Whether the document that the article was read from came with an earlier letter."""
    return (
        manuscript.file is not None
        and manuscript.file < len(letter.files)
        and bool(letter.files[manuscript.file].letter)
    )


def _file(file: File, phrases: RulePhrases) -> FileFact:
    return FileFact(
        name=clean(file.name),
        bytes=file.bytes,
        role=file.role.value,
        inside=clean(file.inside or ""),
        problem=file.problem.value if file.problem else "",
        words=phrases.problem(file.problem, file.detail) if file.problem else "",
        earlier=bool(file.letter),
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


def _passed(findings: Sequence[Finding]) -> tuple[str, ...]:
    """What is as it should be. A rule that only says what it found if it fails is of no interest here."""
    good = [one.title for one in findings if one.outcome is Outcome.PASSED and one.mode is Mode.ON]
    return tuple(clean(title) for title in dict.fromkeys(good))[:MOST_FAULTS]


def _fault(finding: Finding) -> FaultFact:
    return FaultFact(
        found=clean(finding.message or finding.title, 300),
        clause=clean(finding.cites),
        mend=clean(finding.advice, 300),
    )
