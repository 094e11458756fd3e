"""`mailbot.yaml`: what the office, its mailbox and its habits are. Read once at start (design section 6).

Secrets are never in the file nor in a setting: a setting holds a reference, `secret` looks it up when it is used.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from mailbot import yamlfile
from mailbot.errors import Problem, UserError
from mailbot.model import Office
from mailbot.quantities import Days, Duration, Percentage, Rate, RateField, Size, TimeOfDay
from mailbot.yamlfile import Hinted

SECRET_HINT = "write env:NAME (an environment variable) or file:PATH (a file that holds only the secret)"


# --- Small types -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret stands: the environment variable or the file `name`."""

    source: Literal["env", "file"]
    name: str

    def __str__(self) -> str:
        return f"{self.source}:{self.name}"


def secret(ref: SecretRef, base: Path, key: str = "password") -> str:
    """The secret itself; a file's path is relative to `base`, the folder of mailbot.yaml; line ends are dropped.

    UserError naming `key` when the variable or the file is missing or empty.
    """
    if ref.source == "env":
        value = os.environ.get(ref.name, "")
        missing = f"{key}: the environment variable {ref.name} is not set"
    else:
        path = base / Path(ref.name).expanduser()
        missing = f"{key}: the file {path} is missing, empty or cannot be read"
        try:
            value = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            value = ""
    if not value.strip():
        raise UserError(Problem(missing, hint="it holds the mailbox's authorization code (not the web password)"))
    return value.strip("\r\n")


def _secret_ref(value: Any) -> Any:
    if isinstance(value, SecretRef):
        return value
    found = re.fullmatch(r"(env):([A-Za-z_][A-Za-z0-9_]*)|(file):(.+)", str(value or ""))
    if value is None or value == "":
        raise Hinted("is empty", SECRET_HINT)
    if not found:
        raise Hinted("must not stand in this file", SECRET_HINT)
    return SecretRef("env", found[2]) if found[1] else SecretRef("file", found[4].strip())


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;\"]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[^\s@<>,;\"]{1,64}@localhost", value):
        raise Hinted(f"must be a mail address, not `{value}`", "write it as name@example.cn")
    local, _, domain = value.rpartition("@")
    return f"{local}@{domain.lower()}"


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise Hinted(f"is no known time zone: `{value}`", "write a name such as Asia/Shanghai") from None
    return value


def _pattern(value: str) -> str:
    hint = "write it as SQ-{year}-{n:04}"
    try:
        parts = [part[1:] for part in Formatter().parse(value)]
        fields = {name: spec for name, spec, _ in parts if name is not None}
        text = "".join(literal for literal, *_ in Formatter().parse(value))
    except ValueError:
        raise Hinted(f"has an unbalanced brace: `{value}`", hint) from None
    if set(fields) != {"year", "n"} or fields["year"] or any(conversion for *_, conversion in parts):
        raise Hinted("must contain {year} and {n}, and nothing else in braces", hint)
    if not re.fullmatch(r"(?:0?[1-9])?", fields["n"] or ""):
        raise Hinted("pads {n} in an unknown way", "write {n} or, for four digits, {n:04}")
    if not re.fullmatch(r"[\w.-]{0,20}", text):
        raise Hinted("may hold only letters, digits, dots and hyphens around the braces", hint)
    return value


def _place(value: Path, info: ValidationInfo) -> Path:
    base = (info.context or {}).get("base")
    return base / value.expanduser() if base else value


def _as_address(value: Any) -> Any:
    return {"address": value} if isinstance(value, str) else value


def _formed(pattern: str, message: str, hint: str) -> Callable[[str], str]:
    """A validator for text of one form."""

    def validator(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise Hinted(f"{message}, not `{value}`", hint)
        return value

    return validator


def _nothing_yet(value: Any) -> Any:
    if value is not None:
        raise Hinted("is reserved and can only be null", "remove the line")
    return value


_HOST_PORT = r"[^\s:/]+:[0-9]{1,5}"
_language = _formed(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", "must be a language", "write a tag such as zh-CN")
_scanner = _formed(
    rf"clamd://(?:{_HOST_PORT}|/[^\s]+)",
    "must be a scanner's address",
    "write clamd://host:port, or clamd:///path/to/clamd.ctl for its local socket",
)
_listener = _formed(_HOST_PORT, "must be an address to listen on", "write host:port, such as 127.0.0.1:9464")
_webhook = _formed(r"https?://\S+|(?:env|file):.+", "must be a web address", "write https://…, env:NAME or file:PATH")

Reserved = Annotated[None, BeforeValidator(_nothing_yet)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
Secret = Annotated[SecretRef, BeforeValidator(_secret_ref)]
Place = Annotated[Path, AfterValidator(_place)]
Security = Literal["tls", "starttls", "none"]
Port = Annotated[int, Field(ge=1, le=65535)]


class Section(BaseModel):
    """A group of keys: unknown ones are errors, nothing changes after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Person(Section):
    """Somebody of the office: an address, or an address with a name."""

    address: MailAddress
    name: str = ""


Persons = tuple[Annotated[Person, BeforeValidator(_as_address)], ...]


# --- The sections ----------------------------------------------------------------------------------------------------


class OfficeSettings(Section):
    """Whose newsletter it is; `admins` are told of faults, `editors` get the digest."""

    name: str = Field(min_length=1)
    language: Annotated[str, AfterValidator(_language)] = "zh-CN"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    editors: Annotated[Persons, Field(min_length=1)]
    admins: Annotated[Persons, Field(min_length=1)]


class Server(Section):
    """A server to log in to; without a `username` the account's address is used."""

    host: str = Field(min_length=1)
    port: Port
    security: Security = "tls"
    username: str | None = None
    password: Secret
    ca_file: Place | None = None

    @model_validator(mode="after")
    def _plain_text_stays_at_home(self) -> Server:
        if self.security == "none" and not _is_loopback(self.host):
            raise Hinted(f"has `security: none` for {self.host}", "only a server on this machine may go without TLS")
        return self


class MailboxSettings(Server):
    """The mailbox that is looked at, and never changed."""

    address: MailAddress
    port: Port = 993
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1)
    watch: tuple[str, ...] = ()
    poll_every: Duration = timedelta(minutes=2)
    first_run: Literal["adopt", "process"] = "adopt"
    answer_within: Duration | None = timedelta(days=7)
    max_letter: Size | None = 100 * 1024**2
    trusted_authserv: tuple[str, ...] = ()

    @property
    def login(self) -> str:
        """The name to log in with."""
        return self.username or self.address

    @model_validator(mode="after")
    def _not_too_often(self) -> MailboxSettings:
        if self.poll_every < timedelta(seconds=1):
            raise Hinted("has a `poll_every` of nothing", "write poll_every: 2m")
        return self


class SmtpSettings(Server):
    """Where answers go out, and how many at most."""

    port: Port = 465
    per_hour: Annotated[int, Field(ge=1)] | None = 30
    per_day: Annotated[int, Field(ge=1)] | None = 200
    pause: Duration = timedelta(seconds=5)


class NoticeSettings(Section):
    """Whether contributors are answered, and the brakes on it."""

    mode: Literal["send", "queue", "off"] = "send"
    per_correspondent: RateField | None = Rate(5, timedelta(days=1))
    breaker: RateField | None = Rate(50, timedelta(hours=1))
    flips: Percentage | None = 0.2
    hold_for: Duration = timedelta(hours=12)


class DigestSettings(Section):
    """When the editors' mail goes out; `days` are numbers, Monday is 0."""

    at: TimeOfDay = time(8, 30)
    days: Days = tuple(range(7))
    when_empty: bool = False


class DecisionSettings(Section):
    """How editors' decisions are taken up."""

    grace: Duration = timedelta(minutes=10)
    mark_days: Annotated[int, Field(ge=1)] = 14
    copies: Annotated[int, Field(ge=0)] = 2
    remind_after: Duration | None = timedelta(days=14)


class AlarmSettings(Section):
    """A way to the admins that does not depend on the watched account."""

    smtp: SmtpSettings | None = None
    webhook: Annotated[str, AfterValidator(_webhook)] | None = None
    quiet_for: Duration = timedelta(minutes=30)


class LimitSettings(Section):
    """What reading one letter may cost: seconds of time, and memory in bytes."""

    reading_seconds: Annotated[int, Field(ge=1)] = 60
    memory: Annotated[Size, Field(ge=64 * 1024**2)] = 512 * 1024**2


class PathSettings(Section):
    """Folders; relative ones are taken from the folder of mailbot.yaml."""

    model_config = ConfigDict(validate_default=True)

    rules: Place = Path("rules")
    templates: Place = Path("templates")
    storage: Place = Path("storage")


class KeepSettings(Section):
    """How long things are kept; null for ever."""

    letters: Duration | None = None
    rejected: Duration | None = timedelta(days=180)
    personal: Duration | None = timedelta(days=365)


class Settings(Section):
    """All of `mailbot.yaml`; keys and defaults are those of design section 6."""

    office: OfficeSettings
    mailbox: MailboxSettings
    smtp: SmtpSettings
    notices: NoticeSettings = NoticeSettings()
    digest: DigestSettings = DigestSettings()
    decisions: DecisionSettings = DecisionSettings()
    alarms: AlarmSettings = AlarmSettings()
    limits: LimitSettings = LimitSettings()
    scan: Annotated[str, AfterValidator(_scanner)] | None = None
    numbers: Annotated[str, AfterValidator(_pattern)] = "SQ-{year}-{n:04}"
    paths: PathSettings = PathSettings()
    keep: KeepSettings = KeepSettings()
    metrics: Annotated[str, AfterValidator(_listener)] | None = None
    ledger: Reserved = None
    store: Reserved = None

    def as_office(self) -> Office:
        """Whose mailbox it is, as far as letters are concerned."""
        return Office(
            address=self.mailbox.address.lower(),
            editors=tuple(person.address.lower() for person in self.office.editors),
            admins=tuple(person.address.lower() for person in self.office.admins),
            language=self.office.language,
            timezone=self.office.timezone,
            numbers=self.numbers,
            trusted_authserv=tuple(name.lower() for name in self.mailbox.trusted_authserv),
        )

    def number(self, year: int, n: int) -> str:
        """The number of the year's n-th submission, as people write it."""
        return self.numbers.format(year=year, n=n)


def load_settings(path: Path) -> Settings:
    """Read and check mailbot.yaml; UserError with all its problems."""
    if not path.is_file():
        hint = "`mailbot init` makes one here; -c FILE or MAILBOT_CONFIG names another"
        raise UserError(Problem("there is no such file", str(path), hint=hint))
    document = yamlfile.load(yamlfile.read_text(path), str(path))
    filled = _with_groups(document.data)
    return yamlfile.check_data(document, Settings, filled, context={"base": path.absolute().parent})


def _with_groups(data: Any) -> Any:
    """A group that is left out, or whose keys are all commented out, means its defaults."""
    if data is not None and not isinstance(data, Mapping):
        return data
    given = {key: value for key, value in (data or {}).items() if value is not None}
    groups = (name for name, field in Settings.model_fields.items() if isinstance(field.default, Section))
    return {**{name: {} for name in groups}, **given}


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
