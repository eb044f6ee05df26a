"""Parser of questions: which terms, which time, whose words, and what kind of answer.

Patterns are for English and Chinese; of other questions only the terms are known. This module
knows nothing of messages.
"""

import re
from datetime import tzinfo

import msgspec

from tau.text.dates import Span, asks_when, spans
from tau.text.tokenization import query_terms

LONGEST_PATTERN_TEXT = 2_000
"""Characters that are searched for the kind of a question."""

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


class ParsedQuestion(msgspec.Struct, frozen=True):
    """A parsed question.

    `terms` are its terms with what each weighs, `surface` the words as they were asked; `spans`
    the times it names. It may ask when something was, for advice (then what the person likes
    matters), or for what Tau said.
    """

    terms: dict[str, float]
    surface: dict[str, str]
    spans: tuple[Span, ...]
    of_times: bool
    asks_for_advice: bool
    asks_about_replies: bool


def asks_about_replies(text: str) -> bool:
    """Return whether `text` asks for what Tau said."""
    return _ASKS_ABOUT_REPLIES.search(text[:LONGEST_PATTERN_TEXT]) is not None


def parse_question(text: str, now: float, zone: tzinfo | None = None) -> ParsedQuestion:
    """Return what `text` asks for at `now`, in seconds of Unix time; days begin in `zone`."""
    asked = query_terms(text)
    start = text[:LONGEST_PATTERN_TEXT]
    return ParsedQuestion(
        terms={term: weight for term, (weight, _) in asked.items()},
        surface={term: word for term, (_, word) in asked.items()},
        spans=tuple(spans(text, now, zone)),
        of_times=asks_when(start),
        asks_for_advice=_ASKS_FOR_ADVICE.search(start) is not None,
        asks_about_replies=asks_about_replies(text),
    )
