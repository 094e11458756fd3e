"""What each notice looks like: one made-up case for each kind, in an office's language, for people to look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mailbot.languages import load
from mailbot.languages.samples import SampleWords
from mailbot.model import NoticeKind, SubmissionState, Verdict
from mailbot.notices.facts import (
    ArticleFact,
    AskFact,
    CallFacts,
    CloudFact,
    DecisionFacts,
    FaultFact,
    FileFact,
    NoticeFacts,
    OpenIssueFact,
    OwnFact,
    PictureFact,
    ReminderFacts,
)

_WHEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_NUMBER, _SECOND = "SQ-2026-0012", "SQ-2026-0009"
_MARK = f"{_NUMBER}-7KQ3F9"


def scene(kind: NoticeKind, language: str) -> NoticeFacts | DecisionFacts | ReminderFacts:
    """The facts of the case that shows a notice best."""
    words = load(language).samples
    if kind is NoticeKind.DECISION:
        return DecisionFacts(
            office=words.office, decision="accept", about=_own(words, SubmissionState.ACCEPTED), words=words.editor,
            wants=("address",), copies=2, mark=_MARK,
        )  # fmt: skip
    if kind is NoticeKind.REMINDER:
        return ReminderFacts(
            office=words.office, about=_own(words, SubmissionState.ACCEPTED), asked=date(2026, 4, 8),
            wants=("address",), copies=2, mark=_MARK,
        )  # fmt: skip
    return {
        NoticeKind.ACKNOWLEDGEMENT: _acknowledgement,
        NoticeKind.RETURN: _return,
        NoticeKind.COMPLETED: _completed,
        NoticeKind.REJECTION: _rejection,
        NoticeKind.HELD: _held,
        NoticeKind.HELP: _help,
        NoticeKind.STATUS: _status,
        NoticeKind.WITHDRAWN: _withdrawn,
        NoticeKind.TRIAL: _trial,
        NoticeKind.CORRECTION: _correction,
    }[kind](words)


def _fault(told: tuple[str, str, str]) -> FaultFact:
    found, clause, mend = told
    return FaultFact(found=found, clause=clause, mend=mend)


def _article(words: SampleWords) -> ArticleFact:
    first, second = words.photos
    return ArticleFact(
        number=_NUMBER, title=words.title, source=words.article, in_body=False, unit=words.unit, authors=words.authors,
        issue=words.issue, late=False, verdict=Verdict.ACKNOWLEDGE.value, characters=2860, problem="", words="",
        pictures=(
            PictureFact(width=1200, height=800, original=first), PictureFact(width=1080, height=720, original=second)
        ),
        faults=(), remarks=(), column=words.column, passed=words.passed,
    )  # fmt: skip


def _faulty(words: SampleWords) -> ArticleFact:
    """No unit, and the second picture without its original."""
    article = _article(words)
    return replace(
        article,
        unit="",
        verdict=Verdict.RETURN.value,
        pictures=(article.pictures[0], replace(article.pictures[1], original="")),
        faults=(_fault(words.no_unit), _fault(words.no_original)),
    )


def _files(words: SampleWords) -> tuple[FileFact, ...]:
    first, second = words.photos
    return (
        FileFact(name=words.article, bytes=34_567, role="manuscript"),
        FileFact(name=first, bytes=3_456_789, role="original", inside=words.archive),
        FileFact(name=second, bytes=2_987_654, role="original", inside=words.archive),
    )


def _letter(words: SampleWords, *articles: ArticleFact) -> NoticeFacts:
    """A letter with these articles, and with all files of the first."""
    return NoticeFacts(
        office=words.office, arrived=_WHEN, numbers=tuple(one.number for one in articles), articles=articles,
        files=_files(words) if articles else (), more_files=0, unreadable=(), cloud_files=(), faults=(), remarks=(),
        trial=False, mark=_MARK,
    )  # fmt: skip


def _own(words: SampleWords, state: SubmissionState) -> OwnFact:
    return OwnFact(number=_NUMBER, title=words.title, state=state.value, issue=words.issue, arrived=_WHEN)


def _acknowledgement(words: SampleWords) -> NoticeFacts:
    return replace(_letter(words, replace(_article(words), late=True)), remarks=(_fault(words.remark),))


def _return(words: SampleWords) -> NoticeFacts:
    return replace(
        _letter(words, _faulty(words)),
        files=_files(words)[:2],
        unreadable=(
            FileFact(name=words.locked, bytes=5_678_901, role="archive", problem="encrypted", words=words.locked_words),
        ),
        cloud_files=(CloudFact(name=words.cloud, provider=words.provider),),
    )


def _completed(words: SampleWords) -> NoticeFacts:
    article, first, second = _files(words)
    return replace(
        _letter(words, replace(_article(words), revision=2)),
        files=(article, replace(second, inside=""), replace(first, earlier=True)),
        kind="reply",
    )


def _rejection(words: SampleWords) -> NoticeFacts:
    article = _article(words)
    return _letter(
        words,
        replace(article, verdict=Verdict.REJECT.value, pictures=(), column="", faults=(_fault(words.not_for_us),)),
    )


def _held(words: SampleWords) -> NoticeFacts:
    return _letter(words, replace(_article(words), verdict=Verdict.HOLD.value))


def _help(words: SampleWords) -> NoticeFacts:
    musts = tuple(AskFact(text=text, how=how) for text, how in words.asks)
    issues = (OpenIssueFact(name=words.issue, closes=date(2026, 4, 30), columns=(words.column,)),)
    call = CallFacts(address=words.address, musts=musts, issues=issues)
    return replace(_letter(words), kind="inquiry", call=call, mark="")


def _status(words: SampleWords) -> NoticeFacts:
    older = OwnFact(
        number=_SECOND, title=words.second_title, state=SubmissionState.INCOMPLETE.value, issue=words.issue,
        arrived=_WHEN - timedelta(days=9), faults=(words.no_unit[0],),
    )  # fmt: skip
    own = (_own(words, SubmissionState.READY), older)
    return replace(_letter(words), kind="status_query", own=own, mark=f"{_MARK} {_SECOND}-M2X8PA")


def _withdrawn(words: SampleWords) -> NoticeFacts:
    return replace(_letter(words), kind="withdrawal", about=(_own(words, SubmissionState.WITHDRAWN),))


def _trial(words: SampleWords) -> NoticeFacts:
    letter = _letter(words, replace(_faulty(words), number=""))
    return replace(letter, trial=True, numbers=(), files=_files(words)[:2], mark="")


def _correction(words: SampleWords) -> NoticeFacts:
    return _letter(words, replace(_article(words), earlier=Verdict.RETURN.value))
