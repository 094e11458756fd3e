"""A virus scanner stands before the reader: what it finds is neither opened nor filed."""

from __future__ import annotations

from mailbot.model import FileProblem, Role, Stage
from tests.servers.clamd import EICAR, Clamd
from tests.servers.office import CONTRIBUTORS, Office
from tests.servers.places import server_folder
from tests.stories import letters

ZHANG = CONTRIBUTORS[0]


def test_an_infected_file_is_named_and_not_filed_and_a_scanner_that_is_down_delays(office: Office) -> None:
    """Nothing is filed unscanned: the letter waits for the scanner, and then only its clean files are stored."""
    picture = letters.photo(1)
    files = {
        "好稿.docx": letters.manuscript("楼门口的议事会", picture=picture),
        "原图.jpg": picture,
        "照片说明.docx": EICAR.encode(),
    }
    office.deliver(letters.letter("投稿：楼门议事", "报送稿件一篇。", files=files, message_id="<v@mail.example.cn>"))
    with server_folder() as folder:
        clamd = Clamd(folder)
        office.set("mailbox:", f"scan: {clamd.tcp}\nmailbox:")
        office.once()
        with office.world() as world:
            (row,) = world.letters()
            assert (row.stage, row.crashes) == (Stage.RECEIVED, 0)
            assert "virus scanner" in row.reason
        assert not office.received_by(ZHANG)
        clamd.start()
        try:
            office.once("--later", "3600")
        finally:
            clamd.stop()
    with office.world() as world:
        dossier, _ = world.ledger.verdict_of(row.id)
        (submission,) = world.ledger.submissions_of(row.id)
    assert [(file.role, file.problem) for file in dossier.letter.files] == [
        (Role.MANUSCRIPT, None),
        (Role.ORIGINAL, None),
        (Role.REFUSED, FileProblem.INFECTED),
    ]
    stored = sorted(path.name for path in (office.storage / submission.folder / "r1").glob("*/*"))
    assert stored == ["原图.jpg", "好稿.docx"]
    (answer,) = office.received_by(ZHANG)
    text = (
        answer.get_payload(decode=True) if not answer.is_multipart() else answer.get_payload(0).get_payload(decode=True)
    )
    assert "照片说明.docx" in text.decode()
    assert "病毒" in text.decode()
