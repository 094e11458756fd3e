"""A contributor and the office write to each other over real servers, from the first letter to a finished article."""

from __future__ import annotations

import json
from email.header import decode_header, make_header
from typing import Any

from tests.servers.office import CONTRIBUTORS, EDITOR, OFFICE, Office
from tests.stories.letters import letter, manuscript, photo
from tests.stories.test_whatever_they_send import text_of

ZHANG, LI, _ = CONTRIBUTORS
ONE_DAY = 86_400


def listed(office: Office) -> list[dict[str, Any]]:
    """The submissions as `mailbot submissions list` tells them."""
    found: list[dict[str, Any]] = json.loads(office.mailbot("submissions", "list", "--json").stdout)
    return found


def test_one_reply_leads_to_a_finished_submission(office: Office) -> None:
    """Returned with every fault, completed by one reply, asked after, split, withdrawn; each letter answered once."""
    title = "楼门口的议事会"
    office.deliver(
        letter(
            f"投稿：{title}",
            "请查收。",
            sender=ZHANG,
            files={"稿件.docx": manuscript(title, unit=None, picture=photo(1)), "图1.jpg": photo(1)},
        )
    )
    office.once()
    (returned,) = office.received_by(ZHANG)
    assert "图1.jpg" in text_of(returned)  # what is safely here

    quoted = "\n".join(f"> {line}" for line in text_of(returned).splitlines())
    office.deliver(
        letter(
            f"Re: {make_header(decode_header(returned['Subject']))}",
            f"单位补上了，请查收。\n\n在 2026年11月23日，编辑部 写道：\n{quoted}",
            sender=ZHANG,
            headers={"In-Reply-To": str(returned["Message-ID"])},
            files={"稿件（补单位）.docx": manuscript(title, picture=photo(1))},
        )
    )
    office.deliver(letter("查稿", "老师好，请问稿件收到了吗？", sender=ZHANG, message_id="<asks@example.cn>"))
    office.deliver(letter("谢谢", "收到，谢谢编辑！", sender=ZHANG, message_id="<thanks@example.cn>"))
    office.deliver(letter("撤稿", f"请撤回 {listed(office)[0]['number']}。", sender=LI), LI)
    office.once()

    (submission,) = listed(office)
    assert (submission["state"], submission["revision"]) == ("ready", 2)
    folder = office.storage / submission["folder"]
    assert {path.name for path in (folder / "r2").glob("*/*")} == {"稿件（补单位）.docx", "图1.jpg"}
    assert {path.name for path in (folder / "r1").glob("*/*")} == {"稿件.docx", "图1.jpg"}
    answers = office.received_by(ZHANG)
    assert len(answers) == 3  # the return, what is complete, the state; thanks are not answered
    assert all(submission["number"] in text_of(answer) for answer in answers)
    assert office.received_by(LI) == []  # nobody takes back what others wrote
    assert office.mailbot("store", "verify").stdout.strip() == "store and ledger agree"

    office.deliver(letter("申请撤稿", f"《{title}》不投了，请撤稿。", sender=ZHANG, message_id="<back@example.cn>"))
    office.once("--later", str(ONE_DAY))
    (submission,) = listed(office)
    assert submission["state"] == "withdrawn"
    assert (office.storage / submission["folder"]).parent.name == "rejected"
    digest = text_of(office.received_by(EDITOR)[-1])
    assert submission["number"] in digest
    assert "收到，谢谢" in digest or "谢谢" in digest
    assert {mail["To"] for mail in office.received_by(ZHANG)} == {ZHANG}
    assert OFFICE in str(answers[0]["From"])
