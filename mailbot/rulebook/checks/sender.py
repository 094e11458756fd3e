"""The letter comes from certain addresses, or not from certain others."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from mailbot.rulebook.checking import Answer, Check, LetterFacts, Params, failed, passed, skipped
from mailbot.rulebook.models import one_or_more
from mailbot.rulebook.routing import comes_from
from mailbot.yamlfile import Hinted


def _domain(value: str) -> str:
    domain = value.strip().lower().lstrip("@").lstrip("*.")
    if "@" in domain:
        raise Hinted(f"must be a domain, not `{value}`", "an address belongs to `addresses` or `not_addresses`")
    if not re.fullmatch(r"[\w-]{1,63}(\.[\w-]{1,63}){1,9}", domain):
        raise Hinted(f"must be a domain, not `{value}`", "write what stands behind the @, such as example.gov.cn")
    return domain


def _address(value: str) -> str:
    address = value.strip().lower()
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{3,253}", address):
        raise Hinted(f"must be a mail address, not `{value}`", "a domain belongs to `domains` or `not_domains`")
    return address


Domains = Annotated[tuple[Annotated[str, AfterValidator(_domain)], ...], BeforeValidator(one_or_more)]
Addresses = Annotated[tuple[Annotated[str, AfterValidator(_address)], ...], BeforeValidator(one_or_more)]


class Senders(Params):
    """Who may and who may not send; without `domains` and `addresses` anybody else may."""

    domains: Domains = Field(default=(), description="letters may come from these domains and those below them")
    addresses: Addresses = Field(default=(), description="letters may come from these addresses, too")
    not_domains: Domains = Field(default=(), description="letters may not come from these domains and those below them")
    not_addresses: Addresses = Field(default=(), description="letters may not come from these addresses")

    @model_validator(mode="after")
    def _makes_sense(self) -> Senders:
        if not (self.domains or self.addresses or self.not_domains or self.not_addresses):
            raise Hinted("names no sender", "give `domains`, `addresses`, `not_domains` or `not_addresses`")
        both = {*self.domains} & {*self.not_domains} | {*self.addresses} & {*self.not_addresses}
        if both:
            raise Hinted(f"takes and refuses `{min(both)}`", "remove one of the two")
        return self


def run(facts: LetterFacts, params: Senders) -> Answer:
    """Fail with the sender's address, and what it should be; an address that is named goes before its domain."""
    sender, say = facts.dossier.letter.sender, facts.phrases.say
    address = sender.address.lower() if sender else ""
    if not address:
        return skipped(say("sender.unknown"))
    if address in params.not_addresses:
        return failed(say("sender.unwanted", address=address), address)
    if address in params.addresses:
        return passed(address)
    if comes_from(address, params.not_domains):
        return failed(say("sender.unwanted", address=address), address)
    if not (params.domains or params.addresses) or comes_from(address, params.domains):
        return passed(address)
    wanted = facts.listed([*(f"@{domain}" for domain in params.domains), *params.addresses])
    return failed(say("sender.failed", address=address, wanted=wanted), address)


CHECK = Check("sender", "letter", Senders, run)
