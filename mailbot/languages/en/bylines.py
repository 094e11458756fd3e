"""English labels of bylines, and how names are spelled, beside the Chinese ones."""

from dataclasses import replace

from mailbot.languages.zh.bylines import BYLINES as _CHINESE


def _cased(*labels: str) -> tuple[str, ...]:
    """As they are written at the beginning of a line, in the middle and in capitals, without blanks."""
    forms = ((label.capitalize(), label, label.title(), label.upper()) for label in labels)
    return tuple(dict.fromkeys(form.replace(" ", "") for written in forms for form in written))


BYLINES = replace(
    _CHINESE,
    submitter_labels=(
        *_CHINESE.submitter_labels, *_cased("submitting organisation", "submitting organization", "submitted by"),
    ),
    unit_labels=(
        *_CHINESE.unit_labels,
        *_cased("organisation", "organization", "unit", "institution", "affiliation", "employer"),
    ),
    author_labels=(
        *_CHINESE.author_labels, *_cased("author", "authors", "author's name", "written by", "text by"),
    ),
    phone_labels=(*_CHINESE.phone_labels, *_cased("telephone", "phone", "tel", "mobile")),
    address_labels=(*_CHINESE.address_labels, *_cased("postal address", "address")),
    other_labels=(
        *_CHINESE.other_labels,
        *_cased("title", "email", "e-mail", "date", "column", "issue", "keywords", "abstract", "photographs by"),
    ),
    title_labels=(*_CHINESE.title_labels, *_cased("title")),
    subject_words=(*_CHINESE.subject_words, *_cased("submission", "manuscript", "article", "contribution")),
    greetings=(*_CHINESE.greetings, "Dear ", "Hello", "Hi ", "To the editor"),
    closings=(
        *_CHINESE.closings, "Kind regards", "Best regards", "Regards", "Best wishes", "Yours", "Sincerely", "With kind",
    ),
    spelled_name=r"(?:(?:Dr|Prof|Mr|Mrs|Ms)\.? )?[A-ZÀ-Þ][\w.'’-]{0,30}(?: [\w.'’-]{1,30}){0,3} [A-ZÀ-Þ][\w'’-]{1,30}",
    spelled_unit=r"(?i)\b(?:council|committee|commission|association|society|union|federation|trust|foundation|charity|"
    r"university|college|school|academy|institute|centre|center|office|department|ministry|bureau|agency|service|"
    r"library|museum|hospital|clinic|company|limited|ltd|inc|group|team|club|church|parish|borough|district|county|city|"
    r"town|village)\b",
    spelled_and=r"\s(?:and|with)\s",
    spelled_opening=r"(?i:by):?\s+(?=[A-ZÀ-Þ])",
)  # fmt: skip
