"""English: the words for people, and what English letters say beside the Chinese data, which is understood as well."""

from dataclasses import replace

from mailbot.languages.en.bylines import BYLINES
from mailbot.languages.en.letters import LETTERS
from mailbot.languages.en.rules import RULES
from mailbot.languages.en.samples import SAMPLES
from mailbot.languages.en.trials import TRIALS
from mailbot.languages.zh import (
    ARTICLES,
    CONTACTS,
    DATES,
    FILES,
    LOOKS,
    PARTS,
    UNITS,
)
from mailbot.languages.zh import TEACHING as _CHINESE

TEACHING = replace(_CHINESE, descriptions={})  # what the code says of each key is English

__all__ = [
    "ARTICLES",
    "BYLINES",
    "CONTACTS",
    "DATES",
    "FILES",
    "LETTERS",
    "LOOKS",
    "PARTS",
    "RULES",
    "SAMPLES",
    "TEACHING",
    "TRIALS",
    "UNITS",
]
