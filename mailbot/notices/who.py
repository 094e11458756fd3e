"""To whom an answer goes, and to whom none ever does (RFC 3834 section 2 and 4, RFC 5230 section 4.6)."""

from __future__ import annotations

import re
from dataclasses import replace
from email.utils import getaddresses

from mailbot.model import Address, ClaimedBy, Dossier, Kind, Letter, Office

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATEXT = r"[A-Za-z0-9#$&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?P<local>{_ATEXT}(?:\.{_ATEXT})*)@(?P<domain>{_LABEL}(?:\.{_LABEL})+)")
"""A dot-atom address with a domain of at least two labels (RFC 5321 section 4.1.2): no quotes, comments, literals,
and no `%` and `!`, by which old programs were told a route. Addresses in other scripts (RFC 6531) need SMTPUTF8, which
NetEase does not offer."""

_MACHINES = frozenset(
    {
        "noreply", "donotreply", "neverreply", "mailerdaemon", "maildaemon", "postmaster", "mailer", "nobody", "bounce",
        "bounces", "listserv", "majordomo", "mailman", "autoreply", "autoresponder", "autoanswer", "daemon", "root",
        "systemadministrator", "microsoftexchange",
    }
)  # fmt: skip
_MACHINE_STARTS = ("noreply", "donotreply", "mailerdaemon", "microsoftexchange")
_ABOUT_EARLIER = frozenset({Kind.STATUS_QUERY, Kind.WITHDRAWAL})


def is_strict(address: str) -> bool:
    """Whether the address is one that every program reads alike (CVE-2023-27043), at most 254 octets long."""
    found = _ADDRESS.fullmatch(address) if len(address) <= 254 else None
    if found is None or len(found["local"]) > 64 or found["domain"].rpartition(".")[2].isdigit():
        return False
    if "=?" in address or "?=" in address:  # some programs decode an encoded-word wherever it stands
        return False
    return getaddresses([address]) == [("", address)]


def is_machine(address: str) -> bool:
    """Whether the local part belongs to a program by convention: no-reply, mailer-daemon, owner-x, x-request, …"""
    local = address.partition("@")[0].lower()
    plain = re.sub(r"[^a-z0-9]", "", local.split("+")[0])
    return (
        plain in _MACHINES
        or plain.startswith(_MACHINE_STARTS)
        or local.startswith(("owner-", "bounce-", "bounces-", "bounce+", "bounces+", "prvs=", "srs0=", "srs1="))
        or local.endswith(("-request", "-bounces", "-owner", "-noreply", "-no-reply", ".noreply", "_noreply"))
    )


def is_ours(address: str, office: Office) -> bool:
    """Whether a mail to this address may come back to the office: its address in another case, with a `+detail`
    (RFC 5233), or at a host of its domain or the domain above, where providers keep the same names."""
    (name, _, domain), (own, _, home) = (one.lower().rpartition("@") for one in (address, office.address))
    return name.partition("+")[0] == own.partition("+")[0] and (
        domain == home or domain.endswith("." + home) or home.endswith("." + domain)
    )


def recipient(letter: Letter, office: Office) -> tuple[str | None, str]:
    """The one address an answer goes to and why; None with the reason where none may go out.

    Reply-To counts only when it is exactly one address; with none or several, From does. Of several authors (RFC 6854)
    none is chosen. Sender, Resent-* and Return-Path are not asked where there is a From.
    """
    chosen, origin = _chosen(letter)
    if chosen is None:
        return None, "the letter has no sender's address"
    address = chosen.address
    if origin in letter.contested or not is_strict(address):
        return None, f"the address in {origin} can be read in more than one way"
    if is_ours(address, office):
        return None, f"the address in {origin} is our own"
    if is_machine(address):
        return None, f"the address in {origin} belongs to a program"
    return address, f"the one address in {origin}"


def addressee(dossier: Dossier) -> tuple[str | None, str]:
    """The same for a letter that is understood.

    What a sender is told of earlier letters goes to the address that they are known by, and to no Reply-To: anybody may
    write one under another's name. Who has our mails (their Message-IDs or marks) knows it already.
    """
    proven = {claim.number for claim in dossier.history.claims if claim.by is not ClaimedBy.NUMBER}
    revised = {one.number for one in dossier.revises if one is not None}
    if dossier.kind in _ABOUT_EARLIER or dossier.repeats or revised - proven:
        return recipient(replace(dossier.letter, reply_to=()), dossier.office)
    return recipient(dossier.letter, dossier.office)


def _chosen(letter: Letter) -> tuple[Address | None, str]:
    if len({one.address.lower() for one in letter.reply_to}) == 1 and "Reply-To" not in letter.contested:
        return letter.reply_to[0], "Reply-To"
    return letter.sender, "From"
