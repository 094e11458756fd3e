"""The words of the design as frozen types: plain data, storable as JSON, known to every part.

Types are named by their moment in the path of a letter: `RawMessage` (bytes on disk) -> `Letter` (parsed) ->
`Manuscript` (read) -> `Dossier` (all facts, frozen) -> `Judgement` (what the rules said) -> `Filing` and `Draft` (what
is to be stored and sent). Nothing here knows a clock, a disk or a network. All times are aware.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a letter is (design section 4)."""

    SUBMISSION = "submission"
    REPLY = "reply"
    WITHDRAWAL = "withdrawal"
    STATUS_QUERY = "status_query"
    INQUIRY = "inquiry"
    COMMAND = "command"
    CONVERSATION = "conversation"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    BULK = "bulk"
    OWN = "own"
    OTHER = "other"
    UNREADABLE = "unreadable"


MACHINE_KINDS = frozenset({Kind.AUTOMATIC, Kind.BOUNCE, Kind.RECEIPT, Kind.BULK, Kind.OWN})
"""Kinds that come from machines, lists or ourselves: ignored, never answered."""


class Verdict(StrEnum):
    """What follows for a letter or an article (design section 4)."""

    ACKNOWLEDGE = "acknowledge"
    RETURN = "return"
    HOLD = "hold"
    REJECT = "reject"
    SERVE = "serve"
    IGNORE = "ignore"


class Severity(StrEnum):
    """What a failed rule asks for; `note` is only a remark."""

    NOTE = "note"
    RETURN = "return"
    HOLD = "hold"
    REJECT = "reject"


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


class Mode(StrEnum):
    """Whether a rule acts, is only reported, or is not judged at all."""

    ON = "on"
    SHADOW = "shadow"
    OFF = "off"


class Role(StrEnum):
    """What a file of a letter is for."""

    MANUSCRIPT = "manuscript"
    ORIGINAL = "original"  # an image file of its own that belongs to a picture embedded in a manuscript
    PICTURE = "picture"  # an image file that does not
    ARCHIVE = "archive"
    FORWARDED = "forwarded"
    OTHER = "other"
    REFUSED = "refused"


class FileProblem(StrEnum):
    """Why a file could not be read, or not trusted."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    EMPTY = "empty"
    MACRO = "macro"
    TOO_LARGE = "too_large"
    MISNAMED = "misnamed"
    INFECTED = "infected"
    BOMB = "bomb"
    UNSUPPORTED = "unsupported"


class NoticeKind(StrEnum):
    ACKNOWLEDGEMENT = "acknowledgement"
    RETURN = "return"
    COMPLETED = "completed"
    REJECTION = "rejection"
    HELD = "held"
    HELP = "help"
    STATUS = "status"
    WITHDRAWN = "withdrawn"
    TRIAL = "trial"
    DECISION = "decision"
    CORRECTION = "correction"
    REMINDER = "reminder"


# --- 1. The letter as it came -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """The bytes as the server gave them, kept on disk, and where they came from.

    `path` is relative to the storage folder. `arrived_at` is the server's INTERNALDATE (RFC 3501 section 2.3.3).
    `complete` is False where the letter was over `max_letter` and only its header was kept; `bytes` is what is kept,
    `announced` what the server said (RFC822.SIZE).
    """

    sha256: str
    path: str
    bytes: int
    announced: int
    arrived_at: datetime
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One mailbox: `address` lower-case in its domain, "" where there is none; `name` the decoded display name."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What an image file says of itself: `width` and `height` in pixels as it is to be looked at.

    `taken_at` is the camera's clock without a zone ("2026-11-20T10:22:33", EXIF DateTimeOriginal), "" where it is
    not told. `orientation` is the EXIF value from 1 to 8 (1: upright).
    """

    width: int
    height: int
    format: str
    orientation: int = 1
    taken_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A leaf of a letter that is not its text, taken out to disk.

    `name` is the decoded last part of the sender's path, shown to people and never used as a path. `where` is the
    plain name, chosen by us, below the letter's work folder; "" when the bytes were not taken out. `bytes` is its size.
    `inside` names the archive or forwarded letter it lay in. `submission` is the index of the article it belongs to.
    `inline` images stand in the letter's text; of those, logos and counting pixels have the role OTHER.
    `detail` says more of the problem in one word ("scanned", "template", "time"): the language has a sentence for it.
    `image` is told of images that could be opened. `text` is what a document beside the articles says (a form, a
    declaration), bounded, the cells of a table's row with tabs between them; "" for all other files.
    `letter` is the SHA-256 of the earlier letter with which it came, "" for the one in hand. `without` are the SHA-256
    of what lies in an earlier letter's archive and does not stay: a later letter brought something in its place.
    """

    name: str
    media_type: str
    bytes: int
    sha256: str
    where: str
    role: Role = Role.OTHER
    inside: str | None = None
    problem: FileProblem | None = None
    submission: int | None = None
    inline: bool = False
    detail: str = ""
    image: ImageFacts | None = None
    text: str = ""
    letter: str = ""
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """A letter within the letter: `file` is the name under which it stands among the files.

    `text` is its readable text, bounded like that of the letter itself.
    """

    file: str
    sender: Address | None = None
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudFile:
    """A file that the letter only links to (超大附件); never downloaded."""

    name: str
    url: str
    provider: str
    bytes: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One sign that a machine, a list or we ourselves wrote the letter: the kind it points to, and why, in words.

    `certain` marks decide the kind alone; the others only where the letter carries no manuscript.
    """

    kind: Kind
    reason: str
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a letter says of a mail that was not delivered (RFC 3464, or a provider's own words).

    `recipients` are the addresses that could not be reached, lower-case. `hard`: they never will be; else it was put
    off or refused for now. `status` is the enhanced code ("5.1.1", RFC 3463), "" where none is told. `words` are the
    reason as it is told, on one line, bounded. `message_ids` and `subject` are those of the mail it speaks of.
    """

    recipients: tuple[str, ...] = ()
    hard: bool = False
    status: str = ""
    words: str = ""
    message_ids: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What was parsed out of a raw message. All strings are decoded, without NUL and lone surrogates.

    `text` is the readable text (the HTML part as text where there is no plain one). `forwarded` are the letters that it
    encloses, with their senders; their files stand among `files`. `sender` is None where From has no
    usable address. `fingerprint` is the identity that survives other bytes for the same letter (Message-ID, From, Date,
    hashes of text and files). `defects` are remarks of the parser, for people.
    `readable` is False for what is not a mail at all (empty, binary). `bounce` is told of delivery reports.
    `authentication` are its Authentication-Results fields (RFC 8601), the topmost first, each on one line.
    `contested` says which of From and Reply-To name several mailboxes, or not the same one to every program.
    """

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    recipients: tuple[Address, ...] = ()
    sent_at: datetime | None = None
    text: str = ""
    files: tuple[File, ...] = ()
    cloud_files: tuple[CloudFile, ...] = ()
    marks: tuple[Mark, ...] = ()
    fingerprint: str = ""
    defects: tuple[str, ...] = ()
    readable: bool = True
    forwarded: tuple[Forwarded, ...] = ()
    bounce: Bounce | None = None
    authentication: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()

    def is_told_by_its_archive(self, file: File) -> bool:
        """Whether the archive that it lies in has the same problem: then it is enough to name that one."""
        return file.inside is not None and any(
            one.name == file.inside and one.role is Role.ARCHIVE and one.problem is file.problem for one in self.files
        )


# --- 2. The manuscripts ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    name: str
    unit: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The name of a unit, seen through the gazetteer of the divisions of the state.

    `name` is the unit as written. `divisions` are the full names of those it begins with, from the top down, as far as
    the gazetteer knows them ("江苏省", "昆山市", "花桥镇"); `levels` the level of each: 1 province, 2 prefecture,
    3 county, 4 street or town. `implied` are those above the first of them that it leaves out, where only one chain
    fits. `meant` is a name that differs from `name` by a slip of the pen, "" for none.
    """

    name: str
    divisions: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    implied: tuple[str, ...] = ()
    meant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """Who submitted it and who wrote it (clauses 3a and 3b), as written; whether a name is full is judged later.

    `unit` is the submitting unit named apart, else None. `found` keeps the raw lines it was read from, as evidence;
    `places` says what the gazetteer knows of each unit named.
    """

    unit: str | None = None
    authors: tuple[Author, ...] = ()
    found: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture embedded in a manuscript; `original` names the enclosed image file it was made from, if any.

    `copy` names an enclosed file that shows the same and is no larger, where there is no original.

    `phash` is a 64-bit perceptual hash in hex, "" where the pixels could not be read. `orientation` and `taken_at` are
    told as in `ImageFacts`.
    """

    name: str
    width: int
    height: int
    bytes: int
    format: str
    original: str | None = None
    phash: str = ""
    copy: str | None = None
    orientation: int = 1
    taken_at: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a paragraph is set, as far as its format tells: "" and None stand for what is not told.

    `font` is the one of East Asian letters where the format has several, as it is named there. `size` is in points,
    `align` is "left", "center", "right" or "justify", `indent` the first line's in characters of its size, `spacing`
    the distance of lines in multiples of a single one and `exact` the same in points, `before` and `after` the space
    around the paragraph in points.
    """

    font: str = ""
    size: float | None = None
    bold: bool | None = None
    align: str = ""
    indent: float | None = None
    spacing: float | None = None
    exact: float | None = None
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The paper and its margins in millimetres."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How an article is set. `title` and `body` are the looks of most of their letters; `headings` those of each level.

    None where the format tells nothing, or the article has no such part.
    """

    title: Look | None = None
    headings: tuple[Look | None, ...] = ()
    body: Look | None = None
    page: Page | None = None


BODY = "body"
"""The `source` of an article that stands in the letter's own text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """One article: read out of one document, or out of the letter's own text (`source` is then BODY).

    `file` is the index into the letter's files, None for the body. `problem` says why it could not be read: then all
    the rest is empty. `characters` counts as Word does (字数): each CJK character one, each run of other letters one.
    `levels` are the levels of the `headings`, from 1. A picture's caption stands with the picture. `called` is what the
    letter calls a work without a text, such as the photographs that it encloses: no title was read then.
    """

    source: str
    file: int | None = None
    title: str | None = None
    text: str = ""
    headings: tuple[str, ...] = ()
    paragraphs: int = 0
    characters: int = 0
    byline: Byline = field(default_factory=Byline)
    contacts: Contacts = field(default_factory=Contacts)
    pictures: tuple[Picture, ...] = ()
    problem: FileProblem | None = None
    detail: str = ""
    levels: tuple[int, ...] = ()
    layout: Layout = field(default_factory=Layout)
    called: str = ""

    @property
    def known_as(self) -> str:
        """Its title, or what the letter calls a work that has no text; "" for neither."""
        return self.title or self.called


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the reading child gives back: the manuscripts, and the letter's files with role and article filled in.

    The letter's own files come first, in their order; those taken out of archives follow. `forwarded` are letters
    found in archives. `covering` is told where there is no manuscript: what the letter says of who submits, and how
    pictures that it encloses are called.
    """

    files: tuple[File, ...]
    manuscripts: tuple[Manuscript, ...]
    forwarded: tuple[Forwarded, ...] = ()
    covering: Manuscript | None = None


# --- 3. The dossier and what is judged of it -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Whose mailbox it is, as far as understanding a letter needs it. Addresses are lower-case.

    `numbers` is the pattern of the submissions' numbers; `trusted_authserv` says whose Authentication-Results count.
    """

    address: str
    editors: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    language: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    numbers: str = "SQ-{year}-{n:04}"
    trusted_authserv: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A submission that the office had before this letter, as it stood then.

    `own` when the same address sent it. `article` is the index of this letter's article that it resembles, None for
    none; `likeness` says how much of the two texts is the same, 100 for the same text but for blanks and punctuation.
    `subject` is that of its latest letter, `wordless` tells that no article of it could be read. `faults` is what was
    found against it. `same_files`: every file of this letter is filed with it. `told`: this address was told lately
    that it is here already.
    """

    number: str
    arrived_at: datetime
    state: str
    issue: str | None = None
    title: str = ""
    unit: str = ""
    own: bool = True
    article: int | None = None
    likeness: int = 0
    column: str | None = None
    subject: str = ""
    wordless: bool = False
    faults: tuple[str, ...] = ()
    same_files: bool = False
    told: bool = False


class ClaimedBy(StrEnum):
    """By what a letter says that it belongs to a submission."""

    MESSAGE_ID = "message_id"  # it answers our mail about it
    MARK = "mark"  # our signed mark of it stands in subject or text
    NUMBER = "number"  # its number does, which anybody may guess


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A submission that the letter names; it is among the `earlier` ones."""

    number: str
    by: ClaimedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A frozen view of what the office knew when the letter was judged.

    `answers_ours` is the number of the submission whose mail this letter answers (In-Reply-To or References is a
    Message-ID of ours; "" where that mail belongs to no submission), None where it answers none of ours.
    `claims` are the submissions that it names, the surest first. `earlier` are those, then the sender's submissions of
    the last 366 days, the newest first, at most 100; and those of anybody that an article of this letter resembles, at
    most 5 for each.
    """

    answers_ours: str | None = None
    earlier: tuple[Earlier, ...] = ()
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revises:
    """The submission of which an article of this letter is the next revision, as it stood then."""

    number: str
    state: str
    issue: str | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All raw facts of one letter: the only input of the rules (promise 9: judging it again gives the same verdict).

    `arrived_at` is the server's INTERNALDATE in the office's zone; `announced` its size as announced by the server;
    `complete` is False where only the header was kept. `kind_reasons` say why this kind. `adopted` letters lay in the
    mailbox before the first start, `too_old` ones were older than `answer_within` when first seen: neither is answered.
    `trial` (a rehearsal) is judged and answered, and nothing of it is tracked. `revises` stands in the order of the
    manuscripts, None for a new article: then letter and manuscripts are those of this letter together with what stays
    of earlier ones.
    `about` are the numbers of the submissions that a letter without an article of its own is about, `repeats` of those
    whose very files it brings once more. `passed_on` names who first wrote what somebody of the office passes on.
    """

    kind: Kind
    kind_reasons: tuple[str, ...]
    letter: Letter
    manuscripts: tuple[Manuscript, ...]
    arrived_at: datetime
    announced: int
    office: Office
    history: History = field(default_factory=History)
    complete: bool = True
    trial: bool = False
    adopted: bool = False
    too_old: bool = False
    revises: tuple[Revises | None, ...] = ()
    about: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    passed_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule said, with evidence; kept also when it passed."""

    rule: str
    title: str
    cites: str
    outcome: Outcome
    severity: Severity
    mode: Mode
    message: str = ""
    advice: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleJudgement:
    """The judgement of one manuscript; `issue` and `column` are ids of `issues.yaml`, None for unassigned."""

    verdict: Verdict
    unit: str | None
    unit_complete: bool
    authors: tuple[Author, ...]
    issue: str | None
    column: str | None
    late: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the rulebook said of a dossier. `articles` stand in the order of the dossier's manuscripts.

    `verdict` is the severest of all. `answer` is the notice that is due, None for none; `reasons` say why.
    `withdrawn` are the numbers of the submissions that it takes back.
    """

    verdict: Verdict
    rulebook: str
    articles: tuple[ArticleJudgement, ...] = ()
    findings: tuple[Finding, ...] = ()
    answer: NoticeKind | None = None
    reasons: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


# --- 4. What the office tracks, stores and sends ----------------------------------------------------------------------


class Stage(StrEnum):
    """Where a letter stands on its path (design section 3)."""

    RECEIVED = "received"  # its bytes are kept and the ledger knows them
    JUDGED = "judged"  # verdict, findings and numbers are fixed
    FILED = "filed"  # its submissions' files are in the store
    ANSWERING = "answering"  # its answer is in the outbox
    CLOSED = "closed"  # nothing is left to do
    PARKED = "parked"  # it broke the reader three times; waits for an admin
    DISMISSED = "dismissed"  # an admin set a parked letter aside for good
    COPY = "copy"  # other bytes of a letter that is known already; not counted, not answered


class SubmissionState(StrEnum):
    """The life of a submission (design section 3)."""

    INCOMPLETE = "incomplete"
    READY = "ready"
    HELD = "held"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    REVISE = "revise"
    DECLINED = "declined"
    PUBLISHED = "published"


class MailState(StrEnum):
    """The life of an outgoing mail."""

    QUEUED = "queued"  # 待放行: held back until an admin releases it
    WAITING = "waiting"  # goes out when caps and pauses allow
    SENDING = "sending"  # all but the final dot may have gone (promise 4)
    SENT = "sent"  # the server took it
    UNCERTAIN = "uncertain"  # cut between the final dot and the reply: never sent again by itself
    FAILED = "failed"  # refused for good
    DISMISSED = "dismissed"  # an admin decided that it is not to go out


class MailCause(StrEnum):
    """Why a mail goes out; with the cause's id it may exist only once (promise 3)."""

    ANSWER = "answer"  # the one automatic answer to a letter; id: the letter
    DECISION = "decision"
    CORRECTION = "correction"
    REMINDER = "reminder"
    DIGEST = "digest"  # id: day and editor
    TRANSCRIPT = "transcript"
    ALARM = "alarm"  # id: what it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What the office tracks under one number. `folder` is its place below the storage folder, "" until it is filed."""

    id: int
    number: str
    letter: int
    article: int
    state: SubmissionState
    revision: int
    issue: str | None
    column: str | None
    title: str
    unit: str
    authors: tuple[str, ...]
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One revision of one submission as it is to stand in the store.

    `folder` is where the submission goes, below the storage folder. `files` are the letter's files that belong to it.
    """

    number: str
    revision: int
    folder: str
    raw: RawMessage
    files: tuple[File, ...]
    text: str
    facts: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One line of a manifest: `path` is below the revision's folder, `source` says where in the letter it came from."""

    path: str
    sha256: str
    bytes: int
    media_type: str
    role: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A finished mail that is to go into the outbox: `content` is the whole RFC 5322 message, CRLF, without Bcc."""

    cause: MailCause
    cause_id: str
    kind: str
    recipient: str
    subject: str
    message_id: str
    content: bytes
    submission: int | None = None
    not_before: datetime | None = None


class HeldBy(StrEnum):
    """What keeps a mail from going out until it is released."""

    REHEARSAL = "rehearsal"  # `notices.mode: queue`
    CORRESPONDENT = "correspondent"  # its address had its answers for now
    BOUNCES = "bounces"  # mails to its address came back for good
    BREAKER = "breaker"  # something abnormal goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why a mail is queued, and until when: None for until somebody releases it."""

    by: HeldBy
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail to a contributor, rendered from a template."""

    kind: NoticeKind
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail of the outbox as the sender of mails needs it."""

    id: int
    state: MailState
    cause: MailCause
    kind: str
    recipient: str
    subject: str
    message_id: str
    content: bytes
    attempts: int
    created_at: datetime
    letter: int | None = None
    submission: int | None = None


class SendOutcome(StrEnum):
    """How one try to send a mail ended, as far as the next thing to do goes."""

    SENT = "sent"
    RETRY_SOON = "retry-soon"  # nothing of it was taken; again after a back-off
    RETRY_TOMORROW = "retry-tomorrow"  # a daily limit of the provider
    REFUSED = "refused"  # this mail will never be taken
    STOP = "stop"  # the account itself is refused: nothing goes out until somebody has mended it
    UNCERTAIN = "uncertain"  # the final dot went out and no reply came


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """`reply` is the server's own words (its queue id is in them), bounded to one line.

    `account`: it was about the account, the way to the server or a limit over all mails: another mail would fare alike.
    """

    outcome: SendOutcome
    reply: str = ""
    account: bool = False


# --- 5. Rows that the ledger shows ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A letter as the ledger holds it; `crashes` counts deaths of the reading child on it.

    `alone`: a person said that it belongs to no earlier submission.
    """

    id: int
    raw: RawMessage
    stage: Stage
    adopted: bool
    first_seen: datetime
    crashes: int = 0
    alone: bool = False
    too_old: bool = False
    kind: Kind | None = None
    verdict: Verdict | None = None
    sender: str = ""
    subject: str = ""
    message_id: str = ""
    reason: str = ""
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """One day of the balance (promise 7): every letter first seen on `day`, once, under its present state."""

    day: date
    received: int
    acknowledged: int = 0
    returned: int = 0
    held: int = 0
    rejected: int = 0
    served: int = 0
    ignored: int = 0
    adopted: int = 0
    parked: int = 0
    dismissed: int = 0
    in_work: int = 0

    @property
    def balanced(self) -> bool:
        return self.received == (
            self.acknowledged + self.returned + self.held + self.rejected + self.served + self.ignored
            + self.adopted + self.parked + self.dismissed + self.in_work
        )  # fmt: skip
