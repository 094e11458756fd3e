"""The mailbox edge against a server with quirks and faults: what it says, what it survives, what it leaves alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailbot.demo import certs
from mailbot.edges.imap import ImapMailbox
from mailbot.edges.imap_session import COMMAND_CHARACTERS, uid_sets
from mailbot.errors import FolderRefused, LoginRefused, NetworkLost, StorageFull, UnsafeLogin, UserError
from mailbot.steps import Step
from tests.contracts.mailbox import ARRIVED, ByteSpool, fetched, letter
from tests.servers.dovecot import running
from tests.servers.netease import NeteaseImap
from tests.servers.proxy import FaultProxy

Connect = Callable[..., ImapMailbox]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NeteaseImap]:
    """The quirky server with two letters."""
    with NeteaseImap(tmp_path) as server:
        server.put(letter(1))
        server.put(letter(2))
        yield server


@pytest.fixture
def connect(server: NeteaseImap) -> Iterator[Connect]:
    """Makes mailboxes for the quirky server; any setting can be another one."""
    made = []

    def connect(**settings: object) -> ImapMailbox:
        usual: dict[str, object] = {
            "host": "localhost", "port": server.port, "username": "tougao@example.cn", "password": server.password,
            "ca_file": server.ca_file, "connect_timeout": 5.0, "read_timeout": 5.0,
        }  # fmt: skip
        made.append(ImapMailbox(**(usual | settings)))  # type: ignore[arg-type]
        return made[-1]

    yield connect
    for mailbox in made:
        mailbox.close()


# --- the session -----------------------------------------------------------------------------------------------------


def test_id_comes_before_the_folder_on_each_connection(server: NeteaseImap, connect: Connect) -> None:
    """Every new connection says who it is after LOGIN and before EXAMINE, with all four facts."""
    mailbox = connect(version="1.2", support="kefu@example.cn")
    mailbox.examine("INBOX")
    mailbox.close()
    mailbox.examine("INBOX")
    told = 'ID ("name" "mailbot" "version" "1.2" "vendor" "mailbot" "support-email" "kefu@example.cn")'
    said = [command for command in server.commands if command[:2] in ("LO", "ID", "EX")]
    examine = 'EXAMINE "INBOX"'
    assert said == ["LOGIN", told, examine, "LOGOUT", "LOGIN", told, examine]


def test_a_server_without_id_is_fine(server: NeteaseImap, connect: Connect) -> None:
    """A server that answers BAD to ID is used without it."""
    server.known_to_id = False
    assert connect().examine("INBOX").exists == 2


@pytest.mark.parametrize("how", ["always", "bye"])
def test_unsafe_login_is_told_as_such(server: NeteaseImap, connect: Connect, how: str) -> None:
    """ "Unsafe Login", said by NO or by BYE, is neither a wrong password nor a broken network."""
    server.unsafe = how
    with pytest.raises(UnsafeLogin, match="webmail"):
        connect().examine("INBOX")


def test_id_is_sent_once_more_after_unsafe_login(server: NeteaseImap, connect: Connect) -> None:
    """Before giving up on "Unsafe Login" the edge says once more who it is."""
    server.unsafe = "always"
    with pytest.raises(UnsafeLogin):
        connect().examine("INBOX")
    assert [command[:2] for command in server.commands if command[:2] in ("ID", "EX")] == ["ID", "EX", "ID", "EX"]


def test_a_refused_login_names_the_authorization_code(connect: Connect) -> None:
    """A wrong password is told with what is to be done, and without the password."""
    with pytest.raises(LoginRefused, match=r"LOGIN Login error or password error.*authorization code") as fault:
        connect(password="hunter2").examine("INBOX")
    assert "hunter2" not in str(fault.value)
    assert "b'" not in str(fault.value)


@pytest.mark.parametrize("reply", ["* BYE too many connections", "{tag} NO [UNAVAILABLE] come back later"])
def test_a_login_that_found_the_server_busy_is_no_refusal(server: NeteaseImap, connect: Connect, reply: str) -> None:
    """Only what the server says of name and password is a refused login."""
    server.login = reply
    with pytest.raises(NetworkLost):
        connect().examine("INBOX")


def test_a_missing_folder_is_named(connect: Connect) -> None:
    """A folder that the server does not have is told by its own name."""
    with pytest.raises(FolderRefused, match="来稿"):
        connect().examine("来稿")


def test_an_untrusted_certificate_is_refused(connect: Connect) -> None:
    """A certificate that nobody vouches for ends the connection before the login."""
    with pytest.raises(NetworkLost, match=r"mailbox\.ca_file"):
        connect(ca_file=None).examine("INBOX")


def test_another_hosts_certificate_is_refused(tmp_path: Path, connect: Connect) -> None:
    """A good certificate of another host is none."""
    folder = tmp_path / "other"
    certs.make(folder, names=("imap.example.org",), ips=())
    with NeteaseImap(folder) as other, pytest.raises(NetworkLost, match=r"mailbox\.host"):
        connect(port=other.port, ca_file=other.ca_file).examine("INBOX")


@pytest.mark.parametrize("mode", ["refuse", "blackhole"])
def test_a_lost_network_is_told_as_such(server: NeteaseImap, connect: Connect, mode: str) -> None:
    """A server that resets or never answers is a lost network, within the time allowed."""
    with FaultProxy(server.port) as proxy:
        proxy.mode = mode
        with pytest.raises(NetworkLost, match="tries again"):
            connect(port=proxy.port, connect_timeout=0.3, read_timeout=0.3).examine("INBOX")


def test_silence_in_a_letter_is_a_lost_network(server: NeteaseImap, connect: Connect) -> None:
    """A connection that falls silent in the middle of a letter does not hold the worker."""
    server.put(letter(3, 500_000))
    with FaultProxy(server.port) as proxy:
        mailbox = connect(port=proxy.port, read_timeout=0.3)
        mailbox.examine("INBOX")
        proxy.stall_after = 200_000
        with pytest.raises(NetworkLost):
            fetched(mailbox, list(mailbox.uids()))


def test_a_session_that_died_idle_is_replaced_silently(server: NeteaseImap, connect: Connect) -> None:
    """The provider's Autologout between two polls is no fault."""
    mailbox = connect()
    mailbox.examine("INBOX")
    server.drop()
    assert mailbox.examine("INBOX").exists == 2
    assert server.connections == 2


def test_a_fault_is_followed_by_a_new_connection(server: NeteaseImap, connect: Connect) -> None:
    """After a fault the next call connects again and opens the folder, without being told to."""
    mailbox = connect()
    mailbox.examine("INBOX")
    server.drop()
    with pytest.raises(NetworkLost):
        mailbox.uids()
    assert len(mailbox.uids()) == 2


def test_a_folder_rebuilt_between_two_connections_is_not_gone_on_with(server: NeteaseImap, connect: Connect) -> None:
    """UIDs of another UIDVALIDITY are never asked for by mistake."""
    mailbox = connect()
    mailbox.examine("INBOX")
    server.drop()
    server.uidvalidity = 2
    with pytest.raises(NetworkLost):
        mailbox.uids()
    with pytest.raises(NetworkLost, match="rebuilt"):
        mailbox.uids()


@pytest.mark.parametrize("settings", [
    {"security": "none", "host": "imap.example.cn"}, {"security": "ssl"}, {"password": "a\r\nb"}, {"username": ""},
    {"ca_file": Path("/nowhere/ca.pem")},
])  # fmt: skip
def test_settings_that_cannot_work_are_refused(connect: Connect, settings: dict[str, object]) -> None:
    """A mistake in the settings is told at once, before any connection."""
    with pytest.raises(UserError):
        connect(**settings)


# --- the letters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quirk", ["backwards", "chatty"])
def test_odd_answers_are_understood(server: NeteaseImap, connect: Connect, quirk: str) -> None:
    """The order of the items and lines that nobody asked for make no difference."""
    setattr(server, quirk, True)
    mailbox = connect()
    mailbox.examine("INBOX")
    assert list(fetched(mailbox, list(mailbox.uids())).values()) == [letter(1), letter(2)]
    assert len(list(mailbox.listed(mailbox.uids()))) == 2


@pytest.mark.parametrize("bodies", ["nil", "empty"])
def test_a_letter_without_a_body_is_gone(server: NeteaseImap, connect: Connect, bodies: str) -> None:
    """NIL and an empty body mean that the letter is gone, never an empty letter."""
    server.bodies = bodies
    mailbox = connect()
    mailbox.examine("INBOX")
    assert list(fetched(mailbox, list(mailbox.uids())).values()) == [None, None]


def test_a_body_may_be_a_quoted_string(server: NeteaseImap, connect: Connect) -> None:
    """A short body may come in quotes, with escapes."""
    server.bodies = "quoted"
    uid = server.put(b'Subject: "a\\b"\r\n\r\n')
    mailbox = connect()
    mailbox.examine("INBOX")
    assert fetched(mailbox, [uid]) == {uid: b'Subject: "a\\b"  '}


def test_a_search_without_an_answer_line_is_empty(server: NeteaseImap, connect: Connect) -> None:
    """A server that says nothing where there are no hits has none."""
    server.searchless = True
    server.letters.clear()
    mailbox = connect()
    mailbox.examine("INBOX")
    assert list(mailbox.uids()) == []


@pytest.mark.parametrize("partials", [True, False])
def test_a_header_comes_alone(server: NeteaseImap, connect: Connect, partials: bool) -> None:
    """The header of a letter that is too large comes also from a server that gives no parts."""
    server.partials = partials
    mailbox = connect()
    mailbox.examine("INBOX")
    one = mailbox.fetch_header(mailbox.uids()[0], ByteSpool)
    assert isinstance(one.spool, ByteSpool)
    assert bytes(one.spool.content) == letter(1).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def test_bye_in_mid_batch_keeps_what_came(server: NeteaseImap, connect: Connect) -> None:
    """Letters that came whole before Autologout are given; then the fault; then everything works again."""
    mailbox = connect()
    mailbox.examine("INBOX")
    uids = list(mailbox.uids())
    server.bye_after = 1
    letters = mailbox.fetch(uids, ByteSpool)
    assert next(letters).uid == uids[0]
    with pytest.raises(NetworkLost, match="Autologout"):
        next(letters)
    assert list(fetched(mailbox, uids[1:]).values()) == [letter(2)]


def test_a_full_disk_ends_the_fetch(connect: Connect) -> None:
    """A spool that cannot be written is thrown away and tells so; the mailbox goes on afterwards."""
    made = []

    class FullSpool(ByteSpool):
        def write(self, piece: bytes | bytearray | memoryview) -> None:
            made.append(self)
            raise StorageFull("no room")

    mailbox = connect()
    mailbox.examine("INBOX")
    with pytest.raises(StorageFull):
        list(mailbox.fetch(mailbox.uids(), FullSpool))
    assert [spool.discarded for spool in made] == [True]
    assert len(fetched(mailbox, list(mailbox.uids()))) == 2


def test_the_step_is_named_when_some_bytes_are_spooled(connect: Connect) -> None:
    """The tests that kill the worker find it in the middle of each letter."""
    steps: list[Step] = []
    mailbox = connect(at=steps.append)
    mailbox.examine("INBOX")
    fetched(mailbox, list(mailbox.uids()))
    assert steps == [Step.LETTER_SPOOLING] * 2


# --- going on after a cut --------------------------------------------------------------------------------------------

LARGE = letter(9, 3_000_000)


@pytest.fixture
def half(server: NeteaseImap, connect: Connect) -> tuple[ImapMailbox, int]:
    """A mailbox of which the connection broke after two thirds of a large letter."""
    uid = server.put(LARGE)
    mailbox = connect()
    mailbox.examine("INBOX")
    server.cut_body = 2_000_000
    with pytest.raises(NetworkLost):
        fetched(mailbox, [uid])
    server.commands.clear()
    return mailbox, uid


def _whole(mailbox: ImapMailbox, uid: int) -> bytes:
    content = fetched(mailbox, [uid])[uid]
    assert content is not None
    return hashlib.sha256(content).digest()


def test_a_large_letter_is_gone_on_with(server: NeteaseImap, half: tuple[ImapMailbox, int]) -> None:
    """Only what is missing of a large letter is fetched after a cut, and the whole is right."""
    mailbox, uid = half
    assert _whole(mailbox, uid) == hashlib.sha256(LARGE).digest()
    [command] = [command for command in server.commands if "BODY.PEEK" in command]
    offset = int(command.partition("<")[2].partition(".")[0])
    assert 1_000_000 < offset < 2_000_000


def test_a_letter_that_changed_meanwhile_is_fetched_anew(server: NeteaseImap, half: tuple[ImapMailbox, int]) -> None:
    """Nothing is appended to the beginning of another letter, even under the same UID."""
    mailbox, uid = half
    other = letter(8, 3_500_000)
    server.put(other, uid)
    assert _whole(mailbox, uid) == hashlib.sha256(other).digest()


def test_a_server_without_partial_fetches_gives_it_whole(server: NeteaseImap, half: tuple[ImapMailbox, int]) -> None:
    """Where the rest cannot be asked for, the letter is fetched anew."""
    mailbox, uid = half
    server.partials = False
    assert _whole(mailbox, uid) == hashlib.sha256(LARGE).digest()


def test_a_rest_that_does_not_come_is_not_asked_for_twice(server: NeteaseImap, half: tuple[ImapMailbox, int]) -> None:
    """If asking for the rest breaks the connection at once, the next try is for the whole letter."""
    mailbox, uid = half
    server.cut_body = 10
    with pytest.raises(NetworkLost):
        fetched(mailbox, [uid])
    server.commands.clear()
    assert _whole(mailbox, uid) == hashlib.sha256(LARGE).digest()
    assert not [command for command in server.commands if "]<" in command]


def test_a_half_letter_is_thrown_away_at_the_end(half: tuple[ImapMailbox, int]) -> None:
    """Closing the mailbox leaves nothing in the spool."""
    mailbox, _ = half
    kept = mailbox._half
    assert kept is not None
    mailbox.close()
    assert isinstance(kept.spool, ByteSpool)
    assert kept.spool.discarded


# --- what is left alone ----------------------------------------------------------------------------------------------


def test_nothing_is_changed_on_dovecot() -> None:
    """After list, fetch and header the Maildir has the same files with the same names (flags) and bytes."""
    with running({"a@example.cn": "pw1"}) as dovecot:
        with dovecot.client("a@example.cn") as webmail:
            for number in range(3):
                webmail.append("INBOX", letter(number), msg_time=ARRIVED)
            webmail.select_folder("INBOX")
        before = _files(dovecot.maildir("a@example.cn"))
        mailbox = ImapMailbox(
            host="localhost", port=dovecot.imaps, username="a@example.cn", password="pw1", ca_file=dovecot.ca_file
        )
        mailbox.examine("INBOX")
        uids = list(mailbox.uids())
        assert len(list(mailbox.listed(uids))) == len(fetched(mailbox, uids)) == 3
        mailbox.fetch_header(uids[0], ByteSpool)
        mailbox.close()
        assert _files(dovecot.maildir("a@example.cn")) == before


def _files(maildir: Path) -> dict[str, bytes]:
    """The letters by name, flags and all; new/ and cur/ apart."""
    return {
        os.fspath(path.relative_to(maildir)): path.read_bytes()
        for folder in ("new", "cur")
        for path in (maildir / folder).iterdir()
    }


# --- the commands ----------------------------------------------------------------------------------------------------


def test_uids_are_asked_for_in_ranges() -> None:
    """Neighbours become a range, strangers stand alone."""
    assert list(uid_sets([1, 2, 3, 7, 9, 10])) == ["1:3,7,9:10"]
    assert list(uid_sets([])) == []


def test_no_command_grows_too_long() -> None:
    """Whatever the UIDs, a command stays within what servers take, and none is lost."""
    uids = [1748072176 + 3 * number for number in range(2000)]
    sets = list(uid_sets(uids))
    assert all(len(uid_set) <= COMMAND_CHARACTERS for uid_set in sets)
    assert [int(uid) for uid_set in sets for uid in uid_set.split(",")] == uids
    assert list(uid_sets(list(range(1, 2501)))) == ["1:1000", "1001:2000", "2001:2500"]
