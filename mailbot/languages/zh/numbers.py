"""Chinese numbers, as office programs count with them whatever language the office writes."""

from __future__ import annotations

import re

DIGITS = "〇一二三四五六七八九"
UNITS = ("", "十", "百", "千")
LEGAL = str.maketrans("〇零一二三四五六七八九十百千", "零零壹贰叁肆伍陆柒捌玖拾佰仟")
SIGNS = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
}


def counted(value: int) -> str:
    """As one counts in Chinese: 十, 十一, 二十, 一百零一."""
    if not 0 < value < 10_000:
        return "".join(DIGITS[int(digit)] for digit in str(value))
    text = ""
    for place, digit in zip(range(len(str(value)) - 1, -1, -1), map(int, str(value)), strict=True):
        text += DIGITS[digit] + UNITS[place] if digit else "零"
    text = re.sub("零+", "零", text).rstrip("零")
    return text.removeprefix("一") if text.startswith("一十") else text
