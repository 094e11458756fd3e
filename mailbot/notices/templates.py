"""The office's templates: compiled and tried with sample data at load, so that a broken one is found by its admin.

A template of a mail begins with a line `Subject: …`, then its text. Files whose name begins with `_` are parts that
others import. Values are never rendered as templates; everywhere but in `*.txt.j2` they are escaped.
"""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.errors import Problem, UserError
from mailbot.model import NoticeKind
from mailbot.notices import samples
from mailbot.notices.facts import AlarmFacts, DecisionFacts, NoticeFacts, ReminderFacts, clean
from mailbot.notices.page import DigestPage
from mailbot.notices.proof import Proof

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

SUFFIX = ".j2"
TEXT = f".txt{SUFFIX}"
DIGEST_TEXT = "digest.txt.j2"
DIGEST_HTML = "digest.html.j2"
ALARM = "alarm.txt.j2"
LONGEST_SUBJECT = 150

NoticeLike = NoticeFacts | DecisionFacts | ReminderFacts
"""What templates of notices get: the last two for a decision and a reminder, the first for all others."""
Facts = NoticeLike | DigestPage | AlarmFacts

_SUBJECT = re.compile(r"Subject:[ \t]*([^\n]+)\n")
_COPY = "`mailbot init` in the office's folder copies it, and leaves all others as they are"
_GAP = re.compile(r"\n{3,}")


def name_of(kind: NoticeKind) -> str:
    """The file in which a notice's template stands."""
    return f"{kind.value}{TEXT}"


class Templates:
    """A good set of templates; `version` is the hash of all files, `files` their texts.

    Notices for which an office that came from an older version has no template are made from the `shipped` ones, with
    the shipped parts; `remarks` name them for its admin.
    """

    def __init__(
        self,
        environment: SandboxedEnvironment,
        files: Mapping[str, str],
        version: str,
        shipped: Templates | None = None,
        remarks: Sequence[Problem] = (),
    ) -> None:
        self._environment = environment
        self.files = dict(files)
        self.version = version
        self.shipped = shipped
        self.remarks = tuple(remarks)

    def notice(self, kind: NoticeKind, facts: NoticeLike) -> tuple[str, str]:
        """Subject and text of a notice; UserError when there is no template for its kind."""
        return self.mail(name_of(kind), facts)

    def mail(self, name: str, facts: Facts) -> tuple[str, str]:
        """Subject and text of a mail."""
        return _split(name, self.render(name, facts))

    def render(self, name: str, facts: Facts) -> str:
        """One template's raw output; UserError with file and line when it cannot be rendered."""
        if name not in self.files and self.shipped is not None:
            return self.shipped.render(name, facts)
        variables = {field.name: getattr(facts, field.name) for field in fields(facts)}
        try:
            return self._environment.get_template(name).render(variables)
        except Exception as error:  # a template is an admin's program: whatever it raises is its fault
            raise UserError(_problem(name, error, self.files)) from error


def read_folder(folder: Path, language: str = "") -> dict[str, str]:
    """The texts of all templates for an office's language (a BCP 47 tag), by name.

    They stand in the sub-folder that is called as the language (`en-GB`, else `en`); where none is, in `folder` itself.
    """
    problems: list[Problem] = []
    files: dict[str, str] = {}
    for path in sorted(_in_language(folder, language.lower()).glob(f"*{SUFFIX}")):
        try:
            files[path.name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            problems.append(Problem(f"cannot be read: {error}", file=path.name))
    if problems:
        raise UserError(problems)
    return files


def _in_language(folder: Path, tag: str) -> Path:
    if not folder.is_dir():
        return folder
    named = {path.name.lower(): path for path in folder.iterdir() if any(path.glob(f"*{SUFFIX}"))}
    return named.get(tag) or named.get(tag.partition("-")[0]) or folder


def load_templates(files: Mapping[str, str], shipped: Callable[[], Mapping[str, str]] | None = None) -> Templates:
    """Compile all and render each with sample data; UserError with file and line for each that is broken.

    `shipped` reads the templates that stand in for those of notices that are missing; without it they must be there.
    """
    environment = _environment(files)
    version = hashlib.sha256("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode()).hexdigest()[:12]
    missing = [name for name in map(name_of, NoticeKind) if name not in files]
    standing_in = load_templates(shipped()) if missing and shipped is not None else None
    remarks = [
        Problem("this template is missing; the shipped one stands in for it", file=name, hint=_COPY) for name in missing
    ]
    templates = Templates(environment, files, version, standing_in, remarks)
    needed = (*(missing if standing_in is None else ()), DIGEST_TEXT, DIGEST_HTML, ALARM)
    problems = [
        Problem("this template is missing", file=name, hint="copy it from the shipped ones")
        for name in needed
        if name not in files
    ]
    problems += Proof(
        environment, files, {name: type(tries[0]) for name in files if (tries := _samples(name))}
    ).problems
    broken = {problem.file for problem in problems}
    problems += [problem for name in sorted(files) if name not in broken for problem in _try(templates, name, broken)]
    if problems:
        raise UserError(sorted(dict.fromkeys(problems), key=lambda problem: (problem.file or "", problem.line or 0)))
    return templates


def _environment(files: Mapping[str, str]) -> SandboxedEnvironment:
    from jinja2 import FunctionLoader, StrictUndefined, TemplateRuntimeError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        def join_path(self, template: str, parent: str) -> str:
            """Called for each import: a macro's output counts as escaped, but one of a text template is not."""
            if template.endswith(TEXT) and not parent.endswith(TEXT):
                raise TemplateRuntimeError(f"{parent} cannot use {template}: what is for plain text escapes nothing")
            return template

    def source(name: str) -> tuple[str, str, None] | None:
        return (files[name], name, None) if name in files else None

    environment = Environment(
        loader=FunctionLoader(source),
        undefined=StrictUndefined,
        autoescape=lambda name: name is None or not name.endswith(TEXT),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["size"] = size
    return environment


def size(amount: int) -> str:
    """A number of bytes for people."""
    if amount < 1024:
        return f"{amount} B"
    value = amount / 1024
    for unit in ("KB", "MB"):
        if value < 1000:
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f} GB"


def _samples(name: str) -> Sequence[Facts] | None:
    if name == ALARM:
        return samples.alarms()
    if name in (DIGEST_TEXT, DIGEST_HTML):
        return samples.digests()
    return next((samples.notices(kind) for kind in NoticeKind if name_of(kind) == name), None)


def _try(templates: Templates, name: str, broken: Collection[str | None]) -> Iterator[Problem]:
    """What is wrong with one template that only rendering shows; that of parts which are told already is left out."""
    if name.startswith("_"):
        return
    tries = _samples(name)
    if tries is None:
        kinds = ", ".join(name_of(kind) for kind in NoticeKind)
        yield Problem("no mail is made from a template of this name", file=name, hint=f"known are {kinds}, _parts")
        return
    for facts in tries:
        try:
            rendered = templates.render(name, facts)
            if name.endswith(TEXT):
                _split(name, rendered)
        except UserError as error:
            yield from (problem for problem in error.problems if problem.file not in broken)
            return


def _problem(name: str, error: Exception, files: Mapping[str, str]) -> Problem:
    """The error with the template's file and line: a syntax error knows them, others show them in their traceback."""
    from jinja2 import TemplateSyntaxError

    file, line = name, None
    if isinstance(error, TemplateSyntaxError):
        file, line = error.name or name, error.lineno
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename in files:
                file, line = frame.filename, frame.lineno
    lines = files.get(file, "").splitlines()
    excerpt = lines[line - 1] if line and line <= len(lines) else None
    return Problem(str(error) or type(error).__name__, file=file, line=line, excerpt=excerpt)


def _split(name: str, rendered: str) -> tuple[str, str]:
    found = _SUBJECT.match(rendered.lstrip() + "\n")
    if found is None:
        raise UserError(
            Problem(
                "a mail's template begins with its subject", file=name, line=1, hint="Subject: Your letter has come"
            )
        )
    body = "\n".join(line.rstrip() for line in (rendered.lstrip() + "\n")[found.end() :].splitlines())
    return clean(found[1], LONGEST_SUBJECT), _GAP.sub("\n\n", body).strip() + "\n"
