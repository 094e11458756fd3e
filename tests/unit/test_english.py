"""An office that writes English: its words, its templates, and a letter on its whole way."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import docx
import pytest
from jinja2 import Environment, nodes

from mailbot import languages
from mailbot.daily import Daily, DigestPlan
from mailbot.letter.kinds import classify
from mailbot.manuscript.bylines.byline import read_byline
from mailbot.model import (
    Claim,
    ClaimedBy,
    Earlier,
    History,
    Kind,
    MailState,
    NoticeKind,
    Office,
    SendOutcome,
    SendResult,
    Stage,
)
from mailbot.notices import facts, page
from mailbot.notices.scenes import scene
from mailbot.notices.templates import Templates, _samples, load_templates, read_folder
from mailbot.ports import Arrival
from mailbot.process import Policy, Process, Sources
from mailbot.rulebook.load import load_rulebook
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from mailbot.testing.reader import InProcessReader
from mailbot.testing.store import TemporaryStore
from tests.unit.letter.build import read, simple
from tests.unit.manuscript.samples import saved

SHIPPED = Path(__file__).parents[2] / "templates"
NAMES = sorted(path.name for path in SHIPPED.glob("*.j2"))
CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\u3001-\u301f]|[（），：；。！？]")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RULES = """
rules:
  - id: enclosed
    title: The article is enclosed
    check: manuscript_enclosed
    otherwise: return
    advice: Please enclose the article as a Word file.
  - id: readable
    title: Files can be opened
    check: readable_files
    otherwise: return
    advice: Please send it again.
  - id: length
    title: The article has at least 10 words
    cites: clause 3
    check: length
    with: {of: text, min: 10}
    otherwise: return
    advice: Please make it longer.
"""
ISSUES = "issues:\n  - {id: spring, name: Spring issue, opens: 2026-01-01, closes: 2026-12-31}\n"


def english() -> Templates:
    """The shipped English templates."""
    return load_templates(read_folder(SHIPPED, "en-GB"))


@pytest.mark.parametrize(
    ("tag", "folders", "chosen"),
    [
        ("en-GB", ["en"], "en"),
        ("en-GB", ["en", "en-GB"], "en-GB"),
        ("en", [], "."),
        ("zh-CN", ["en"], "."),
        ("", ["en"], "."),
    ],
)
def test_the_language_chooses_the_templates(tag: str, folders: list[str], chosen: str, tmp_path: Path) -> None:
    """A sub-folder of the language's name is read where it has templates, else the folder itself."""
    (tmp_path / "en-US").mkdir()  # without a template
    for name in (".", *folders):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "help.txt.j2").write_text(name)
    assert read_folder(tmp_path, tag) == {"help.txt.j2": chosen}


def test_english_is_chosen_by_its_tags_and_others_fall_back() -> None:
    """`en` and `en-GB` are English; what no data is there for is Chinese, also where a module has that name."""
    said = {tag: languages.load(tag).rules.say("files.some.all", count=1) for tag in ("en", "en-GB", "EN-us")}
    assert set(said.values()) == {"1 file"}
    assert languages.load("en").rules.say("files.some.all", count=2) == "2 files"
    assert all(languages.load(tag).rules is languages.load("zh-CN").rules for tag in ("und", "de-DE", "rules"))


def test_every_sentence_has_an_english_one() -> None:
    """The same cases with the same values filled in, and no Chinese character."""
    for chinese, told in (
        (languages.load("zh").rules.messages, languages.load("en").rules.messages),
        (languages.load("zh").trials.sentences, languages.load("en").trials.sentences),
        (languages.load("zh").trials.words, languages.load("en").trials.words),
    ):
        assert set(told) == set(chinese)
        other = {case for case in told if _values(told[case]) != _values(chinese[case])}
        assert other <= {"layout.named_points", "pictures.megapixels"}  # sizes have no names, pixels no myriads
        assert [case for case, words in told.items() if CHINESE.search(words)] == []


def _values(sentence: str) -> set[str]:
    return {name.partition(".")[0] for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("name", NAMES)
def test_every_template_has_an_english_twin(name: str) -> None:
    """It tells the same facts, and no Chinese character stands in it."""
    twin = (SHIPPED / "en" / name).read_text(encoding="utf-8")
    assert _facts_told(twin) == _facts_told((SHIPPED / name).read_text(encoding="utf-8"))
    assert not CHINESE.search(twin)


def _facts_told(text: str) -> set[str]:
    tree = Environment(autoescape=True).parse(text)
    said = {node.name for node in tree.find_all(nodes.Name)} | {node.attr for node in tree.find_all(nodes.Getattr)}
    said |= {node.value.as_const() for node in tree.find_all(nodes.Keyword) if node.key == "attribute"}
    kinds = [kind for module in (facts, page) for kind in vars(module).values() if isinstance(kind, type)]
    return said & {field for kind in kinds for field in getattr(kind, "__annotations__", {})} - {"day"}


def test_samples_come_out_in_english() -> None:
    """Each template that makes a mail, with all that it can tell, and what `notices preview` shows."""
    templates = english()
    for name in NAMES:
        for sample in _samples(name) or ():
            if not name.startswith("_"):
                assert not CHINESE.search(templates.render(name, sample)), name
    for kind in NoticeKind:
        assert not CHINESE.search("\n".join(templates.notice(kind, scene(kind, "en-GB")))), kind


@pytest.mark.parametrize(
    ("lines", "unit", "authors"),
    [
        (["By Jane Doe"], None, [("Jane Doe", "")]),
        (["by Jane Doe and Mary-Ann O'Neill, Riverside Council"], None, [("Jane Doe", "R"), ("Mary-Ann O'Neill", "R")]),
        (["Author: Jane Doe", "Organisation: Riverside Council"], "R", [("Jane Doe", "R")]),
        (
            ["AUTHORS: Li Wei (Riverside Council), Jo Dam", "Submitted by: R"],
            "R",
            [("Li Wei", "R"), ("Jo Dam", "")],
        ),
        (["Standing by the River"], None, []),
        (["作者：张三  单位：某某市民政局"], "某某市民政局", [("张三", "某某市民政局")]),
    ],
)
def test_english_bylines_are_read(lines: list[str], unit: str | None, authors: list[tuple[str, str]]) -> None:
    """Labelled, or opened by "by"; Chinese ones are read as well."""
    text = "People meet in the small hall and talk about what is to be done. " * 4
    found = read_byline(["A hall", *lines, text], languages.load("en").bylines, title="A hall")

    def short(name: str) -> str:
        return name.replace("Riverside Council", "R")

    assert (found.unit and short(found.unit), [(one.name, short(one.unit)) for one in found.authors]) == (unit, authors)


def letter(subject: str, text: str, files: dict[str, bytes]) -> bytes:
    """From an English contributor."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = "Jane Doe <jane@example.com>", "office@example.org", subject
    mail["Date"], mail["Message-ID"] = "Mon, 02 Mar 2026 10:00:00 +0100", f"<{subject[-3:]}@example.com>".lower()
    mail.set_content(text)
    for name, content in files.items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def document(*lines: str) -> bytes:
    """A .docx with these paragraphs."""
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    return saved(made)


class EnglishOffice:
    """Its ledger, its clock and what it does with letters and at half past eight."""

    def __init__(self) -> None:
        self.clock, self.store = FixedClock(NOW), TemporaryStore()
        self.ledger = memory_ledger(self.clock.now)
        self.folder = self.ledger.open_folder("INBOX", 1, NOW).id
        rulebook = load_rulebook({"rules.yaml": RULES, "issues.yaml": ISSUES})
        self.process = Process(
            ledger=self.ledger,
            store=self.store,
            reader=InProcessReader(language="en-GB"),
            sources=Sources(lambda: rulebook, english),
            policy=Policy(
                office=Office(address="office@example.org", editors=("ed@example.org",), language="en-GB"),
                office_name="Community News",
                numbering="CN-{}-{}".format,
                notices="send",
                per_correspondent=None,
                key=b"k",
            ),
            clock=self.clock,
        )
        plan = DigestPlan(
            at=NOW.time(), days=frozenset(range(7)), when_empty=True, editors=("ed@example.org",),
            account="office@example.org", office_name="Community News", zone=ZoneInfo("Europe/London"), key=b"k",
        )  # fmt: skip
        self.daily = Daily(
            ledger=self.ledger, plan=plan, issue_names=rulebook.issue_names.copy, templates=english, clock=self.clock
        )
        self.daily.started()

    def receives(self, *raws: bytes) -> None:
        """Letters on their whole way to the outbox."""
        for uid, raw in enumerate(raws, 1):
            spool = self.store.spool()
            spool.write(raw)
            kept = self.store.keep(spool, NOW, len(raw))
            (number,) = self.ledger.receive(self.folder, [Arrival(uid, kept)], NOW)
            self.process.carry(self.ledger.letter_row(number))
            assert self.ledger.letter_row(number).stage in (Stage.ANSWERING, Stage.CLOSED)

    def sent(self) -> list[str]:
        """All mails of the outbox as they go out: subject, then every form of the text."""
        found = []
        while (mail := self.ledger.due_mail(self.clock.now())) is not None:
            made = message_from_bytes(mail.content, policy=policy.default)
            texts = [part.get_content() for part in made.walk() if part.get_content_maintype() == "text"]
            found.append("\n".join([mail.subject, *texts]))
            self.ledger.mail_sending(mail.id, self.clock.now())
            self.ledger.mail_result(mail.id, SendResult(outcome=SendOutcome.SENT), self.clock.now())
        assert not self.ledger.mails(MailState.WAITING)
        return found


LETTERS = {
    "How may we contribute? Our group has never sent you anything.": Kind.INQUIRY,
    "Dear editors. Could you tell me how many words an article should have?": Kind.INQUIRY,
    "I wonder whether you take contributions from pensioners.": Kind.INQUIRY,
    "I sent you my article in May. Is there any news?": Kind.STATUS_QUERY,
    "Could you tell me in which issue my piece will be printed?": Kind.STATUS_QUERY,
    "Is anything still missing from SQ-2026-0012?": Kind.STATUS_QUERY,
    "We have to withdraw our article on the courtyard, as its figures are wrong.": Kind.WITHDRAWAL,
    "Please do not print my essay about the lift.": Kind.WITHDRAWAL,
    "We shall not withdraw our article. Thank you!": Kind.CONVERSATION,
    "May I have an invoice for my subscription?": Kind.OTHER,
    "Thank you for everything, and a happy new year.": Kind.CONVERSATION,
}


@pytest.mark.parametrize(("text", "kind"), LETTERS.items())
def test_english_letters_are_understood(text: str, kind: Kind, tmp_path: Path) -> None:
    """What English sentences ask for is known by their structure, and talk stays talk."""
    own = (
        ()
        if kind is Kind.INQUIRY
        else (Earlier(number="SQ-2026-0012", arrived_at=NOW - timedelta(days=9), state="ready"),)
    )
    claims = tuple(Claim(number=one.number, by=ClaimedBy.NUMBER) for one in own if one.number in text)
    office = Office(address="tougao@example.org", language="en-GB")
    found = classify(read(simple(text, "Hello"), tmp_path), (), office, History(earlier=own, claims=claims))
    assert found.kind is kind


def test_english_words_complete_a_submission(tmp_path: Path) -> None:
    """An answer to ours that says which organisation it is completes what lacked it."""
    earlier = Earlier(number="SQ-2026-0012", arrived_at=NOW - timedelta(days=9), state="incomplete")
    history = History(
        answers_ours=("SQ-2026-0012",),
        earlier=(earlier,),
        claims=(Claim(number="SQ-2026-0012", by=ClaimedBy.MESSAGE_ID),),
    )
    said = simple("My organisation is: Willow Lane Neighbourhood Office.", "Re: Your article")
    office = Office(address="tougao@example.org", language="en-GB")
    assert classify(read(said, tmp_path), (), office, history).kind is Kind.REPLY


def test_an_english_office_answers_and_reports_in_english() -> None:
    """Acknowledgement, return, guide and digest: what contributors and editors read has no Chinese character."""
    office = EnglishOffice()
    whole = document("A hall for everybody", "By Jane Doe", "People meet each week in the small hall. " * 3)
    short = {"short.docx": document("Short", "Two words."), "x.rar": b"Rar!\x1a\x07\0"}
    office.receives(
        letter("Submission: A hall 1", "Please find attached our article.", {"hall.docx": whole}),
        letter("Submission: Short 2", "Please find attached.", short),
        letter("Question 3", "How can I submit an article to you?", {}),
        letter("Holiday 4", "Nothing in particular.", {}),
    )
    acknowledged, returned, guide = office.sent()
    assert acknowledged.startswith("[CN-2026-1] We have received your submission\n")
    for words in ("Title: A hall for everybody", "Author: Jane Doe", "Issue: Spring issue", "- hall.docx ("):
        assert words in acknowledged
    for words in ("something is missing", "fewer than the 10 asked for (see: clause 3)", "“x.rar”: damaged"):
        assert words in returned
    assert "closes on 31 December 2026" in guide

    office.clock.move(timedelta(days=1))
    office.daily.queue_due()
    (digest,) = office.sent()
    for words in ("4 received", "1 acknowledged + 1 returned + 1 held + 1 served", "cannot be told"):
        assert words in digest
    assert not any(CHINESE.search(mail) for mail in (acknowledged, returned, guide, digest))
