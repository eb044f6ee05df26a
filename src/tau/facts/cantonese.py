"""Cantonese words as Mandarin ones, so that the same rules read both."""

import re

_WORDS = {
    "而家": "现在",
    "依家": "现在",
    "屋企": "家里",
    "钟意": "喜欢",
    "中意": "喜欢",
    "返工": "上班",
    "打紧工": "打工",
    "唔食": "不吃",
    "唔饮": "不喝",
    "唔系": "不是",
    "唔再": "不再",
    "唔": "不",
    "冇": "没有",
    "喺": "在",
    "嘅": "的",
    "咗": "了",
    "佢": "他",
    "系度": "在",
    "琴日": "昨天",
    "寻日": "昨天",
    "今日": "今天",
    "听日": "明天",
    "成日": "经常",
    "仲": "还",
    "啱啱": "刚刚",
    "睇书": "看书",
    "睇戏": "看电影",
    "细路": "孩子",
    "细佬": "弟弟",
    "家姐": "姐姐",
    "大佬": "哥哥",
    "老豆": "爸爸",
    "阿妈": "妈妈",
    "住紧": "住",
    "做紧": "做",
    "读紧": "读",
    "养紧": "养",
}
_SIGNS = re.compile("[喺嘅咗佢冇啱睇哋嚟]|唔|而家|依家|屋企|钟意|返工|紧(?=工|书)|老豆|细佬|家姐")
_WORD = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))


def in_mandarin(text: str) -> str:
    """Return a text in simplified characters with its Cantonese words replaced, if it has any."""
    if not _SIGNS.search(text):
        return text
    return _WORD.sub(lambda found: _WORDS[found[0]], text).replace("系", "是").replace("哋", "们")
