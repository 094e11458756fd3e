"""Each picture in the article has a caption, or picture files have names that say what they show."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from mailbot.model import Layout, Picture
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed, skipped
from mailbot.rulebook.files import chosen, has_default_name, named
from mailbot.rulebook.patterns import Pattern, found
from mailbot.yamlfile import Hinted


class Captions(Params):
    """Which pictures are to say what they show."""

    of: Literal["embedded", "files", "all"] = Field(
        default="embedded",
        description="embedded: a caption at each picture in the text; files: telling names of picture files; all: both",
    )
    pattern: Pattern | None = Field(
        default=None, description="a pattern (RE2) that must be found in each caption, such as one for the photographer"
    )
    smallest: int = Field(
        default=48, ge=0, description="pictures with both sides below so many pixels are ornaments and need no caption"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Captions:
        if self.of == "files" and self.pattern is not None:
            raise Hinted("asks for captions and looks at files only", "remove `pattern`, or write `of: embedded`")
        return self


def run(facts: ArticleFacts, params: Captions) -> Answer:
    """Fail numbering the pictures without caption and naming the files; skipped where there is no picture."""
    say = facts.phrases.say
    pictures = [
        (number, picture)
        for number, picture in enumerate(facts.manuscript.pictures, 1)
        if params.of != "files" and (not picture.width or max(picture.width, picture.height) >= params.smallest)
    ]
    files = chosen(facts.dossier, "pictures") if params.of != "embedded" else []
    if not pictures and not files:
        return skipped(say("captions.none"))
    untold = facts.manuscript.layout == Layout() and not any(picture.caption for _, picture in pictures)
    if pictures and untold and not files:
        return skipped(say("captions.untold"))
    said = [] if untold else _faults(facts, pictures, params)
    if bad := [file for file in files if has_default_name(facts, file)]:
        said.append(say("captions.names", names=named(facts, bad)))
    evidence = facts.listed(
        [*(picture.caption for _, picture in pictures if picture.caption), *(f.name for f in files)]
    )
    return failed(say("faults.and").join(said), evidence) if said else passed(evidence)


def _faults(facts: ArticleFacts, pictures: list[tuple[int, Picture]], params: Captions) -> list[str]:
    say = facts.phrases.say
    missing = [say("captions.one", number=number) for number, picture in pictures if not picture.caption]
    wrong = [
        say("captions.said", number=number, caption=picture.caption)
        for number, picture in pictures
        if picture.caption and params.pattern is not None and found(params.pattern, picture.caption) is None
    ]
    cases = (("captions.missing", missing), ("captions.wrong", wrong))
    return [say(case, count=len(which), which=facts.listed(which)) for case, which in cases if which]


CHECK = Check("captions", "article", Captions, run)
