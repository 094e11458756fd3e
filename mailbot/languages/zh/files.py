"""文件的名字：程序、相机、手机自动起的，和截图的。"""

from mailbot.languages.files import FilePhrases

FILES = FilePhrases(
    default_names=r"新建\s?(?:microsoft|office|word|docx?|wps|rtf|文字|文本|压缩|\s){0,4}(?:文档|文稿|文件夹?)[\s_(-]{0,3}\d{0,6}\)?"
    r"|(?:未命名|无标题|文档|文稿|文件|附件|图片|照片|图|表格|副本)[\s_(-]{0,3}\d{0,6}\)?"
    r"|(?:untitled|document|doc|docx|image|photo|picture|img|pic|file|word)[\s_(-]{0,3}\d{0,6}\)?"
    r"|(?:img|dsc|dscn|dscf|mvimg|pxl|pano|dji|hdr|burst|_mg|imag|cimg|p)[_-]?\d{3,}.{0,40}"
    r"|(?:mmexport|wx_camera_|microsoftteams-image|微信图片|qq图片|微信截图|qq截图|屏幕截图|截屏|截图|screenshot).{0,60}"
    r"|[\d_\s().-]{1,40}|[0-9a-f]{16,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    screenshots=("截图", "截屏", "屏幕快照", "屏幕捕获", "screenshot", "screencapture", "snipaste"),
)
