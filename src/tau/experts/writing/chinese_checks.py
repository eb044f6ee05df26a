"""Checks of Chinese: width of signs, spacing, book titles, doubled words, 的 地 得 where it's sure.

Every rule prefers missing a mistake to marking what is right.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tau.experts.writing.findings import FindingKind, TextFinding
from tau.text.scripts import HAN

_H = f"[{HAN}]"
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）", ".": "。"}


class _Pattern(NamedTuple):
    rule: str
    kind: FindingKind
    pattern: re.Pattern[str]
    message: str
    replacement: str | None = None
    """What stands there instead, with groups as `re.Match.expand` takes them."""


def _rule(
    rule: str, kind: FindingKind, pattern: str, message: str, replacement: str | None = None
) -> _Pattern:
    return _Pattern(rule, kind, re.compile(pattern), message, replacement)


_ADVERBS = (
    "非常|十分|积极|认真|仔细|严格|充分|及时|顺利|圆满|高兴|愉快|努力|耐心|迅速|逐步|不断|有效|切实|"
    "深入|全面|主动|热情|诚恳|郑重|衷心"
)
_VERBS = (
    "开展|推进|落实|完成|配合|执行|准备|检查|处理|解决|研究|讨论|参与|支持|反映|回答|告诉|通知|接受|"
    "感谢|希望|邀请|提醒|表示|说明|走|跑|说|笑|看着|学习"
)
_RESULTS = "很好|不错|很快|非常好|十分好|太快|太慢|太多|不够|更好|很慢|很清楚|清清楚楚|干干净净"
_RULES = (
    _rule(
        "zh-width",
        "typography",
        rf"(?<={_H})[,;:?!](?={_H}|$|\n)",
        "中文后面用全角标点。",
        "wide",
    ),
    _rule("zh-width", "typography", rf"(?<={_H})\.(?=$|\n|{_H})", "句末用全角句号。", "wide"),
    _rule(
        "zh-width",
        "typography",
        rf"\((?={_H}[^()\n]{{0,60}}\))|(?<={_H})\)(?=[，。；：？！、]|{_H}|$)",
        "中文里用全角括号。",
        "wide",
    ),
    _rule("zh-digits", "typography", "[０-９Ａ-Ｚａ-ｚ]+", "数字和字母用半角。", "narrow"),
    _rule(
        "zh-space",
        "typography",
        rf"(?<={_H}) +(?={_H}|[，。；：？！、）》」』])|(?<=[，。；：？！、（《「『]) +(?=\S)",
        "汉字之间、全角标点前后不用空格。",
        "",
    ),
    _rule(
        "zh-title",
        "typography",
        r"<<([^<>\n]{1,40})>>|〈〈([^〈〉\n]{1,40})〉〉",
        "书名用《》。",
        r"《\1\2》",
    ),
    _rule(
        "zh-ellipsis",
        "typography",
        rf"(?<={_H})(?:\.{{3,4}}|。{{2,}}|…(?!…)(?<!……))",
        "省略号是“……”。",
        "……",
    ),
    _rule(
        "zh-dash", "typography", rf"(?<={_H})(?:--|—(?!—))(?<!——)(?={_H})", "破折号是“——”。", "——"
    ),
    _rule("zh-quotes", "typography", rf'"(?={_H})([^"\n]{{1,60}})"', "中文引号是“”。", r"“\1”"),
    _rule("zh-repeated", "typography", "([，、；：])\\1+", "标点重复了。", r"\1"),
    _rule(
        "zh-repeated",
        "grammar",
        r"(的|了|在|是|和|与|及|将|对|为|把|被|从|向|并|而|但|请|由|于)\1(?!确|士)",
        "这个字重复了。",
        r"\1",
    ),
    _rule(
        "zh-repeated",
        "grammar",
        r"(我们|你们|他们|公司|贵司|因为|所以|但是|如果|可以|需要|已经|以及|根据|关于|通过|进行)\1",
        "这个词重复了。",
        r"\1",
    ),
    _rule(
        "zh-de", "grammar", rf"({_ADVERBS})的((?:{_VERBS})[了着过])", "动词前用“地”。", r"\1地\2"
    ),
    _rule(
        "zh-de",
        "grammar",
        rf"(?<![的地得])(做|写|完成|进行|发展|准备|处理|说|跑|走|长)[的地]({_RESULTS})(?=[，。！；]|$)",
        "动词和结果之间用“得”。",
        r"\1得\2",
    ),
)
_LATIN_NEXT = re.compile(rf"(?<={_H})(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?={_H})")
_LATIN_SPACED = re.compile(rf"(?<={_H}) (?=[A-Za-z0-9])|(?<=[A-Za-z0-9%]) (?={_H})")
_COUNTED = re.compile(
    r"\d(?=[年月日号点时分秒元万亿个名人份条款项第页周天次])|第(?=\d)|[年月](?=\d)"
)


def check_chinese(text: str) -> Iterator[TextFinding]:
    """Yield what these rules find in a text with Chinese."""
    for rule in _RULES:
        for found in rule.pattern.finditer(text):
            yield TextFinding(
                rule.rule,
                rule.kind,
                rule.message,
                start=found.start(),
                end=found.end(),
                replacements=(_replacement(rule, found),),
            )


def check_spacing(texts: list[tuple[str, str]]) -> Iterator[TextFinding]:
    """Yield places where Chinese and Latin are spaced otherwise than in most of the document.

    `texts` are the ids and texts of its blocks. Both ways are right; one document follows one.
    """
    close = [(block, one) for block, text in texts for one in _unspaced(text)]
    apart = [(block, one) for block, text in texts for one in _LATIN_SPACED.finditer(text)]
    if not close or not apart or len(close) == len(apart):
        return
    is_spaced = len(apart) > len(close)
    message = "全文在汉字与字母、数字之间" + ("加空格。" if is_spaced else "不加空格。")
    for block, found in close if is_spaced else apart:
        yield TextFinding(
            "zh-latin-space",
            "typography",
            message,
            block,
            found.start(),
            found.end(),
            (" " if is_spaced else "",),
        )


def _unspaced(text: str) -> Iterator[re.Match[str]]:
    """Yield where a letter or digit touches Chinese, except in dates and counts."""
    counted = {found.end() for found in _COUNTED.finditer(text)}
    return (found for found in _LATIN_NEXT.finditer(text) if found.start() not in counted)


def _replacement(rule: _Pattern, found: re.Match[str]) -> str:
    if rule.replacement == "wide":
        return _WIDE[found[0]]
    if rule.replacement == "narrow":
        return "".join(chr(ord(one) - 0xFEE0) for one in found[0])
    return found.expand(rule.replacement or "")
