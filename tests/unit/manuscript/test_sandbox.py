"""The sandbox: what one letter's bytes do to the reader costs that letter only."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mailbot.errors import ReaderDied, Transient
from mailbot.manuscript.sandbox import confine, convert
from mailbot.manuscript.sandbox.child import DEATHS
from mailbot.manuscript.sandbox.confine import NOBODY
from mailbot.manuscript.sandbox.reader import MIB, ChildReader
from mailbot.model import FileProblem, Reading
from tests.unit.manuscript import poison_child

POISON = "tests.unit.manuscript.poison_child"


@pytest.fixture
def reader() -> Iterator[ChildReader]:
    reader = ChildReader(language="zh-CN", seconds=1.5, memory=128 * MIB, file_bytes=MIB, module=POISON)
    yield reader
    reader.close()


def read(reader: ChildReader, folder: Path, subject: str) -> Reading:
    """Both requests for one letter."""
    (folder / "raw.eml").write_text(subject)
    letter = reader.letter(folder / "raw.eml", folder)
    return reader.manuscripts(letter, folder)


def alive(pid: int) -> bool:
    """Whether a process runs; a dead one that nobody buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true within five seconds."""
    end = time.monotonic() + 5
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def child_of(reader: ChildReader) -> int:
    """The warm child's pid."""
    assert reader._child is not None
    return reader._child.pid


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("hang", "no answer within 1.5 s"),
        ("letter:hang", "no answer within 1.5 s"),
        ("abort", "killed by SIGABRT"),
        ("letter:abort", "killed by SIGABRT"),
        ("letter:exit", "ended with status 0"),
        ("exit", "broke the protocol"),
        ("eat", "out of memory"),
        ("letter:eat", "out of memory"),
        ("raise", "KeyError: 'what a parser raises'"),
        ("letter:raise", "KeyError"),
        ("flood", "File too large"),
        ("garble", "broke the protocol"),
        ("letter:huge", "broke the protocol"),
        ("elsewhere", "a file that lies elsewhere"),
        ("renamed", "does not fit the letter"),
    ],
)
def test_a_poisoned_letter_costs_itself_only(reader: ChildReader, tmp_path: Path, subject: str, words: str) -> None:
    """Whatever a letter does to the reader is said in words within the limits, and the next letter is read."""
    began = time.monotonic()
    with pytest.raises(ReaderDied, match=words):
        read(reader, tmp_path, subject)
    assert time.monotonic() - began < 4
    assert read(reader, tmp_path, "good").manuscripts[0].source == "稿.docx"


def test_a_process_left_behind_is_killed_with_the_group(reader: ChildReader, tmp_path: Path) -> None:
    """A reader that starts a process and leaves it running is found out, and the process is killed."""
    with pytest.raises(ReaderDied, match=r"left a process running|Error"):  # forking is refused where we are not root
        read(reader, tmp_path, "sleeper")
    if (tmp_path / "sleeper").exists():
        sleeper = int((tmp_path / "sleeper").read_text())
        assert eventually(lambda: not alive(sleeper))
    assert read(reader, tmp_path, "good").manuscripts


def test_a_spinning_reader_is_ended_by_its_cpu_limit(tmp_path: Path) -> None:
    """CPU time is bounded by the kernel too, whatever the parent does meanwhile."""
    reader = ChildReader(language="zh-CN", seconds=1, module=POISON)
    try:
        read(reader, tmp_path, "good")
        reader._seconds = 30  # the parent gets patient, its child's limit stands
        with pytest.raises(ReaderDied, match="used up its CPU time"):
            read(reader, tmp_path, "spin")
    finally:
        reader.close()


def test_the_child_stays_warm_and_each_letter_gets_its_own_process(reader: ChildReader, tmp_path: Path) -> None:
    """Good letters share one warm child; the files of each are read in a process of their own."""
    first = read(reader, tmp_path, "good").manuscripts[0].title
    child = child_of(reader)
    second = read(reader, tmp_path, "chat").manuscripts[0].title
    assert child_of(reader) == child
    assert len({first, second, str(child)}) == 3


def test_a_child_that_died_between_two_letters_is_replaced(reader: ChildReader, tmp_path: Path) -> None:
    """The death of an idle child is no letter's fault."""
    read(reader, tmp_path, "good")
    os.killpg(child_of(reader), signal.SIGKILL)
    assert eventually(lambda: not alive(child_of(reader)))
    assert read(reader, tmp_path, "good").manuscripts


def test_a_child_that_grew_is_replaced(tmp_path: Path) -> None:
    """A child that holds more than half of its memory limit is ended after its answer."""
    reader = ChildReader(language="zh-CN", memory=24 * MIB, module=POISON)
    try:
        read(reader, tmp_path, "good")
        assert reader._child is None
        assert read(reader, tmp_path, "good").manuscripts
    finally:
        reader.close()


def test_closing_ends_the_child_and_may_be_repeated(reader: ChildReader, tmp_path: Path) -> None:
    """After close no process is left, and a closed reader can be used again."""
    read(reader, tmp_path, "good")
    child = child_of(reader)
    reader.close()
    reader.close()
    assert not alive(child)
    assert read(reader, tmp_path, "good").manuscripts


def test_a_child_that_cannot_start_is_no_letters_fault(tmp_path: Path) -> None:
    """A broken installation is a passing fault, not the death of the reader on a letter."""
    reader = ChildReader(language="zh-CN", module="tests.there_is_no_such_module")
    with pytest.raises(Transient, match=r"does not start: .*No module named 'tests.there_is") as raised:
        read(reader, tmp_path, "good")
    assert not isinstance(raised.value, ReaderDied)


PARENT = """
import sys
from pathlib import Path
from mailbot.manuscript.sandbox.reader import ChildReader
folder = Path(sys.argv[1])
reader = ChildReader(language="zh-CN", module="tests.unit.manuscript.poison_child")
(folder / "raw.eml").write_text("hang")
letter = reader.letter(folder / "raw.eml", folder)
print(reader._child.pid, flush=True)
reader.manuscripts(letter, folder)
"""


def test_no_child_survives_its_parent(tmp_path: Path) -> None:
    """When the worker is killed, the warm child and the process that it forked for a hanging letter die at once."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    children = Path(f"/proc/{child}/task/{child}/children")
    assert eventually(lambda: children.read_text().strip() != "")
    forked = int(children.read_text().split()[0])
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: not alive(child) and not alive(forked))


def test_closing_from_another_thread_ends_the_request_at_once(tmp_path: Path) -> None:
    """Whoever closes the reader while it works does not wait for it; the request dies, the next one has a new child."""
    reader = ChildReader(language="zh-CN", seconds=60, memory=128 * MIB, module=POISON)
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(read, reader, tmp_path, "letter:hang")
        assert eventually(lambda: reader._requests == 1)
        reader.close()
        with pytest.raises(ReaderDied):
            asked.result(5)
    assert read(reader, tmp_path, "good").manuscripts is not None
    reader.close()


def test_the_child_leaves_sigterm_to_its_parent(reader: ChildReader, tmp_path: Path) -> None:
    """A service manager that tells every process to end does not break the letter in hand."""
    read(reader, tmp_path, "good")
    os.killpg(child_of(reader), signal.SIGTERM)
    assert read(reader, tmp_path, "good").manuscripts[0].title
    assert reader._requests == 4


def test_a_letter_that_is_expected_is_read_meanwhile(reader: ChildReader, tmp_path: Path) -> None:
    """The letters named ahead are there when they are asked for, in their order, from the same child."""
    places = [tmp_path / name for name in ("a", "b", "c")]
    for place in places:
        place.mkdir()
        (place / "raw.eml").write_text(place.name)
        reader.expect(place / "raw.eml", place)
    assert eventually((places[2] / "1").exists)
    before = child_of(reader)
    assert [reader.letter(place / "raw.eml", place).subject for place in places] == ["a", "b", "c"]
    assert child_of(reader) == before


def test_a_death_over_an_expected_letter_is_that_letter_s(reader: ChildReader, tmp_path: Path) -> None:
    """Whoever is asked for instead is read by a new child; the killer fails when it is asked for itself."""
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "raw.eml").write_text("letter:abort")
    reader.expect(bad / "raw.eml", bad)
    assert read(reader, tmp_path, "good").manuscripts
    reader.expect(bad / "raw.eml", bad)
    with pytest.raises(ReaderDied, match="SIGABRT"):
        reader.letter(bad / "raw.eml", bad)
    assert read(reader, tmp_path, "good").manuscripts


AS_ROOT = os.geteuid() == 0


def test_a_reading_process_can_do_nothing_but_read(reader: ChildReader, tmp_path: Path) -> None:
    """Sockets, programs, processes, signals to others, links, pipes and an escape from its group are all refused."""
    assert [one.title for one in read(reader, tmp_path, "second:try").manuscripts] == ["read", "", "read"]


def test_under_root_the_reading_process_is_nobody(reader: ChildReader, tmp_path: Path) -> None:
    """It cannot change, rename or remove what was received, nor see the folder above; others keep their own user."""
    tmp_path.chmod(0o700)
    (tmp_path / "inner").mkdir(mode=0o700)
    done = read(reader, tmp_path / "inner", "second:try as nobody").manuscripts[1].title
    user = NOBODY if AS_ROOT else os.getuid()
    who = read(reader, tmp_path / "inner", "second:who").manuscripts[1].title
    assert who is not None
    assert who.startswith(f"({user}, {user}, {user})")
    if AS_ROOT:
        assert done == ""
        assert "[]" in who
    assert "be root" not in str(done)


def test_what_a_reading_process_makes_is_ours_afterwards(reader: ChildReader, tmp_path: Path) -> None:
    """Files taken out of archives belong to the worker and to it alone; the folder is closed again."""
    tmp_path.chmod(0o700)
    read(reader, tmp_path, "make")
    made = (tmp_path / "new").stat()
    assert (made.st_uid, made.st_mode & 0o777) == (os.getuid(), 0o600)
    assert tmp_path.stat().st_mode & 0o7777 == 0o700


def test_a_folder_left_behind_breaks_the_protocol(reader: ChildReader, tmp_path: Path) -> None:
    """What is no plain file is removed, and whoever left it is not believed."""
    with pytest.raises(ReaderDied, match="something else than files"):
        read(reader, tmp_path, "leave")
    assert not (tmp_path / "folder").exists()


@pytest.mark.parametrize(
    ("how", "problem", "detail"),
    [
        ("segfault", FileProblem.DAMAGED, "crash"),
        ("abort", FileProblem.DAMAGED, "crash"),
        ("raise", FileProblem.DAMAGED, "crash"),
        ("loop in C", FileProblem.TOO_LARGE, "time"),
        ("hang", FileProblem.TOO_LARGE, "time"),
        ("heap", FileProblem.TOO_LARGE, "memory"),
    ],
)
def test_a_file_that_breaks_its_reader_costs_that_file_only(
    reader: ChildReader, tmp_path: Path, how: str, problem: FileProblem, detail: str
) -> None:
    """The second of three files kills the process that reads it: it has a problem, the others are read."""
    found = read(reader, tmp_path, f"second:{how}").manuscripts
    child = child_of(reader)
    assert [one.title for one in found] == ["read", None, "read"]
    assert (found[1].problem, found[1].detail) == (problem, detail)
    read(reader, tmp_path, "good")
    assert child_of(reader) == child


def test_files_that_all_hang_share_the_letters_time(tmp_path: Path) -> None:
    """Each gets less than the one before, so that the letter is through with all of them within its own limit."""
    reader = ChildReader(language="zh-CN", seconds=3, module=POISON)
    try:
        found = read(reader, tmp_path, "every:hang").manuscripts
    finally:
        reader.close()
    assert [(one.problem, one.detail) for one in found] == [(FileProblem.TOO_LARGE, "time")] * 3


def test_one_killing_file_of_many_costs_its_own_time_only(tmp_path: Path) -> None:
    """29 others are read beside one that hangs, within its seconds and not much more."""
    reader = ChildReader(language="zh-CN", seconds=30, file_seconds=1, module=POISON)
    try:
        start = time.monotonic()
        found = read(reader, tmp_path, "second of30:hang").manuscripts
        seconds = time.monotonic() - start
    finally:
        reader.close()
    assert [one.title for one in found] == ["read", None, *["read"] * 28]
    assert (found[1].problem, found[1].detail) == (FileProblem.TOO_LARGE, "time")
    assert seconds < 3


def test_more_killing_files_than_tries_do_not_cost_the_letter(reader: ChildReader, tmp_path: Path) -> None:
    """The first ones are told apart, what comes behind them is not opened any more."""
    found = read(reader, tmp_path, "every of30:abort").manuscripts
    assert [one.detail for one in found] == [*["crash"] * DEATHS, *["time"] * (30 - DEATHS)]


def test_what_lacks_in_the_installation_is_no_files_fault(reader: ChildReader, tmp_path: Path) -> None:
    """A library that cannot be loaded is said, and no contributor is told that his file is damaged."""
    with pytest.raises(ReaderDied, match="ModuleNotFoundError"):
        read(reader, tmp_path, "second:import")


def test_threads_are_allowed(reader: ChildReader, tmp_path: Path) -> None:
    """Decoders of pictures work in threads, which end with their process."""
    assert [one.title for one in read(reader, tmp_path, "second:thread").manuscripts] == ["read"] * 3


def test_who_is_not_root_is_confined_as_well(tmp_path: Path) -> None:
    """Everything but the change of the user is refused to a worker without privileges, too."""
    (tmp_path / "1").write_bytes(b"bytes")
    source, sink = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.chdir(tmp_path)
            if AS_ROOT:
                os.setresuid(12345, 12345, 12345)
            poison_child.call("prctl", 4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: as after an exec
            confine.confine_child()
            user = os.getuid()
            confine.limit(resource.RLIMIT_DATA, 1 << 30)
            confine.confine_letter()
            done = poison_child.try_all(poison_child.attempts(Path()))
            os.write(sink, f"done: {done}, user: {user}".encode())
        finally:
            os._exit(0)
    os.close(sink)
    said = os.read(source, 10_000).decode()
    os.close(source)
    os.waitpid(pid, 0)
    assert said == f"done: , user: {12345 if AS_ROOT else os.getuid()}"


def test_the_warm_child_has_no_network_either(reader: ChildReader, tmp_path: Path) -> None:
    """While the letter itself is parsed an internet socket is refused."""
    with pytest.raises(ReaderDied, match="PermissionError"):
        read(reader, tmp_path, "letter:socket")


def test_an_office_program_converts_what_is_wanted(tmp_path: Path) -> None:
    """It runs under the child's limits, without the network; nothing but its .docx is left of it."""
    reader = ChildReader(language="zh-CN", module=POISON)
    try:
        found = read(reader, tmp_path, "second:office").manuscripts
        child = child_of(reader)
        left = Path(f"/proc/{child}/task/{child}/children").read_text()
    finally:
        reader.close()
    assert [one.title for one in found] == ["read", "True", "read"]
    assert {path.name for path in tmp_path.iterdir()} == {"raw.eml", "1", "2", "3", "2.docx"}
    assert left == ""


def test_an_office_program_dies_with_the_worker(tmp_path: Path) -> None:
    """The worker is killed while the program converts: none of its processes is left, and no folder of it."""
    (tmp_path / "raw.eml").write_text("second:office")
    places = Path(tempfile.gettempdir())
    before = set(places.glob("mailbot-office-*"))
    code = f"""import sys, tempfile
from pathlib import Path
from mailbot.manuscript.sandbox.reader import ChildReader
reader = ChildReader(language="zh-CN", module={POISON!r})
work = Path(sys.argv[1])
reader.manuscripts(reader.letter(work / "raw.eml", work), work)"""
    worker = subprocess.Popen([sys.executable, "-c", code, tmp_path])
    try:
        assert eventually(lambda: len(_converting()) > 1)
    finally:
        worker.kill()
        worker.wait()
    assert eventually(lambda: not _converting())
    assert eventually(lambda: set(places.glob("mailbot-office-*")) <= before)


def _converting() -> list[int]:
    """The processes of an office program that works below a folder of ours."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes()
            if b"mailbot-office-" in command and alive(int(folder.name)):
                found.append(int(folder.name))
    return found


def test_a_folder_that_a_conversion_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    """Only when it is older than any conversion may be."""
    old, new = (Path(tempfile.mkdtemp(prefix="mailbot-office-")) for _ in range(2))
    os.utime(old, (1, 1))
    convert.sweep()
    try:
        assert not old.exists()
        assert new.exists()
    finally:
        new.rmdir()
