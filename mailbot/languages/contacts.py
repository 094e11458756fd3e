"""Which patterns a language must give for contact details that stand in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContactPhrases:
    """Patterns over half-width text; the group of each is what is found."""

    mobile: str  # a whole mobile number, digits only
    postcode: str  # a postal code, with what shows that it is one
    recipient: str  # who is to get what is sent, behind a label
    name: str  # what somebody is called, behind a label
