"""What is particular to a language: phrases of people, machines and providers, labels, name endings, surnames.

Only data lives below this package: `zh/`, and `en/`, which takes over what it does not say otherwise. Code asks
`load(tag)` and names no language.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from pathlib import Path

from mailbot.languages.articles import ArticlePhrases
from mailbot.languages.bylines import BylinePhrases
from mailbot.languages.contacts import ContactPhrases
from mailbot.languages.dates import DatePhrases
from mailbot.languages.files import FilePhrases
from mailbot.languages.letters import LetterPhrases
from mailbot.languages.looks import LookPhrases
from mailbot.languages.parts import PartPhrases
from mailbot.languages.rules import RulePhrases
from mailbot.languages.samples import ENGLISH, SampleWords
from mailbot.languages.teaching import Teaching
from mailbot.languages.trials import TrialPhrases
from mailbot.languages.units import UnitPhrases

DEFAULT = "zh-CN"
"""Where nobody says which: rules files are read without a configuration."""
FALLBACK = "zh"


@dataclass(frozen=True, slots=True)
class Language:
    """The data of one language."""

    tag: str
    letters: LetterPhrases
    bylines: BylinePhrases
    rules: RulePhrases
    units: UnitPhrases
    articles: ArticlePhrases
    parts: PartPhrases
    files: FilePhrases
    dates: DatePhrases
    contacts: ContactPhrases
    teaching: Teaching
    trials: TrialPhrases
    looks: LookPhrases
    samples: SampleWords = ENGLISH


@cache
def load(tag: str) -> Language:
    """The data for a BCP 47 tag such as zh-CN or en. Chinese stands in for languages without data of their own."""
    primary = tag.partition("-")[0].lower()
    known = primary.isalpha() and (Path(__file__).parent / primary / "__init__.py").is_file()
    data = import_module(f"mailbot.languages.{primary if known else FALLBACK}")  # only the language in use is loaded
    return Language(tag=tag, **{part.name: getattr(data, part.name.upper()) for part in fields(Language)[1:]})
