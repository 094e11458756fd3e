"""Chinese phrases in letters (and the English ones that Chinese programs send)."""

import re

from mailbot.languages.letters import CloudHost, LetterPhrases
from mailbot.languages.zh.machines import MACHINES
from mailbot.languages.zh.wishes import (
    CONTRIBUTING,
    FATE_TOPICS,
    INQUIRY_TOPICS,
    KEPT,
    MERE_SUBJECTS,
    OTHER_TOPICS,
    PAID_TOPICS,
    QUESTION,
    SENT_TOPICS,
    WITHDRAWAL,
)

_NETEASE_OLD = "/fs/display/?p=X-NETEASE-HUGE-ATTACHMENT"

CLOUD_HOSTS = (
    CloudHost("mail.163.com", "/large-attachment-download/", "163"),
    CloudHost("mail.126.com", "/large-attachment-download/", "163"),
    CloudHost("mail.yeah.net", "/large-attachment-download/", "163"),
    CloudHost("vip.163.com", "/large-attachment-download/", "163"),
    CloudHost("fs.163.com", _NETEASE_OLD, "163"),
    CloudHost("dashi.163.com", "/html/cloud-attachment-download", "163"),
    CloudHost("fs.qiye.163.com", _NETEASE_OLD, "163"),
    CloudHost("edisk.qiye.163.com", "/api/biz/attachment/download", "163"),
    CloudHost("mail.qq.com", "/cgi-bin/ftnExs_download", "QQ"),
    CloudHost("exmail.qq.com", "/cgi-bin/ftnExs_download", "QQ"),
    CloudHost("wx.mail.qq.com", "/ftn/download", "QQ"),
    CloudHost("iwx.mail.qq.com", "/ftn/download", "QQ"),
    CloudHost("i.exmail.qq.com", "/cgi-bin/ftnExs_download", "QQ"),
    CloudHost("en.mail.qq.com", "/cgi-bin/ftnExs_download", "QQ"),
    CloudHost("exmail.qq.com", "/ftn/download", "QQ"),
    CloudHost("drive.weixin.qq.com", "/s", "微盘"),
    CloudHost("mail.sina.com.cn", "/filecenter/download.php", "新浪"),
    CloudHost("mail.sina.cn", "/filecenter/download.php", "新浪"),
    CloudHost("vip.sina.com.cn", "/filecenter/download.php", "新浪"),
    CloudHost("yun.139.com", "/w/i/", "139"),
    CloudHost("yun.139.com", "/shareweb/", "139"),
    CloudHost("caiyun.139.com", "/m/i", "139"),
    CloudHost("caiyun.139.com", "/w/", "139"),
    CloudHost("download.cloud.189.cn", "/file/", "天翼云"),
    CloudHost("cloud.189.cn", "/t/", "天翼云"),
    CloudHost("cloud.189.cn", "/web/share", "天翼云"),
    CloudHost("h5.cloud.189.cn", "/share.html", "天翼云"),
    CloudHost("1drv.ms", "/", "OneDrive"),
    CloudHost("onedrive.live.com", "/", "OneDrive"),
    CloudHost("drive.google.com", "/file/d/", "Google Drive"),
    CloudHost("drive.google.com", "/open?id=", "Google Drive"),
    CloudHost("drive.google.com", "/drive/folders/", "Google Drive"),
    CloudHost("pan.baidu.com", "/s", "百度网盘"),
    CloudHost("yun.baidu.com", "/s", "百度网盘"),
    CloudHost("www.aliyundrive.com", "/s/", "阿里云盘"),
    CloudHost("aliyundrive.com", "/s/", "阿里云盘"),
    CloudHost("www.alipan.com", "/s/", "阿里云盘"),
    CloudHost("alipan.com", "/s/", "阿里云盘"),
    CloudHost("www.123pan.com", "/s/", "123云盘"),
    CloudHost("123pan.com", "/s/", "123云盘"),
    CloudHost("www.123pan.cn", "/s/", "123云盘"),
    CloudHost("www.123865.com", "/s/", "123云盘"),
    CloudHost("www.123684.com", "/s/", "123云盘"),
    CloudHost("share.weiyun.com", "/", "微云"),
    CloudHost("pan.xunlei.com", "/s/", "迅雷云盘"),
    CloudHost("pan.quark.cn", "/s/", "夸克网盘"),
    CloudHost("drive.uc.cn", "/s/", "UC网盘"),
    CloudHost("115.com", "/s/", "115网盘"),
    CloudHost("www.jianguoyun.com", "/p/", "坚果云"),
    CloudHost("www.wenshushu.cn", "/f/", "文叔叔"),
    CloudHost("cowtransfer.com", "/s/", "奶牛快传"),
    CloudHost("kdocs.cn", "/l/", "WPS 云文档"),
    CloudHost("www.kdocs.cn", "/l/", "WPS 云文档"),
    CloudHost("www.kdocs.cn", "/view/l/", "WPS 云文档"),
    CloudHost("365.kdocs.cn", "/l/", "WPS 云文档"),
    CloudHost("docs.qq.com", "/doc/", "腾讯文档"),
    CloudHost("docs.qq.com", "/pdf/", "腾讯文档"),
    *(CloudHost(f".lanzou{letter}.com", "/", "蓝奏云") for letter in ("", *"abcdefghijklmnopqrstuvwxyz")),
    *(CloudHost(f"lanzou{letter}.com", "/", "蓝奏云") for letter in ("", *"abcdefghijklmnopqrstuvwxyz")),
    # No sample of theirs is known: what they call a large file and keep in their own domain.
    CloudHost(".10086.cn", "/", "139", headed=True),
    CloudHost(".139.com", "/", "139", headed=True),
    CloudHost(".aliyun.com", "/", "阿里邮箱", headed=True),
    CloudHost(".189.cn", "/", "天翼云", headed=True),
    CloudHost(".sina.com.cn", "/", "新浪", headed=True),
    CloudHost(".sohu.com", "/", "搜狐", headed=True),
)

_SIMPLIFIED = (
    "询录采发时么没结审进样补单称说报应征选荐参赛评摄随请阅谢图来这"
    "销过见费启须数间几对会为给还写个电号邮讯贵师题让试当关认问总约"
)  # fmt: skip
_TRADITIONAL = (
    "詢錄採發時麼沒結審進樣補單稱說報應徵選薦參賽評攝隨請閱謝圖來這"
    "銷過見費啟須數間幾對會為給還寫個電號郵訊貴師題讓試當關認問總約"
)  # fmt: skip
_IN_TRADITIONAL = str.maketrans(_SIMPLIFIED, _TRADITIONAL)


def _both(*phrases: str) -> tuple[str, ...]:
    """The phrases, and how they are written in traditional characters."""
    return tuple(dict.fromkeys((*phrases, *(phrase.translate(_IN_TRADITIONAL) for phrase in phrases))))


def _each(beginnings: tuple[str, ...], ends: tuple[str, ...]) -> tuple[str, ...]:
    """Each beginning with each end."""
    return tuple(beginning + end for beginning in beginnings for end in ends)


_TAKEN = ("录用", "采用", "刊登", "刊发", "刊用", "发表", "选用", "通过", "登出来", "登了", "用上")
_AFTER_IT = (
    "有结果", "出结果", "有消息", "有回音", "有进展", "有回复", "有下文", "定下来", "审完", "审好", "审了", "登了",
    "登出来",
)  # fmt: skip
_MAY = ("是否", "能否", "可否", "能不能", "有没有", "会不会", "是否被", "是否能", "有无可能", "有没有可能")
_WHEN = ("什么时候", "何时", "几时", "啥时候", "多久", "什么时候能", "何时能", "多久能")
_PRINTED = ("刊登", "发表", "刊发", "刊用", "见刊")
_WORK = ("稿件", "稿子", "文章", "那篇", "拙稿", "投稿")

LETTERS = LetterPhrases(
    submission_words=_both(
        "投稿", "稿件", "来稿", "报送", "供稿", "选送", "文稿", "征文", "应征", "推荐稿", "荐稿", "稿子", "拙作",
        "拙稿",
        "写的文章", "写了一篇", "参赛作品", "参赛稿", "参评作品", "摄影作品", "摄影大赛", "摄影比赛",
    ),
    submission_subjects=_both("投稿", "来稿", "供稿", "稿件", "报送", "征文", "补正", "补稿", "参赛", "试投"),
    attached_words=_both(
        "附件", "附上", "随信", "随函", "请查收", "见附", "敬请查阅", "请审阅", "请审核", "请过目", "发送给您",
        "发给您",
        "发您", "发给你们", "发给贵刊", "投给贵刊", "寄上", "奉上", "呈上", "我要投稿", "attached", "attachment",
    ),
    inquiry_words=_both(
        "如何投稿", "怎么投", "怎样投稿", "如何投递", "怎么个投", "咋投稿", "投稿方式", "投稿要求", "投稿须知",
        "投稿指南",
        "投稿格式", "投稿邮箱是", "投稿流程", "投稿说明", "征稿要求", "征稿启事在哪", "征稿吗", "收稿吗",
        "接收来稿", "接受投稿",
        "还能投稿", "稿件要求", "稿件格式", "字数要求", "有稿费", "稿酬", "版面费吗", "收版面费", "要版面费",
        "来稿吗", "投稿吗",
        "有什么要求", "有何要求", "有哪些要求", "具体要求", "什么格式", "格式要求",
        "主题怎么写", "题目怎么写", "还是pdf", "还是word", "要不要这样的", "收不收", "限报几篇",
        "咨询投稿", "投稿咨询", "截稿时间", "截稿日期", "截止时间是", "截止日期是", "什么时候截稿", "何时截稿",
        "哪天截稿",
        "几号截稿", "什么时候截止", "何时截止", "几号截止", "哪天截止",
        *_each(("可以", "能", "能不能", "可不可以", "可否", "能否", "是否可以", "允许"), ("投稿吗", "投吗", "投稿么")),
        *_each(("能不能", "可不可以", "可否", "能否", "是否可以"), ("投稿", "参加投稿")),
        "howtosubmit", "howcanisubmit", "howdoisubmit", "submissionguidelines",
    ),
    withdrawal_words=_both(
        "撤稿", "撤回稿件", "撤回投稿", "撤回来稿", "投稿撤回", "稿件撤回", "撤回该稿", "撤回此稿", "撤回这篇",
        "撤回上一稿", "撤销投稿", "取消投稿", "申请撤回", "想撤回", "要撤回", "撤掉", "撤下来", "撤了吧",
        "请撤", "先不要发", "先别发", "先不发",
        "稿子收回", "稿件收回", "收回稿", "收回投稿", "不要用了", "不投了",
        "请勿刊登", "请不要刊登", "不要刊登", "别登了", "不要登了", "暂不刊登", "暂缓刊登",
    ),
    status_words=_both(
        "查稿", "催稿", "投稿查询", "稿件查询", "查询稿件", "查询投稿",
        *_each(_MAY, _TAKEN),
        *_each(_TAKEN, ("了吗", "了没", "没有", "了么")),
        *_each(_WHEN, _each(("", "会", "可以", "可"), _PRINTED)),
        *_each(("能", "会", "可以", "能够", "得以"), _each(_TAKEN, ("吗", "么"))),
        *_each(_AFTER_IT, ("了吗", "吗", "了没", "没有", "没", "了么")),
        *_each(("有没有", *_WHEN), ("结果", "有结果", "出结果", "消息", "有消息", "回音", "下文")),
        *_each(_WORK, ("怎么样了", "如何了", "咋样了", "进展", "进度", "状态", "到哪一步", "结果如何")),
        *_each(("审核", "审稿", "录用", "采用", "用稿", "刊登", "刊用"), ("结果", "进度", "情况", "进展")),
        "进展到哪", "进行到哪", "审得怎么样", "审的怎么样", "还需要多久", "还要多久", "还得多久", "还要等多久",
        "上下一期", "排到哪一期", "哪一期", "给个回音", "给个准话", "敬候回音",
        "收到了吗", "收到了没", "收到没有", "收到没", "有没有收到", "是否收到", "是否已收到", "收到了么", "收到吗",
        "statusofmy", "statusofthe",
    ),
    supplement_words=_both(
        "补充", "补正", "补发", "补交", "补寄", "补上", "补照片", "补一下", "报送单位", "单位全称", "作者单位",
        "单位名称", "完整名称", "邮寄地址", "收件地址", "通讯地址", "通信地址",
    ),
    revision_words=_both(
        "修改稿", "修订稿", "修改版", "修订版", "修改后", "改后", "改好", "改过", "已修改", "已改", "重新修改",
        "再次修改", "按要求修改", "按照要求修改", "更新稿", "更新版", "新版", "定稿", "最终稿", "终稿", "第二稿",
        "二稿", "三稿",
        "重新发", "重发", "重新提交", "重新投", "重新上传", "以此为准", "以此稿为准", "以这份为准", "以本稿为准",
        "以这稿为准", "替换", "更正", "更换", "改正", "订正",
    ),
    forgotten_words=_both(
        "忘了", "忘记", "忘加", "忘带", "漏发", "漏了", "漏掉", "遗漏", "没带", "没有带", "没加上", "没附上",
        "没有附上", "补发", "补上", "补交", "补寄", "补传", "补正",
        "未附上", "没传上", "没上传", "没有上传", "附件没", "附件未", "刚才", "刚刚", "刚发", "上一封",
        "前一封", "上封", "前封",
    ),
    trial_words=_both("试投", "试投稿", "测试投稿", "投稿测试"),
    thanks_words=_both(
        "谢谢", "感谢", "收到", "好的", "辛苦了", "知道了", "明白了", "已阅", "祝好", "谢意", "致谢", "抱歉",
        "不好意思", "新年好",
        "快乐", "安康", "祝您", "祝各位", "祝编辑", "thanks", "thankyou",
    ),
    received_words=_both("样刊收到", "收到样刊", "样刊已收", "已收到", "收到,谢", "收到了,谢", "收悉"),
    reply_prefixes=("re", "回复", "回覆", "答复", "答覆", "回信", "aw", "sv"),
    forward_prefixes=("fw", "fwd", "转发", "轉發", "轉寄", "转寄"),
    quote_starts=(
        "原始邮件", "原始郵件", "回复的原邮件", "回复的邮件", "转发的邮件", "转发邮件", "转发的原邮件",
        "原邮件", "邮件原件", "轉寄郵件", "轉寄的郵件", "轉寄者", "原始訊息", "原始信件", "originalmessage",
        "forwardedmessage", "originalemail", "replymessage", "forwardedby",
    ),
    quote_lines=(
        "下面是被转发的邮件:", "以下是转发的邮件:", "开始转发的邮件:", "以下為轉寄的郵件:", "開始轉寄郵件:",
        "beginforwardedmessage:",
    ),
    quote_openings=("on", "在", "于", "於"),
    quote_ends=("写道:", "寫道:", "写到:", "wrote:"),
    quote_fields=(
        ("发件人:", "发件者:", "发信人:", "寄件者:", "寄件人:", "發件人:", "from:"),
        (
            "发送时间:", "发送日期:", "日期:", "收件人:", "收件者:", "主题:", "主旨:", "主題:", "傳送日期:",
            "寄件日期:", "sent:", "date:", "to:", "subject:",
        ),
    ),
    sent_from=(
        "发自我的", "發自我的", "來自我的", "来自我的", "从我的iphone", "从我的ipad", "從我的iphone",
        "從我的ipad", "从windows版邮件发送", "发送自", "傳送自", "获取适用于", "取得ios版outlook",
        "使用网易邮箱大师", "签名由网易邮箱", "sentfrom", "sentvia", "sentwith", "sentby", "getoutlookfor",
        "sentonthego", "frommyiphone",
    ),
    closings=(
        "此致", "此致敬礼", "敬礼", "敬禮", "此致敬禮", "祝好", "顺颂商祺", "顺祝商祺", "順頌商祺", "敬祝",
        "祝安", "祝编安", "编安", "祝编祺", "编祺", "撰安", "顺颂编安", "顺颂编祺", "顺颂时祺", "祝工作顺利",
        "祝您工作顺利", "祝工作愉快", "祝商祺", "敬上", "regards", "bestregards", "kindregards", "bestwishes",
        "yoursfaithfully", "yourssincerely", "sincerely",
    ),
    signature_labels=(
        "联系电话", "电话", "手机", "手机号", "办公电话", "联系方式", "传真", "邮箱", "电子邮箱", "电子邮件",
        "地址", "通讯地址", "通信地址", "联系地址", "单位地址", "邮编", "邮政编码", "联系人", "单位", "微信",
        "微信号", "qq", "tel", "mobile", "phone", "mob", "cell", "fax", "e-mail", "email", "mail", "add",
        "address", "電話", "聯絡電話", "聯繫電話", "手機", "傳真", "電郵", "電子郵件", "郵編", "單位",
        "聯絡人", "聯繫人", "手机/微信", "电话/微信",
    ),
    html_stubs=(
        "支持html", "html格式", "不支持html", "支援html", "請使用支援", "请使用支持",
        "viewthisemailinyourbrowser", "viewthismessageinhtml", "htmlcapable", "supportshtml", "htmlversion",
        "htmlformat", "htmlcompatible", "unabletodisplayhtml",
    ),
    automatic_subjects=(
        "自动回复", "自動回覆", "自動回復", "自动答复", "自動答覆", "假期自动回复", "外出自动回复", "自动回信",
        "系统自动回复", "auto-reply", "autoreply", "auto", "automaticreply", "automaticresponse", "autoresponse",
        "auto-response", "autoresponder", "outofoffice", "outofofficeautoreply", "outofofficereply", "不在办公室",
        "vacationreply", "vacation", "awayfrommymail", "automatischeantwort", "réponseautomatique",
    ),
    automatic_bodies=(
        "这是来自qq邮箱的假期自动回复邮件", "这是一封自动回复", "此邮件为自动回复", "本邮件为自动回复",
        "这是自动回复", "这是系统自动回复", "此为系统自动回复", "本邮件为系统自动回复", "此邮件为系统自动回复",
        "本邮件由系统自动发出", "此邮件由系统自动发送", "本邮件由系统自动发送", "此邮件由系统自动发出",
        "此邮件为系统自动发送", "本邮件为系统自动发送", "此邮件是系统自动", "本邮件是系统自动", "這是自動回覆",
        "此郵件為自動回覆", "thisisanautomaticreply", "thisisanautomatedreply", "thisisanautomaticresponse",
        "thisisanautomatedresponse", "thisisanautomaticallygeneratedreply", "thisisanauto-reply", "thisisanautoreply",
    ),
    bounce_subjects=(
        "系统退信", "退信通知", "邮件退回", "來自postmaster的退信", "来自postmaster的退信", "退信",
        "undeliverable", "undeliveredmail", "deliverystatusnotification", "deliveryfailure", "failurenotice",
        "mailsystemerror", "returnedmail", "maildeliveryfailed", "maildeliverysystem", "mailcouldnotbedelivered",
        "无法投递", "无法送达", "warning:couldnotsend", "deliverydelayed", "maildeliveryfailure",
        "delivereddelayed", "nondeliverable", "non-delivery", "permanentdeliveryfailure", "maildeliverywarning",
        "automaticallyrejectedmail", "returntosender", "nondeliveryreport", "邮件投递失败", "邮件发送失败", "投递失败",
        "邮件投递延迟", "送达失败", "傳送失敗", "無法投遞", "邮件系统退信",
    ),
    bounce_bodies=(
        "您的邮件被退回来了", "您的邮件被退回", "邮件无法投递", "无法发送到", "无法送达", "该邮件已被退回",
        "退信原因", "thismessageisgeneratedbycoremail", "theemailisreturned", "yourmessagecouldnotbedelivered",
        "couldnotbedeliveredto", "deliveryhasfailed", "thisisthemailsystemathost", "permanentfatalerrors",
        "imafraidiwasn'tabletodeliver", "i'mafraidiwasn'tabletodeliver", "yourmessagewasnotdelivered",
        "mailcouldnotbedelivered",
        "adeliveryfailed", "undeliverablemessage", "wasnotdeliveredto", "cannotbedelivered", "didnotreachthefollowing",
        "couldn'tbedelivered", "wasn'tdelivered", "deliverytothefollowingrecipient", "邮件未能送达", "未能送达",
        "邮件已被退回", "无法传递", "未能传递", "此邮件无法", "系统退信",
    ),
    receipt_subjects=(
        "已读", "已讀", "已读回执", "阅读回执", "回执", "未读", "已阅读", "已送达", "read", "notread", "readreceipt",
        "returnreceipt", "delivered", "relayed",
    ),
    provider_subjects=("网易邮箱提醒", "网易邮箱", "网易邮件中心", "qq邮箱团队"),
    provider_domains=(
        "service.netease.com", "service.163.com", "notice.netease.com", "service.mail.qq.com", "mail.163.com",
        "service.126.com", "mail.126.com", "mail.netease.com", "alert.netease.com", "system.netease.com",
    ),
    machines=MACHINES,
    expiry_words=("到期", "过期", "過期", "有效期", "有效期限", "失效", "保存", "保留", "expire", "剩余"),
    expiry_days=re.compile(r"(?<!\d)(\d{1,3})\s?(?:天|日|days?)"),
    dates=re.compile(
        r"(\d{4})\s?[年/.-]\s?(\d{1,2})\s?[月/.-]\s?(\d{1,2})\s?日?(?:\s{0,3}(\d{1,2})[:：时](\d{1,2})?)?"
    ),
    expiry_zone=8.0,
    link_words=(
        "下载", "下載", "点击下载", "进入下载页面", "预览", "在线预览", "查看", "打开", "转存", "download",
        "立即下载",
    ),
    cloud_headings=("发来的超大附件", "发来的云附件", "超大附件列表", "超大附件下载", "云附件列表"),
    cloud_hosts=CLOUD_HOSTS,
    supplied=re.compile(
        "(?:报送单位|報送單位|单位全称|單位全稱|作者单位|作者單位|单位名称|所在单位|完整名称|邮寄地址"
        "|郵寄地址|收件地址|收件人)"
        r"(?:的?(?:完整名称|正式名称|名称|全称))?(?:\([^()]{0,20}\))?(?:应|應|改|写|寫|填|补充|補充)?(?::|是"
        r"|为|為|成)[^\s?]{4}"
        "|已(?:经|經)?(?:按要求)?[补補]|[补補](?:上|充|正|发|發|交|好|齐|齊)了|[补補](?:充|正)如下"
        "|(?:见|見|在|随|隨)附件|附件(?:请|請|是|为|為)"
    ),
    withdrawal=WITHDRAWAL,
    kept=KEPT,
    question=QUESTION,
    sent_topics=SENT_TOPICS,
    fate_topics=FATE_TOPICS,
    inquiry_topics=INQUIRY_TOPICS,
    contributing=CONTRIBUTING,
    other_topics=OTHER_TOPICS,
    paid_topics=PAID_TOPICS,
    mere_subjects=MERE_SUBJECTS,
    request_words=_both(
        "请问", "能否", "可否", "能不能", "可不可以", "请寄", "寄到", "请把", "请将", "请改", "请更", "请帮", "麻烦",
        "想了解", "想咨询", "想问", "吗?", "呢?", "请告", "提供",
    ),
)  # fmt: skip
