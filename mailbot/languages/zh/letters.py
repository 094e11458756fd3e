"""Chinese phrases in letters (and the English ones that Chinese programs send)."""

import re

from mailbot.languages.letters import CloudHost, LetterPhrases

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
    CloudHost("mail.sina.com.cn", "/filecenter/download.php", "新浪"),
    CloudHost("download.cloud.189.cn", "/file/", "天翼云"),
    CloudHost("cloud.189.cn", "/", "天翼云"),
    CloudHost("1drv.ms", "/", "OneDrive"),
    CloudHost("drive.google.com", "/file/d/", "Google Drive"),
    CloudHost("pan.baidu.com", "/s", "百度网盘"),
    CloudHost("www.aliyundrive.com", "/s/", "阿里云盘"),
    CloudHost("www.alipan.com", "/s/", "阿里云盘"),
    CloudHost("www.123pan.com", "/s/", "123云盘"),
    CloudHost("pan.quark.cn", "/s/", "夸克网盘"),
    *(CloudHost(f".lanzou{letter}.com", "/", "蓝奏云") for letter in ("", *"bfghijklmopqrstuvwxy")),
)

LETTERS = LetterPhrases(
    submission_words=(
        "投稿", "稿件", "来稿", "來稿", "报送", "報送", "供稿", "选送", "文稿", "征文", "徵文", "应征", "推荐稿",
        "荐稿",
    ),
    submission_subjects=(
        "投稿", "来稿", "來稿", "供稿", "稿件", "报送", "報送", "征文", "徵文", "补正", "补稿",
    ),
    attached_words=(
        "附件", "附上", "随信", "随函", "请查收", "請查收", "见附", "敬请查阅", "请审阅", "attached",
        "attachment",
    ),
    inquiry_words=(
        "如何投稿", "怎么投稿", "怎样投稿", "怎麼投稿", "如何投递", "怎么投", "投稿方式", "投稿要求", "投稿须知",
        "投稿格式", "投稿邮箱是", "投稿流程", "征稿要求", "征稿启事在哪", "有没有征稿", "还征稿吗", "还收稿吗",
        "还能投稿", "可以投稿吗", "能投稿吗", "稿件要求", "稿件格式", "字数要求", "有稿费", "稿酬", "收版面费",
        "咨询投稿", "投稿咨询", "截稿时间", "截稿日期", "截止时间是", "截止日期是", "什么时候截稿",
        "howtosubmit",
    ),
    withdrawal_words=(
        "撤稿", "撤回稿件", "撤回投稿", "撤回来稿", "投稿撤回", "稿件撤回", "撤回该稿", "撤回此稿", "撤回这篇",
        "撤回上一稿", "撤销投稿", "取消投稿", "请勿刊登", "请不要刊登", "不要刊登", "暂不刊登", "暂缓刊登",
    ),
    status_words=(
        "查稿", "投稿查询", "稿件查询", "查询稿件", "查询投稿", "是否录用", "录用了吗", "录用了没", "能否录用",
        "是否采用", "采用了吗", "采用了没", "能否采用", "是否刊登", "刊登了吗", "刊登了没", "能否刊登", "什么时候刊登",
        "何时刊登", "是否发表", "发表了吗", "什么时候发表", "何时发表", "收到了吗", "收到了没", "收到没有", "收到没",
        "有没有收到", "是否收到", "是否已收到", "审核结果", "审稿结果", "审核进度", "审稿进度", "稿件进展", "稿件进度",
        "用稿结果", "稿件状态",
    ),
    supplement_words=(
        "补充", "补正", "补发", "补交", "补寄", "补上", "补照片", "补一下", "报送单位", "单位全称", "作者单位",
        "单位名称", "邮寄地址", "收件地址", "通讯地址", "通信地址",
    ),
    thanks_words=(
        "谢谢", "謝謝", "感谢", "感謝", "收到", "好的", "辛苦了", "知道了", "明白了", "已阅", "祝好", "thanks",
        "thankyou",
    ),
    received_words=("样刊收到", "收到样刊", "样刊已收", "已收到", "收到了", "收到,谢", "收悉"),
    reply_prefixes=("re", "回复", "回覆", "答复", "答覆", "回信", "aw", "sv"),
    forward_prefixes=("fw", "fwd", "转发", "轉發", "轉寄", "转寄"),
    quote_starts=(
        "------------------原始邮件", "-----原始邮件", "----回复的原邮件", "----转发的邮件", "-----转发邮件",
        "-----原邮件", "------------------originalmessage", "-----originalmessage", "-----forwardedmessage",
        "-----originalemail",
    ),
    quote_ends=("写道:", "寫道:", "wrote:"),
    quote_fields=(
        ("发件人:", "寄件者:", "寄件人:", "from:"),
        ("发送时间:", "发送日期:", "日期:", "收件人:", "收件者:", "主题:", "主旨:", "sent:", "date:", "to:",
         "subject:"),
    ),
    automatic_subjects=(
        "自动回复", "自動回覆", "自動回復", "自动答复", "自動答覆", "假期自动回复", "auto-reply", "autoreply",
        "auto:", "automaticreply", "autoresponse", "auto-response", "outofoffice", "不在办公室",
    ),
    automatic_bodies=(
        "这是来自qq邮箱的假期自动回复邮件", "这是一封自动回复", "此邮件为自动回复", "本邮件为自动回复",
        "这是自动回复邮件", "系统自动回复", "本邮件由系统自动发出", "此邮件由系统自动发送",
        "thisisanautomaticreply", "thisisanautomatedreply",
    ),
    bounce_subjects=(
        "系统退信", "退信通知", "邮件退回", "來自postmaster的退信", "来自postmaster的退信", "退信",
        "undeliverable", "undeliveredmail", "deliverystatusnotification", "deliveryfailure", "failurenotice",
        "mailsystemerror", "returnedmail", "maildeliveryfailed", "maildeliverysystem", "mailcouldnotbedelivered",
        "无法投递", "无法送达", "warning:couldnotsend", "deliverydelayed", "maildeliveryfailure",
        "delivereddelayed", "nondeliverable",
    ),
    bounce_bodies=(
        "您的邮件被退回来了", "您的邮件被退回", "邮件无法投递", "无法发送到", "无法送达", "该邮件已被退回",
        "退信原因", "thismessageisgeneratedbycoremail", "theemailisreturned", "yourmessagecouldnotbedelivered",
        "couldnotbedeliveredto", "deliveryhasfailed", "thisisthemailsystemathost", "permanentfatalerrors",
        "imafraidiwasn'tabletodeliver", "i'mafraidiwasn'tabletodeliver", "yourmessagewasnotdelivered",
        "adeliveryfailed", "undeliverablemessage", "wasnotdeliveredto", "cannotbedelivered",
    ),
    receipt_subjects=(
        "已读", "已讀", "已读回执", "阅读回执", "回执", "read", "readreceipt", "已送达", "delivered",
    ),
    provider_subjects=("网易邮箱提醒", "网易邮箱", "网易邮件中心", "qq邮箱团队", "安全提醒", "登录提醒", "异常登录"),
    provider_domains=(
        "service.netease.com", "service.163.com", "notice.netease.com", "service.mail.qq.com", "mail.163.com",
    ),
    expiry_words=("到期", "过期", "有效期", "失效", "expire"),
    dates=re.compile(
        r"(\d{4})\s?[年/.-]\s?(\d{1,2})\s?[月/.-]\s?(\d{1,2})\s?日?(?:\s{0,3}(\d{1,2})[:：时](\d{1,2})?)?"
    ),
    expiry_zone=8.0,
    link_words=(
        "下载", "下載", "点击下载", "进入下载页面", "预览", "在线预览", "查看", "打开", "转存", "download",
        "立即下载",
    ),
    cloud_hosts=CLOUD_HOSTS,
)  # fmt: skip
