"""Files that a letter only links to (超大附件, 云附件, net disks). Found, never downloaded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import SplitResult, parse_qs, urlsplit

from mailbot.languages.letters import CloudHost, LetterPhrases
from mailbot.letter.charsets import one_line
from mailbot.letter.html import Link, Page
from mailbot.letter.texts import plain_form, quoted_from
from mailbot.model import CloudFile

MAX_FILES = 200
_AROUND = 200  # characters beside a link in which size and expiry are looked for
_URL = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(?::\d{1,5})?/[!-;=?-~]{1,2000}")
_SIZE = re.compile(r"(?<![\w.])(\d{1,6}(?:\.\d{1,4})?)\s{0,2}(bytes|[kmgt]i?b?|b)(?![a-z0-9])", re.IGNORECASE)
_FOR_EVER = 4_000_000_000  # seconds; later expiry stamps mean never
_POWERS = {"b": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_FILE_NAME = re.compile(r"[^\s:：/\\<>\"|*?]{1,200}\.[A-Za-z][A-Za-z0-9]{1,4}(?![A-Za-z0-9])")
_REMARK = re.compile(r"\s?[（(][^（()）]{1,80}[）)]$")  # size and expiry behind a name
_TITLES = ("title", "filename", "fileName", "name")
_STAMPS = ("expiretime", "expireTime", "expires")


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known of a link from where it stands. `headed`: below a line that says that large files follow."""

    phrases: LetterPhrases
    sent_at: datetime | None
    beside: str
    headed: bool


def find(
    pages: Iterable[Page], text: str, phrases: LetterPhrases, *, sent_at: datetime | None = None, whole: bool = False
) -> tuple[CloudFile, ...]:
    """The linked files in the letter's HTML pages and in its plain text, each address once.

    What a page quotes of an older letter does not count unless `whole`. Days of grace count from `sent_at`.
    """
    found: dict[str, CloudFile] = {}
    near: dict[str, str] = {}  # names that stand beside links and not in them
    for page in pages:
        end = len(page.text) if whole else quoted_from(page.text, phrases)
        heading = _heading(page.text, phrases)
        for number, link in enumerate(page.links):
            if len(found) < MAX_FILES and (whole or not (link.quoted or link.at > end)):
                before, after = _beside(page, number)
                around = _Around(phrases, sent_at, _nearest(before, after), link.at >= heading)
                _add(found, _from_link(link, around))
                near.setdefault(link.url, _name_before(before))
    heading, last = _heading(text, phrases), 0
    for match in _URL.finditer(text):
        if len(found) >= MAX_FILES:
            break
        url = match[0].rstrip(".,;)")
        before = text[max(last, match.start() - _AROUND) : match.start()]
        following = _URL.search(text, match.end(), match.end() + _AROUND)
        after = text[match.end() : following.start() if following else match.end() + _AROUND]
        around = _Around(phrases, sent_at, _nearest(before, after), match.start() >= heading)
        _add(found, _cloud_file(url, (), around))
        near.setdefault(url, _name_before(before))
        last = match.end()
    return tuple(_named(file, near.get(url, "")) for url, file in found.items())


def _heading(text: str, phrases: LetterPhrases) -> int:
    """Where the text says that large files follow."""
    return min((at for words in phrases.cloud_headings if (at := text.find(words)) >= 0), default=len(text) + 1)


def _beside(page: Page, number: int) -> tuple[str, str]:
    """What stands before and behind a link, up to its neighbours that lead elsewhere."""
    link = page.links[number]
    before = [other.at + len(other.text) for other in page.links[max(0, number - 5) : number] if other.url != link.url]
    after = [other.at for other in page.links[number + 1 : number + 10] if other.url != link.url]
    start = max(0, link.at - _AROUND, *(at for at in before if at <= link.at))
    return page.text[start : link.at], page.text[link.at : min([link.at + len(link.text) + _AROUND, *after[:1]])]


def _nearest(before: str, after: str) -> str:
    """What stands beside a link, its own line first."""
    own = before.rpartition("\n")[2] + " " + after.partition("\n")[0]
    return f"{own} {after} {before}"


def _name_before(before: str) -> str:
    """The file's name on the link's line, or on the last one before it."""
    lines = [line for line in before.rsplit("\n", 4)[-4:] if line.strip()]
    return next((found[-1] for line in reversed(lines[-2:]) if (found := _FILE_NAME.findall(line))), "")


def _named(file: CloudFile, near: str) -> CloudFile:
    return replace(file, name=near) if near and not _has_extension(file.name) else file


def _add(found: dict[str, CloudFile], new: CloudFile | None) -> None:
    """Collapse by address: what one mention leaves open, another may say."""
    if new is None:
        return
    old = found.get(new.url, new)
    found[new.url] = CloudFile(
        name=new.name if _has_extension(new.name) and not _has_extension(old.name) else old.name or new.name,
        url=old.url,
        provider=old.provider,
        bytes=new.bytes if old.bytes is None else old.bytes,
        expires_at=old.expires_at or new.expires_at,
    )


def _from_link(link: Link, around: _Around) -> CloudFile | None:
    attributes = link.attributes
    names = (attributes.get("filename", ""), attributes.get("download", ""), link.text)
    beside = f"{attributes.get('title', '')} {link.text} {around.beside}"
    file = _cloud_file(link.url, names, replace(around, beside=beside))
    stamp = attributes.get("expiretime", "")
    if file and re.fullmatch(r"\d{9,13}", stamp):
        return replace(file, expires_at=_from_stamp(stamp))
    return file


def _from_stamp(stamp: str) -> datetime | None:
    """Seconds since 1970, or milliseconds; None for a day that is none."""
    seconds = int(stamp) // (1000 if len(stamp) > 11 else 1)
    return datetime.fromtimestamp(seconds, UTC) if seconds < _FOR_EVER else None


def _cloud_file(url: str, names: Iterable[str], around: _Around) -> CloudFile | None:
    phrases = around.phrases
    try:
        parts = urlsplit(url)
        host = _provider(parts, phrases.cloud_hosts, headed=around.headed)
    except ValueError:  # a malformed host or port
        return None
    if host is None or len(url) > 2100:
        return None
    query = parse_qs(parts.query[:2000], max_num_fields=50) if "=" in parts.query else {}
    stamp = next((one for key in _STAMPS for one in query.get(key, ()) if re.fullmatch(r"\d{9,13}", one)), "")
    titles = [title for key in _TITLES for title in query.get(key, ())]
    return CloudFile(
        name=_name((*titles, *names), phrases),
        url=one_line(url),
        provider=host.provider,
        bytes=_size(around.beside),
        expires_at=_from_stamp(stamp) if stamp else _expiry(around.beside, phrases, around.sent_at),
    )


def _provider(parts: SplitResult, hosts: Iterable[CloudHost], *, headed: bool) -> CloudHost | None:
    """The provider whose host it is exactly: a letter must not lead anybody elsewhere under a known name."""
    if parts.scheme not in ("http", "https") or parts.username or not parts.hostname:
        return None
    name, place = parts.hostname.lower(), f"{parts.path}?{parts.query}#{parts.fragment}"
    for host in hosts:
        same = name.endswith(host.host) if host.host.startswith(".") else name == host.host
        if same and place.startswith(host.path) and len(place) > len(host.path) + 2 and headed >= host.headed:
            return host
    return None


def _name(candidates: Iterable[str], phrases: LetterPhrases) -> str:
    """The first candidate that looks like a file's name, else the longest that is no label of a link."""
    lines = [re.split(r"[/\\]", one_line(text))[-1].strip()[:255] for text in candidates if "://" not in text]
    lines = [bare if _has_extension(bare := _REMARK.sub("", line)) else line for line in lines]
    lines = [line for line in lines if line and plain_form(line) not in phrases.link_words]
    with_extension = list(filter(_has_extension, lines))
    return (with_extension or sorted(lines, key=len, reverse=True) or [""])[0]


def _has_extension(name: str) -> bool:
    return re.search(r"\.[A-Za-z0-9]{1,5}$", name) is not None


def _size(beside: str) -> int | None:
    match = _SIZE.search(beside)
    if not match:
        return None
    return int(float(match[1]) * 1024 ** _POWERS[match[2][0].lower()])


def _expiry(beside: str, phrases: LetterPhrases, sent_at: datetime | None) -> datetime | None:
    """The date beside an expiry word, or so many days after the letter; None for ever or not said."""
    if not any(word in beside for word in phrases.expiry_words):
        return None
    match = phrases.dates.search(beside)
    if not match:
        days = phrases.expiry_days.search(beside)
        return sent_at + timedelta(days=int(days[1])) if days and sent_at else None
    zone = timezone(timedelta(hours=phrases.expiry_zone))
    year, month, day, hour, minute = (int(group or 0) for group in match.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:  # 2026-13-45
        return None
