"""字数: the length of a text as Word counts it, with LibreOffice's count as the second opinion."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import docx
import pytest

from mailbot.count import characters
from tests.servers.office_suite import convert

BOTH = {
    "社区治理": 4,
    "社区治理，共建。": 8,
    "社区\u3000治理": 4,
    "社区 治理\n": 4,
    "《通讯》（第1期）": 9,
    "“五社联动”": 6,
    "２０２３年": 5,
    "ＡＢ": 2,
    "2023年5月": 4,
    "3.5万元，占50%以上": 8,
    "党建+网格": 5,
    "A社区B": 4,
    "abc，def": 3,
    "Word count": 2,
    "don't stop, please.": 3,
    "co-op 社区": 3,
    "e-mail: zhang@example.cn": 2,
    "http://example.cn/a?b=c": 1,
    "(1)内容（2）": 6,
    "100㎡": 2,
    "①②③": 3,
    "●某某社区": 5,
    "25℃": 1,
    "阿依古丽·买买提": 8,
    "𠮷野家": 3,
    "！": 1,
    "...": 1,
}
WORD_ALONE = {"共建——共享": 6, "真好……": 4, "don’t": 1, "": 0, " \t\u3000\n": 0}


@pytest.mark.parametrize(("text", "count"), [*BOTH.items(), *WORD_ALONE.items()])
def test_a_text_counts_as_in_word(text: str, count: int) -> None:
    """Chinese characters and marks are one each, words with what is attached to them one, blanks nothing."""
    assert characters(text) == count


def test_another_office_program_counts_the_same(tmp_path: Path) -> None:
    """One document with all the texts has the same length for LibreOffice, but for dashes and dots."""
    document = docx.Document()
    for text in BOTH:
        document.add_paragraph(text)
    document.save(str(tmp_path / "count.docx"))
    made = convert([tmp_path / "count.docx"], "odt", tmp_path / "out")[0]
    with zipfile.ZipFile(made) as package:
        found = re.search(rb'meta:word-count="(\d+)"', package.read("meta.xml"))
    assert found is not None
    assert int(found[1]) == sum(BOTH.values())


def test_counting_a_long_text_takes_no_time() -> None:
    """A megabyte without a break is counted in one go."""
    assert characters("a" * 1_000_000) == 1
    assert characters("社" * 1_000_000) == 1_000_000
