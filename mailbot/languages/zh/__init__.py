"""Chinese."""

from mailbot.languages.zh.bylines import BYLINES
from mailbot.languages.zh.letters import LETTERS

__all__ = ["BYLINES", "LETTERS"]
