"""中国的手机号码、邮政编码、收件人。"""

from mailbot.languages.contacts import ContactPhrases

CONTACTS = ContactPhrases(
    mobile=r"1[3-9]\d{9}",
    postcode=r"(?:邮\s?政\s?编\s?码|邮\s?编)[\s:)\]】]{0,4}([0-9]{6})(?!\d)"
    r"|(?:号|室|栋|幢|楼|层|路|街|村|镇|局|社区|委会|办事处|中心)[,\s(]{1,3}([0-9]{6})(?!\d)",
    recipient=r"(?:收件人|收货人|收信人|收刊人|联系人|联络人)[\s:)\]】]{1,4}([\u3400-\u9fff·]{2,20})",
)
