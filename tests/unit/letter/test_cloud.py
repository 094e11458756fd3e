"""Files that a letter only links to, in the forms in which providers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailbot.letter import cloud
from mailbot.letter.html import read_html
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


def test_size_and_expiry_are_no_part_of_a_name() -> None:
    """A name is told from what a provider writes behind it within the same link; other brackets stay."""
    (file,) = find(f'<a href="{QQ_NOW}">原图.rar (96.20M, 2026年12月10日 08:00 到期)</a>')
    assert (file.name, file.bytes) == ("原图.rar", int(96.2 * 1024**2))
    assert [file.name for file in find(f'<a href="{QQ_NOW}">稿件(终稿)</a>')] == ["稿件(终稿)"]


def test_a_document_shared_by_wps() -> None:
    """A document that is shared from WPS counts; its name stands before the link."""
    (file,) = find(text="我通过WPS分享了文件：某某小院.docx\n链接：https://kdocs.cn/l/cabc123XYZ")
    assert (file.name, file.provider) == ("某某小院.docx", "WPS 云文档")


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


FORMS = {
    "163 now": (NOW_163, "163"),
    "163 with title": ("https://mail.163.com/large-attachment-download/?p=X-NETEASE-HUGE-ATTACHMENT&file=a", "163"),
    "163 old": (OLD_163, "163"),
    "Mail Master": ("https://dashi.163.com/html/cloud-attachment-download/?key=abc", "163"),
    "NetEase enterprise": ("https://fs.qiye.163.com/fs/display/?p=X-NETEASE-HUGE-ATTACHMENT&file=a", "163"),
    "its disk": ("https://edisk.qiye.163.com/api/biz/attachment/download?identity=a", "163"),
    "QQ old": (QQ_OLD, "QQ"),
    "QQ now": (QQ_NOW, "QQ"),
    "QQ abroad": ("https://iwx.mail.qq.com/ftn/download?func=3&key=1&code=2", "QQ"),
    "QQ enterprise": ("https://exmail.qq.com/cgi-bin/ftnExs_download?k=1&t=exs_ftn_download&code=2", "QQ"),
    "Sina": ("http://mail.sina.com.cn/filecenter/download.php?id=1", "新浪"),
    "189": ("https://download.cloud.189.cn/file/downloadFile.action?dt=1", "天翼云"),
    "189 shared": ("https://cloud.189.cn/t/abc", "天翼云"),
    "139": ("https://yun.139.com/shareweb/#/w/i/abc", "139"),
    "139 old": ("https://caiyun.139.com/m/i?abc", "139"),
    "OneDrive": ("https://1drv.ms/w/s!abc", "OneDrive"),
    "Google Drive": ("https://drive.google.com/file/d/abc/view", "Google Drive"),
    "Baidu": ("https://pan.baidu.com/s/1abc?pwd=1234", "百度网盘"),
    "Aliyun": ("https://www.aliyundrive.com/s/abc", "阿里云盘"),
    "Alipan": ("https://www.alipan.com/s/abc", "阿里云盘"),
    "123": ("https://www.123pan.com/s/abc", "123云盘"),
    "Lanzou": ("https://wwi.lanzoup.com/iabc", "蓝奏云"),
}


@pytest.mark.parametrize("form", FORMS)
def test_links_in_plain_text(form: str) -> None:
    """Links of every provider count in the text, too, up to the Chinese mark behind them, as they do in pages."""
    url, provider = FORMS[form]
    assert [(file.url, file.provider) for file in find(text=f"稿件在这里：{url}。提取码1234")] == [(url, provider)]
    page = f'<a href="{url.replace("&", "&amp;")}">稿件.zip</a>'
    assert [(file.url, file.provider) for file in find(page)] == [(url, provider)]


def test_names_in_plain_text() -> None:
    """The name stands before the link, on its line or the one above; each link has its own."""
    text = f"附件：\n某某社区稿件.docx (1.5M)\n{NOW_163}\n照片.zip：{QQ_NOW} 2.0G\n"
    found = find(text=text)
    assert [file.name for file in found] == ["某某社区稿件.docx", "照片.zip"]
    assert [file.bytes for file in found] == [int(1.5 * 1024**2), 2 * 1024**3]


def test_two_files_in_one_block() -> None:
    """Name, size and expiry of neighbours do not mix."""
    html = (
        f'<div>照片一.jpg (1M, 2026年8月17日 到期) <a href="{NOW_163}1">下载</a></div>'
        f'<div>照片二.jpg (2M, 2026年8月18日 到期) <a href="{NOW_163}2">下载</a></div>'
    )
    one, two = find(html)
    assert (one.name, two.name) == ("照片一.jpg", "照片二.jpg")
    assert (one.bytes, two.bytes) == (1024**2, 2 * 1024**2)
    assert [file.expires_at.day for file in (one, two) if file.expires_at] == [17, 18]


SENT = datetime(2026, 11, 1, tzinfo=UTC)
EXPIRIES = {
    "有效期至2026-12-01 08:30": datetime(2026, 12, 1, 8, 30, tzinfo=CHINA),
    "有效期：约30天": SENT + timedelta(days=30),
    "文件将保存 7 天": SENT + timedelta(days=7),
    "有效期：永久": None,
    "2026-12-01": None,
    "有效期至2026-99-01": None,
}


@pytest.mark.parametrize("said", EXPIRIES)
def test_expiry_in_words(said: str) -> None:
    """A day, a number of days after the letter, or for ever."""
    (file,) = cloud.find([], f"{QQ_NOW} （稿件.zip，{said}）", ZH.letters, sent_at=SENT)
    assert file.expires_at == EXPIRIES[said]


def test_expiry_in_the_link() -> None:
    """An expiry in seconds may stand in the link itself; what lies beyond all days means never."""
    (file,) = find(text=f"{QQ_NOW}&expiretime=1631445507")
    assert file.expires_at == datetime.fromtimestamp(1631445507, UTC)
    (file,) = find(text=f"{QQ_NOW}&expiretime=9999999999")
    assert file.expires_at is None


def test_providers_without_a_known_form() -> None:
    """Below a heading of large files a link into the mail provider's own domain counts, without it it does not."""
    link = '<a href="https://file.mail.10086.cn/x/y?id=1">稿件.rar</a>'
    assert find(link) == ()
    assert [file.provider for file in find(f"从139邮箱发来的超大附件{link}")] == ["139"]
    assert find(f"从139邮箱发来的超大附件{link.replace('10086.cn', '10086.cn.example.org')}") == ()


def test_what_is_passed_on_counts_whole() -> None:
    """In a letter that was sent on, the quoted letter's links are what it brings."""
    pages = [read_html(f'<p>请查收</p><blockquote><a href="{NOW_163}">照片.zip</a></blockquote>')]
    assert len(cloud.find(pages, "", ZH.letters, whole=True)) == 1


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
    assert find(f'<p>好</p><div id="divRplyFwdMsg">From: x</div><div><a href="{NOW_163}">照片.zip</a></div>') == ()
    qq = "<p>好</p><div>------------------&nbsp;原始邮件&nbsp;------------------</div>"
    assert find(f'{qq}<div><a href="{NOW_163}">照片.zip</a></div>') == ()


def test_endless_links_are_bounded() -> None:
    """Thousands of links cost no more than a bounded list."""
    html = "".join(f'<a href="https://pan.baidu.com/s/{number}">x</a>' for number in range(5000))
    assert len(find(html)) == cloud.MAX_FILES
