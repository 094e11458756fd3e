"""规则文件里每个键的说明：写规则时，编辑器会显示出来。"""

DESCRIPTIONS: dict[str, str] = {}
