"""Sends what waits in the outbox: one mail after the other, within the caps, each with a known end.

    outbox (WAITING) -> caps and pause -> Post.send
                          all but the final dot has gone: SENDING is written       MAIL_SENDING
                          the reply, classified                                    MAIL_ACCEPTED
                        SENT · FAILED · WAITING again, later · UNCERTAIN           MAIL_RECORDED

A result that concerns the account (a limit over all mails, a refused login, no way to the server) halts all sending
until its time; the halt is kept in the ledger and survives a restart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

import structlog

from mailbot.alarms import Alarms
from mailbot.brakes import Brakes
from mailbot.errors import Transient
from mailbot.model import MailCause, MailState, OutgoingMail, SendOutcome, SendResult
from mailbot.notices.brakes import DAY, HOUR, next_send, next_to_contributor, tried_in_vain
from mailbot.ports import Clock, Ledger, Post
from mailbot.steps import At, Step, unhindered

log = structlog.get_logger()

_ADDRESS = re.compile(r"<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?")

HALT = "sending halted"
"""The note of the ledger: `<until, ISO 8601> <why>`, "" when nothing halts."""
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (2, 15, 30, 60, 120, 240))
"""Pauses after the first, second, … refusal for now; the last one from then on."""
ACCOUNT_BACK_OFF = timedelta(minutes=15)
"""NetEase counts mails and connections over 15 minutes."""
STOPPED = HOUR
"""The pause after the account was refused."""
FOR_THE_OFFICE = frozenset({MailCause.DIGEST, MailCause.ALARM, MailCause.TRANSCRIPT})

TROUBLE = "sending trouble"
"""The note of what the provider refuses all mails for, until one goes out: so that it is told once."""
TOLD = frozenset({SendOutcome.STOP, SendOutcome.RETRY_TOMORROW})
SPAM = "DT:SPM"
SPAM_REFUSALS = "spam refusals"
"""The note of when mails were taken for spam, ISO 8601, of the last day."""
REPEATED = 3
"""So many within a day concern the account, not one letter: the provider locks accounts for less."""

AFTER_A_RESTART = timedelta(minutes=5)
"""How long a STOP holds where the worker was started anew meanwhile: somebody may have mended the password. A worker
that is started again and again must not get the account locked."""


@dataclass(frozen=True, slots=True)
class Halt:
    """All sending waits until `until`."""

    until: datetime
    why: str


def retry_at(result: SendResult, attempts: int, now: datetime, zone: tzinfo) -> datetime | None:
    """When a mail whose try ended so is tried again; None for never. `attempts` are those before this one.

    A lost connection is tried again soon; what the server said of the account is believed at once.
    """
    match result.outcome:
        case SendOutcome.RETRY_SOON:
            if not result.account:
                return now + BACK_OFF[min(attempts, len(BACK_OFF) - 1)]
            said_so = result.reply[:1] in ("4", "5")
            return now + (ACCOUNT_BACK_OFF if said_so or attempts else BACK_OFF[0])
        case SendOutcome.RETRY_TOMORROW:
            tomorrow = now.astimezone(zone).date() + timedelta(days=1)
            return datetime.combine(tomorrow, time(0, 10), zone).astimezone(now.tzinfo)
        case SendOutcome.STOP:
            return now + STOPPED
        case _:
            return None


def halted(ledger: Ledger, now: datetime) -> Halt | None:
    """What halts all sending at `now`. A halt that began in the future (the clock was set back) is over."""
    until, _, why = (ledger.noted(HALT) or "").partition(" ")
    if not until:
        return None
    moment = datetime.fromisoformat(until)
    return Halt(moment, why) if now < moment <= now + 2 * DAY else None


class Outgoing:
    """The sending side of the worker. One thread uses it."""

    def __init__(
        self,
        ledger: Ledger,
        post: Post,
        clock: Clock,
        *,
        per_hour: int | None,
        per_day: int | None,
        pause: timedelta,
        zone: tzinfo,
        at: At = unhindered,
        brakes: Brakes | None = None,
        alarms: Alarms | None = None,
    ) -> None:
        self._brakes, self._alarms = brakes, alarms
        self._ledger, self._post, self._clock, self._at = ledger, post, clock, at
        self._per_hour, self._per_day, self._pause, self._zone = per_hour, per_day, pause, zone
        self._unrecorded: tuple[OutgoingMail, SendResult, datetime | None] | None = None

    def recover(self) -> int:
        """At start: what a dead worker left in SENDING is uncertain, or a digest to be repeated. Answers how many."""
        self._shorten_stop()
        found = self._ledger.recover_outbox(self._clock.now())
        if found:
            log.warning("mails-uncertain", mails=found)
        return found

    def _shorten_stop(self) -> None:
        halt = self.halted()
        if halt is None or not halt.why.startswith(SendOutcome.STOP.value):
            return
        if halt.until - self._clock.now() > AFTER_A_RESTART:  # else it is short, or was shortened before
            self._halt(halt.until - STOPPED + AFTER_A_RESTART, halt.why)

    def send_due(self, *, wait: bool = False) -> int:
        """Send what may go now; answers how many tries were made.

        With `wait` it also waits for the pause between two mails; never for caps or back-off.
        """
        tries = 0
        self._record()
        if self._brakes is not None:
            self._brakes.tend(self._clock.now())
        while self.halted() is None and not self._clock.wait(0):
            now = self._clock.now()
            mail = self._ledger.due_mail(now)
            if mail is None:
                break
            start = self._free_at(now, for_office=mail.cause in FOR_THE_OFFICE)
            if start - now > self._pause:
                log.info("mail-cap-reached", next_mail_at=start.isoformat())
                break
            if start > now and (not wait or self._clock.wait((start - now).total_seconds())):
                break
            self._send(mail)
            tries += 1
        return tries

    def next_at(self) -> datetime | None:
        """When `send_due` has something to do again; None while nothing waits."""
        waiting = self._ledger.next_mail_at()
        if waiting is None:
            return None
        halt, now = self.halted(), self._clock.now()
        first = self._ledger.due_mail(max(waiting, now))
        for_office = first is not None and first.cause in FOR_THE_OFFICE
        return max(waiting, self._free_at(now, for_office=for_office), *([halt.until] if halt else []))

    def halted(self) -> Halt | None:
        """What halts all sending now."""
        return halted(self._ledger, self._clock.now())

    def resume(self) -> None:
        """Somebody has mended it: send again at once."""
        self._ledger.note(HALT, "")

    def _free_at(self, now: datetime, *, for_office: bool) -> datetime:
        since = now - (DAY if self._per_hour or self._per_day else self._pause)
        sent, caps = self._ledger.sent_times(since), (self._per_hour, self._per_day, self._pause)
        if for_office:
            return next_send(now, sent, *caps)
        return next_to_contributor(now, sent, self._ledger.sent_times(since, to_contributors=True), *caps)

    def _send(self, mail: OutgoingMail) -> None:
        def before_final_dot() -> None:
            self._ledger.mail_sending(mail.id, self._clock.now())
            self._at(Step.MAIL_SENDING)

        result = self._post.send(mail, before_final_dot)
        self._at(Step.MAIL_ACCEPTED)
        now = self._clock.now()
        again = retry_at(result, mail.attempts, now, self._zone)
        if again is not None and not result.account and tried_in_vain(mail.created_at, mail.attempts, now):
            again, result = None, SendResult(outcome=SendOutcome.REFUSED, reply=f"given up: {result.reply}")
        self._unrecorded = (mail, result, again)
        self._record()

    def _record(self) -> None:
        """Write down how the last try ended. Where the ledger did not take it, that comes before any other mail."""
        if self._unrecorded is None:
            return
        mail, result, again = self._unrecorded
        now = self._clock.now()
        stopped = result.outcome is SendOutcome.STOP  # then the halt is what the mail waits for
        try:
            self._ledger.mail_result(mail.id, result, now, now if stopped else again)
        except Transient:
            raise  # a full disk, say
        except BaseException:  # whatever ends it: tidied up, and raised on
            self._unrecorded = None
            raise
        self._unrecorded = None
        self._at(Step.MAIL_RECORDED)
        self._tell(mail, result, again)
        if again is not None and result.account:
            self._halt(again, f"{result.outcome.value}: {result.reply}")
        self._alarm(result, again)

    def _halt(self, until: datetime, why: str) -> None:
        self._ledger.note(HALT, f"{until.isoformat()} {why}")

    def _alarm(self, result: SendResult, until: datetime | None) -> None:
        """Tell the admins, once, that the provider stops all mails, or takes ours for spam.

        The alarm waits with the others and goes before them when sending resumes.
        """
        if self._alarms is None:
            return
        now, known = self._clock.now(), self._ledger.noted(TROUBLE)
        if result.outcome in TOLD and known != result.outcome:
            self._alarms.stopped(result.reply, now, until)
            self._ledger.note(TROUBLE, result.outcome)
        elif result.outcome is SendOutcome.SENT and known:
            self._ledger.note(TROUBLE, "")
        if SPAM in result.reply:
            noted = (datetime.fromisoformat(one) for one in (self._ledger.noted(SPAM_REFUSALS) or "").split())
            times = [*(one for one in noted if now - DAY < one <= now), now][-REPEATED:]
            self._ledger.note(SPAM_REFUSALS, " ".join(one.isoformat() for one in times))
            if len(times) == REPEATED:
                self._alarms.taken_for_spam(result.reply, now)

    def _tell(self, mail: OutgoingMail, result: SendResult, again: datetime | None) -> None:
        reply = _ADDRESS.sub("<address>", result.reply)  # servers like to repeat the recipient
        facts = {"mail": mail.id, "kind": mail.kind, "outcome": result.outcome.value, "reply": reply}
        if again is not None:
            facts["again_at"] = again.isoformat()
        match result.outcome:
            case SendOutcome.SENT:
                log.info("mail-sent", **facts)
            case SendOutcome.STOP:
                log.error("sending-stopped", why="the account is refused; somebody has to mend it", **facts)
            case SendOutcome.UNCERTAIN | SendOutcome.REFUSED:
                log.warning("mail-needs-a-look", **facts)
            case _:
                log.warning("mail-postponed", halted=result.account, **facts)

    def waiting(self) -> int:
        """How many mails wait to go out."""
        return len(self._ledger.mails(MailState.WAITING))
