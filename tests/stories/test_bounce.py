"""What comes back from mail servers is neither answered nor filed: with a real Postfix that bounces."""

from __future__ import annotations

import json

from tests.servers.mailboxes import wait_for_mails
from tests.servers.office import EDITOR, OFFICE, Office
from tests.stories import letters

GONE = "niemand@example.cn"


def test_an_answer_that_bounces_starts_no_loop(bouncing_office: Office) -> None:
    """The bounce of our acknowledgement is recognised, kept, and neither answered nor filed as a submission."""
    office = bouncing_office
    office.deliver(letters.good(1, sender=GONE), sender=GONE)
    office.once()
    wait_for_mails(office.dovecot, OFFICE, 2)  # the letter, and the bounce of its acknowledgement
    office.once()
    office.once()

    assert len(json.loads(office.mailbot("submissions", "list", "--json").stdout)) == 1
    assert len(json.loads(office.mailbot("notices", "list", "--json").stdout)) == 1
    with office.world() as world:
        (bounce,) = [row for row in world.letters() if row.kind == "bounce"]
    assert bounce.verdict == "ignore"
    assert bounce.stage == "closed"


def test_a_vacation_responder_starts_no_loop(bouncing_office: Office) -> None:
    """It is silent on our acknowledgement, by its marks; what it says to an editor's letter is not answered."""
    office, away = bouncing_office, "zhang@example.cn"
    office.goes_away(away)
    office.deliver(letters.good(1, sender=away), sender=away)
    office.once()
    wait_for_mails(office.dovecot, away, 1)
    by_hand = letters.letter(
        "您的稿件", "请电话联系编辑部。", sender=OFFICE, to=away, message_id="<by-hand@example.cn>"
    )
    office.deliver(by_hand, sender=OFFICE, to=away)
    wait_for_mails(office.dovecot, OFFICE, 2)
    response = sorted(office.received_by(OFFICE), key=lambda mail: str(mail["Auto-Submitted"]))
    assert [mail["Auto-Submitted"] for mail in response] == [None, "auto-replied (vacation)"]
    office.once()
    office.once()

    with office.world() as world:
        assert [(row.kind, row.verdict) for row in world.letters() if row.kind != "submission"] == [
            ("automatic", "ignore")
        ]
        assert [mail.kind for mail in world.ledger.mails() if mail.recipient != EDITOR] == ["acknowledgement"]
    assert len(office.in_mailbox(away)) == 2
    assert len(office.in_mailbox(OFFICE)) == 2
