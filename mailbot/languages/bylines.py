"""Which data a language must give for reading bylines and names of units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)  # one a language: known by identity, patterns are kept for each
class BylinePhrases:
    """Labels, endings, posts and surnames; `mailbot.manuscript.bylines.byline` and `people` say what each decides.

    Labels are words before a colon (or a blank) that say what follows.
    """

    submitter_labels: tuple[str, ...]  # what follows is the submitting unit
    unit_labels: tuple[str, ...]  # a unit, which is also that of the authors named beside it
    author_unit_labels: tuple[str, ...]  # the unit of the authors
    author_labels: tuple[str, ...]  # authors
    bare_labels: tuple[str, ...]  # those of them that do without a colon
    trailing_labels: tuple[str, ...]  # words after the author: "（张三 供稿）"
    post_labels: tuple[str, ...]  # the author's post
    phone_labels: tuple[str, ...]  # a telephone number
    other_labels: tuple[str, ...]  # something that is neither unit nor author: it ends what a label before it says
    title_labels: tuple[str, ...]  # those of them that the article's title follows
    reprint_labels: tuple[str, ...]  # a line with one of these names neither unit nor author of a submission
    address_labels: tuple[str, ...]  # a postal address
    label_copula: str  # a pattern: what may stand between a label and its colon
    severally: tuple[str, ...]  # words that give each of several authors his own of the units that follow
    measures: frozenset[str]  # what follows the label of a unit and is a unit of measure
    date: str  # a pattern: a day or month of a year
    extension: str  # a pattern: between a telephone number and its extension
    address: str  # a pattern: a line that is a postal address also without a label
    place_of_unit: str  # a pattern: city and postal code behind a unit, as journals print them
    postcode: str  # a pattern: a postal code behind an address, with its label

    surnames: frozenset[str]
    common_surnames: frozenset[str]  # the most frequent of them: told as names also where nothing around says so
    syllables: frozenset[str]  # characters that transcribe names of other tongues; a word of nothing else is a name
    no_names: frozenset[str]  # words that would pass for a name
    organisation_endings: tuple[str, ...]  # a name that ends so is an organisation's
    division_endings: tuple[str, ...]  # a name that ends so is a division's, from province to village
    division_offices: tuple[str, ...]  # what may follow a division's name in the name of its own office
    no_units: tuple[str, ...]  # words within a phrase that make it no name of a unit
    no_unit_openings: tuple[str, ...]  # nor is a phrase one that begins so
    in_units: tuple[str, ...]  # words with one of those in them that do not
    others: tuple[str, ...]  # "and others", behind names
    degrees: frozenset[str]  # an author's degree; no post where it stands before his unit

    post_ranks: tuple[str, ...]  # words before a post
    post_bodies: tuple[str, ...]  # bodies that belong to the post, not to the unit
    posts: tuple[str, ...]
    post_joints: tuple[str, ...]  # words between two posts
    post_field: str  # a pattern: a field of study or a place of duty, which stands before a post and belongs to it
    biography: str  # a pattern: what tells of an author's life and is passed over; met by single words only
    possessive: str  # between a unit and the name of somebody of it
    copulas: tuple[str, ...]  # between an author's name and his unit
    self_introductions: tuple[str, ...]  # before the writer's own unit and name
    introduced: str  # a pattern: between the writer's name and his unit, in such a sentence only
    ourselves: tuple[str, ...]  # "our unit", before its name in brackets
    senders: tuple[str, ...]  # before the name of a unit whose article this is: "from", "herewith"
    enumeration: str  # a pattern: the number of a heading, at its beginning
    own_article: tuple[str, ...]  # who says so in his letter submits what he wrote himself

    subject_words: tuple[str, ...]  # signs of a submission at the head of a subject or file name: not part of a title
    title_joints: tuple[str, ...]  # a line of a title that ends so goes on in the next
    title_ends: tuple[str, ...]  # sentence ends that a title may bear
    text_openings: tuple[str, ...]  # a sentence that begins so is running text, however short
    document_number: str  # a pattern: the line of an official document with its number, below the letterhead
    enclosures: str  # a pattern: a line that only says which enclosure this is
    greetings: tuple[str, ...]  # a line of a letter that begins so is no part of an article
    closings: tuple[str, ...]  # from such a line behind the article on nothing is
    letter_words: tuple[str, ...]  # a line with one of them is of the letter, not of an article
    letter_headers: tuple[str, ...]  # names of the lines with which a program introduces a forwarded letter
    forwarded: tuple[str, ...]  # words that say that what follows was forwarded
    spelled_name: str = r"(?!)"  # a pattern: a person's name in an alphabet, its words parted by blanks
    spelled_unit: str = r"(?!)"  # a pattern: anywhere in such a name, it is that of a unit
    spelled_and: str = r"(?!)"  # a pattern: "and", between two such names
    spelled_opening: str = r"(?!)"  # a pattern: what opens such a byline without a colon
