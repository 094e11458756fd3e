"""Broken templates are found at load, with file and line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.errors import UserError
from mailbot.model import NoticeKind
from mailbot.notices import samples
from mailbot.notices.templates import load_templates, read_folder, size
from tests.unit.notices import build


def broken(**changed: str) -> UserError:
    """The error of loading the shipped templates with some of them changed."""
    files = read_folder(build.SHIPPED) | {f"{name}.txt.j2": text for name, text in changed.items()}
    with pytest.raises(UserError) as caught:
        load_templates(files)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Subject: a\n\n{% if x %}\n", 3, "Unexpected end of template"),
        ("Subject: a\n\n{{ nmbers }}\n", 3, "unknown variable 'nmbers'"),
        ("Subject: a\n{% if trial %}\n{% if not trial %}{{ nmbers }}{% endif %}{% endif %}", 3, "nmbers"),
        ("Subject: a\n\n\n{% for article in articles %}{{ article.titel }}{% endfor %}", 4, "titel"),
        ("Subject: a\n{{ office | nofilter }}", 2, "nofilter"),
        ("Subject: a\n{{ office.__class__.__mro__ }}", 2, "unsafe"),
        ("Subject: a\n{{ 1 // 0 }}", 2, "zero"),
        ("Subject: a\n{% import '_none.txt.j2' as x %}", 2, "_none.txt.j2"),
        ("no subject\n", 1, "begins with its subject"),
    ],
)
def test_a_broken_template_names_file_and_line(text: str, line: int, words: str) -> None:
    """Syntax, unknown variables in any branch, unsafe access and a missing subject are all found before a mail is."""
    [problem] = broken(help=text).problems
    assert (problem.file, problem.line) == ("help.txt.j2", line), problem
    assert words in problem.message


@pytest.mark.parametrize(
    ("line", "column", "word", "hint"),
    [
        ("{{ ofice }}", 4, "ofice", "`office`"),
        ("{% for a in articles %}{{ a.titel }}{% endfor %}", 29, "titel", "`title`"),
        ("{% for a in articles %}{% for f in a.faults %}{{ f.foumd }}{% endfor %}{% endfor %}", 52, "foumd", "`found`"),
        ("{{ articles[0].unitt }}", 16, "unitt", "`unit`"),
        ("{{ articles.title }}", 13, "title", "in a list"),
        ("{{ arrived.mont }}", 12, "mont", "`month`"),
        ("{{ articles | map(attribute='remrks') | list }}", 30, "remrks", "`remarks`"),
        ("{% if trial and not trial %}{{ office | uper }}{% endif %}", 41, "uper", "`upper`"),
        ("{% if office is defind %}{% endif %}", 17, "defind", "`defined`"),
        ("{% import '_parts.txt.j2' as p %}{{ p.fault_lst(faults) }}", 39, "fault_lst", "`fault_list`"),
        ("{% from '_parts.txt.j2' import headng %}", 32, "headng", "`heading`"),
        ("{% for a in articles %}{{ loop.indx }}{% endfor %}", 32, "indx", "`index`"),
        ("{% foor a in articles %}{% endfor %}", 4, "foor", "`for`"),
        ("{% for a in articles %}", 4, "never closed", "{% endfor %}"),
        ("{% macro m(x) %}{{ x }}{{ y }}{% endmacro %}", 27, "y", ""),
        ("{% set known = 1 %}{{ known + unknown }}", 31, "unknown", ""),
        ("{{ {'a': office, 'b': ofice} }}", 23, "ofice", "`office`"),
    ],
)
def test_a_word_that_means_nothing_is_shown_with_the_nearest_one(line: str, column: int, word: str, hint: str) -> None:
    """Variables, their parts, filters, tests, macros and tags, also in branches that no sample enters."""
    [problem] = broken(help=f"Subject: a\n{line}\n").problems
    assert (problem.file, problem.line, problem.column) == ("help.txt.j2", 2, column), problem
    assert word in problem.message
    assert hint in f"{problem.message} {problem.hint}"
    assert problem.excerpt == line


def test_every_wrong_word_is_told_in_one_go() -> None:
    """Of one template, of others, and of the parts: where each of them stands, once."""
    parts = (build.SHIPPED / "_parts.txt.j2").read_text(encoding="utf-8").replace("fault.mend", "fault.mned")
    problems = broken(
        _parts=parts, help="Subject: a\n{{ a1 }}{{ a2 }}\n{{ office | a3 }}", held="Subject: {{ a4 }}"
    ).problems
    assert [(problem.file, problem.line) for problem in problems][-4:] == [
        ("held.txt.j2", 1), ("help.txt.j2", 2), ("help.txt.j2", 2), ("help.txt.j2", 3),
    ]  # fmt: skip
    of_parts = [problem for problem in problems if problem.file == "_parts.txt.j2"]
    assert of_parts
    assert len({problem.line for problem in of_parts}) == len(of_parts)
    assert len(problems) == len(of_parts) + 4


def test_a_macro_is_read_with_what_it_is_called_with() -> None:
    """A part that an article does not have is found in a macro of another file, although no sample gets there."""
    parts = "{% macro m(one) %}{% if false %}{{ one.number }}{{ one.nothing }}{% endif %}{% endmacro %}"
    text = "Subject: a\n{% import '_own.txt.j2' as own %}{% for one in articles %}{{ own.m(one) }}{% endfor %}"
    files = read_folder(build.SHIPPED) | {"_own.txt.j2": parts, "help.txt.j2": text}
    with pytest.raises(UserError) as caught:
        load_templates(files)
    [problem] = caught.value.problems
    assert (problem.file, problem.line) == ("_own.txt.j2", 1)
    assert "nothing" in problem.message


def test_a_fault_in_a_part_names_the_part() -> None:
    """The line shown is where the mistake is, not where it is used."""
    parts = (build.SHIPPED / "_parts.txt.j2").read_text(encoding="utf-8")
    problems = broken(_parts=parts.replace("article.source", "article.sauce")).problems
    assert {problem.file for problem in problems} == {"_parts.txt.j2"}
    assert "article.sauce" in (problems[0].excerpt or "")


def test_all_problems_come_at_once() -> None:
    """An admin sees every broken template, the missing and the unknown ones too."""
    files = read_folder(build.SHIPPED)
    del files["held.txt.j2"]
    with pytest.raises(UserError) as caught:
        load_templates(files | {"help.txt.j2": "{{", "hlep.txt.j2": "Subject: a\n"})
    assert [problem.file for problem in caught.value.problems] == ["held.txt.j2", "help.txt.j2", "hlep.txt.j2"]


def test_the_version_follows_the_texts() -> None:
    """The same files have the same version, a changed letter another."""
    files = read_folder(build.SHIPPED)
    assert load_templates(files).version == build.shipped().version
    assert load_templates(files | {"help.txt.j2": "Subject: a\nb"}).version != build.shipped().version


def test_a_template_that_breaks_on_real_facts_is_a_user_error() -> None:
    """What samples did not show still names file and line when it happens."""
    files = read_folder(build.SHIPPED)
    files["help.txt.j2"] = "Subject: a\n{% if office == 'Another' %}\n{{ 1 // 0 }}{% endif %}"
    templates = load_templates(files)
    with pytest.raises(UserError, match=r"help\.txt\.j2:3: "):
        templates.notice(NoticeKind.HELP, replace(samples.notices(NoticeKind.ACKNOWLEDGEMENT)[0], office="Another"))


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are a person's mistake, too."""
    (tmp_path / "help.txt.j2").write_bytes("主题".encode("gb18030"))
    with pytest.raises(UserError, match=r"help\.txt\.j2"):
        read_folder(tmp_path)


def test_sizes_are_for_people() -> None:
    """Three digits at most, in the unit that fits."""
    assert [size(n) for n in (0, 1023, 1024, 34_567, 1_048_575, 3_456_789, 52_428_800, 2**31)] == [
        "0 B", "1023 B", "1.0 KB", "34 KB", "1.0 MB", "3.3 MB", "50 MB", "2.0 GB",
    ]  # fmt: skip
