"""Files that a letter only links to (超大附件, 云附件, net disks). Found, never downloaded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import SplitResult, parse_qs, urlsplit

from mailbot.languages.letters import CloudHost, LetterPhrases
from mailbot.letter.charsets import one_line
from mailbot.letter.texts import Link, Page, plain_form
from mailbot.model import CloudFile

MAX_FILES = 200
_AROUND = 200  # characters beside a link in which size and expiry are looked for
_URL = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(?::\d{1,5})?/[!-;=?-~]{1,2000}")
_SIZE = re.compile(r"(?<![\w.])(\d{1,6}(?:\.\d{1,4})?)\s{0,2}(bytes|[kmgt]i?b?|b)(?![a-z0-9])", re.IGNORECASE)
_POWERS = {"b": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def find(pages: Iterable[Page], text: str, phrases: LetterPhrases) -> tuple[CloudFile, ...]:
    """The linked files in the letter's HTML pages and in its plain text, each address once."""
    found: dict[str, CloudFile] = {}
    for page in pages:
        for number, link in enumerate(page.links):
            if len(found) >= MAX_FILES:
                break
            after = [other.at for other in page.links[number + 1 :] if other.url != link.url]
            beside = page.text[max(0, link.at - _AROUND) : min([link.at + _AROUND, *after[:1]])]
            _add(found, _from_link(link, beside, phrases))
    for url, beside in _plain_links(text):
        if len(found) >= MAX_FILES:
            break
        _add(found, _cloud_file(url, (), beside, phrases))
    return tuple(found.values())


def _add(found: dict[str, CloudFile], new: CloudFile | None) -> None:
    """Collapse by address: what one mention leaves open, another may say."""
    if new is None:
        return
    old = found.get(new.url, new)
    found[new.url] = CloudFile(
        name=old.name or new.name,
        url=old.url,
        provider=old.provider,
        bytes=new.bytes if old.bytes is None else old.bytes,
        expires_at=old.expires_at or new.expires_at,
    )


def _plain_links(text: str) -> Iterator[tuple[str, str]]:
    for match in _URL.finditer(text):
        yield match[0].rstrip(".,;)"), text[match.end() : match.end() + _AROUND]


def _from_link(link: Link, beside: str, phrases: LetterPhrases) -> CloudFile | None:
    attributes = link.attributes
    names = (attributes.get("filename", ""), attributes.get("download", ""), link.text)
    beside = f"{attributes.get('title', '')} {link.text} {beside}"
    file = _cloud_file(link.url, names, beside, phrases)
    stamp = attributes.get("expiretime", "")
    if file and re.fullmatch(r"\d{9,10}", stamp):
        return CloudFile(
            name=file.name,
            url=file.url,
            provider=file.provider,
            bytes=file.bytes,
            expires_at=datetime.fromtimestamp(int(stamp), UTC),
        )
    return file


def _cloud_file(url: str, names: Iterable[str], beside: str, phrases: LetterPhrases) -> CloudFile | None:
    try:
        parts = urlsplit(url)
        host = _provider(parts, phrases.cloud_hosts)
    except ValueError:  # a malformed host or port
        return None
    if host is None or len(url) > 2100:
        return None
    return CloudFile(
        name=_name((*_query_names(parts), *names), phrases),
        url=one_line(url),
        provider=host.provider,
        bytes=_size(beside),
        expires_at=_expiry(beside, phrases),
    )


def _provider(parts: SplitResult, hosts: Iterable[CloudHost]) -> CloudHost | None:
    """The provider whose host it is exactly: a letter must not lead anybody elsewhere under a known name."""
    if parts.scheme not in ("http", "https") or parts.username or not parts.hostname:
        return None
    name, place = parts.hostname.lower(), f"{parts.path}?{parts.query}"
    for host in hosts:
        same = name.endswith(host.host) if host.host.startswith(".") else name == host.host
        if same and place.startswith(host.path) and len(place) > len(host.path) + 1:
            return host
    return None


def _query_names(parts: SplitResult) -> Iterator[str]:
    query = parse_qs(parts.query[:2000], max_num_fields=50)
    for key in ("title", "filename", "fileName", "name"):
        yield from query.get(key, ())


def _name(candidates: Iterable[str], phrases: LetterPhrases) -> str:
    """The first candidate that looks like a file's name, else the longest that is no label of a link."""
    lines = [re.split(r"[/\\]", one_line(text))[-1].strip()[:255] for text in candidates if "://" not in text]
    lines = [line for line in lines if line and plain_form(line) not in phrases.link_words]
    with_extension = [line for line in lines if re.search(r"\.[A-Za-z0-9]{1,5}$", line)]
    return (with_extension or sorted(lines, key=len, reverse=True) or [""])[0]


def _size(beside: str) -> int | None:
    match = _SIZE.search(beside)
    if not match:
        return None
    return int(float(match[1]) * 1024 ** _POWERS[match[2][0].lower()])


def _expiry(beside: str, phrases: LetterPhrases) -> datetime | None:
    if not any(word in beside for word in phrases.expiry_words):
        return None
    match = phrases.dates.search(beside)
    if not match:
        return None
    zone = timezone(timedelta(hours=phrases.expiry_zone))
    year, month, day, hour, minute = (int(group or 0) for group in match.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:  # 2026-13-45
        return None
