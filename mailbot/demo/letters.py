"""The sample letters of the demo, out of `letters.yaml`: real mails with real manuscripts, and what is expected.

Needs the extra `demo` (python-docx).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parseaddr
from importlib.resources import files
from typing import Any

from mailbot.demo.documents import ODT, Article, docx, odt, photo
from mailbot.demo.mime import CLIENTS, Attachment, Client, Part, attached, html_of, multipart, text_part, words, written
from mailbot.demo.packed import zipped
from mailbot.model import Kind, Verdict

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLetter:
    """One letter and what mailbot is to make of it.

    `account` logs in at the SMTP server, `envelope_from` stands in MAIL FROM ("" for a bounce), `subject` is decoded.
    `articles` is how many submissions it holds.
    """

    id: str
    account: str
    envelope_from: str
    subject: str
    content: bytes
    kind: Kind
    verdict: Verdict
    articles: int


def sample_letters(office: str, now: datetime) -> list[SampleLetter]:
    """All sample letters, addressed to the office, written in the minutes before `now`."""
    data = _data()
    articles = {key: _article(entry) for key, entry in data["articles"].items()}
    entries = data["letters"]
    return [
        _letter(entry, articles, office, now - timedelta(minutes=len(entries) - index))
        for index, entry in enumerate(entries)
    ]


def accounts() -> list[str]:
    """The addresses that the sample letters come from."""
    return sorted({parseaddr(entry["from"])[1] for entry in _data()["letters"]})


def _data() -> dict[str, Any]:
    from ruamel.yaml import YAML

    text = files("mailbot.demo").joinpath("letters.yaml").read_text("utf-8")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return loaded


def _article(entry: dict[str, Any]) -> Article:
    return Article(entry["title"], entry["byline"], entry["text"], entry["closing"], tuple(entry.get("pictures", ())))


def _letter(entry: dict[str, Any], articles: dict[str, Article], office: str, written_at: datetime) -> SampleLetter:
    client = CLIENTS[entry["client"]]
    name, address = parseaddr(entry["from"])
    special = entry.get("special")
    body = _SPECIAL[special](entry, client) if special else _body(entry, articles, client)
    headers = [
        f"Date: {format_datetime(written_at)}",
        f"From: {words(name, client)} <{address}>",
        f"To: {office}",
        f"Subject: {words(entry['subject'], client)}",
        f"Message-ID: <{written_at:%Y%m%d%H%M%S}.{entry['id']}@{address.partition('@')[2]}>",
        f"X-Mailer: {client.mailer}",
        *client.extra,
        *entry.get("headers", ()),
        "MIME-Version: 1.0",
    ]
    kind = Kind(entry["kind"])
    return SampleLetter(
        id=entry["id"],
        account=address,
        envelope_from="" if kind is Kind.BOUNCE else address,
        subject=entry["subject"],
        content=Part([*headers, *body.headers], body.body).dump(),
        kind=kind,
        verdict=Verdict(entry["verdict"]),
        articles=entry.get("articles", 1 if kind is Kind.SUBMISSION else 0),
    )


def _body(entry: dict[str, Any], articles: dict[str, Article], client: Client) -> Part:
    text = articles[entry["body"]].plain if "body" in entry else entry["text"]
    enclosed = [attached(file, client) for file in _enclosed(entry, articles, client)]
    enclosed += [_forwarded(entry["forwarded"], articles, client)] if "forwarded" in entry else []
    markup = _cloud(html_of(text, client), entry["cloud"]) if "cloud" in entry else None
    typed = written(text, client, markup)
    return multipart("mixed", [typed, *enclosed], client) if enclosed else typed


def _enclosed(entry: dict[str, Any], articles: dict[str, Article], client: Client) -> Iterator[Attachment]:
    on_phone = not client.alternative
    for key in entry.get("manuscripts", ()):
        article = articles[key]
        yield Attachment(f"{article.title}.docx", docx(article), _DOCX if on_phone else "application/octet-stream")
        if entry.get("originals"):
            for number, scene in enumerate(article.pictures, 1):
                named = f"IMG_{1200 + number}.jpeg" if on_phone else f"照片{number}原图.jpg"
                yield Attachment(named, photo(scene), "image/jpeg", inline=on_phone)
    for key in entry.get("odt", ()):
        yield Attachment(f"{articles[key].title}.odt", odt(articles[key]), ODT)
    if "zip" in entry:
        yield _packed(entry["zip"], articles)
    if "damaged" in entry:  # an upload that broke off
        whole = docx(next(iter(articles.values())))
        yield Attachment(entry["damaged"], whole[: len(whole) * 2 // 5])


def _packed(archive: dict[str, Any], articles: dict[str, Article]) -> Attachment:
    """Manuscripts and their original photos in a zip, each in its folder."""
    files = {}
    for article in (articles[key] for key in archive["manuscripts"]):
        files[f"稿件/{article.title}.docx"] = docx(article)
        for number, scene in enumerate(article.pictures, 1):
            files[f"照片/{article.title}{number}.jpg"] = photo(scene)
    return Attachment(archive["name"], zipped(files, archive.get("password", "")), "application/x-zip-compressed")


def _forwarded(inner: dict[str, Any], articles: dict[str, Article], client: Client) -> Part:
    """A letter within the letter, forwarded as an attachment."""
    name, address = parseaddr(inner["from"])
    headers = [f"From: {words(name, client)} <{address}>", f"Subject: {words(inner['subject'], client)}"]
    body = _body(inner, articles, client)
    return Part(
        ["Content-Type: message/rfc822", f'Content-Disposition: attachment; filename="{words(inner["name"], client)}"'],
        Part([*headers, "MIME-Version: 1.0", *body.headers], body.body).dump(),
    )


def _cloud(markup: str, file: dict[str, str]) -> str:
    """The box that 163 webmail puts below the text in place of a large attachment."""
    link = "https://mail.163.com/large-attachment-download/index.html?p=X-NETEASE-HUGE-ATTACHMENT&amp;file=c2FtcGxl"
    box = (
        '<div id="divNeteaseBigAttach" class="bigattach-mailmaster-download">\n'
        "<div>从网易163邮箱发来的超大附件</div>\n"
        f'<div><a class="netease-attDown" href="{link}&amp;title=sample" filename="{file["name"]}">{file["name"]}</a>'
        f" ({file['size']}, 2027年12月31日 0:49 到期)</div>\n</div>\n"
    )
    return markup.replace("</body>", f"{box}</body>")


def _vacation(entry: dict[str, Any], client: Client) -> Part:
    """QQ's vacation reply: one HTML part and not a single mark of a machine."""
    part = text_part(html_of(entry["text"], client), client, "html")
    return Part(["In-Reply-To: <notice-1@example.cn>", *part.headers], part.body)


def _bounce(entry: dict[str, Any], client: Client) -> Part:
    """A delivery status notification (RFC 3464) with the provider's words."""
    status = Part(
        ["Content-Type: message/delivery-status"],
        b"Reporting-MTA: dns; mx.example.org\r\n\r\n"
        b"Final-Recipient: rfc822; meiyouzheren@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n",
    )
    report = multipart("report", [text_part(entry["text"], client), status], client, " report-type=delivery-status;")
    return Part(["Auto-Submitted: auto-replied", *report.headers], report.body)


def _receipt(entry: dict[str, Any], client: Client) -> Part:
    """A read receipt (RFC 8098)."""
    sender = parseaddr(entry["from"])[1]
    disposition = Part(
        ["Content-Type: message/disposition-notification"],
        f"Final-Recipient: rfc822;{sender}\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n".encode(
            "ascii"
        ),
    )
    typed = text_part(entry["text"], client)
    return multipart("report", [typed, disposition], client, " report-type=disposition-notification;")


def _empty(entry: dict[str, Any], client: Client) -> Part:
    return Part(['Content-Type: text/plain; charset="utf-8"'])


_SPECIAL = {"vacation": _vacation, "bounce": _bounce, "receipt": _receipt, "empty": _empty}
