"""Chinese."""

from mailbot.languages.zh.articles import ARTICLES
from mailbot.languages.zh.bylines import BYLINES
from mailbot.languages.zh.contacts import CONTACTS
from mailbot.languages.zh.dates import DATES
from mailbot.languages.zh.files import FILES
from mailbot.languages.zh.letters import LETTERS
from mailbot.languages.zh.looks import LOOKS
from mailbot.languages.zh.parts import PARTS
from mailbot.languages.zh.rules import RULES
from mailbot.languages.zh.samples import SAMPLES
from mailbot.languages.zh.teaching import TEACHING
from mailbot.languages.zh.trials import TRIALS
from mailbot.languages.zh.units import UNITS

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
