"""Notices for people to look at: a made-up one of each kind, and what stands in a finished mail. Pure."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy

from mailbot.model import NoticeKind
from mailbot.notices.scenes import scene
from mailbot.notices.templates import Templates

HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "Auto-Submitted")
"""Those that matter to who reads it before it goes out."""


def preview(templates: Templates, kind: NoticeKind, language: str, office: str = "") -> tuple[str, str]:
    """Subject and text of a made-up notice, signed by this office ("": an invented one)."""
    facts = scene(kind, language)
    return templates.notice(kind, replace(facts, office=office) if office else facts)


def opened(content: bytes) -> tuple[dict[str, str], str]:
    """The headers that matter and the text of a mail that we wrote."""
    mail = message_from_bytes(content, policy=policy.default)
    part = mail.get_body(("plain", "html"))
    text = str(part.get_content()) if part is not None else ""
    return {name: str(mail[name]) for name in HEADERS if mail[name] is not None}, text.replace("\r\n", "\n")
