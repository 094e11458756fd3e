"""文章各部分的名称与标题序号。"""

from mailbot.languages.parts import Numbering, PartPhrases

_DIGITS = "一二三四五六七八九"
_TENS = {"十": 10, **{f"{digit}十": 10 * value for value, digit in enumerate(_DIGITS, 1)}}
_NUMERALS = {digit: value for value, digit in enumerate(_DIGITS, 1)}
_NUMERALS |= _TENS | {f"{ten}{digit}": tens + n for ten, tens in _TENS.items() for n, digit in enumerate(_DIGITS, 1)}
_CIRCLED = {chr(0x245F + value): value for value in range(1, 21)}
_ROMAN = {chr(0x215F + value): value for value in range(1, 13)}
_COUNT = "[一二三四五六七八九十]{1,3}"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PARTS = PartPhrases(
    labels={
        "title": _words("题目 标题 题名 篇名 论文题目 文章题目 文章标题 稿件题目 稿件标题 題目 標題 題名 篇題"),
        "abstract": _words(
            "摘要 内容摘要 中文摘要 论文摘要 文章摘要 提要 内容提要 中文提要 內容摘要 論文摘要 內容提要"
        ),
        "keywords": _words("关键词 关键字 关键词语 中文关键词 主题词 關鍵詞 關鍵字 關鍵辭 中文關鍵詞 主題詞"),
        "body": _words("正文"),
        "references": _words(
            "参考文献 主要参考文献 参考资料 参考书目 引用文献 引用资料 参考文献及注释 注释及参考文献 注释与参考文献 "
            "參考文獻 主要參考文獻 參考資料 參考書目 引用文獻 參考文獻及註釋 註釋及參考文獻 "
            "References Reference Bibliography"
        ),
        "notes": _words("注释 注解 尾注 脚注 註釋 注釋 註解 尾註 腳註 Notes"),
        "acknowledgements": _words("致谢 鸣谢 谢辞 致謝 鳴謝 謝辭 Acknowledgements Acknowledgments Acknowledgement"),
        "funding": _words(
            "基金项目 基金资助 资助项目 项目基金 项目资助 资助基金 课题项目 课题来源 项目来源 资金资助 "
            "基金項目 基金資助 資助項目 項目資助 課題項目 課題來源 項目來源 Funding"
        ),
        "about_authors": _words(
            "作者简介 作者介绍 第一作者简介 通讯作者简介 个人简介 作者小传 作者簡介 作者介紹 第一作者簡介 通訊作者簡介"
        ),
        "appendix": _words("附录 附錄 Appendix"),
        "english_title": _words("英文题目 英文标题 英文题名 英文篇名 英文題目 英文標題 英文題名 Title"),
        "english_abstract": _words("Abstract 英文摘要 英文提要 Summary"),
        "english_keywords": (*_words("Keywords Keyword 英文关键词 英文關鍵詞"), "Key words", "Key word", "Index terms"),
    },
    names={
        "title": "标题",
        "byline": "署名",
        "abstract": "摘要",
        "keywords": "关键词",
        "body": "正文",
        "references": "参考文献",
        "notes": "注释",
        "acknowledgements": "致谢",
        "funding": "基金项目",
        "about_authors": "作者简介",
        "appendix": "附录",
        "english_title": "英文标题",
        "english_abstract": "英文摘要",
        "english_keywords": "英文关键词",
    },
    other_labels=_words(
        "中图分类号 分类号 中图法分类号 文献标识码 文献标志码 文章编号 收稿日期 修回日期 投稿日期 接受日期 录用日期 "
        "网络首发 引用格式 引文格式 开放科学 通讯作者 通信作者 作者单位 工作单位 单位 作者 第一作者 报送单位 "
        "供稿单位 联系方式 联系电话 联系人 电话 手机 邮箱 电子邮箱 通讯地址 通信地址 邮编 责任编辑 学科分类 "
        "中圖分類號 分類號 文獻標識碼 文章編號 收稿日期 修回日期 通訊作者 作者單位 單位 聯繫方式 聯絡方式 電話 地址 "
        "DOI Author Authors Affiliation"
    ),
    heading_starts=(
        Numbering("第一章", rf"第\s*({_COUNT}|\d{{1,2}})\s*章[\s、：:]*"),
        Numbering("第一节", rf"第\s*({_COUNT}|\d{{1,2}})\s*[节節][\s、：:]*"),
        Numbering("第一部分", rf"第\s*({_COUNT}|\d{{1,2}})\s*部分[\s、：:]*"),
        Numbering("一、", rf"({_COUNT})\s*[、．.]\s*", run_in=True),
        Numbering("（一）", rf"[（(]\s*({_COUNT})\s*[）)]\s*[、．.]?\s*", run_in=True),
        Numbering("1.1.1.1", r"(\d{1,2}(?:[.．]\d{1,2}){3})(?![\d.．%％])[.．、]?\s*", bare=True),
        Numbering("1.1.1", r"(\d{1,2}(?:[.．]\d{1,2}){2})(?![\d.．%％])[.．、]?\s*", bare=True),
        Numbering("1.1", r"(\d{1,2}[.．]\d{1,2})(?![\d.．%％])[.．、]?\s*", bare=True),
        Numbering("1.", r"(\d{1,2})\s*[.．]\s*(?!\d)", run_in=True),
        Numbering("1、", r"(\d{1,2})\s*、\s*(?!\d)", run_in=True),
        Numbering("（1）", r"[（(]\s*(\d{1,2})\s*[）)]\s*", run_in=True),
        Numbering("1）", r"(\d{1,2})\s*[）)]\s*", run_in=True),
        Numbering("①", r"([①-⑳])\s*", run_in=True),
        Numbering("Ⅰ", r"([Ⅰ-Ⅻ])\s*[、．.]?\s*"),
        Numbering("1", r"(\d{1,2})[ \u3000\t]{1,4}(?=[^\W\d_])", bare=True),
    ),
    heading_firsts=r"\d（(第①-⑳Ⅰ-Ⅻ一二三四五六七八九十",
    numerals=_NUMERALS | _CIRCLED | _ROMAN,
    no_heading=(
        r"世纪|年代|年|月|日|号|时|分钟|秒|个(?!案)|名(?!称)|人(?![才民口员文])|位|户|家(?!庭)|项|条|次|件|元|万|亿|千|百|米|"
        r"公里|平方|岁|周(?!边)|天|倍|成(?![效果就立])|多(?![元方])|余|餘|%|％"
    ),
    strong_separators="；;，,、|｜·•",
    sentence_ends=("。", "。”", "。）"),
    negations=_words("非 不 未 没 没有 不是 并非 无 不属 不属于 未经 尚未 不能 无法 没获 不得 不予 拒绝 並非 沒有"),
    denials=_words(":否 :不是 :不同意 :没有 :非 (否) (不是) ?否 ?不是"),
)
