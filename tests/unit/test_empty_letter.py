"""A letter of which only the header came."""

from __future__ import annotations

from dataclasses import replace

from mailbot.letter.kinds import classify
from mailbot.model import Address, CloudFile, History, Kind, Letter, Office

OFFICE = Office(address="tougao@example.cn")
NOTHING = Letter(message_id="1@example.org", sender=Address(address="zhang@example.org"), text=" \n")


def test_nothing_at_all_is_unreadable() -> None:
    """Without subject, text and files nobody can tell what is wanted."""
    understood = classify(NOTHING, (), OFFICE, History())
    assert (understood.kind, understood.reasons) == (Kind.UNREADABLE, ("it is empty",))


def test_anything_is_more_than_nothing() -> None:
    """A subject, a word or a link keeps a letter from being empty."""
    link = CloudFile(name="a.zip", url="https://example.org/a.zip", provider="example")
    for letter in (
        replace(NOTHING, subject="?"),
        replace(NOTHING, text="hm"),
        replace(NOTHING, cloud_files=(link,)),
    ):
        assert classify(letter, (), OFFICE, History()).kind is not Kind.UNREADABLE
