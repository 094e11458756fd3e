"""Who gets an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.model import Address
from mailbot.notices.who import is_machine, is_strict, recipient
from tests.unit.notices.build import LETTER, OFFICE


def at(*addresses: str) -> tuple[Address, ...]:
    """Addresses without names."""
    return tuple(Address(address=address) for address in addresses)


def test_reply_to_counts_only_when_it_is_one_address() -> None:
    """One address, also said twice, is followed; several are not, and From is answered."""
    assert recipient(replace(LETTER, reply_to=at("a@example.org")), OFFICE)[0] == "a@example.org"
    assert recipient(replace(LETTER, reply_to=at("a@example.org", "a@example.org")), OFFICE)[0] == "a@example.org"
    several = replace(LETTER, reply_to=at("a@example.org", "b@example.org"))
    assert recipient(several, OFFICE)[0] == "wangxiaoli@example.org"
    assert recipient(replace(LETTER, sender=None), OFFICE)[0] is None


@pytest.mark.parametrize(
    "address",
    [
        "tougao@example.cn", "TouGao@example.cn", "noreply@example.org", "No-Reply@example.org", "no_reply@example.org",
        "donotreply+x@example.org", "noreply-spam@example.org", "MAILER-DAEMON@example.org", "Postmaster@163.com",
        "owner-list@example.org", "list-request@example.org", "bounces+12=a@example.org", "LISTSERV@example.org",
        "a@b", "a@localhost", "a b@example.org", "a@example.org,b@example.org", '"a b"@example.org', "a@[127.0.0.1]",
        "a@example.org>b@example.net", "alice@example.org)bob@example.net", "<a@example.org>", "a@example..org",
        ".a@example.org", "a.@example.org", "王@example.org", "a@例子.cn", "a%b@example.org", "x!a@example.org",
        "a@example.org\r\nBcc: b@example.org", "a@example.org\n", "", "@", "a" * 65 + "@example.org",
        "a@" + "b" * 250 + ".org", "a@-b.org", "a@@example.org", "(c)a@example.org",
    ],
)  # fmt: skip
def test_some_addresses_are_never_answered(address: str) -> None:
    """Our own, those of programs, and every one that two programs might read differently."""
    found, reason = recipient(replace(LETTER, sender=Address(address=address)), OFFICE)
    assert found is None
    assert reason


@pytest.mark.parametrize(
    "address", ["a@qq.com", "12345678@qq.com", "wang.xiao-li+x@sub.example.org", "reply@example.org", "a'b@example.org"]
)
def test_people_are_answered(address: str) -> None:
    """Ordinary addresses pass as they are."""
    assert is_strict(address)
    assert not is_machine(address)
    assert recipient(replace(LETTER, sender=Address(address=address)), OFFICE)[0] == address
