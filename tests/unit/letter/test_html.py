"""Pages as readable text."""

from __future__ import annotations

import pytest

from mailbot.letter.html import read_html, tidy

PAGES = {
    "blocks": ("<div>一</div><div>二</div><p>三</p>四<br>五", "一\n二\n三\n四\n五"),
    "empty line": ("<div>一</div><div><br></div><div>二</div>", "一\n\n二"),
    "table": (
        "<table><tr><th>单位</th><th>作者</th></tr><tr><td>某某社区</td><td> 张三 </td></tr></table>完",
        "单位\t作者\n某某社区\t 张三\n完",
    ),
    "list": ("<ul><li>一</li><li>二</ul><ol><li>甲<li>乙</ol>", "• 一\n• 二\n1. 甲\n2. 乙"),
    "entities": ("&lt;某某&gt;&nbsp;&amp;&#20013;&#x6587;&middot;&ldquo;", "<某某> &中文·“"),
    "hidden": ('一<div style="color:red;DISPLAY : none">密</div><span hidden>密</span>二', "一\n二"),
    "hidden void": ('一<img style="display:none" src="x">二', "一二"),
    "scripts and styles": ("<style>p{}</style><script>x<y</script><title>t</title>一", "一"),
    "comments for Microsoft": ("一<!--[if mso]><p>密</p><![endif]-->二<![if !mso]>三<![endif]>四", "一二三四"),
    "namespaced": ("<p class=MsoNormal>一<o:p></o:p></p><p>二<o:p>&nbsp;</o:p></p>", "一\n二"),
    "preformatted": ("<pre>一\n  二\n\n三</pre>", "一\n二\n\n三"),
    "quoted": (
        "<p>好</p><blockquote><p>旧</p><blockquote>更旧</blockquote>旧</blockquote>新",
        "好\n> 旧\n> > 更旧\n> 旧\n新",
    ),
    "quoted from the start": ("<blockquote>旧</blockquote>新", "> 旧\n新"),
    "unseen characters": ("一\u200b二&zwnj;三\ufeff", "一二三"),
    "unclosed": ("<div>一<div>二<b>三", "一\n二三"),
    "all hidden": ('<div style="display:none">一<br>二', "一\n二"),
    "self-closed": ("一<br/>二<hr/>三<p/>四", "一\n二\n三\n四"),
}


@pytest.mark.parametrize("form", PAGES)
def test_pages_as_text(form: str) -> None:
    """What a browser shows is read, on lines as it shows them."""
    html, text = PAGES[form]
    assert tidy(read_html(html).text) == text


def test_places_of_links_and_images() -> None:
    """Links and pictures know where in the text they stand, and what the page says of their size."""
    page = read_html('<p>一</p><img src="cid:a@b" width="120" style="height: 40px"><p>二<a href="http://x/">链</a></p>')
    assert [page.text[image.at :].strip() for image in page.images] == ["二链"]
    assert [(image.cid, image.width, image.height) for image in page.images] == [("a@b", 120, 40)]
    assert [(page.text[link.at :], link.text, link.quoted) for link in page.links] == [("链\n", "链", False)]
