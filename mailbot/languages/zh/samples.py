"""An invented Chinese office and article, for looking at notices."""

from mailbot.languages.samples import SampleWords

SAMPLES = SampleWords(
    office="《社区工作通讯》编辑部",
    address="tougao@example.cn",
    issue="2026年第2期（总第38期）",
    column="基层实践",
    title="楼道里的小剧场：一个老旧小区的三年",
    second_title="社区食堂的账本",
    unit="江苏省苏州市姑苏区平江街道枫林社区居民委员会",
    authors=("王小丽", "李建国"),
    article="楼道里的小剧场.docx",
    photos=("图1.jpg", "图2.jpg"),
    archive="照片.zip",
    locked="补充照片.rar",
    locked_words="设有密码，无法打开，请去掉密码后重新发送",
    cloud="活动原图.zip",
    provider="QQ邮箱",
    no_unit=("稿件中没有注明报送单位", "第三条第一款", "请在标题下写明报送单位的完整名称"),
    no_original=("稿件里有 1 张图片没有附原图：第 2 张", "第一条第二款", "请把这张照片的原始文件作为附件发来"),
    remark=("邮件主题没有写明文章标题", "", "下次投稿请以“投稿：文章标题”为主题，便于查找"),
    not_for_us=("来稿是产品推介，不在征稿范围之内", "第二条", ""),
    passed=("字数", "作者姓名与单位", "征稿期次"),
    asks=(
        ("报送单位", "写明省、市、县（区）和单位的完整名称"),
        ("图片", "除插入稿件外，请把每张图片的原图作为附件发来"),
    ),
    editor=("第二部分写得生动，开头可以再精炼一些。", "另请补充一段，写写居民是怎样参与进来的。"),
)
