"""The words of made-up mails with which an admin sees what a notice looks like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SampleWords:
    """An invented office, its issue, and an article with its files; English where a language has no words of its own.

    `no_unit` and `no_original` are faults as rules tell them: what was found, the clause, how to mend it. `asks` are
    what the office asks for, each with how to do it.
    """

    office: str = "The Editors of Neighbours"
    address: str = "articles@example.org"
    issue: str = "2026, issue 2"
    column: str = "From the streets"
    title: str = "A small stage between two houses"
    second_title: str = "The account book of a canteen"
    unit: str = "Riverside Community Centre, Elm Street, Springfield"
    authors: tuple[str, ...] = ("Mary Lee", "John Miller")
    article: str = "A small stage.docx"
    photos: tuple[str, str] = ("Photo 1.jpg", "Photo 2.jpg")
    archive: str = "Photos.zip"
    locked: str = "More photos.rar"
    locked_words: str = " is locked with a password and could not be opened; please send it without one"
    cloud: str = "Originals.zip"
    provider: str = "a cloud drive"
    no_unit: tuple[str, str, str] = (
        "the submitting unit is not named",
        "clause 3 (1)",
        "write the full name of the unit below the title",
    )
    no_original: tuple[str, str, str] = (
        "picture 2 came without its original",
        "clause 1 (2)",
        "enclose the photograph itself as a file",
    )
    remark: tuple[str, str, str] = ("the subject does not name the article", "", "Begin it with its title next time")
    not_for_us: tuple[str, str, str] = ("the article is a notice of a product", "clause 2", "")
    passed: tuple[str, ...] = ("length", "authors", "issue")
    asks: tuple[tuple[str, str], ...] = (
        ("The submitting unit", "give its full name"),
        ("The originals of all pictures", "enclose them as files"),
    )
    editor: tuple[str, ...] = (
        "The second part is vivid; the beginning could be shorter.",
        "Please tell in one more paragraph how the residents took part.",
    )


ENGLISH = SampleWords()
