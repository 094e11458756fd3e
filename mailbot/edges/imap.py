"""The mailbox over IMAP (RFC 3501), looked at and never changed: EXAMINE and BODY.PEEK only.

What real servers do, and where the answer to it stands: NetEase refuses folders until ID came (`_identify`), gives no
UIDNEXT and always the last mail for `n:*` (`uids`), and ends idle sessions with BYE (`examine`).
"""

from __future__ import annotations

import imaplib
import ipaddress
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from imapclient import SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from mailbot.edges.imap_session import Bye, Client, Refused, Session, nowhere, quoted, uid_sets, words
from mailbot.edges.imap_wire import Items, ProtocolBroken, is_fetch, read_fetch
from mailbot.errors import (
    FolderRefused,
    LoginRefused,
    MailbotError,
    NetworkLost,
    StorageFull,
    Transient,
    UnsafeLogin,
    UserError,
)
from mailbot.ports import Fetched, FolderState, Listed, Spool
from mailbot.steps import At, Step, unhindered

RESUME_FROM = 1024 * 1024
"""A letter of which at least this many bytes came before a cut is continued, not fetched anew."""
HEADER_LIMIT = 1024 * 1024
"""The most that is kept of a header, in bytes."""
UNKNOWN_DATE = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for an INTERNALDATE that cannot be read: the letter then counts as old, and is filed, held, not answered."""

_ITEMS = "UID INTERNALDATE RFC822.SIZE"
_BYTES = re.compile(r"\Ab(['\"])(.*)\1\Z")
"""How imaplib shows what a server said."""
_PRINTABLE = re.compile(r"[ -~]+")


@dataclass(slots=True)
class _Half:
    """A large letter of which the connection's end left a part: where it stands, and how long it is to become."""

    folder: str
    uidvalidity: int
    items: Items
    length: int
    spool: Spool


class ImapMailbox:
    """`ports.Mailbox` over one connection at a time; each fault drops it, the next call connects again."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        username: str,
        password: str,
        security: str = "tls",
        ca_file: Path | None = None,
        connect_timeout: float = 20.0,
        read_timeout: float = 60.0,
        version: str = "",
        support: str = "",
        at: At = unhindered,
    ) -> None:
        """`security` is tls, starttls or none (loopback only); timeouts in seconds, the second for each read.

        `version` and `support` (an address) are what the ID command tells the provider.
        """
        if security not in ("tls", "starttls", "none"):
            raise UserError(f"mailbox.security: {security!r} is none of tls, starttls, none")
        if security == "none" and not _is_loopback(host):
            raise UserError(f"mailbox.security: none is only for this machine itself, and {host} is not; use tls")
        for key, value in (("username", username), ("password", password)):
            if not _PRINTABLE.fullmatch(value):
                raise UserError(f"mailbox.{key} is empty or has characters that no IMAP login can carry")
        self._host, self._port, self._security = host, port, security
        self._username, self._password = username, password
        self._context = None if security == "none" else _verifying(ca_file)
        self._timeout = SocketTimeout(connect_timeout, read_timeout)
        self._identity = {"name": "mailbot", "version": version or "0", "vendor": "mailbot"}
        self._identity["support-email"] = support or username
        self._at = at
        self._connection: Session | None = None
        self._folder = ""
        self._uidvalidity = 0
        self._half: _Half | None = None

    # the port

    def examine(self, folder: str) -> FolderState:
        """See `ports.Mailbox`. A connection that died since the last call is replaced once without a word."""
        if self._connection is not None and not self._connection.busy:
            try:
                with self._faults():
                    self._connection.run("NOOP")
            except Transient:
                pass  # it was dropped: the server ends sessions that were idle
        with self._faults():
            state = self._examined(self._connected(), folder)
        self._folder, self._uidvalidity = folder, state.uidvalidity
        return state

    def uids(self, above: int = 0) -> Sequence[int]:
        """See `ports.Mailbox`. Not by imapclient: imaplib takes no line over 1,000,000 bytes, or 90,000 UIDs."""
        found: set[int] = set()
        with self._faults():
            connection = self._opened()
            for line in connection.ask(f"UID SEARCH UID {above + 1}:*" if above else "UID SEARCH ALL"):
                if line[:8].upper() == b"* SEARCH":
                    found.update(int(word) for word in line[8:].split() if word.isdigit() and len(word) <= 10)
                elif is_fetch(line):
                    read_fetch(connection.wire, line, nowhere, Items())
        return sorted(uid for uid in found if uid > above)

    def listed(self, uids: Sequence[int]) -> Iterator[Listed]:
        """See `ports.Mailbox`."""
        wanted = set(uids)
        for uid_set in uid_sets(sorted(wanted)):
            for items in self._answers(f"UID FETCH {uid_set} ({_ITEMS})"):
                if items.uid in wanted and items.size is not None:
                    wanted.discard(items.uid)
                    yield Listed(items.uid, items.arrived_at or UNKNOWN_DATE, items.size)

    def fetch(self, uids: Sequence[int], spool: Callable[[], Spool]) -> Iterator[Fetched]:
        """See `ports.Mailbox`. A large letter that a cut left half is continued by the next fetch of its UID."""
        wanted = dict.fromkeys(uids)
        half = self._half
        if half is not None and half.items.uid in wanted and (resumed := self._resumed(half)) is not None:
            del wanted[resumed.uid]
            yield resumed
        if wanted:
            yield from self._fetched(wanted, "BODY.PEEK[]", spool)

    def fetch_header(self, uid: int, spool: Callable[[], Spool]) -> Fetched:
        """See `ports.Mailbox`. At most HEADER_LIMIT of it, from servers that give parts."""
        try:
            [fetched] = self._fetched({uid: None}, f"BODY.PEEK[HEADER]<0.{HEADER_LIMIT}>", spool)
        except NetworkLost as fault:
            if not isinstance(fault.__cause__, Refused):
                raise
            [fetched] = self._fetched({uid: None}, "BODY.PEEK[HEADER]", spool)
        return fetched

    def close(self) -> None:
        """See `ports.Mailbox`."""
        self._forget_half()
        if self._connection is not None and not self._connection.busy:
            with suppress(Transient), self._faults():
                self._connection.client._imap.sock.settimeout(2)
                with suppress(Bye):
                    self._connection.run("LOGOUT")
        self._drop()

    # the session

    def _connected(self) -> Session:
        """The open connection, or a new one, logged in; one with an answer that nobody read to its end is of no use."""
        if self._connection is not None and self._connection.busy:
            self._drop()
        if self._connection is None:
            client = Client(
                self._host,
                self._port,
                ssl=self._security == "tls",
                ssl_context=self._context,
                timeout=self._timeout,
            )
            try:
                if self._security == "starttls":
                    client.starttls(self._context)
                client.login(quoted(self._username), self._password)
                self._connection = Session(client)
            except BaseException:  # whatever ends it: tidied up, and raised on
                with suppress(OSError):
                    client.shutdown()
                raise
            self._identify(self._connection)
        return self._connection

    def _identify(self, connection: Session) -> None:
        """ID (RFC 2971), needed by NetEase on each connection after LOGIN; a server that does not know it says BAD."""
        facts = " ".join(quoted(word) for pair in self._identity.items() for word in pair)
        with suppress(Refused):
            connection.run(f"ID ({facts})")

    def _examined(self, connection: Session, folder: str) -> FolderState:
        try:
            answer = connection.client.select_folder(folder, readonly=True)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as refusal:
            if not _is_unsafe(refusal):
                raise FolderRefused(
                    f"the mailbox has no folder {folder}, or does not open it ({refusal}): check mailbox.folders"
                ) from refusal
            self._identify(connection)
            answer = connection.client.select_folder(folder, readonly=True)
        if b"EXISTS" not in answer:
            raise ProtocolBroken("EXAMINE did not say how many letters there are")
        return FolderState(uidvalidity=int(answer.get(b"UIDVALIDITY", 0)), exists=int(answer[b"EXISTS"]))

    def _opened(self) -> Session:
        """The connection with the last examined folder open; after a fault a new one, if the folder is the same."""
        if self._connection is None or self._connection.busy:
            state = self._examined(self._connected(), self._folder)
            if state.uidvalidity != self._uidvalidity:
                raise NetworkLost(f"the server rebuilt the folder {self._folder} meanwhile: it is looked at anew")
        assert self._connection is not None
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            dropped, self._connection = self._connection, None
            with suppress(OSError):
                dropped.client.shutdown()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Any fault drops the connection, and leaves as one of ours."""
        try:
            yield
        except MailbotError:
            self._drop()
            raise
        except (OSError, imaplib.IMAP4.error, CapabilityError, Refused, Bye, ValueError) as fault:
            self._drop()
            raise self._explained(fault) from fault

    def _explained(self, fault: Exception) -> Transient:
        where = f"{self._host}:{self._port}"
        said = _BYTES.sub(r"\2", words(str(fault).encode("utf-8", "replace")))
        if _is_unsafe(fault):
            return UnsafeLogin(
                f"{where} took the password and refuses the mailbox ({said}): the provider distrusts this machine. "
                "Log in to the webmail, read its warning and confirm this login; mailbot tries again by itself"
            )
        if _is_refusal(fault):
            return LoginRefused(
                f"{where} refused the login of {self._username} ({said}): check mailbox.username and mailbox.password. "
                "Many providers want an authorization code, made in the webmail, where IMAP must be switched on"
            )
        if isinstance(fault, ssl.SSLCertVerificationError):
            return NetworkLost(
                f"the certificate of {where} is not to be trusted ({fault.verify_message}): check mailbox.host; "
                "for a server with an authority of its own name its certificate in mailbox.ca_file"
            )
        return NetworkLost(
            f"the connection to {where} failed ({said or type(fault).__name__}): check network, mailbox.host, port and "
            "security if this goes on; mailbot tries again by itself"
        )

    # fetching

    def _answers(self, command: str) -> Iterator[Items]:
        """The FETCH answers without bodies of one command."""
        with self._faults():
            connection = self._opened()
            found = []
            for line in connection.ask(command):
                if is_fetch(line):
                    items = Items()
                    read_fetch(connection.wire, line, nowhere, items)
                    found.append(items)
        yield from found

    def _fetched(self, wanted: dict[int, None], what: str, spool: Callable[[], Spool]) -> Iterator[Fetched]:
        missing = dict(wanted)
        for uid_set in uid_sets(sorted(wanted)):
            with self._faults():
                connection = self._opened()
                try:
                    for line in connection.ask(f"UID FETCH {uid_set} ({_ITEMS} {what})"):
                        if is_fetch(line):
                            fetched = self._letter(connection, line, missing, spool, whole=what == "BODY.PEEK[]")
                            if fetched is not None:
                                del missing[fetched.uid]
                                yield fetched
                except Refused as refusal:
                    if "EXPUNGEISSUED" not in str(refusal):  # RFC 5530: some are gone, the others came
                        raise
        for uid in missing:
            yield Fetched(uid, None, 0, None)

    def _letter(
        self, connection: Session, line: bytes, missing: dict[int, None], spool: Callable[[], Spool], *, whole: bool
    ) -> Fetched | None:
        """One FETCH answer; None where it is not one of those asked for (flags that changed, say)."""
        items, receiving = Items(), _Receiving(spool, self._at)
        try:
            read_fetch(connection.wire, line, receiving, items)
        except (OSError, imaplib.IMAP4.abort):
            if whole and items.uid in missing:
                self._keep_half(items, receiving)
            receiving.discard()
            raise
        except BaseException:  # whatever ends it: tidied up, and raised on
            receiving.discard()
            raise
        kept = receiving.spool
        if items.uid is None or items.uid not in missing or items.body is None:
            receiving.discard()
            return None
        if kept is None:
            return Fetched(items.uid, items.arrived_at, 0, None)
        size = kept.bytes if items.size is None else items.size
        return Fetched(items.uid, items.arrived_at or UNKNOWN_DATE, size, kept)

    # going on after a cut

    def _keep_half(self, items: Items, receiving: _Receiving) -> None:
        spool, length = receiving.spool, receiving.length
        if spool is None or length is None or items.size is None or spool.bytes < RESUME_FROM:
            return
        self._forget_half()
        self._half = _Half(self._folder, self._uidvalidity, items, length, spool)
        receiving.spool = None

    def _forget_half(self) -> None:
        if self._half is not None:
            self._half.spool.discard()
            self._half = None

    def _resumed(self, half: _Half) -> Fetched | None:
        """Fetch what is missing of a half letter; None, and nothing kept, where it is not surely the same one."""
        with self._faults():
            connection = self._opened()
            uid, offset = half.items.uid, half.spool.bytes
            same = half.folder == self._folder and half.uidvalidity == self._uidvalidity
            if same and self._read_rest(connection, half, f"BODY.PEEK[]<{offset}.{half.length - offset}>"):
                self._half = None
                assert uid is not None
                return Fetched(uid, half.items.arrived_at or UNKNOWN_DATE, half.items.size or 0, half.spool)
            self._forget_half()
        return None

    def _read_rest(self, connection: Session, half: _Half, what: str) -> bool:
        offset = half.spool.bytes

        def rest(length: int | None) -> Callable[[memoryview | bytes], None]:
            if length != half.length - offset:
                raise _Changed
            return half.spool.write

        try:
            # Date and size are asked for first, apart: nothing is appended to the spool of what is another letter.
            now = next(self._answers(f"UID FETCH {half.items.uid} ({_ITEMS})"), Items())
            if (now.uid, now.arrived_at, now.size) != (half.items.uid, half.items.arrived_at, half.items.size):
                return False
            for line in connection.ask(f"UID FETCH {half.items.uid} (UID {what})"):
                if is_fetch(line):
                    read_fetch(connection.wire, line, rest, Items())
        except Refused:
            return False  # a server without partial fetches
        except _Changed:
            return False  # the connection stays busy, and is replaced
        except StorageFull:
            self._forget_half()
            raise
        except (OSError, imaplib.IMAP4.abort):
            if half.spool.bytes == offset:  # it may be the going on that breaks it: the next try is a whole one
                self._forget_half()
            raise
        return half.spool.bytes == half.length


class _Changed(Exception):
    """The rest of a half letter does not fit its beginning."""


class _Receiving:
    """The sink of one letter: a spool is made when bytes are there to be written."""

    def __init__(self, make: Callable[[], Spool], at: At) -> None:
        self._make, self._at = make, at
        self.spool: Spool | None = None
        self.length: int | None = None

    def __call__(self, length: int | None) -> Callable[[memoryview | bytes], None]:
        self.discard()  # a second body in one answer takes the place of the first
        self.spool, self.length = self._make(), length
        return self._write_first

    def _write_first(self, piece: memoryview | bytes) -> None:
        assert self.spool is not None
        fresh = self.spool.bytes == 0
        self.spool.write(piece)
        if fresh:
            self._at(Step.LETTER_SPOOLING)

    def discard(self) -> None:
        if self.spool is not None:
            self.spool.discard()
            self.spool = None


def _verifying(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except OSError as fault:
        raise UserError(f"mailbox.ca_file: {ca_file} cannot be read as certificates ({fault})") from fault


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_unsafe(fault: Exception) -> bool:
    return "unsafe login" in str(fault).lower()


def _is_refusal(fault: Exception) -> bool:
    """Whether a login was refused for what it said, not for the connection's end or a passing fault (RFC 5530)."""
    cut = isinstance(fault.__context__, imaplib.IMAP4.abort)
    return isinstance(fault, LoginError) and not cut and "[UNAVAILABLE]" not in str(fault)
