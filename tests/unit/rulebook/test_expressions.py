"""Expressions in rules: what they see, how mistakes are told, what is refused, and that none can do harm."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.errors import Problem, UserError
from mailbot.model import (
    Address,
    Author,
    Byline,
    Contacts,
    Dossier,
    Earlier,
    File,
    Finding,
    History,
    ImageFacts,
    Layout,
    Look,
    Manuscript,
    Mode,
    Office,
    Outcome,
    Picture,
    Verdict,
)
from mailbot.rulebook import view
from mailbot.rulebook.checking import ArticleFacts
from mailbot.rulebook.expression_text import LONGEST, MOST_TOKENS, Mistakes
from mailbot.rulebook.expressions import Expressions, Unjudgeable
from mailbot.rulebook.judge import judge
from mailbot.rulebook.units import KnownNames, Units, submitter
from tests.unit.dossiers import LANGUAGE, SHANGHAI, UNIT, a_dossier, a_letter, a_picture, a_rulebook, an_article
from tools.vocabulary import RULES, written

HEAD = "rules:\n  - id: r\n    title: 关键词不少于三个\n    otherwise: return\n"
ISSUES = (
    "issues:\n  - {id: 2026-06, name: 第 6 期, opens: 2026-10-01, closes: 2026-11-30}\n"
    "  - {id: 2026-05, name: 第 5 期, opens: 2026-08-01, closes: 2026-09-30}\n"
)


def block(expression: str) -> str:
    """A rules file with this expression, in as many lines as it has."""
    lines = "".join(f"      {line}\n" for line in expression.split("\n"))
    return f"{HEAD}    expect: |\n{lines}"


def finding(expression: str, dossier: Dossier, issues: str = ISSUES) -> Finding:
    """What a rule with this expression says of a dossier with one article."""
    judged = judge(dossier, a_rulebook(block(expression), issues=issues))
    (found,) = [*judged.findings, *judged.articles[0].findings]
    return found


def holds(expression: str, article: Manuscript | None = None, **changes: Any) -> bool:
    """Whether it is true of an article in a dossier; it has to be one or the other."""
    found = finding(expression, a_dossier(article or an_article(), **changes))
    assert found.outcome in (Outcome.PASSED, Outcome.FAILED), found
    return found.outcome is Outcome.PASSED


def problems(text: str) -> list[Problem]:
    """What is said of a rules file."""
    with pytest.raises(UserError) as caught:
        a_rulebook(text)
    return list(caught.value.problems)


def mistake(expression: str) -> tuple[str, str, str]:
    """The one mistake of an expression: the word it points at, what is said, the hint."""
    with pytest.raises(Mistakes) as caught:
        Expressions().compile(expression)
    (found,) = caught.value.mistakes
    return expression[found.offset :], found.message, found.hint or ""


# --- What they see ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("article.characters >= 1200 && article.characters < 1201", True),
        ("article.title == '幸福社区的故事'", True),
        ("article.title.contains('社区') && article.title.matches('^幸福.{2}的')", True),
        ("article.text.has_any(['没有', '居民'])", True),
        ("article.text.has_any(['没有', '也没有'])", False),
        ("count('两个 words') == 3", None),
        ("count(article.title) == 7", True),
        ("article.unit_complete && article.unit.startsWith('江苏省')", True),
        ("article.pictures.all(p, p.width > 800)", True),
        ("article.authors.size() == 0 && article.contacts.phones.size() == 0", True),
        ("article.format == 'docx' && article.source == '稿件.docx'", True),
        (
            "letter.subject.startsWith('投稿') && letter.sender == 'li@example.org' && letter.sender_name == '李四'",
            True,
        ),
        ("letter.articles == 1 && letter.bytes == 1000 && !has(letter.sent_at)", True),
        ("arrived.day == '2026-11-23' && arrived.hour == 10 && arrived.weekday == 1 && arrived.time < '12:00'", True),
        ("arrived.at < timestamp('2026-11-23T10:00:01+08:00')", True),
        ("arrived.at.getHours('UTC') == 2", True),
        ("issue.id == '2026-06' && issue.days_left == 7 && !issue.late && issue.column == ''", True),
        ("earlier.size() == 0 && article.body != ''", True),
        ("article.layout.body.size == 0.0 && article.layout.title.font == ''", True),
    ],
)
def test_what_is_seen_of_a_plain_article(expression: str, expected: bool | None) -> None:
    """Each fact is there under its name; what is not told is empty. What says nothing about the letter is refused."""
    if expected is None:
        assert "says nothing" in mistake(expression)[1]
    else:
        assert holds(expression) is expected


def test_lists_and_groups_are_seen() -> None:
    """Pictures, files, authors, contacts, layout and earlier submissions have their fields."""
    article = an_article(
        byline=Byline(unit=UNIT, authors=(Author(name="张三", unit=UNIT, post="科长"),)),
        pictures=(
            a_picture("a.png", original="a.jpg"),
            Picture(name="b", width=9, height=9, bytes=9, format="PNG", caption="图 1"),
        ),
        contacts=Contacts(phones=("13900000000",)),
        layout=Layout(title=Look(font="黑体", size=16), body=Look(size=12), headings=(None, Look(bold=True))),
    )
    image = ImageFacts(width=4000, height=3000, format="JPEG", taken_at="2026-11-20T10:22:33")
    file = File(name="a.jpg", media_type="image/jpeg", bytes=2_000_000, sha256="", where="", image=image)
    before = datetime(2026, 11, 3, 9, tzinfo=SHANGHAI)
    mine = Earlier(number="SQ-1", arrived_at=before, state="ready", article=0, likeness=93)
    letter = a_letter(files=(file,), recipients=(Address(address="x@example.cn"),))
    history = History(earlier=(mine,))
    for expression in (
        "article.authors.exists(a, a.name == '张三' && a.post == '科长')",
        "article.pictures.filter(p, p.has_original).size() == 1 && article.pictures[1].caption.contains('图')",
        "article.contacts.phones.all(p, p.matches('^1[0-9]{10}$'))",
        "article.layout.title.size == 16.0 && article.layout.headings[1].bold && !article.layout.headings[0].bold",
        "letter.files.all(f, f.width >= 4000 && f.bytes > 1000000 && f.taken_at.startsWith('2026-11'))",
        "'x@example.cn' in letter.to",
        "earlier.exists(e, e.own && e.likeness > 90 && e.days_ago == 20 && e.state == 'ready')",
    ):
        assert holds(expression, article, letter=letter, history=history), expression


def test_every_file_has_a_format() -> None:
    """Documents and archives, too: a rule that asks for one of them is not silently met by all letters."""
    file = File(name="稿件.DOCX", media_type="application/octet-stream", bytes=9, sha256="", where="")
    assert holds("letter.files[0].format == 'docx'", letter=a_letter(files=(file,)))


def test_an_article_sees_the_earlier_ones_that_it_resembles() -> None:
    """What another article of the same letter resembles does not count against this one."""
    before = datetime(2026, 11, 3, 9, tzinfo=SHANGHAI)
    like = Earlier(number="SQ-1", arrived_at=before, state="ready", own=False, article=1, likeness=99)
    dossier = a_dossier(an_article(), an_article(title="另一篇"), history=History(earlier=(like,)))
    judged = judge(dossier, a_rulebook(block("article.title != '' && earlier.all(e, e.likeness < 90)")))
    assert [one.findings[0].outcome for one in judged.articles] == [Outcome.PASSED, Outcome.FAILED]


def test_the_office_s_zone_says_the_hour() -> None:
    """The same moment is another hour elsewhere: the zone is the office's, not that of the machine or the server."""
    moment = datetime(2026, 11, 23, 2, tzinfo=UTC)
    tokyo = Office(address="tougao@example.cn", timezone="Asia/Tokyo")
    assert holds("arrived.hour == 10", arrived_at=moment)
    assert holds("arrived.hour == 11", arrived_at=moment, office=tokyo)


def test_the_same_dossier_gives_the_same_verdict() -> None:
    """Judging twice, also by a rulebook loaded again, gives the same findings."""
    text = block("article.characters > 2000 || letter.files.size() > 0")
    dossier = a_dossier(an_article(pictures=(a_picture(),)))
    assert judge(dossier, a_rulebook(text)) == judge(dossier, a_rulebook(text))


# --- As rules ---------------------------------------------------------------------------------------------------------


def test_a_failed_rule_says_its_title_and_the_facts() -> None:
    """The contributor reads what was asked for, the editor the values."""
    found = finding("article.keywords.size() >= 3 && article.title != ''", a_dossier(an_article()))
    assert (found.outcome, found.message) == (Outcome.FAILED, "不符合：关键词不少于三个")
    assert found.evidence == 'article.keywords = 0; article.title = "幸福社区的故事"'


def test_what_it_speaks_of_says_what_it_judges() -> None:
    """With `article` or `issue` it judges each article, without them the letter once."""
    abouts = {
        text: Expressions().compile(text).about for text in ("letter.subject != ''", "issue.late", "arrived.hour < 9")
    }
    assert list(abouts.values()) == ["letter", "article", "letter"]


def test_a_condition_decides_where_a_rule_applies() -> None:
    """Where `if` is false the rule is skipped; it works beside a check and together with other conditions."""
    text = "rules:\n  - {id: r, title: 字数, check: length, with: {min: 9999}, otherwise: return, when: {if: WHAT}}\n"
    outcomes = {}
    for what in ("article.format == 'docx'", "article.format == 'pdf'", "article.pictures[0].width > 1"):
        judged = judge(a_dossier(an_article()), a_rulebook(text.replace("WHAT", f'"{what}"')))
        (found,) = judged.articles[0].findings
        outcomes[what] = (found.outcome, judged.verdict)
    assert list(outcomes.values()) == [
        (Outcome.FAILED, Verdict.RETURN),
        (Outcome.SKIPPED, Verdict.ACKNOWLEDGE),
        (Outcome.ERROR, Verdict.HOLD),
    ]


def test_a_rule_of_the_letter_takes_a_condition_of_the_letter() -> None:
    """Conditions of an article are refused there: they could not be told."""
    rule = "{id: r, title: 主题, check: subject_prefix, with: {words: 投稿}, otherwise: note, when: {if: WHAT}}"
    text = f"rules:\n  - {rule}\n"
    judged = judge(a_dossier(an_article()), a_rulebook(text.replace("WHAT", '"letter.files.size() > 0"')))
    assert judged.findings[0].outcome is Outcome.SKIPPED
    (problem,) = problems(text.replace("WHAT", "issue.late"))
    assert "about one article" in problem.message


def test_what_cannot_be_judged_is_for_an_editor() -> None:
    """A division by nothing, an entry that is not there: outcome error, verdict hold, with the reason."""
    for expression, said in (("1 / article.pictures.size() == 1", "zero"), ("article.pictures[3].width > 1", "Index")):
        dossier = a_dossier(an_article())
        found = finding(expression, dossier)
        assert found.outcome is Outcome.ERROR
        assert said in found.evidence
        assert judge(dossier, a_rulebook(block(expression))).verdict is Verdict.HOLD


def test_facts_that_the_library_refuses_are_for_an_editor() -> None:
    """A text that is no Unicode, or a number beyond 64 bits, is an error in rule and condition, and never a crash."""
    rule = "rules:\n  - {id: r, title: x, check: has_title, otherwise: note, when: {if: \"article.text != ''\"}}\n"
    for article in (an_article(text="\ud800"), an_article(characters=1 << 70)):
        for text in (rule.replace("article.text != ''", "article.text != '' || article.characters > 1"),
                     block("article.text != '' || article.characters > 1")):  # fmt: skip
            judged = judge(a_dossier(article), a_rulebook(text))
            assert judged.verdict is Verdict.HOLD
            assert judged.articles[0].findings[0].outcome is Outcome.ERROR


def test_shadow_rules_may_be_expressions() -> None:
    """They are judged and change nothing."""
    judged = judge(a_dossier(an_article()), a_rulebook(block("article.characters > 9999") + "    mode: shadow\n"))
    assert judged.verdict is Verdict.ACKNOWLEDGE
    assert judged.articles[0].findings[0].mode is Mode.SHADOW


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("    check: has_title\n", "either `check` or `expect`"),
        ("    with: {min: 3}\n", "`expect` has none"),
        ("    when: {columns: a}\n", "among the columns"),
    ],
)
def test_keys_that_do_not_go_with_an_expression(extra: str, said: str) -> None:
    """One of `check` and `expect`; the details stand in the expression."""
    told = "\n".join(str(problem) for problem in problems(block("article.title != ''") + extra))
    assert said in told


# --- Mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "at", "said", "hint"),
    [
        ("article.charakters > 3", "charakters", "there is no `charakters` in article", "`characters`"),
        ("article.pictures.all(p, p.widht > 800)", "widht", "no `widht` in a picture", "`width`"),
        ("artikle.title != ''", "artikle", "there is no `artikle`", "`article`"),
        ("titel != ''", "titel", "there is no `titel`", "`article.title`"),
        ("article.title == 3", "== 3", "compares text with a whole number", "without quotes"),
        ("article.layout.body.size >= 12", ">= 12", "a decimal number with a whole number", "`12.0`"),
        ("article.title == null", "== null", "compares text with null", "`''`"),
        ("article.title = 'x'", "= 'x'", "`=` compares nothing", "`==`"),
        ("article.characters => 3", "=> 3", "`=>` is no sign", "`>=`"),
        ("article.characters ≥ 3", "≥ 3", "`≥` is no sign", "`>=`"),
        ("issue.late and true", "and", "`and` cannot", "`&&`"),
        ("not issue.late", "not", "`not` cannot", "`!`"),
        ("article.title.contains（'x')", "（", "full-width", "`(`"),
        ("article.title == “x”", "“", "full-width", '`"`'),
        ("社区 in article.title", "社区", "cannot stand here", "quotes"),
        ("article.title.contains('x'", "('x'", "never closed", "`)`"),
        ("article.title == 'x", "'x", "never closed", "'"),
        ("article.title)", ")", "closes nothing", "`(`"),
        ("article.characters >", ">", "ends too early", ""),
        (r"article.source.matches('\.pdf$')", "\\.", "cannot stand in quotes", "`r`"),
        ("article.title 'x'", "'x'", "cannot stand here", "&&"),
        ("article.title", "article", "is text, not a condition", "compare"),
        ("!article.title", "!", "needs conditions", "compare it"),
        ("issue.late && article.characters", "&&", "needs conditions", "compare it"),
        ("'社' in article.title", "in article", "`in` does not look for text in text", "contains"),
        ("article.keywords.contains('x')", "(", "does not work on a list of texts", "in list"),
        ("len(article.title) > 3", "len", "no function `len`", "`size`"),
        ("article.title.startswith('x')", "startswith", "no function `startswith`", "`startsWith`"),
        ("today == ''", "today", "there is no `today`", "arrived.day"),
        ("article.title + 'x' == ''", "+ 'x'", "adds numbers only", ""),
        ("article.keywords + article.references == []", "", "adds numbers only", ""),
        ("arrived.at < '2026-11-30'", "< '", "compares a moment with text", "arrived.day"),
        ("article.characters.all(c, c > 1)", "", "loops go through lists", ""),
        ("article == article", "article", "alone is no fact", "fields"),
        ("article.title.matches('(?=x)')", "'(?=", "looks ahead", "two rules"),
        ("article.title.matches('(')", "'('", "is no pattern", ""),
        ("article.title.matches(article.unit)", "matches", "must be written out", ""),
        ("article.text.matches('(?i)\\\\pL{1,200}x')", "'(?i)", "too large", "multiply"),
        ("dyn(article.title) == 3", "dyn", "no function `dyn`", ""),
        ("Article{title: 'x'} == article", "{", "cannot stand here", "braces"),
        ("article.title.matches('\ud800')", "\ud800", "half a sign", "remove"),
        ("", "", "is empty", "article"),
        ("1 < 2", "1", "says nothing", "article"),
    ],
)
def test_a_mistake_is_told_with_the_right_word(expression: str, at: str, said: str, hint: str) -> None:
    """In plain words, at its place, with a way out."""
    place, message, way_out = mistake(expression)
    assert place.startswith(at), (place, message)
    assert said in message
    assert hint in way_out


@pytest.mark.parametrize(
    ("lines", "line", "column"),
    [
        ("expect: article.title != '' && article.foo == 1", 5, 44),
        ("expect: 'article.title != ''x'' && article.foo == 1'", 5, 48),
        ('expect: "article.title != \\"x\\" && article.foo == 1"', 5, 48),
        ("expect: |\n      article.title != '' &&\n        article.foo == 1", 7, 17),
        ("expect: >\n      article.title != ''\n      && article.foo == 1", 7, 18),
        ("expect: >-\n\n      article.foo == 1", 7, 15),
        ("expect: article.title != ''\n      && article.foo == 1", 6, 18),
        ("expect: 'article.title != ''x''\n      && article.foo == 1'", 6, 18),
    ],
)
def test_the_place_in_the_file_is_exact(lines: str, line: int, column: int) -> None:
    """Whatever way the text is quoted, folded or indented, line and column are those of the file."""
    (problem,) = problems(f"{HEAD}    {lines}\n")
    assert (problem.line, problem.column) == (line, column)
    assert (problem.excerpt or "")[column - 1 :].startswith("foo")


def test_where_the_place_cannot_be_told_the_value_is_named() -> None:
    """An escape in double quotes is one sign for several."""
    (problem,) = problems(HEAD + '    expect: "article.title != \\"\\\\n\\" && article.foo == 1"\n')
    assert problem.line == 5


def test_the_mistakes_of_all_rules_are_told_in_one_go() -> None:
    """Two wrong fields, a wrong rule, a wrong condition: all of them."""
    text = (
        block("article.foo == article.bar")
        + "  - {id: s, title: x, check: has_title, otherwise: note, when: {if: foo}}\n"
    )
    assert [problem.line for problem in problems(text)] == [6, 6, 7]


# --- Limits -----------------------------------------------------------------------------------------------------------


def large_facts() -> ArticleFacts:
    """An article and a letter with as much in them as is ever shown."""
    article = an_article(
        text="".join(chr(0x4E00 + n * 7919 % 20000) for n in range(30_000)),
        pictures=tuple(a_picture("图" * 400) for _ in range(400)),
    )
    files = tuple(File(name="件" * 400, media_type="image/jpeg", bytes=9, sha256="", where="") for _ in range(400))
    dossier = a_dossier(article, letter=a_letter(text="aaaaaa" * 9000, files=files))
    units = Units(KnownNames.of(()), LANGUAGE.units)
    return ArticleFacts(dossier, units, LANGUAGE.rules, article, submitter(article.byline, units))


FACTS = large_facts()


@pytest.mark.parametrize(
    "expression",
    [
        "!letter.files.all(f, !article.text.matches('\\\\pL{1,13}x'))",
        "letter.files.all(f, !article.text.matches('[一-龥].{400}x'))",
        "letter.files.all(f, !article.text.contains(f.name) && !letter.text.contains(f.name))",
        "letter.files.exists(f, count(article.text) < 3 || count(article.text) < 4 || count(article.text) < 5)",
        "letter.files.exists(f, article.text.has_any(['x','y','z','u','v','w']))",
        "letter.files.all(f, article.pictures.all(p, p.name != f.name && !p.name.contains(f.name)))",
        "letter.files.all(f, article.pictures.all(p, !p.name.matches('\\\\pL{1,13}x')))",
        "letter.files.all(f, article.pictures.all(p, arrived.at.getHours('Asia/Tokyo') > 0))",
        " || ".join(f"letter.text.contains('{'a' * 30}{n}')" for n in range(29)),
        " || ".join(f"article.text.matches('[一-龥].{{2{n}}}x')" for n in range(9)),
        "letter.files.map(f, [f.name,f.name,f.name,f.name,f.name,f.name,f.name,f.name,f.name]).size() == 300",
    ],
)
def test_the_worst_is_bounded(expression: str) -> None:
    """Costly expressions over the largest facts: an answer or a reason why not, in about a second and 200 MB."""
    resident = int(open("/proc/self/statm").read().split()[1]) * 4096 >> 20  # noqa: SIM115, PTH123 - a pseudo file
    program = Expressions().compile(expression)
    began = time.process_time()
    try:
        program.holds(FACTS)
    except Unjudgeable as error:
        assert "searches too much text" in str(error) or "Iteration budget exceeded" in str(error)
    assert time.process_time() - began < 1.5
    after = int(open("/proc/self/statm").read().split()[1]) * 4096 >> 20  # noqa: SIM115, PTH123 - a pseudo file
    assert after - resident < 200


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("article.characters > 1 " + "|| issue.late " * 150, "longer than"),
        ("article.characters in [" + "1," * 300 + "1]", "words and signs"),
        ("(" * 200 + "article.characters" + ")" * 200 + " > 1", "nested too deeply"),
        ("[" * 100 + "]" * 100 + " == [] || issue.late", "nested too deeply"),
        ("article.characters > " + "1+" * 200 + "1", "nested too deeply"),
        ("letter.files.all(a, letter.files.all(b, [1].all(c, c == 1)))", "loops in one another"),
        ("letter.files.all(a, letter.files.all(b, article.text.contains(a.name)))", "it may be large"),
        ("[article.text, letter.text].all(t, t != '')", "it may be large"),
        ("letter.files.map(f, article.text).size() > 1", "it may be large"),
        ("letter.files.all(f, " + " && ".join(["article.text != f.name"] * 5) + ")", "in loops 4 times"),
        ("[1].all(a, [1].all(b, " + " && ".join(["letter.bytes > 1"] * 13) + "))", "in an inner loop"),
        ("[[article.title], 1][0] + [[article.title], 1][0] == []", "adds numbers only"),
        ("[article.title, 1][0] + [article.title, 1][0] == ''", ""),
        ("issue.late || .article.text == ''", "before this dot"),
        ("article.title == '" + "长" * LONGEST + "'", "longer than"),
    ],
)
def test_what_could_grow_is_refused(expression: str, said: str) -> None:
    """Length, depth, loops in loops, long texts in lists: told when the rules are loaded."""
    assert said in mistake(expression)[1]


def test_the_refused_tokens_are_counted_not_the_characters() -> None:
    """A list of words as long as an admin needs is fine."""
    words = ", ".join(f"'词{n}'" for n in range(MOST_TOKENS // 2 - 10))
    assert Expressions().compile(f"article.text.has_any([{words}])").about == "article"


PIECES = st.sampled_from(
    [
        "article.characters", "article.pictures.all(p, p.width > 1)", "article.title", "letter.files", " && ", " || ",
        " == ", " + ", "(", ")", "[", "]", "'", '"', "'''", "r'", ".", ",", "?", ":", "!", "-", "/ 0", "1e999", "1",
        "9" * 30, "null", ".all(x, ", ".map(x, ", ".size()", "\\", "\n", "//", "{", "，", "\x00", "\ud800",
        "timestamp(0)", "duration('99999999h')", ".matches('(')", "__result__", "@result", "has(", "int('x')",
        "issue", ".article",
    ]
)  # fmt: skip
SHARED = Expressions()


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60))
def test_no_text_breaks_the_loader(text: str) -> None:
    """Whatever stands there: an expression, or mistakes with a place in it; and no expression breaks the judge."""
    try:
        program = SHARED.compile(text)
    except Mistakes as error:
        assert all(0 <= one.offset <= len(text) and one.message for one in error.mistakes)
        return
    facts = ArticleFacts(
        a_dossier(an_article()), Units(KnownNames.of(()), LANGUAGE.units), LANGUAGE.rules, an_article()
    )
    try:
        assert program.holds(facts) in (True, False)
    except Unjudgeable as error:
        assert str(error)
    assert "=" in program.evidence(facts)


def test_nothing_of_the_library_is_loaded_without_an_expression() -> None:
    """Rules without expressions, and the help, do not pay for it, nor for what processes letters."""
    code = (
        "import sys; import mailbot.cli; import mailbot.ruletests;"
        "from tests.unit.dossiers import a_rulebook, the_shipped_rulebook;"
        "a_rulebook('rules:\\n  - {id: r, title: x, check: has_title, otherwise: note}\\n');"
        "print([name for name in sys.modules if name.startswith(('cel_expr', 'google.protobuf', 'structlog'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- The document -----------------------------------------------------------------------------------------------------


def test_the_table_in_the_document_is_the_one_of_the_code() -> None:
    """What an expression can see stands in docs/rules.md; after a change `make vocabulary` writes it anew."""
    text = RULES.read_text("utf-8")
    assert written(text) == text


def test_every_field_is_described_and_can_be_used() -> None:
    """No field without its words; each one compiles."""
    for name, root in view.ROOTS.items():
        for one in fields(root.record):
            assert one.metadata["description"]
            path = f"{name}[0].{one.name}" if root.many else f"{name}.{one.name}"
            kind, many = view.unwrapped(view.hints(root.record)[one.name])
            use = f"{path}.size() >= 0" if many else f"has({path})" if kind not in (str, bool) else f"{path} == {path}"
            assert Expressions().compile(use).about in ("letter", "article")


def test_the_examples_in_the_document_are_rules() -> None:
    """The five of them load, and judge a plain article without an error."""
    text = RULES.read_text("utf-8").split("### Five examples")[1]
    rulebook = a_rulebook(text.split("```yaml\n")[1].split("```")[0])
    assert len(rulebook.rules) == 5
    judged = judge(a_dossier(an_article()), rulebook)
    outcomes = {found.outcome for found in [*judged.findings, *judged.articles[0].findings]}
    assert Outcome.ERROR not in outcomes
