"""Which data a language must give for reading bylines and names of units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)  # one a language: known by identity, patterns are kept for each
class BylinePhrases:
    """Labels, endings, posts and surnames; `mailbot.manuscript.byline` and `people` say what each decides.

    Labels are words before a colon (or a blank) that say what follows.
    """

    submitter_labels: tuple[str, ...]  # what follows is the submitting unit
    unit_labels: tuple[str, ...]  # a unit, which is also that of the authors named beside it
    author_unit_labels: tuple[str, ...]  # the unit of the authors
    author_labels: tuple[str, ...]  # authors
    bare_labels: tuple[str, ...]  # those of them that do without a colon
    trailing_labels: tuple[str, ...]  # words after the author: "（张三 供稿）"
    post_labels: tuple[str, ...]  # the author's post
    other_labels: tuple[str, ...]  # something that is neither unit nor author: it ends what a label before it says
    title_labels: tuple[str, ...]  # those of them that the article's title follows
    reprint_labels: tuple[str, ...]  # a line with one of these names neither unit nor author of a submission
    address_labels: tuple[str, ...]  # a postal address

    surnames: frozenset[str]
    no_names: frozenset[str]  # words that would pass for a name
    organisation_endings: tuple[str, ...]  # a name that ends so is an organisation's
    division_endings: tuple[str, ...]  # a name that ends so is a division's, from province to village
    no_units: tuple[str, ...]  # words within a phrase that make it no name of a unit

    post_ranks: tuple[str, ...]  # words before a post
    post_bodies: tuple[str, ...]  # bodies that belong to the post, not to the unit
    posts: tuple[str, ...]
    biography: str  # a pattern: what tells of an author's life and is passed over; met by single words only
    possessive: str  # between a unit and the name of somebody of it
    copulas: tuple[str, ...]  # between an author's name and his unit
    self_introductions: tuple[str, ...]  # before the writer's own unit and name
    own_article: tuple[str, ...]  # who says so in his letter submits what he wrote himself

    subject_words: tuple[str, ...]  # signs of a submission at the head of a subject or file name: not part of a title
    greetings: tuple[str, ...]  # a line of a letter that begins so is no part of an article
    closings: tuple[str, ...]  # from such a line on nothing is
