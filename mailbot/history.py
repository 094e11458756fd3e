"""What the office knew when a letter came: what it claims to belong to, what its sender sent, what it resembles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.model import Claim, ClaimedBy, Earlier, History, Letter, Manuscript, Office
from mailbot.notices.seal import sealed_in
from mailbot.numbering import numbers_in
from mailbot.ports import Ledger
from mailbot.rulebook.models import Issue
from mailbot.rulebook.routing import Asked, named_issues
from mailbot.sketch import SAME, compared, sketch

NAMED_WITHIN = 2_000
"""So many characters of a letter are looked at for numbers: below, its sender quotes what others wrote."""

TOLD_ONCE_IN = timedelta(days=7)
"""So long nobody is told once more that the same manuscript is here already."""

REMEMBERED = timedelta(days=366)
"""How far back a letter is judged with the sender's other submissions: what `model.History` promises."""


class Past:
    """Asks the ledger; `key` is the secret of the signed marks."""

    def __init__(self, ledger: Ledger, office: Office, key: bytes) -> None:
        self._ledger, self._office, self._key = ledger, office, key

    def history(self, arrived_at: datetime, letter: Letter, manuscripts: Sequence[Manuscript]) -> History:
        """What the ledger knows now of letter, sender and articles: frozen in the dossier."""
        ours = self._ledger.find_ours((*letter.in_reply_to, *letter.references))
        claims = self._claims(letter, ours or ())
        sender = letter.sender.address if letter.sender else ""
        earlier = self._ledger.earlier(
            sender,
            [sketch(manuscript.text) for manuscript in manuscripts],
            before=arrived_at,
            since=arrived_at - REMEMBERED,
            named=tuple(dict.fromkeys(claim.number for claim in claims)),
        )
        there = {one.number for one in earlier}
        files = {file.sha256 for file in letter.files if not file.inline}
        return History(
            answers_ours=None if ours is None else next(iter(ours), ""),
            earlier=tuple(self._confirmed(one, manuscripts, files, sender, arrived_at) for one in earlier),
            claims=tuple(claim for claim in claims if claim.number in there),
        )

    def history_alone(self, arrived_at: datetime, letter: Letter, manuscripts: Sequence[Manuscript]) -> History:
        """The same of a letter that a person said to belong to no earlier submission of its sender."""
        known = self.history(arrived_at, letter, manuscripts)
        others = tuple(one for one in known.earlier if not one.own and one.number not in _claimed(known))
        return History(earlier=others)

    def _claims(self, letter: Letter, ours: Sequence[str]) -> list[Claim]:
        """The submissions that a letter names, the surest first."""
        pattern = self._office.numbers
        marked = sealed_in(self._key, f"{letter.subject}\n{letter.text}", pattern)
        named = [found.number for found in numbers_in(f"{letter.subject}\n{letter.text[:NAMED_WITHIN]}", pattern)]
        by = ((ClaimedBy.MESSAGE_ID, ours), (ClaimedBy.MARK, marked), (ClaimedBy.NUMBER, named))
        claims = {number: way for way, numbers in reversed(by) for number in numbers}
        claimed = [Claim(number=number, by=way) for number, way in claims.items()]
        return sorted(claimed, key=lambda claim: list(ClaimedBy).index(claim.by))

    def _confirmed(
        self, one: Earlier, manuscripts: Sequence[Manuscript], files: set[str], sender: str, arrived_at: datetime
    ) -> Earlier:
        """With the likeness measured where the sketches guess one."""
        if one.article is None:
            return one
        percent = compared(manuscripts[one.article].text, self._ledger.text_of(one.number))
        if percent < SAME or not one.own:
            return replace(one, likeness=percent)
        return replace(
            one,
            likeness=percent,
            same_files=files <= self._ledger.hashes_of(one.number),
            told=self._ledger.told_lately(one.number, sender, arrived_at - TOLD_ONCE_IN),
        )

    def is_elsewhere(
        self,
        arrived_at: datetime,
        issues: Sequence[Issue],
        letter: Letter,
        manuscript: Manuscript,
        earlier: Earlier,
    ) -> bool:
        """Whether the letter asks for another issue, by its name, than the one that has the article."""
        asked = Asked(
            arrived_at.astimezone(ZoneInfo(self._office.timezone)),
            subject=letter.subject,
            title=manuscript.known_as,
        )
        named = named_issues(asked, issues)
        return bool(named) and earlier.issue is not None and earlier.issue not in named


def _claimed(history: History) -> frozenset[str]:
    return frozenset(claim.number for claim in history.claims)
