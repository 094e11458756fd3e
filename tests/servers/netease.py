"""Servers that behave like NetEase's, as far as that is known: IMAP with its quirks, and SMTP with its codes.

Each quirk can be made worse by an attribute, so that one test looks at one thing.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailbot.demo import certs
from tests.servers.loop import ThreadedServer, reset

CAPABILITIES = (
    "IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS XAPPLEPUSHSERVICE UIDPLUS X-CM-EXT-1 "
    "APPENDLIMIT=71680000 SASL-IR AUTH=XOAUTH2"
)
UNSAFE = "Unsafe Login. Please contact kefu@188.com for help"
ARRIVED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FIRST_UID = 1748072176
_FLAGS = r"(\Answered \Seen \Deleted \Draft \Flagged)"
_FETCH_BODY = re.compile(r"BODY\.PEEK\[(HEADER)?\](?:<(\d+)\.(\d+)>)?")


@dataclass(slots=True)
class Kept:
    """A letter on the server."""

    content: bytes
    arrived_at: datetime = ARRIVED


def context(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS; the certificates are made in `folder` if need be."""
    if not (folder / "ca.pem").exists():
        certs.make(folder)
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(folder / "server.pem", folder / "server.key")
    return made


class NeteaseImap(ThreadedServer):
    """One account (any name, `password`) with one folder INBOX over TLS.

    - `unsafe`: "" as it is (ID needed), "always" refuses even after ID, "bye" says so by BYE.
    - `login`: the reply to LOGIN in place of the usual ones, with {tag}.
    - `bye_after`: Autologout BYE after that many bodies, once. `cut_after`: the connection ends after that many lines
      of the server since `lines` was set to 0, once. `bodies`: literal, quoted, nil or empty.
    - `cut_body`: the connection is reset after that many bytes of a body, once. `partials` False: BAD for them.
    - `backwards`: items of FETCH in the opposite order. `chatty`: unasked lines in every answer.
    - `known_to_id` False: ID is BAD. `searchless`: a SEARCH without hits has no line at all.
    """

    def __init__(self, folder: Path, password: str = "code1") -> None:
        super().__init__(context(folder))
        self.ca_file = folder / "ca.pem"
        self.password = password
        self.letters: dict[int, Kept] = {}
        self.uidvalidity = 1
        self.unsafe = self.login = ""
        self.bodies = "literal"
        self.bye_after: int | None = None
        self.cut_after: int | None = None
        self.cut_body: int | None = None
        self.partials = self.known_to_id = True
        self.backwards = self.chatty = self.searchless = False
        self.lines = 0
        self.commands: list[str] = []

    def put(self, content: bytes, uid: int | None = None, arrived_at: datetime = ARRIVED) -> int:
        """A letter arrives; answers its UID."""
        uid = max(self.letters, default=FIRST_UID) + 3 if uid is None else uid
        self.letters[uid] = Kept(content, arrived_at)
        return uid

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _ImapSession(self, writer)
        await session.say("* OK Coremail System IMap Server Ready(163com)")
        while line := await reader.readline():
            tag, _, command = line.decode("ascii").strip().partition(" ")
            self.commands.append("LOGIN" if command.upper().startswith("LOGIN") else command)
            if not await session.obey(tag, command):
                return


class _Cut(OSError):
    """The test wants the connection to end here."""


class _Lost(_Cut):
    """The same, after the mail was taken."""


class _ImapSession:
    def __init__(self, server: NeteaseImap, writer: asyncio.StreamWriter) -> None:
        self._server, self._writer = server, writer
        self._identified = False
        self._selected = False

    async def say(self, line: str | bytes) -> None:
        """One line of the server, after which the test may want the connection to end."""
        server = self._server
        self._writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        await self._writer.drain()
        server.lines += 1
        if server.cut_after is not None and server.lines >= server.cut_after:
            server.cut_after = None
            raise _Cut

    async def obey(self, tag: str, command: str) -> bool:
        """Answer one command; False when the connection is to end."""
        word, _, rest = command.partition(" ")
        if word.upper() == "UID":
            word, _, rest = rest.partition(" ")
            word = "UID " + word
        name = "do_" + word.lower().replace(" ", "_")
        handler: Callable[[str, str], object] | None = getattr(self, name, None)
        if handler is None:
            await self.say(f"{tag} BAD command not support")
            return True
        answer = handler(tag, rest)
        assert asyncio.iscoroutine(answer)
        return (await answer) is not False

    async def do_capability(self, tag: str, rest: str) -> None:
        await self.say("* CAPABILITY " + CAPABILITIES)
        await self.say(f"{tag} OK CAPABILITY completed")

    async def do_noop(self, tag: str, rest: str) -> None:
        await self.say(f"{tag} OK NOOP completed")

    async def do_login(self, tag: str, rest: str) -> None:
        if self._server.login:
            await self.say(self._server.login.format(tag=tag))
        elif rest.endswith(f'"{self._server.password}"'):
            await self.say(f"{tag} OK LOGIN completed")
        else:
            await self.say(f"{tag} NO LOGIN Login error or password error")

    async def do_authenticate(self, tag: str, rest: str) -> None:
        await self.say(f"{tag} BAD invalid command or parameters")  # SASL-IR is advertised, and broken

    async def do_id(self, tag: str, rest: str) -> None:
        if not self._server.known_to_id:
            await self.say(f"{tag} BAD command not support")
            return
        self._identified = all(f'"{word}"' in rest for word in ("name", "version", "vendor", "support-email"))
        await self.say('* ID ("name" "Coremail Imap" "vendor" "Mailtech" "TransID" "x")')
        await self.say(f"{tag} OK ID completed")

    async def do_status(self, tag: str, rest: str) -> None:
        await self.say('* STATUS "INBOX" ()')
        await self.say(f"{tag} OK STATUS completed")

    async def do_logout(self, tag: str, rest: str) -> bool:
        await self.say("* BYE IMAP4rev1 Server logging out")
        await self.say(f"{tag} OK LOGOUT completed")
        return False

    async def do_select(self, tag: str, rest: str) -> bool | None:
        return await self.do_examine(tag, rest, "SELECT")

    async def do_examine(self, tag: str, rest: str, word: str = "EXAMINE") -> bool | None:
        server = self._server
        if server.unsafe == "bye":
            await self.say(f"* BYE {UNSAFE}")
            return False
        if server.unsafe == "always" or (server.known_to_id and not self._identified):
            await self.say(f"{tag} NO {word} {UNSAFE}")
            return None
        if rest.strip('"').upper() != "INBOX":
            await self.say(f"{tag} NO Folder not exist")
            return None
        await self.say(f"* {len(server.letters)} EXISTS")
        await self.say("* 0 RECENT")
        await self.say(f"* OK [UIDVALIDITY {server.uidvalidity}] UID validity status")
        await self.say(f"* FLAGS {_FLAGS}")
        await self.say(f"* OK [PERMANENTFLAGS {_FLAGS}] Limited")
        await self.say(f"{tag} OK [READ-ONLY] {word} completed")
        self._selected = True
        return None

    async def do_uid_search(self, tag: str, rest: str) -> None:
        uids = sorted(self._server.letters)
        if rest == "UID ALL":
            await self.say(f"{tag} BAD Parse command error")
            return
        above = re.fullmatch(r"UID (\d+):\*", rest)
        hits = uids if rest == "ALL" else []  # text searches answer OK, and nothing
        if above:
            hits = [uid for uid in uids if uid >= int(above[1])] or uids[-1:]  # RFC 3501 6.4.8: `*` is the last one
        if hits or not self._server.searchless:
            await self.say(" ".join(["* SEARCH", *map(str, hits)]))
        await self.say(f"{tag} OK SEARCH completed")

    async def do_uid_fetch(self, tag: str, rest: str) -> bool | None:
        server = self._server
        wanted, _, items = rest.partition(" ")
        partial = _FETCH_BODY.search(items)
        if partial and partial[2] and not server.partials:
            await self.say(f"{tag} BAD Parse command error")
            return None
        bodies = 0
        for number, uid in enumerate(sorted(server.letters), 1):
            if not _in_set(uid, wanted):
                continue
            if partial and server.bye_after is not None and bodies >= server.bye_after:
                server.bye_after = None
                await self.say("* BYE Autologout; idle for too long")
                return False
            if server.chatty:
                await self.say(rf"* {number} FETCH (FLAGS (\Seen) UID {uid})")
                await self.say(f"* {len(server.letters)} EXISTS")
            await self._fetched(number, uid, partial)
            bodies += 1
        await self.say(f"{tag} OK Fetch completed")
        return None

    async def _fetched(self, number: int, uid: int, partial: re.Match[str] | None) -> None:
        server, letter = self._server, self._server.letters[uid]
        date = letter.arrived_at.strftime("%d-%b-%Y %H:%M:%S +0000")
        items = [f"UID {uid}".encode(), f'INTERNALDATE "{date}"'.encode()]
        items.append(f"RFC822.SIZE {len(letter.content)}".encode())
        if partial:
            items.append(await self._body(letter.content, partial))
        if server.backwards:
            items.reverse()
        answer = f"* {number} FETCH (".encode() + b" ".join(items) + b")"
        if partial and server.cut_body is not None and len(answer) > server.cut_body:
            self._writer.write(answer[: server.cut_body])
            await self._writer.drain()
            server.cut_body = None
            await asyncio.sleep(0.1)  # a reset throws away what is still under way
            reset(self._writer)
            raise _Cut
        lines = answer.split(b"\r\n")
        if server.cut_after is None:
            server.lines += len(lines) - 1
            lines = [answer]
        for line in lines:
            await self.say(line)

    async def _body(self, content: bytes, partial: re.Match[str]) -> bytes:
        section = b"BODY[" + (partial[1] or "").encode() + b"]"
        if partial[1]:
            content = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        if partial[2]:
            start, length = int(partial[2]), int(partial[3])
            section, content = section + f"<{start}>".encode(), content[start : start + length]
        if self._server.bodies == "nil":
            return section + b" NIL"
        if self._server.bodies == "empty":
            return section + b' ""'
        if self._server.bodies == "quoted":
            text = content.replace(b"\r\n", b" ").replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            return section + b' "' + text + b'"'
        return section + b" {%d}\r\n" % len(content) + content


def _in_set(uid: int, wanted: str) -> bool:
    for part in wanted.split(","):
        first, _, last = part.partition(":")
        if int(first) <= uid <= int(last or first):
            return True
    return False


REPLIES: dict[str, tuple[str, str]] = {
    "HL:ICC": ("connect", "421 HL:ICC 163 smtp1"),
    "HL:IPB": ("connect", "554 HL:IPB 163 smtp1"),
    "AUTH": ("auth", "535 Error: authentication failed"),
    "FAIL": ("auth", "451 too much fail authentication from 10.0.0.1"),
    "FROM": ("mail", "553 Mail from must equal authorized user"),
    "MI:CEL": ("mail", "450 MI:CEL 163 smtp1"),
    "MI:STC": ("mail", "550 MI:STC 163 smtp1"),
    "MI:SPB": ("mail", "554 MI:SPB 163 smtp1"),
    "MI:SFQ": ("rcpt", "554 MI:SFQ 163 smtp1"),
    "RP:QRC": ("rcpt", "550 RP:QRC 163 smtp1"),
    "RP:TRC": ("rcpt", "554 RP:TRC 163 smtp1"),
    "USER": ("rcpt", "550 Invalid User"),
    "DT:SPM": ("data", "554 DT:SPM 163 smtp1"),
    "DT:SPM4": ("data", "451 DT:SPM 163 smtp1, please try again"),
    "DT:SUM": ("data", "554 DT:SUM 163 smtp1"),
    "SIZE": ("data", "552 exceeded mailsize"),
}
"""NetEase's refusals: name -> (the moment at which it comes, the reply)."""


class NeteaseSmtp(ThreadedServer):
    """Its SMTP twin: TLS from the first byte, AUTH PLAIN or LOGIN, one account.

    `reply_for(moment, argument)` is asked at connect, auth, mail, rcpt, data (before 354) and dot (after the final
    dot); what it answers is said in place of the good reply. An answer of "cut" ends the connection there, "lost" at
    the dot takes the mail before.
    """

    def __init__(
        self, folder: Path, account: str, reply_for: Callable[[str, str], str | None] = lambda moment, argument: None
    ) -> None:
        super().__init__(context(folder))
        self.ca_file = folder / "ca.pem"
        self.account = account
        self.reply_for = reply_for
        self.received: list[tuple[str, list[str], bytes]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(moment: str, good: str, argument: str = "") -> bool:
            reply = self.reply_for(moment, argument) or good
            if reply in ("cut", "lost"):
                raise _Cut if reply == "cut" else _Lost
            writer.write(reply.encode() + b"\r\n")
            await writer.drain()
            return reply[0] in "23"

        sender, recipients = "", list[str]()
        if not await say("connect", "220 163.com Anti-spam GT for Coremail System"):
            return
        while line := await reader.readline():
            word, _, rest = line.decode().strip().partition(" ")
            match word.upper():
                case "EHLO":
                    await say("ehlo", "250-mail\r\n250-PIPELINING\r\n250-AUTH LOGIN PLAIN\r\n250 8BITMIME")
                case "AUTH":
                    for prompt in ("dXNlcm5hbWU6", "UGFzc3dvcmQ6") if rest.upper() == "LOGIN" else ():
                        await say("prompt", f"334 {prompt}")
                        await reader.readline()
                    await say("auth", "235 Authentication successful", rest)
                case "MAIL":
                    sender, recipients = rest.partition("<")[2].partition(">")[0], []
                    right = sender == self.account
                    await say("mail", "250 Mail OK" if right else "553 Mail from must equal authorized user", sender)
                case "RCPT":
                    recipient = rest.partition("<")[2].partition(">")[0]
                    if await say("rcpt", "250 Mail OK", recipient):
                        recipients.append(recipient)
                case "DATA":
                    if await say("data", "354 End data with <CR><LF>.<CR><LF>"):
                        content = await _data(reader)
                        try:
                            taken = await say("dot", "250 Mail OK queued as smtp11,TransID 1700000000")
                        except _Lost:
                            self.received.append((sender, recipients, content))
                            raise
                        if taken:
                            self.received.append((sender, recipients, content))
                case "QUIT":
                    await say("quit", "221 Bye")
                    return
                case "RSET" | "NOOP":
                    await say(word.lower(), "250 OK")
                case _:
                    await say("other", "502 Error: command not implemented")


async def _data(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await reader.readline()) != b".\r\n":
        if not line:
            raise _Cut  # the client went away before the final dot: there is no mail
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return b"".join(lines)
