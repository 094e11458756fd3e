"""Killed at any point, nothing is lost and nothing is done twice (promises 1, 3 and 4)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence

import pytest

from mailbot.model import Kind, MailCause, MailState
from mailbot.service import World
from mailbot.steps import Step
from mailbot.verify import verify
from tests.servers.office import CONTRIBUTORS, EDITOR, OFFICE, Office
from tests.stories import letters

ONE_DAY = 86_400
DIGEST_STEPS = (Step.DIGEST_COMPOSED, Step.DIGEST_QUEUED)
WAY_IN = (Step.LETTER_SPOOLING, Step.LETTER_SYNCED, Step.LETTER_STORED, Step.LETTER_RECEIVED)
MIDDLE = (
    Step.LETTER_READ, Step.LETTER_JUDGED, Step.FILING_WRITTEN, Step.FILING_RENAMED, Step.LETTER_FILED,
    Step.LETTER_ANSWERING,
)  # fmt: skip
WAY_OUT = (Step.MAIL_CONNECTED, Step.MAIL_SENDING, Step.MAIL_ACCEPTED, Step.MAIL_RECORDED)
ADOPTION_STEPS = (Step.ADOPTION_LISTED, Step.ADOPTION_WRITTEN)
BY_AN_ADMIN = (Step.JUDGED_AGAIN,)
"""Steps of a command, not of the worker: tests/unit/test_rejudge.py."""
IN_TURN = (Step.FILES_GATHERED, Step.MOVED, Step.MOVE_RECORDED, Step.BOUNCE_RECORDED)
"""Steps of letters that follow others: a completion, a withdrawal, a report of a mail of ours."""


def post_one_round(office: Office, number: int) -> None:
    """Four letters: acknowledged, returned twice, ignored."""
    office.deliver(letters.good(number))
    office.deliver(letters.without_unit(number), "li@example.cn")
    office.deliver(letters.vacation(number), "wang@example.cn")
    office.deliver(letters.damaged(number), "wang@example.cn")


def post_rounds(office: Office, numbers: Iterable[int]) -> None:
    """Four letters for each number."""
    for number in numbers:
        post_one_round(office, number)


def post_what_follows(office: Office, number: int) -> None:
    """Four letters about those of a round: one completes, one repeats, one withdraws, one is a mail that came back."""
    office.deliver(letters.completes(number), "li@example.cn")
    office.deliver(letters.again(number))
    office.deliver(letters.withdraws(number))
    office.deliver(letters.bounce(number), "")


def post_full_rounds(office: Office, numbers: Iterable[int]) -> None:
    """Eight letters for each number."""
    for number in numbers:
        post_one_round(office, number)
        post_what_follows(office, number)


def assert_all_followed(office: Office, rounds: int) -> None:
    """Each completion is the second revision and moved, each withdrawal moved, nothing else has a second one."""
    with office.world() as world:
        found = {submission.title: submission for submission in world.ledger.submissions() if submission.title}
        kinds = Counter(row.kind for row in world.letters())
        revisions = {one.number: world.ledger.revision_letters(one.id) for one in found.values()}
        reports = world.ledger.bounces(min(row.first_seen for row in world.letters()), world.clock.now())
    assert len(found) == 2 * rounds
    assert kinds[Kind.BOUNCE] == kinds[Kind.WITHDRAWAL] == rounds
    assert len({report.letter for report in reports}) == len(reports)  # a report counts once
    for number in range(1, rounds + 1):
        completed, withdrawn = found[f"没有写单位的稿件（{number}）"], found[f"楼门口的议事会（{number}）"]
        assert (completed.state.value, completed.revision) == ("ready", 2)
        assert {path.name for path in (office.storage / completed.folder / "r1").glob("manuscripts/*")} == {
            f"稿件{number}.docx"
        }
        assert {path.name for path in (office.storage / completed.folder / "r2").glob("manuscripts/*")} == {
            f"稿件{number}（补单位）.docx"
        }
        assert "incomplete" not in completed.folder
        assert (withdrawn.state.value, withdrawn.revision) == ("withdrawn", 1)
        assert (office.storage / withdrawn.folder / "r1" / "letter.eml").exists()
        assert withdrawn.folder.startswith("issues/rejected/")
        assert len(revisions[completed.number]) == 2
        assert len(revisions[withdrawn.number]) == 1


def assert_nothing_left_behind(office: Office) -> None:
    """No temporary file or folder of a killed worker is there any more."""
    left = [path for path in office.storage.rglob("*") if path.name.startswith(".") and path.name != ".arriving"]
    left += [*(office.storage / "work").glob("*"), *(office.storage / "letters/.arriving").iterdir()]
    assert left == []


def assert_a_day_later_only_the_digest_comes(office: Office) -> None:
    """The next day brings one digest, which balances, and to contributors nothing that they had already."""
    before = [office.received_by(contributor) for contributor in CONTRIBUTORS]
    office.once("--later", str(ONE_DAY))
    office.once("--later", str(ONE_DAY + 60))
    assert [len(mails) for mails in before] == [len(office.received_by(contributor)) for contributor in CONTRIBUTORS]
    assert len(office.received_by(EDITOR)) == 1
    with office.world() as world:
        page = world.daily.page([world.daily.today()])
    assert page.total.received == len(office.letters_sent())
    assert not page.unbalanced
    assert_nothing_lost_or_doubled(office)


def _superseded(world: World) -> dict[int, str]:
    """Answers overtaken by that to the next revision, with the Message-IDs of what they would have answered."""
    revised = [
        letter
        for submission in world.ledger.submissions()
        for _, letter, _ in world.ledger.revision_letters(submission.id)
        if letter != submission.letter
    ]
    return {
        mail.id: f"<{world.ledger.letter_row(letter).message_id.strip('<>')}>"
        for letter in revised
        for mail in world.ledger.mails_to(letter)
        if mail.state is MailState.DISMISSED
    }


def assert_nothing_lost_or_doubled(office: Office, *, answered: bool = True) -> None:
    """The truth is what the servers saw: the office's mailbox, and what the contributors received."""
    kept = {file.stem for file in (office.storage / "letters").rglob("*.eml")}
    assert kept == office.letters_sent()
    with office.world() as world:
        assert verify(world.store, world.ledger) == []
        rows = world.letters()
        assert Counter(row.raw.sha256 for row in rows) == Counter(office.letters_sent())
        assert {row.stage.value for row in rows} == {"closed"}
        submissions = world.ledger.submissions()
        superseded = _superseded(world)
        uncertain = Counter(mail.recipient for mail in world.ledger.mails(MailState.UNCERTAIN))
        mails = [mail for mail in world.ledger.mails() if mail.cause is MailCause.ANSWER]
    assert {mail.state for mail in mails if mail.id not in superseded} <= {MailState.SENT, MailState.UNCERTAIN}
    numbers = [submission.number for submission in submissions]
    assert len(set(numbers)) == len(numbers)
    assert [int(number.rsplit("-", 1)[1]) for number in sorted(numbers)] == list(range(1, len(numbers) + 1))
    assert len(list((office.storage / "issues").rglob("manifest.json"))) == sum(one.revision for one in submissions)
    for contributor in CONTRIBUTORS:
        answers = Counter(mail["In-Reply-To"] for mail in office.received_by(contributor))
        assert all(count == 1 for count in answers.values()), answers
        assert not any("vacation" in answered_id for answered_id in answers)
        if answered:
            expected = {mail["Message-ID"] for mail in office.received_by(OFFICE) if mail["From"] == contributor}
            expected = {message_id for message_id in expected if "vacation" not in message_id}
            missing = expected - set(answers) - set(superseded.values())
            assert len(missing) <= uncertain[contributor], f"no answer for {missing}"
    digests = Counter(mail["Message-ID"] for mail in office.received_by(EDITOR))
    assert len(digests) <= 1, "more than one digest for a day"
    assert_nothing_left_behind(office)


@pytest.mark.parametrize("steps", [WAY_IN, MIDDLE, WAY_OUT], ids=["way-in", "middle", "way-out"])
def test_a_kill_at_each_step_loses_and_doubles_nothing(office: Office, steps: Sequence[Step]) -> None:
    """Killed at one named step after the other, the worker files and answers every letter exactly once."""
    for number, step in enumerate(steps, 1):
        post_one_round(office, number)
        assert office.killable("--kill", step.value) == -9, f"{step} was never reached\n{office.log()}"
    office.once()
    assert_nothing_lost_or_doubled(office)


def test_a_kill_at_each_step_of_what_follows_loses_and_doubles_nothing(office: Office) -> None:
    """Killed where a completion is gathered, moved and filed, a withdrawal moved, a bounce kept: all is right."""
    post_rounds(office, (1, 2))
    office.once()
    post_what_follows(office, 1)
    post_what_follows(office, 2)
    of_the_first = (Step.FILES_GATHERED, Step.MOVED, Step.FILING_WRITTEN, Step.MOVE_RECORDED, Step.BOUNCE_RECORDED)
    for step in (*of_the_first, Step.FILING_RENAMED):
        assert office.killable("--kill", step.value) == -9, f"{step} was never reached\n{office.log()}"
    office.once()
    assert_nothing_lost_or_doubled(office)
    assert_all_followed(office, 2)


def test_every_step_is_killed_at() -> None:
    """No step is left out of these stories."""
    assert {*WAY_IN, *MIDDLE, *WAY_OUT, *IN_TURN, *DIGEST_STEPS, *ADOPTION_STEPS, *BY_AN_ADMIN} == set(Step)


@pytest.mark.parametrize("step", DIGEST_STEPS)
def test_a_kill_while_the_digest_is_made_neither_drops_nor_doubles_it(office: Office, step: Step) -> None:
    """Killed while a digest is composed or queued, the next start sends it once."""
    post_one_round(office, 1)
    office.once()
    assert office.killable("--later", str(ONE_DAY), "--kill", step.value) == -9, office.log()
    office.once("--later", str(ONE_DAY))
    assert_nothing_lost_or_doubled(office)
    assert len(office.received_by(EDITOR)) == 1


@pytest.mark.parametrize("step", ADOPTION_STEPS)
def test_a_kill_inside_adoption_answers_nobody_of_those_who_wrote_before(office: Office, step: Step) -> None:
    """Killed before or after the list of adopted letters is written, the old letters are filed unanswered."""
    office.set("first_run: process", "first_run: adopt")
    post_one_round(office, 1)
    assert office.killable("--kill", step.value) == -9, office.log()
    office.once()
    assert_nothing_lost_or_doubled(office, answered=False)
    assert not any(office.received_by(contributor) for contributor in CONTRIBUTORS)
    office.deliver(letters.good(9))
    office.once()
    assert [mail["In-Reply-To"] for mail in office.received_by(CONTRIBUTORS[0])] == ["<good-9@mail.example.cn>"]


def test_ten_seeded_random_kills_lose_and_double_nothing(office: Office) -> None:
    """Killed ten times at moments that no list names, the worker still files and answers everything once."""
    dice = random.Random(10)
    killed, posted = 0, 0
    while killed < 10:
        posted += 1
        post_one_round(office, posted)
        killed += office.killable("--kill-any", str(dice.randint(1, 25))) == -9
    office.once()
    assert_nothing_lost_or_doubled(office)


# --- the long runs ----------------------------------------------------------------------------------------------------


@pytest.mark.torture
@pytest.mark.parametrize("step", [*WAY_IN, *MIDDLE, *WAY_OUT, *IN_TURN])
def test_ten_kills_at_this_step_over_two_hundred_letters(office: Office, step: Step) -> None:
    """Killed ten times at a named step, now early and now late, two hundred letters are filed and answered once."""
    dice = random.Random(step.value)
    post_full_rounds(office, [1])
    office.once()
    most = 2 if step in IN_TURN else 4
    for turn in range(1, 11):
        post_full_rounds(office, range(2 * turn, 2 * turn + 2))
        occurrence = 1 if step is Step.LETTER_RECEIVED else dice.randint(1, most)  # one batch a poll
        assert office.killable("--kill", f"{step.value}:{occurrence}") == -9, office.log()
    post_full_rounds(office, range(22, 26))
    office.once()
    assert_nothing_lost_or_doubled(office)
    assert_all_followed(office, 25)
    assert_a_day_later_only_the_digest_comes(office)


@pytest.mark.torture
@pytest.mark.parametrize("step", [*DIGEST_STEPS, *ADOPTION_STEPS])
@pytest.mark.parametrize("turn", range(10))
def test_ten_kills_at_the_steps_that_come_once(office: Office, step: Step, turn: int) -> None:
    """Killed ten times where a digest is made or letters are adopted, each in a new office, all is as it should be."""
    if step in DIGEST_STEPS:
        test_a_kill_while_the_digest_is_made_neither_drops_nor_doubles_it(office, step)
    else:
        test_a_kill_inside_adoption_answers_nobody_of_those_who_wrote_before(office, step)


@pytest.mark.torture
@pytest.mark.parametrize("step", [Step.MAIL_CONNECTED, Step.MAIL_SENDING, Step.MAIL_ACCEPTED, Step.MAIL_RECORDED])
def test_a_digest_whose_delivery_is_unknown_is_repeated_once(office: Office, step: Step) -> None:
    """Killed while the digest is sent, the next start sends it, as the same mail if it may have gone out already."""
    post_one_round(office, 1)
    office.once()
    assert office.killable("--later", str(ONE_DAY), "--kill", step.value) == -9, office.log()
    office.once("--later", str(ONE_DAY))
    assert len(office.received_by(EDITOR)) == (2 if step is Step.MAIL_ACCEPTED else 1)
    assert_nothing_lost_or_doubled(office)


@pytest.mark.torture
def test_two_hundred_random_kills_over_two_hundred_letters(office: Office) -> None:
    """Killed two hundred times after a few steps, at moments that no list names, nothing is lost or doubled."""
    dice = random.Random(200)
    killed, posted = 0, 0
    while killed < 200:
        if posted < 25 and killed >= posted * 8:
            posted += 1
            post_full_rounds(office, [posted])
        code = office.killable("--kill-any", str(dice.randint(1, 5)), kill_after=dice.uniform(0.02, 3.0))
        killed += code == -9
        if code == 0 and posted == 25:
            posted += 1
            post_full_rounds(office, [posted])  # all is done: there must be something to kill at
    office.once()
    assert_nothing_lost_or_doubled(office)
    assert_all_followed(office, posted)
    assert_a_day_later_only_the_digest_comes(office)
