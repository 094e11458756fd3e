"""Files that a letter only links to, in the forms in which providers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailbot.letter import cloud
from mailbot.letter.texts import read_html
from mailbot.model import CloudFile
from tests.unit.letter.build import ZH

CHINA = timezone(timedelta(hours=8))
NOW_163 = "https://mail.163.com/large-attachment-download/index.html?file=abc"
OLD_163 = "http://fs.163.com/fs/display/?p=X-NETEASE-HUGE-ATTACHMENT&file=abc&title=%E7%A8%BF%E4%BB%B6.zip"
QQ_OLD = "http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=1&code=2"
QQ_NOW = "https://wx.mail.qq.com/ftn/download?func=3&key=1&code=2"


def find(html: str = "", text: str = "") -> tuple[CloudFile, ...]:
    """The linked files of a page and a text."""
    return cloud.find([read_html(html)], text, ZH.letters)


def test_163_now() -> None:
    """The block of 163: three links to one file are one file with name, size and expiry."""
    html = (
        f'<div id="divNeteaseBigAttach">从网易163邮箱发来的超大附件<a href="{NOW_163}"></a><a href="{NOW_163}" '
        f'filename="照片.zip">照片.zip</a> (80.96M, 2026年8月17日 0:49 到期) <a href="{NOW_163}">下载</a>'
        '<a href="https://u.163.com/x">推广</a></div>'
    )
    assert find(html) == (
        CloudFile(
            name="照片.zip",
            url=NOW_163,
            provider="163",
            bytes=int(80.96 * 1024**2),
            expires_at=datetime(2026, 8, 17, 0, 49, tzinfo=CHINA),
        ),
    )


def test_163_old() -> None:
    """The older link carries the name itself."""
    assert [file.name for file in find(f'<a href="{OLD_163.replace("&", "&amp;")}">下载</a>')] == ["稿件.zip"]


def test_qq_block() -> None:
    """QQ's block has the link in an attribute, with the expiry in seconds since 1970."""
    title = "文件大小：1.5G&#10;到期时间：2021年09月12日"
    html = (
        f'<div id="QQMailBigAttach"><span class="qqmailbgattach" expiretime="1631445507" downloadlink="{QQ_OLD}" '
        f'title="{title}"></span><a href="{QQ_OLD}">稿件.rar</a></div>'
    )
    (file,) = find(html)
    assert (file.provider, file.name, file.bytes) == ("QQ", "稿件.rar", int(1.5 * 1024**3))
    assert file.expires_at == datetime.fromtimestamp(1631445507, UTC)


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        (QQ_NOW, "QQ"),
        ("https://pan.baidu.com/s/1abc?pwd=1234", "百度网盘"),
        ("https://www.alipan.com/s/abc", "阿里云盘"),
        ("https://wwi.lanzoup.com/iabc", "蓝奏云"),
        ("https://dashi.163.com/html/cloud-attachment-download/?key=abc", "163"),
    ],
)
def test_links_in_plain_text(url: str, provider: str) -> None:
    """Links in the text count, too, up to the Chinese mark behind them."""
    assert [(file.url, file.provider) for file in find(text=f"稿件在这里：{url}。提取码1234")] == [(url, provider)]


@pytest.mark.parametrize(
    "url",
    [
        "https://mail.163.com.example.org/large-attachment-download/index.html?file=a",
        "https://mail.163.com@example.org/large-attachment-download/index.html?file=a",
        "javascript:alert('mail.163.com/large-attachment-download/')",
        "https://example.org/?u=mail.163.com/large-attachment-download/",
        "https://mail.163.com/",
        "https://[mail.163.com/large-attachment-download/x",
        "ftp://pan.baidu.com/s/1",
    ],
)
def test_other_hosts_do_not_count(url: str) -> None:
    """Only a provider's exact host and path count; look-alikes do not."""
    assert find(f'<a href="{url}">x</a>', url) == ()


def test_links_in_a_quoted_letter_do_not_count() -> None:
    """A link inside of what a reply quotes is an old one."""
    assert find(f'<p>好的</p><blockquote><a href="{NOW_163}">照片.zip</a></blockquote>') == ()
    assert find(f'<div id="isReplyContent"><p><a href="{NOW_163}">照片.zip</a></div>') == ()


def test_endless_links_are_bounded() -> None:
    """Thousands of links cost no more than a bounded list."""
    html = "".join(f'<a href="https://pan.baidu.com/s/{number}">x</a>' for number in range(5000))
    assert len(find(html)) == cloud.MAX_FILES
