"""What `mailbot check --json` prints (design section 6): schema 1, one object, plain JSON types."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mailbot.model import (
    ArticleJudgement,
    Author,
    Dossier,
    File,
    Finding,
    ImageFacts,
    Judgement,
    Kind,
    Manuscript,
    Notice,
)
from mailbot.notices.who import addressee

SCHEMA = 1

_REQUESTS = {Kind.WITHDRAWAL: "withdraw", Kind.STATUS_QUERY: "status", Kind.INQUIRY: "help"}


def report(dossier: Dossier, judgement: Judgement, notice: Notice | None, *, text: bool = False) -> dict[str, Any]:
    """Everything that was found and judged; `text` adds each article's whole text."""
    letter = dossier.letter
    return {
        "schema": SCHEMA,
        "kind": dossier.kind.value,
        "verdict": judgement.verdict.value,
        "trial": dossier.trial,
        "rulebook": judgement.rulebook,
        "message_id": letter.message_id,
        "in_reply_to": letter.in_reply_to[0] if letter.in_reply_to else None,
        "subject": letter.subject,
        "sender": letter.sender.address if letter.sender else "",
        "sent_at": _moment(letter.sent_at),
        "arrived_at": _moment(dossier.arrived_at),
        "submissions": [
            _article(manuscript, article, text)
            for manuscript, article in zip(dossier.manuscripts, judgement.articles, strict=False)
        ],
        "findings": [_finding(finding) for finding in judgement.findings],
        "files": [_file(file) for file in letter.files],
        "cloud_files": [
            {
                "name": cloud.name,
                "url": cloud.url,
                "provider": cloud.provider,
                "bytes": cloud.bytes,
                "expires_at": _moment(cloud.expires_at),
            }
            for cloud in letter.cloud_files
        ],
        "forwarded": [
            {"file": one.file, "sender": one.sender.address if one.sender else "", "subject": one.subject}
            for one in letter.forwarded
        ],
        "commands": _commands(dossier),
        "reasons": [*dossier.kind_reasons, *judgement.reasons, *_unanswered(dossier, judgement, notice)],
        "notice": None
        if notice is None
        else {"kind": notice.kind.value, "to": notice.to, "subject": notice.subject, "text": notice.text},
    }


def _unanswered(dossier: Dossier, judgement: Judgement, notice: Notice | None) -> list[str]:
    """Why nobody gets the answer that is due."""
    return [] if notice or not judgement.answer else [addressee(dossier)[1]]


def _commands(dossier: Dossier) -> list[str]:
    """What its sender asks for."""
    asked = [_REQUESTS[dossier.kind]] if dossier.kind in _REQUESTS else []
    return [*asked, *(["trial"] if dossier.trial else [])]


def _article(manuscript: Manuscript, article: ArticleJudgement, text: bool) -> dict[str, Any]:
    contacts = manuscript.contacts
    shown: dict[str, Any] = {
        "title": manuscript.title,
        "unit": article.unit,
        "unit_complete": article.unit_complete,
        "authors": [_author(author) for author in article.authors],
        "source": manuscript.source,
        "verdict": article.verdict.value,
        "issue": article.issue,
        "column": article.column,
        "late": article.late,
        "characters": manuscript.characters,
        "contacts": {
            "phones": list(contacts.phones),
            "emails": list(contacts.emails),
            "addresses": list(contacts.addresses),
        },
        "pictures": [
            {
                "name": picture.name,
                "width": picture.width,
                "height": picture.height,
                "bytes": picture.bytes,
                "format": picture.format,
                "original": picture.original,
                "taken_at": picture.taken_at or None,
            }
            for picture in manuscript.pictures
        ],
        "findings": [_finding(finding) for finding in article.findings],
    }
    if text:
        shown["text"] = manuscript.text
    return shown


def _author(author: Author) -> dict[str, str]:
    return {"name": author.name, "unit": author.unit, "post": author.post}


def _file(file: File) -> dict[str, Any]:
    return {
        "name": file.name,
        "role": file.role.value,
        "media_type": file.media_type,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "inside": file.inside,
        "problem": file.problem.value if file.problem else None,
        "detail": file.detail,
        "image": _image(file.image) if file.image else None,
        "submission": file.submission,
    }


def _image(image: ImageFacts) -> dict[str, Any]:
    return {
        "width": image.width,
        "height": image.height,
        "format": image.format,
        "orientation": image.orientation,
        "taken_at": image.taken_at or None,
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "title": finding.title,
        "cites": finding.cites,
        "outcome": finding.outcome.value,
        "severity": finding.severity.value,
        "mode": finding.mode.value,
        "message": finding.message,
        "advice": finding.advice,
        "evidence": finding.evidence,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
