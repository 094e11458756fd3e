"""Write what expressions can see into docs/rules.md: `make vocabulary`. A test holds the two alike."""

from __future__ import annotations

from pathlib import Path

from mailbot.rulebook import view

RULES = Path(__file__).parents[1] / "docs" / "rules.md"
BEGIN = "<!-- written by `make vocabulary` -->\n"
END = "<!-- end of what is written -->\n"


def written(text: str) -> str:
    """The document with the table as it is now."""
    before, rest = text.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{view.table()}\n{END}{rest.split(END, 1)[1]}"


if __name__ == "__main__":
    RULES.write_text(written(RULES.read_text("utf-8")), "utf-8")
