"""What comes back from mail servers is neither answered nor filed: with a real Postfix that bounces."""

from __future__ import annotations

import json

from tests.servers.mailboxes import wait_for_mails
from tests.servers.office import OFFICE, Office
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
