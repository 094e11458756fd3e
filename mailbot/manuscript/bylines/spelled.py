"""Names of people and units in alphabets, whose words are parted by blanks: "By Jane Doe, Riverside Council".

A language without such names has patterns that match nothing. They are read only where a label or an opening says that
a byline follows: any two words with capitals look like a name.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mailbot.languages.bylines import BylinePhrases
from mailbot.manuscript.bylines.people import LONGEST, People
from mailbot.model import Author

MOST = 20
_PARTS = re.compile(r"[,;，；、&（）()]")


def read_spelled(text: str, phrases: BylinePhrases) -> People | None:
    """Authors with the unit behind each, up to what is neither; None where the text does not begin with a name."""
    people = People()
    for part in _PARTS.split(re.sub(phrases.spelled_and, ",", text[:LONGEST]))[:MOST]:
        if not (name := part.strip(" .*")):
            continue
        if re.search(phrases.spelled_unit, name):
            people.authors = [author if author.unit else replace(author, unit=name) for author in people.authors]
        elif re.fullmatch(phrases.spelled_name, name):
            people.authors.append(Author(name=name))
        else:
            break
    return people if people.authors else None


def read_opened(text: str, phrases: BylinePhrases) -> People | None:
    """The same behind the words that open a byline, None without them."""
    opening = re.match(phrases.spelled_opening, text)
    return read_spelled(text[opening.end() :], phrases) if opening else None
