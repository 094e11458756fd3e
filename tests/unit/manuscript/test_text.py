"""Plain text and Markdown: every charset, paragraphs as they were meant, and no text where there is none."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.manuscript.document import Document, Unreadable
from mailbot.manuscript.formats.text import FILE_BYTES, MARKED_UP, read, read_markdown
from mailbot.model import FileProblem

LINES = ["社区里的新鲜事", "某某市某某街道办事处", "居民们在议事厅里商量停车，㐂堃镕三位老人也来了。", "大家很满意。"]
ARTICLE = f"{LINES[0]}\n{LINES[1]}\n\n　　{LINES[2]}\n　　{LINES[3]}\n"


def parsed(tmp_path: Path, data: bytes, name: str = "x.txt") -> Document:
    """The document in a file, read."""
    path = tmp_path / name
    path.write_bytes(data)
    return read_markdown(path) if name.endswith(".md") else read(path)


def lines(document: Document) -> list[str]:
    """Its paragraphs."""
    return [paragraph.text for paragraph in document.paragraphs]


def levels(document: Document) -> list[tuple[int | None, str]]:
    """Its paragraphs with their levels."""
    return [(paragraph.level, paragraph.text) for paragraph in document.paragraphs]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be-bom", "utf-32"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_text_in_any_charset(tmp_path: Path, charset: str, ends: str) -> None:
    """Notepad's UTF-8, UTF-16 and ANSI are told by their marks and bytes; paragraphs lose their indentation."""
    text = ARTICLE.replace("\n", ends)
    data = b"\xfe\xff" + text.encode("utf-16-be") if charset == "utf-16-be-bom" else text.encode(charset)
    assert lines(parsed(tmp_path, data)) == LINES


def test_a_text_in_big5(tmp_path: Path) -> None:
    """Big5 is taken where gb18030 makes rare characters of it; traditional characters in GBK stay what they are."""
    text = "社區居民議事會的故事\n居民們在社區議事廳裡討論停車的問題，大家都覺得很滿意，願意繼續參與社區的各項工作。\n"
    for charset in ("big5", "gb18030"):
        assert lines(parsed(tmp_path, text.encode(charset))) == text.split("\n")[:2]


def test_lines_wrapped_at_one_width_are_joined(tmp_path: Path) -> None:
    """A text wrapped at 60 columns has its paragraphs again; titles and short last lines end theirs."""
    first = "居民议事会讨论了停车和绿化两件大事，大家各抒己见，最后形成了三条意见，" * 4 + "会议到此结束。"
    second = "社区书记说，下一步要把意见落到实处，让每一位居民都看得见变化。" * 5
    wrapped = [first[at : at + 30] for at in range(0, len(first), 30)]
    wrapped += ["　　" + second[:28], *(second[at : at + 30] for at in range(28, len(second), 30))]
    assert lines(parsed(tmp_path, "\n".join(["议事会开成了", "", *wrapped]).encode())) == [
        "议事会开成了",
        first,
        second,
    ]
    words = ("the residents met in the hall and spoke about parking and trees " * 12).strip()
    folded, line = [], ""
    for word in words.split():
        if len(line) + len(word) >= 72:
            folded.append(line)
            line = ""
        line = f"{line} {word}".strip()
    assert lines(parsed(tmp_path, "\n".join([*folded, line, "", "Second paragraph."]).encode())) == [
        words,
        "Second paragraph.",
    ]


def test_short_lines_stay_paragraphs(tmp_path: Path) -> None:
    """Lines of all lengths, as programs without wrapping write them, are paragraphs each."""
    written = ["一" * n + "。" for n in (5, 80, 33, 120, 64, 12, 7)]
    assert lines(parsed(tmp_path, "\n".join(written).encode())) == written


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", FileProblem.EMPTY),
        (" \n　\t\n".encode(), FileProblem.EMPTY),
        (b"\xd0\xcf\x11\xe0" + bytes(2000), FileProblem.DAMAGED),
        (bytes(range(1, 256)) * 20, FileProblem.DAMAGED),
        (b"x" * (FILE_BYTES + 1), FileProblem.TOO_LARGE),
        (b"a\n" * 300_000, FileProblem.TOO_LARGE),
    ],
)
def test_what_is_no_text(tmp_path: Path, data: bytes, problem: FileProblem) -> None:
    """Nothing, bytes of a program, and more than any manuscript are told apart."""
    with pytest.raises(Unreadable) as caught:
        parsed(tmp_path, data)
    assert caught.value.problem is problem


MARKDOWN = """---
title: 幸福社区
author: 张三
---
一、做法
========
**居民**在[议事厅](https://example.cn/a)里*商量*，
下一行接着写。

> 引用的一句话

1. 第一件
2. 第二件
   - 里面的一件

```
代码 **不动**
```
| 姓名 | 单位 |
|---|---|
| 张三 | 某某社区 |

![活动照片](p/1.jpg)
第一行\\
第二行<br>第三行 &amp; ~~删去~~

<div>一段<b>网页</b></div>
"""


def test_markdown_without_its_marks(tmp_path: Path) -> None:
    """Headings, emphasis, links, lists, quotes, code, tables and front matter come as the text they show."""
    assert levels(parsed(tmp_path, MARKDOWN.encode(), "x.md")) == [
        (0, "幸福社区"),
        (None, "author: 张三"),
        (1, "一、做法"),
        (None, "居民在议事厅里商量，下一行接着写。"),
        (None, "引用的一句话"),
        (None, "1. 第一件"),
        (None, "2. 第二件"),
        (None, "• 里面的一件"),
        (None, "代码 **不动**"),
        (None, "姓名\t单位"),
        (None, "张三\t某某社区"),
        (None, "活动照片第一行"),
        (None, "第二行"),
        (None, "第三行 & 删去"),
        (None, "一段网页"),
    ]
    assert levels(parsed(tmp_path, "# 题目\n\n## 一\n\n### 二\n\n# 三\n".encode(), "x.md")) == [
        (0, "题目"),
        (1, "一"),
        (2, "二"),
        (1, "三"),
    ]


@pytest.mark.parametrize(
    "nasty",
    [
        "[" * 900_000,
        "> " * 400_000 + "x",
        "*a " * 300_000,
        "![[](" * 180_000,
        "- " * 400_000,
        "`" * 500 + "a`" * 300_000,
        ("|a" * 200 + "\n" + "|-" * 200 + "\n") + "|x" * 100_000,
        "<" * 900_000,
        "&" * 900_000,
        "\n".join(" " * n + "- a" for n in range(1000)),
        "a\n\n" * 20_000,
        "[a]: b\n" * 20_000,
    ],
    ids=range(12),
)
def test_nasty_markdown_ends_soon(tmp_path: Path, nasty: str) -> None:
    """What makes parsers slow is read within seconds."""
    started = time.process_time()
    with suppress(Unreadable):
        parsed(tmp_path, nasty[:MARKED_UP].encode(), "x.md")
    assert time.process_time() - started < 5


@given(st.binary(max_size=300), st.sampled_from(["x.txt", "x.md"]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes, name: str) -> None:
    """Whatever the bytes, there is a text without NUL and lone surrogates, or a problem."""
    try:
        text = "".join(lines(parsed(tmp_path, data, name)))
    except Unreadable:
        return
    assert "\0" not in text
    text.encode()
