"""mailbot.yaml: defaults, forms of values, and what is said about mistakes."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path

import pytest

import mailbot
from mailbot.config import Person, SecretRef, Section, Settings, load_settings, secret
from mailbot.errors import Problem, UserError
from mailbot.quantities import Rate

DEFAULT_FILE = Path(mailbot.__file__).parent / "defaults" / "mailbot.yaml"
NEEDED = """\
office:
  name: 编辑部
  editors: [bianji@example.cn]
  admins: [admin@example.cn]
mailbox:
  address: tougao@Example.CN
  host: imap.example.cn
  password: env:MAILBOT_PASSWORD
smtp:
  host: smtp.example.cn
  password: file:secrets/smtp
"""


def settings(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "mailbot.yaml"
    file.write_text(text, "utf-8")
    return load_settings(file)


def problems(tmp_path: Path, text: str) -> list[Problem]:
    with pytest.raises(UserError) as caught:
        settings(tmp_path, text)
    return list(caught.value.problems)


def test_only_the_needed_keys_give_the_defaults_of_the_design(tmp_path: Path) -> None:
    """A file with the eight needed keys has every default of the design."""
    loaded = settings(tmp_path, NEEDED)
    assert loaded.office.editors == (Person(address="bianji@example.cn"),)
    assert (loaded.office.language, loaded.office.timezone) == ("zh-CN", "Asia/Shanghai")
    box = loaded.mailbox
    assert (box.address, box.login, box.port, box.security) == ("tougao@example.cn", "tougao@example.cn", 993, "tls")
    assert (box.folders, box.watch, box.first_run, box.trusted_authserv) == (("INBOX",), (), "adopt", ())
    assert (box.poll_every, box.answer_within) == (timedelta(minutes=2), timedelta(days=7))
    assert box.max_letter == 100 * 1024**2
    assert (loaded.smtp.port, loaded.smtp.per_hour, loaded.smtp.per_day) == (465, 30, 200)
    assert loaded.smtp.pause == timedelta(seconds=5)
    assert loaded.notices.mode == "send"
    assert loaded.notices.per_correspondent == Rate(5, timedelta(days=1))
    assert loaded.notices.breaker == Rate(50, timedelta(hours=1))
    assert (loaded.notices.flips, loaded.notices.hold_for) == (0.2, timedelta(hours=12))
    assert (loaded.digest.at, loaded.digest.days, loaded.digest.when_empty) == (time(8, 30), tuple(range(7)), False)
    assert loaded.decisions.remind_after == timedelta(days=14)
    assert (loaded.decisions.mark_days, loaded.decisions.copies) == (14, 2)
    assert loaded.alarms.quiet_for == timedelta(minutes=30)
    assert (loaded.limits.reading_seconds, loaded.limits.memory) == (60, 512 * 1024**2)
    assert (loaded.keep.letters, loaded.keep.rejected) == (None, timedelta(days=180))
    assert (loaded.scan, loaded.metrics, loaded.ledger, loaded.store) == (None, None, None, None)
    assert loaded.number(2026, 7) == "SQ-2026-0007"


def test_the_shipped_file_equals_the_defaults_also_with_every_comment_opened(tmp_path: Path) -> None:
    """The file that `mailbot init` copies loads, and the values in its comments are the defaults."""
    text = DEFAULT_FILE.read_text("utf-8")
    opened = re.sub(r"(?m)^( *)# (?=[ ]*[a-z_]+:)", r"\1", text)
    assert opened.count("# ") < text.count("# ")
    as_shipped = settings(tmp_path, text)
    assert settings(tmp_path, opened) == as_shipped
    assert as_shipped.notices == settings(tmp_path, NEEDED).notices
    assert as_shipped.digest == settings(tmp_path, NEEDED).digest


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """Folders and the CA file are looked for beside mailbot.yaml, wherever the program was started."""
    loaded = settings(tmp_path, NEEDED + "  ca_file: ca.pem\npaths: {rules: /srv/rules}\n")
    assert loaded.smtp.ca_file == tmp_path / "ca.pem"
    assert loaded.paths.rules == Path("/srv/rules")
    assert loaded.paths.storage == tmp_path / "storage"


def test_values_mean_what_they_look_like(tmp_path: Path) -> None:
    """An hour without quotation marks, `off`, a number with a leading nought and a list of days are understood."""
    extra = "digest: {at: 08:05, days: [friday, Mon]}\nnotices: {mode: off}\nlimits: {reading_seconds: 010}\n"
    loaded = settings(tmp_path, NEEDED + extra)
    assert (loaded.digest.at, loaded.digest.days) == (time(8, 5), (0, 4))
    assert (loaded.notices.mode, loaded.limits.reading_seconds) == ("off", 10)


def test_null_lifts_caps(tmp_path: Path) -> None:
    """Every cap, rate, size and age that the design names can be lifted by null."""
    extra = (
        "  per_hour: null\n  per_day: null\nnotices: {per_correspondent: null, breaker: null}\nkeep: {rejected: ~}\n"
    )
    head = NEEDED.replace("mailbox:\n", "mailbox:\n  max_letter: null\n  answer_within: null\n")
    loaded = settings(tmp_path, head + extra)
    assert (loaded.smtp.per_hour, loaded.smtp.per_day) == (None, None)
    assert (loaded.notices.per_correspondent, loaded.notices.breaker, loaded.keep.rejected) == (None, None, None)
    assert (loaded.mailbox.max_letter, loaded.mailbox.answer_within) == (None, None)


def test_an_empty_group_means_its_defaults(tmp_path: Path) -> None:
    """A group whose keys are all commented out is as good as left out."""
    assert settings(tmp_path, NEEDED + "digest:\n#  at: 09:00\n").digest.at == time(8, 30)


@pytest.mark.parametrize(
    ("extra", "line", "said"),
    [
        ("digets: {}\n", 12, "unknown key `digets`"),
        ("digest: {at: 25:00}\n", 12, "time of day"),
        ("digest: {days: [someday]}\n", 12, "unknown day"),
        ("notices: {breaker: 50}\n", 12, "must be a rate"),
        ("notices: {flips: 120%}\n", 12, "percentage"),
        ("notices: {mode: sent}\n", 12, "cannot be `sent`"),
        ("keep: {letters: forever}\n", 12, "must be a duration"),
        ("limits: {memory: 512}\n", 12, "must be a size"),
        ("limits: {reading_seconds: many}\n", 12, "whole number"),
        ("numbers: SQ-{n}\n", 12, "must contain {year} and {n}"),
        ("numbers: 'a/{year}-{n}'\n", 12, "only letters, digits"),
        ("numbers: '{year}-{n:>9}'\n", 12, "pads {n}"),
        ("numbers: '{year}-{n'\n", 12, "brace"),
        ("ledger: postgresql://x\n", 12, "reserved"),
        ("scan: clamav\n", 12, "scanner"),
        ("scan: clamd://localhost\n", 12, "scanner's address"),
        ("scan: clamd://\n", 12, "scanner"),
        ("metrics: 9464\n", 12, "listen"),
        ("alarms: {webhook: hook}\n", 12, "web address"),
        ("  security: none\n", 9, "`security: none` for smtp.example.cn"),
        ("  port: 70000\n", 12, "must be at most 65535"),
        ("digest: daily\n", 12, "must be a group"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_hint(tmp_path: Path, extra: str, line: int, said: str) -> None:
    """Each wrong value gives one problem that names file and line and says what is wrong."""
    (found,) = problems(tmp_path, NEEDED + extra)
    assert found.file == str(tmp_path / "mailbot.yaml")
    assert found.line == line
    assert said in found.message


def test_an_unknown_key_is_told_with_the_nearest_known_one(tmp_path: Path) -> None:
    """A slip of the pen in a nested key is answered with the word that was meant."""
    (found,) = problems(tmp_path, NEEDED.replace("  host: imap", "  pol_every: 5m\n  host: imap"))
    assert (found.line, found.column, found.hint) == (7, 3, "did you mean `poll_every`?")


def test_all_problems_come_in_one_go(tmp_path: Path) -> None:
    """A missing key, an unknown zone and a bad address are told together."""
    text = NEEDED.replace("  host: imap.example.cn\n", "").replace(
        "  name: 编辑部", "  name: 编辑部\n  timezone: Mars/X"
    )
    found = problems(tmp_path, text.replace("admin@example.cn", "admin"))
    assert [problem.message.split("`")[1] for problem in found] == ["timezone", "address", "host"]
    assert found[2].message == "`host` is missing in `mailbox`"


def test_security_none_is_for_this_machine_only(tmp_path: Path) -> None:
    """Plain connections are allowed to loopback hosts."""
    text = NEEDED.replace("host: smtp.example.cn", "host: 127.0.0.1") + "  security: none\n"
    assert settings(tmp_path, text).smtp.security == "none"


def test_an_inline_secret_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """A password in the file is an error whose text does not show it."""
    (found,) = problems(tmp_path, NEEDED.replace("env:MAILBOT_PASSWORD", "Qx7secret"))
    assert "env:NAME" in (found.hint or "")
    assert "Qx7secret" not in str(found)


def test_a_secret_is_looked_up_when_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference gives the variable's or the file's text, and shows only itself."""
    monkeypatch.setenv("MAILBOT_TEST_SECRET", "abc def")
    (tmp_path / "smtp").write_text("geheim\n", "utf-8")
    assert secret(SecretRef("env", "MAILBOT_TEST_SECRET"), tmp_path) == "abc def"
    assert secret(SecretRef("file", "smtp"), tmp_path) == "geheim"
    assert "abc" not in repr(settings(tmp_path, NEEDED))


@pytest.mark.parametrize(
    "ref", [SecretRef("env", "MAILBOT_NO_SUCH"), SecretRef("file", "none"), SecretRef("file", ".")]
)
def test_a_missing_secret_names_its_key(tmp_path: Path, ref: SecretRef) -> None:
    """Without the variable or the file the error says which key it is about."""
    with pytest.raises(UserError, match=r"smtp\.password"):
        secret(ref, tmp_path, "smtp.password")


def test_a_missing_file_points_to_init(tmp_path: Path) -> None:
    """Without mailbot.yaml the way to make one is told."""
    with pytest.raises(UserError, match="mailbot init"):
        load_settings(tmp_path / "mailbot.yaml")


def test_a_file_in_another_encoding_is_told_as_such(tmp_path: Path) -> None:
    """A file saved as GBK is refused with the line and the way to save it."""
    (tmp_path / "mailbot.yaml").write_bytes(NEEDED.encode("gb18030"))
    with pytest.raises(UserError, match=r"mailbot\.yaml:2: this is not UTF-8 text"):
        load_settings(tmp_path / "mailbot.yaml")


def test_an_empty_file_names_what_is_needed(tmp_path: Path) -> None:
    """An empty file gives the needed groups."""
    assert [found.message for found in problems(tmp_path, "")] == [
        "`office` is missing in this file",
        "`mailbox` is missing in this file",
        "`smtp` is missing in this file",
    ]


def test_the_documentation_names_every_key() -> None:
    """Each key of each group stands in docs/configuration.md under its full name."""
    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    groups = {name: field.annotation for name, field in Settings.model_fields.items()}
    sections = {name: group for name, group in groups.items() if isinstance(group, type) and issubclass(group, Section)}
    keys = [f"{name}.{key}" for name, section in sections.items() for key in section.model_fields]
    keys += [name for name in groups if name not in sections]
    assert len(keys) > 50
    assert [key for key in keys if f"`{key}`" not in text] == []
