"""What every reader promises; each is run by a subclass that gives the fixture `reader`."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from mailbot.model import FileProblem, Role
from mailbot.ports import Reader
from tests.unit.manuscript.samples import article, photo


def mail(path: Path, files: dict[str, bytes]) -> Path:
    """A letter with these files."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "张三 <zhang@example.cn>", "office@example.cn", "投稿：题目"
    message.set_content("编辑老师好，附件是稿件，请查收。\n")
    for name, data in files.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    path.write_bytes(message.as_bytes())
    return path


class ReaderContract:
    """Letters and manuscripts, wherever they are read."""

    def test_a_letter_and_its_manuscript_are_read(self, reader: Reader, tmp_path: Path) -> None:
        """Text, files in the work folder, manuscript, pictures and originals come back as plain data."""
        data = article("巧泡民心茶", ["● 甲江省乙水市民政局"], [photo(1, 400, 300)])
        raw = mail(tmp_path / "a.eml", {"稿件.docx": data, "原图.jpg": photo(1, 1200, 900)})
        work = tmp_path / "work"
        work.mkdir()
        letter = reader.letter(raw, work)
        assert letter.subject == "投稿：题目"
        assert (work / letter.files[0].where).read_bytes() == data
        reading = reader.manuscripts(letter, work)
        assert [file.role for file in reading.files] == [Role.MANUSCRIPT, Role.ORIGINAL]
        assert reading.manuscripts[0].byline.unit == "甲江省乙水市民政局"
        assert reading.manuscripts[0].pictures[0].original == "原图.jpg"

    def test_a_bad_file_costs_that_file_only(self, reader: Reader, tmp_path: Path) -> None:
        """A damaged document is an article with a problem, and the other one is read."""
        raw = mail(tmp_path / "a.eml", {"坏.docx": b"PK\x03\x04", "好.docx": article("巧泡民心茶")})
        reading = reader.manuscripts(reader.letter(raw, tmp_path), tmp_path)
        assert [one.problem for one in reading.manuscripts] == [FileProblem.DAMAGED, None]

    def test_closing_may_be_repeated(self, reader: Reader) -> None:
        """Close is harmless, also before anything was read."""
        reader.close()
        reader.close()
