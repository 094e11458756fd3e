"""Chinese labels, endings of names of units, posts and surnames."""

from mailbot.languages.bylines import BylinePhrases

BYLINES = BylinePhrases()
