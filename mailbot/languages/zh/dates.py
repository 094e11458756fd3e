"""中文里的日期（几天的取最后一天，起施行、成立的之类不算）：2026年11月20日、11月18日至20日、11.20、十一月二十日、本月20日、20日上午、昨日。"""

from mailbot.languages.dates import DatePhrases
from mailbot.languages.zh.numbers import counted

_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:[12]\d|3[01]|0?[1-9]|二十[一二三四五六七八九]?|三十一?|十[一二三四五六七八九]?|[一二三四五六七八九])"
_TO = r"\s?[日号]?\s?(?:至|到|[-—–~～、])\s?"
"""What stands between the first and the last of several days: 18日至20日, 18—20日, 18、19日."""
_NO_EVENT = r"(?!起|以来|之?前|出生|施行|实施|颁布|印发|成立[的以])"
_PARTS = ("上午", "下午", "中午", "晚", "早", "凌晨", "清晨", "傍晚")

DATES = DatePhrases(
    days=rf"(?=[0-9二今去本上十一三四五六七八九年])(?:(?<![\d.])(?P<y>20\d\d|二[〇零]二[〇零一二三四五六七八九]|今年|去年)?\s?(?:年|(?<=今年)|(?<=去年))\s?"
    rf"(?P<m>{_MONTH})\s?月\s?(?:(?P<f>{_DAY}){_TO}(?:{_DAY}{_TO}){{0,4}})?(?P<d>{_DAY})\s?[日号]{_NO_EVENT}"
    rf"|(?<![\d.])(?P<y2>20\d\d)\s?[./-]\s?(?P<m2>{_MONTH})\s?[./-]\s?(?P<d2>{_DAY})(?!\d)"
    rf"|(?<![\d.年])(?P<m3>{_MONTH})\s?月\s?(?:(?P<f3>{_DAY}){_TO}(?:{_DAY}{_TO}){{0,4}})?(?P<d3>{_DAY})\s?[日号]{_NO_EVENT}"
    r"|(?<![\d.])(?P<m4>1[0-2]|0?[1-9])\.(?P<d4>[0-3]\d)(?![\d.%万亿元个人倍米公吨分岁平亩件次户点℃])"
    rf"|(?P<before>本月|上月|上个月)\s?(?P<d5>{_DAY})\s?[日号]"
    r"|(?<![\d.月期共满])(?P<d6>[12]\d|3[01]|0?[1-9])日(?:上午|下午|晚|早|清晨|凌晨|中午|,))",
    months_before={"本月": 0, "上月": 1, "上个月": 1},
    years_before={"今年": 0, "去年": 1},
    days_before={
        **{f"今天{part}": 0 for part in _PARTS},
        **{f"昨天{part}": 1 for part in _PARTS},
        **dict.fromkeys(("今日", "今晨", "今早", "今晚", "今天,"), 0),
        **dict.fromkeys(("昨日", "昨晚", "昨天", "昨晨"), 1),
        **dict.fromkeys(("前日", "前天", "前晚"), 2),
    },
    numerals={counted(number): number for number in range(1, 32)} | {"〇": 0, "零": 0},
)
