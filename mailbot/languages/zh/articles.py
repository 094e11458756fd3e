"""随稿附件：投稿函、登记表、审批件、作者简介等，都不是稿件本身。"""

from mailbot.languages.articles import ArticlePhrases, Enclosure


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ARTICLES = ArticlePhrases(
    enclosures=(
        Enclosure(  # 投稿函
            names=_words(
                "投稿函 报送函 推荐函 推荐信 自荐信 投稿信 投稿说明 来稿说明 报送说明 供稿说明 稿件说明 投稿须知 "
                "情况说明"
            ),
            signs=_words(
                "您好 你好 尊敬的 现将 现报送 兹报送 特报送 特此 请审阅 请予 予以刊发 予以采用 望采纳 此致 敬礼 贵刊 "
                "随信 投稿函"
            ),
            enough=3,
            longest=400,
        ),
        Enclosure(  # 登记表、审批表
            names=_words(
                "登记表 审批表 申报表 申请表 推荐表 汇总表 信息表 报名表 审核表 审查表 审签表 征集表 统计表 采集表 "
                "情况表 回执"
            ),
            signs=_words(
                "姓名 性别 民族 出生年月 政治面貌 学历 职称 职务 工作单位 通讯地址 邮寄地址 邮政编码 联系电话 手机号 "
                "电子邮箱 身份证号 稿件题目 稿件名称 作品名称 是否原创 推荐单位意见 审核意见 单位意见 审批意见 开户行 "
                "银行卡号 填表"
            ),
            enough=5,
            longest=1200,
        ),
        Enclosure(  # 承诺、声明、授权
            names=_words("承诺书 声明书 授权书 原创声明 版权声明 版权转让 原创承诺 诚信承诺 保密承诺 查重报告"),
            signs=_words(
                "承诺如下 声明如下 郑重承诺 郑重声明 本人承诺 本人声明 一稿多投 不涉及保密 著作权 侵权 抄袭 法律责任 "
                "承诺人 声明人 授权"
            ),
            enough=3,
            longest=800,
        ),
        Enclosure(  # 审批件、证明
            names=_words("审批件 审核意见 审签单 审签 批件 盖章 签字页 单位证明 审核证明 用稿证明 政审 保密审查"),
            signs=_words(
                "情况属实 同意报送 同意推荐 同意投稿 同意刊发 经审核 经审查 审核意见 负责人签字 单位盖章 （盖章） "
                "（签字） 特此证明"
            ),
            enough=2,
            longest=300,
        ),
        Enclosure(  # 作者简介
            names=_words("作者简介 个人简介 作者介绍 作者信息 个人简历 作者简历 简历"),
            signs=_words(
                "，男， ，女， 年生 年出生 籍贯 毕业于 现任 曾任 历任 研究方向 职称 学位 本科 硕士 博士 中共党员 曾获 "
                "作者简介 个人简介"
            ),
            enough=3,
            longest=500,
        ),
        Enclosure(  # 图片说明
            names=_words("图片说明 照片说明 图片文字说明 图片清单 照片清单 图片目录 照片目录"),
            signs=(),
            enough=1,
            longest=0,
        ),
    ),
    revised=_words("修改 修订 改后 更正 更新 最终 终稿 定稿 最新 补充 完善 二稿 三稿"),
    plain_names=_words("图片 照片 原图 原片 配图 插图 活动 现场 微信图片 合影 截图 图 照"),
)
