"""字号和字体的名字。"""

from mailbot.languages.looks import LookPhrases

LOOKS = LookPhrases(
    sizes={
        "初号": 42,
        "小初": 36,
        "一号": 26,
        "小一": 24,
        "二号": 22,
        "小二": 18,
        "三号": 16,
        "小三": 15,
        "四号": 14,
        "小四": 12,
        "五号": 10.5,
        "小五": 9,
        "六号": 7.5,
        "小六": 6.5,
        "七号": 5.5,
        "八号": 5,
    },
    fonts=(
        ("宋体", "simsun", "新宋体", "nsimsun", "中易宋体", "songti sc", "stsong", "华文宋体"),
        ("仿宋", "仿宋_gb2312", "fangsong", "fangsong_gb2312", "stfangsong", "华文仿宋", "方正仿宋简体"),
        ("黑体", "simhei", "heiti sc", "stheiti", "华文黑体", "方正黑体_gbk", "方正黑体简体"),
        ("楷体", "楷体_gb2312", "kaiti", "kaiti_gb2312", "stkaiti", "华文楷体", "方正楷体_gbk", "方正楷体简体"),
        ("小标宋", "方正小标宋简体", "方正小标宋_gbk", "fzxiaobiaosong-b05s", "fzxiaobiaosong-b05"),
        ("微软雅黑", "microsoft yahei"),
        ("等线", "dengxian"),
    ),
)
