"""Parser of questions: which terms, which time, whose words, and what kind of answer.

Patterns are for English and Chinese; of other questions only the terms are known. This module
knows nothing of messages.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Literal

import msgspec

from tau.text.dates import Span, asks_when, spans
from tau.text.tokenization import query_terms

LONGEST_PATTERN_TEXT = 2_000
"""Characters that are searched for the kind of a question."""
FRAME_WEIGHT = 0.3
"""What a term counts that only names a time or the kind of answer that is wanted."""

_ASKS_ABOUT_REPLIES = re.compile(
    r"\byou(?:r| had| have|'ve|'d)?\b.{0,40}?\b(?:recommend|suggest|mention|told|tell|said|say"
    r"|provid|gave|give|list|explain|describ|wrote|refer|shar|creat|generat)"
    r"|\bremind me\b|\b(?:our|my|the) (?:previous|last|earlier|past)"
    r" (?:chat|conversation|discussion)"
    r"|\bwe (?:talked|discussed|spoke|chatted|went over)\b"
    r"|你.{0,12}(?:说过|說過|推荐|推薦|告诉|告訴|提到|建议过|建議過|讲过|講過|给我|給我)"
    r"|提醒我|我们.{0,6}(?:聊过|谈过|说过|讨论过)|我們.{0,6}(?:聊過|談過|說過|討論過)",
    re.IGNORECASE,
)
_ASKS_FOR_ADVICE = re.compile(
    r"\b(?:recommend|suggest)|\b(?:advice|tips?|ideas?|any thoughts|(?:what|where|which) should i"
    r"|should i|help me (?:choose|pick|find|decide))\b"
    r"|推荐|推薦|建议|建議|有什么好|有什麼好|该(?:怎么|吃|买|去|看|选|送)|該(?:怎麼|吃|買|去|看|選|送)",
    re.IGNORECASE,
)


_FRAME = re.compile(
    r"\bhow (?:many|much|often)(?: (?:different|total|other|times|kinds|types))*(?: of)?\b"
    r"|\b(?:what (?:is|was|are|were) )?the (?:total )?(?:number|amount|count) of\b"
    r"|\btotal (?:number|amount|count|cost)(?: of)?\b|\bin total\b|\baltogether\b"
    r"|\b(?:please )?(?:list|name|count|enumerate)(?: (?:all|every|me))*(?: of)?(?: the)?(?= \w)"
    r"|\b(?:can|could|would) you (?:please )?(?:remind|tell|give|list|help)(?: me)?(?: again)?\b"
    r"|\bremind me(?: again)?(?: (?:of|about|what))?\b|\btell me(?: again)?(?: about)?\b"
    r"|\b(?:do|did|can) you (?:still )?(?:remember|recall|know)\b|\bi (?:was wondering|wonder)\b"
    r"|\bwhat (?:is|was) the (?:order|sequence) of\b"
    r"|\b(?:in )?(?:the )?(?:chronological |correct )?order (?:of|from)\b"
    r"|\bfrom (?:first|earliest|oldest) to (?:last|latest|newest)\b"
    r"|\bour (?:previous|last|earlier|past) (?:chat|conversation|discussion)s?\b"
    r"|多少次?|几[个次种件本天回家位条只]|幾[個次種件本天回家位條隻]|一共|总共|總共|总数|總數|列出|列一下|列举|列舉"
    r"|哪些|请问|請問|(?:你)?还记得|(?:你)?還記得|你记得|你記得|告诉我|告訴我|提醒我|说一下|說一下",
    re.IGNORECASE,
)
"""Words that say what kind of answer is wanted, not what it is about."""
_ASKS_FOR_SEVERAL = re.compile(
    r"\bhow (?:many|much|often)\b|\b(?:total|altogether|overall|combined)\b"
    r"|\b(?:number|amount|count|list|order|sequence) of\b|^\W*(?:please )?(?:list|name|count)\b"
    r"|\b(?:all|every|each)(?: of)? (?:the |my |our |his |her |their )?\w+"
    r"|\b(?:compare|compared|comparison|differences?|in common|both|between|versus|vs)\b"
    r"|\b(?:first|earlier|before|last|later|longer|older|more|most|least|fewer)\b.*\bor\b"
    r"|\bwhich\b.*\b(?:first|earlier|earliest|last|latest|most|least)\b"
    r"|\b(?:what|which) (?:\w+ ){0,2}\w+(?<!s)s (?:has|have|had|do|does|did|are|were|is|was)\b"
    r"|\b(?:kinds|types|sorts|ways|places|things|hobbies|activities|events) (?:of|that|has|have|do)"
    r"|\bhow long (?:between|in total)\b|\bhow many days (?:between|passed|before|after)\b"
    r"|多少|几[个次种件本天回家位条只]|幾[個次種件本天回家位條隻]|一共|总共|總共|哪些|列出|列一下|列举|列舉|所有|全部"
    r"|每[次个個]|比较|比較|相比|区别|區別|先后|先後|顺序|順序|哪个更|哪個更|还有(?:什么|哪)|還有(?:什麼|哪)",
    re.IGNORECASE,
)


_ASKS_FOR_PROFILE = re.compile(
    r"\b(?:about|know|remember) (?:of )?(?:me|myself)\b(?! (?:to|that|when|what|how)\b)"
    r"|\bwho (?:am i|i am)\b(?! (?:talking|speaking|chatting|writing|dealing|texting)\b)"
    r"|我是(?:谁|誰)"
    r"|(?:关于|關於|了解|认识|認識|记得|記得|知道)(?:一下)?我(?![们們])",
    re.IGNORECASE,
)
_ASKS_ABOUT_SELF = re.compile(
    r"(?<!who )\bam i (?:\w+ ){0,3}\w+\?"
    r"|\b(?:what|who|where|when|which|how old)(?:'s|s| \w+)? (?:is |are |was |were )?my\b"
    r"|\b(?:what|where|when|which|how (?:old|long))(?: \w+){0,2} (?:am|do|did|was|have) i\b"
    r"|我(?:叫|姓|住|在|是|有|做|干|学|學|喜欢|喜歡|讨厌|討厭|的.{1,8}?)[^，。！？,.!?]{0,8}"
    r"(?:什么|什麼|哪|谁|誰|几|幾|多大|多少|吗|嗎|呢)",
    re.IGNORECASE,
)
AboutSelf = Literal["everything", "one thing"]


class ParsedQuestion(msgspec.Struct, frozen=True):
    """A parsed question.

    `terms` are the terms of its content with what each weighs, `surface` the words as they were
    asked; `spans` the times it names. It may ask when something was, for advice (then what the
    person likes matters), for what Tau said, or for several things at once.
    """

    terms: dict[str, float]
    surface: dict[str, str]
    spans: tuple[Span, ...]
    of_times: bool
    asks_for_advice: bool
    asks_about_replies: bool
    asks_for_several: bool


def asks_about_replies(text: str) -> bool:
    """Return whether `text` asks for what Tau said."""
    return _ASKS_ABOUT_REPLIES.search(text[:LONGEST_PATTERN_TEXT]) is not None


def asks_for_several(text: str) -> bool:
    """Return whether a question lists, counts, compares or orders: it needs more passages."""
    return _ASKS_FOR_SEVERAL.search(text[:LONGEST_PATTERN_TEXT]) is not None


def asks_about_self(text: str) -> AboutSelf | None:
    """Return what a question asks about the person who asks: everything, one thing, or nothing."""
    start = text[:LONGEST_PATTERN_TEXT].replace("’", "'")
    if _ASKS_FOR_PROFILE.search(start):
        return "everything"
    return "one thing" if _ASKS_ABOUT_SELF.search(start) else None


def parse_question(text: str, now: float, zone: tzinfo | None = None) -> ParsedQuestion:
    """Return what `text` asks for at `now`, in seconds of Unix time; days begin in `zone`."""
    start = text[:LONGEST_PATTERN_TEXT]
    named = tuple(spans(text, now, zone))
    asked = query_terms(text)
    return ParsedQuestion(
        terms=_weigh_terms(asked, text, named),
        surface={term: word for term, (_, word) in asked.items()},
        spans=named,
        of_times=asks_when(start),
        asks_for_advice=_ASKS_FOR_ADVICE.search(start) is not None,
        asks_about_replies=asks_about_replies(text),
        asks_for_several=asks_for_several(text),
    )


def question_terms(text: str, now: float) -> dict[str, float]:
    """Return the terms of a question with what each weighs, as `parse_question` does."""
    return _weigh_terms(query_terms(text), text, tuple(spans(text, now)))


def _weigh_terms(
    asked: Mapping[str, tuple[float, str]], text: str, named: Sequence[Span]
) -> dict[str, float]:
    content_text = _content(text, named)
    content = asked if content_text == text else query_terms(content_text)
    return {
        term: weight if term in content else weight * FRAME_WEIGHT
        for term, (weight, _) in asked.items()
    }


def _content(text: str, named: Sequence[Span]) -> str:
    """Return a question without its times and without the words of its frame.

    A message from that day seldom says "ten days ago", and one about a trip "how many".
    """
    kept, end = [], 0
    for span in named:
        kept.append(text[end : span.at])
        end = span.at + len(span.text)
    kept.append(text[end:])
    content = " ".join(kept)
    start, rest = content[:LONGEST_PATTERN_TEXT], content[LONGEST_PATTERN_TEXT:]
    return _FRAME.sub(" ", start) + rest
