"""What words to the writing specialist ask for: a new document, or changes of the open one.

Pure rules in English and Chinese: the kind of document, for whom, and what about.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from tau.text.languages import is_chinese

MAX_VALUE_CHARACTERS = 120
_END_CHARACTERS = 2_000
"""Of a long message, what is read at each end: a request stands before a text, or after it."""


class _Kind(NamedTuple):
    template: str
    english: str
    chinese: str = ""


# The first that fits counts: a letter of complaint is a complaint.
_KINDS = (
    _Kind("complaint", r"(?:letter of )?complaint(?: letter)?|letter (?:to complain|complaining)"),
    _Kind(
        "reference",
        r"(?:letter of )?(?:reference|recommendation)(?: letter)?(?= for\b| about\b|$|[.,!])"
        r"|reference letter|letter of reference|testimonial",
    ),
    _Kind(
        "cover-letter",
        r"cover(?:ing)? letter|(?:job )?application letter|letter of (?:application|motivation)"
        r"|motivation letter",
    ),
    _Kind("minutes", r"(?:meeting |the )minutes|minutes (?:of|for|from)\b"),
    _Kind("proposal", r"(?:business |project )?proposal|written offer"),
    _Kind("e-mail", r"e-?mail|mail(?= to\b| about\b)"),
    _Kind("letter", r"letter"),
    _Kind("huiyi-jiyao", "", "会议纪要|会议记录|纪要"),
    _Kind("tongzhi", "", "通知|通告"),
    _Kind("youjian", "", "电子邮件|邮件|电邮"),
    _Kind("shuxin", "", "信(?![息用号任心仰念])"),
    _Kind("gonghan", "", "公函|商函|函件|[复致]?函"),
)
_WRITES = (
    r"\b(?:writ(?:e|ing)|draft(?:ing)?|compos(?:e|ing)|prepar(?:e|ing)|type up|put together|begin"
    r"|start|create|make|do|need|want|like|help (?:me )?with)\b"
)
_ENGLISH_GAP = r"[^.?!\n]{0,60}?\b"
_BARE = r"^(?:please,? )?an? (?:\w+ ){0,2}?"
_WRITES_CHINESE = r"(?:写|起草|草拟|拟|准备|做|来|生成|整理|帮我|需要)[^。！？\n]{0,30}?"
_WRITE_TO = re.compile(
    r"^(?:please |can you |could you |help me |let's |i want to |i need to |i'd like to )*"
    r"(?:write|reply) (?:back )?to\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^(?:so |and |but )?(?:what|why|how|which|who|when|where|is|are|was|do|does|did|should|has"
    r"|have)\b",
    re.IGNORECASE,
)
_QUESTION_CHINESE = re.compile(r"什么|为什么|怎么|如何|是不是|吗[？?]?$|呢[？?]?$")
_VERBS_AFTER_TO = (
    "write|reply|draft|complain|say|ask|tell|thank|request|apologi[sz]e|cancel|inform|confirm|invite|explain|report"
    "|terminate|get|be|have|send|remind|introduce|let|make|demand|object|appeal|apply|offer|accept"
)
_RECIPIENT = re.compile(
    rf"\bto (?!(?:{_VERBS_AFTER_TO})\b)(?:my |our |the |his |her |their )?"
    r"(?P<to>[^,.;:!?\n]+?)"
    r"(?= (?:about|regarding|concerning|because|that|asking|saying|to|for|on|with|telling|and|in"
    r" which|please)\b|[,.;:!?\n]|$)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\b(?:about|regarding|concerning|on the subject of) (?:my |our |the )?"
    r"(?P<about>[^,.;:!?\n]+?)(?= to (?:my|our|the|[A-Z])|[,.;:!?\n]|$)",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:reference|recommendation|testimonial)(?: letter)? (?:for|about) (?:my )?"
    r"(?P<person>[^,.;:!?\n]+)",
    re.IGNORECASE,
)
_POSITION = re.compile(
    r"\b(?:position|job|post|role) (?:of |as )?(?:an? |the )?(?P<position>[^,.;:!?\n]+?)"
    r"(?= (?:at|with|in)\b|[,.;:!?\n]|$)",
    re.IGNORECASE,
)
_COMPANY = re.compile(r"\b(?:at|with) (?P<company>[A-Z][^,.;:!?\n]*)")
_MEETING = re.compile(
    r"\bminutes (?:of|for|from) (?:our |the |my |today's |yesterday's )?(?P<about>[^,.;:!?\n]+)",
    re.IGNORECASE,
)
_RECIPIENT_CHINESE = re.compile(
    r"(?:给|致|发给)(?P<to>[^，。,；;！？\n写发拟起草关]{1,30}?)"
    r"(?=写|发|起草|草拟|拟|的|，|。|,|关于|$)"
)
_SUBJECT_CHINESE = re.compile(
    r"关于(?P<about>[^，。,；;！？\n]{1,40}?)(?=的?(?:公函|商函|函|通知|会议纪要|纪要|通告|电子邮件|邮件|信)|，|。|,|$)"
)
_CHECKS = re.compile(
    r"\b(?:check|proofread|spell-?check|correct (?:the )?(?:spelling|grammar|mistakes|errors|typos)"
    r"|(?:spelling|grammar) (?:mistakes|errors))\b|校对|检查|错别字|纠错|查错",
    re.IGNORECASE,
)
_EDITS = re.compile(
    r"^(?:please,? |now,? |then,? |and |also |can you |could you |would you |let's )*"
    r"(?:make|shorten|cut|trim|change|rewrite|rephrase|reword|add|remove|delete|drop|take out"
    r"|replace|translate|correct|fix|fill|mention|say|put|move|merge|split|expand|lengthen"
    r"|simplify|tighten|polish|improve|soften|sharpen|write|use|keep|turn|leave out|set|insert"
    r"|update|finish|complete)\b"
    r"|\b(?:shorter|longer|politer|more (?:polite|formal|friendly|direct)|less formal|friendlier"
    r"|too (?:long|short|formal|stiff|harsh)|should)\b"
    r"|改[成为得一写动短长]?|缩短|精简|润色|修改|翻译|加上|加一|补充|删[掉除去]?|换成|替换|更正|填"
    r"|语气|正式一[点些]|[短长简客][洁气]?一[点些]|扩写|重写",
    re.IGNORECASE,
)


class BeginDocument(msgspec.Struct, frozen=True):
    """A document of a kind is wanted, with what the words say of its slots."""

    template: str
    values: Mapping[str, str] = {}


class ChangeDocument(msgspec.Struct, frozen=True):
    """Changes of the open document are wanted; `checks`: those that checks propose."""

    checks: bool = False


def read_document_request(words: str, *, is_open: bool) -> BeginDocument | ChangeDocument | None:
    """Return what words ask for; none if they ask for talk alone. `is_open`: a document is."""
    chinese = is_chinese(words)
    words = _ends_of(words.strip())
    if (_QUESTION_CHINESE if chinese else _QUESTION).search(words):
        return None
    if kind := _kind(words, chinese=chinese):
        return BeginDocument(kind, _values(words, kind, chinese=chinese))
    if not is_open:
        return None
    if _CHECKS.search(words):
        return ChangeDocument(checks=True)
    return ChangeDocument() if _EDITS.search(words) else None


def _ends_of(words: str) -> str:
    """Return what is read of a message: the beginning and the end of a long one."""
    if len(words) <= 2 * _END_CHARACTERS:
        return words
    return f"{words[:_END_CHARACTERS]}\n{words[-_END_CHARACTERS:]}"


def _kind(words: str, *, chinese: bool) -> str | None:
    """Return the template of the kind of document that words ask for."""
    for kind in _KINDS:
        pattern = kind.chinese if chinese else kind.english
        if not pattern:
            continue
        if chinese:
            asked = re.search(rf"{_WRITES_CHINESE}(?:{pattern})", words)
        else:
            asked = re.search(
                rf"(?:{_WRITES}{_ENGLISH_GAP}|{_BARE})(?:{pattern})(?:\b|$)", words, re.IGNORECASE
            )
        if asked and not _is_of_the_open_one(asked[0].lower()):
            return kind.template
    return "letter" if not chinese and _WRITE_TO.search(words) else None


def _is_of_the_open_one(asked: str) -> bool:
    """Return whether words speak of a document that is there: "make the letter shorter"."""
    named = re.search(
        r"\b(?:make|do|like|want|need|start|begin)\b.*\b(?:the|this|that|my)\b", asked
    )
    return named is not None and "minutes" not in asked


def _values(words: str, kind: str, *, chinese: bool) -> dict[str, str]:
    """Return what words say of slots: whom it goes to, what it's about."""
    if chinese:
        readers = {"recipient": _RECIPIENT_CHINESE, "subject": _SUBJECT_CHINESE}
    else:
        readers = {"recipient": _RECIPIENT, "subject": _SUBJECT}
        readers |= {"person": _PERSON} if kind == "reference" else {}
        readers |= {"position": _POSITION, "company": _COMPANY} if kind == "cover-letter" else {}
        readers |= {"subject": _MEETING} if kind == "minutes" else {}
    found = {slot: pattern.search(words) for slot, pattern in readers.items()}
    return {
        slot: _value(slot, match[match.lastgroup or 0]) for slot, match in found.items() if match
    }


def _value(slot: str, text: str) -> str:
    """Return a value as a document has it: a subject begins with a capital."""
    bare = re.sub(r",? please$", "", " ".join(text.split()), flags=re.IGNORECASE)
    bare = bare[:MAX_VALUE_CHARACTERS]
    return bare[:1].upper() + bare[1:] if slot in ("subject", "position") else bare
