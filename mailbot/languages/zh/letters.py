"""Chinese phrases in letters (and the English ones that Chinese programs send)."""

from mailbot.languages.letters import LetterPhrases

LETTERS = LetterPhrases()
