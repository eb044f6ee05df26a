"""Spans of time that a text names, in a time zone."""

import re
from datetime import UTC, date, datetime, tzinfo
from typing import NamedTuple

from tau.text.dates import chinese, english, phrases
from tau.text.dates.english_words import CUES
from tau.text.dates.periods import Direction
from tau.text.dates.tokens import DateMatch, Tokens
from tau.text.languages import ENGLISH, is_clearly_english, rank_languages
from tau.text.scripts import HAN

LONGEST_TEXT = 10_000
"""Characters of a text that are looked at."""


class Span(NamedTuple):
    """A span of time that a text names: from `start` up to `end`, in seconds of Unix time."""

    start: float
    end: float
    text: str
    """The words it was read from."""
    future: bool
    """Whether it begins after now."""
    exact: bool
    """Whether the text names the year itself."""
    at: int = 0
    """Where its words begin in the text."""


_WORDS = re.compile("[a-z]+")
_ANY_WORDS = re.compile(r"[^\W\d_]+")
_ALL_CUES = CUES | phrases.CUES
_NUMBERS = re.compile(
    r"\d(?:\d{3}|0s|[-/.]\d\d?[-/.]\d|(?:st|nd|rd|th)\b)|['’]\d\d\b", re.IGNORECASE
)
_HAN = re.compile(f"[{HAN}]")
_EPOCH = date(1970, 1, 1).toordinal()
_SECONDS_PER_DAY = 86_400

_WHEN = re.compile(
    r"\bwhen\b(?!ever)(?=[^.!]*\?)|^\W*(?:and |so |but )?(?:since |until )?when\b"
    r"|\b(?:tell me|know|remember|remind me|recall|say|said|forgot) when\b"
    r"|\b(?:what|which) (?:\w+ )?(?:date|day|month|year|week|weekday|time)\b"
    r"|\bhow long (?:ago|since|until|has it been|is it since|was it)\b"
    r"|\bhow many (?:days|weeks|months|years) "
    r"(?:ago|since|until|before|after|passed|have passed|had passed)\b"
    r"|\bthe date (?:of|when|that|on which)\b"
    r"|\b(?:wann|quand|quando|cuando|wanneer|kiedy)\b",
    re.IGNORECASE,
)
_WHEN_HINTS = ("when", "what", "which", "how", "date", "wann", "quand", "cuando", "kiedy")
"""One of these is in every question that `_WHEN` finds: much faster to look for."""
_WHEN_OTHER_LANGUAGES = re.compile(
    r"(?:什么|甚么|啥|什麼|甚麼)(?:时候|时间|日子|時候|時間)|何[时時年日]|哪一?[天年日]|哪个月|哪個月"
    r"|[几幾][月号號]|(?:星期|礼拜|禮拜|周|週)[几幾]|几时|幾時|多久(?:以?前|之前|没|沒|了)|多长时间"
    r"|いつ|何月|언제|며칠|\b(?:cuándo|когда|коли|hvornår)\b",
    re.IGNORECASE,
)
_FUTURE_WORDS = re.compile(
    r"\b(?:will|won't|going to|gonna|upcoming|plan(?:s|ning|ned)? (?:to|on|for)|due|deadline|"
    r"appointment|exam|booked|scheduled|flight|"
    r"(?:is|are|starts|begins|leaves?|arrives?) (?:on|in|at)|"
    r"looking forward|can't wait|remind me|until|by)\b|\w['’]ll\b"
    r"|[要将會会]|打算|准备|準備|计划|計劃|预约|預約|考试|考試|截止|提醒",
    re.IGNORECASE,
)
_PAST_WORDS = re.compile(
    r"\b(?:was|were|had|did|didn't|went|got|met|saw|came|made|took|bought|found|told|said|felt|"
    r"left|been|since|ago|last|used to|\w{3,}ed)\b|了|过|過|曾",
    re.IGNORECASE,
)


def spans(
    text: str, now: float, zone: tzinfo | None = None, prefer: Direction = "past"
) -> list[Span]:
    """Return the spans of time that a text names, in its order; they share no words.

    `now` is what "today" means, in seconds of Unix time; `zone` is where days begin (UTC if None).
    What comes again and again, such as a bare month, weekday or day, is the one nearest to now in
    the direction of `prefer`. Nothing is raised: what does not fit the calendar is left out.
    """
    text = text[:LONGEST_TEXT]
    if not _may_contain_date(text):
        return []
    try:
        today = datetime.fromtimestamp(now, zone or UTC).date()
        found = [_span(text, found, now, zone) for found in _find_dates(text, today, prefer)]
    except (OverflowError, ValueError, OSError):
        return []
    return [span for span in found if span.start < span.end]  # islands have skipped a day


def _may_contain_date(text: str) -> bool:
    words = _WORDS if text.isascii() else _ANY_WORDS
    if not _ALL_CUES.isdisjoint(words.findall(text.lower())) or _NUMBERS.search(text):
        return True
    return not text.isascii() and chinese.CUE.search(text) is not None


def _find_dates(text: str, today: date, prefer: Direction) -> list[DateMatch]:
    read = Tokens(text)
    language = _detect_language(read.words)
    if language in phrases.LANGUAGES:
        exact = (one for one in english.found(read, today, prefer) if one.exact)
        found = list(phrases.found(read, language, today, prefer)) or list(exact)
    else:
        found = list(english.found(read, today, prefer)) or _find_in_short_text(read, today, prefer)
    if not text.isascii() and _HAN.search(text):
        found = _without_overlaps([*chinese.found(text, today, prefer), *found])
    return found


def _find_in_short_text(read: Tokens, today: date, prefer: Direction) -> list[DateMatch]:
    """Read a short text of unknown language: by two words of time together."""
    if phrases.CUES.isdisjoint(read.words):
        return []
    language = phrases.language_of_phrases(read.words)
    found = phrases.found(read, language, today, prefer) if language else ()
    return [one for one in found if read.places(one.at, one.until) > 1]


def _detect_language(words: list[str]) -> str:
    """Return the likeliest language, if the text differs from English at all."""
    if is_clearly_english(words, ascii_only=False):
        return ENGLISH
    return next(iter(rank_languages(words)), ENGLISH)


def _without_overlaps(found: list[DateMatch]) -> list[DateMatch]:
    """Return what was found in the order of the text; of two that overlap, the longer."""
    kept: list[DateMatch] = []
    for one in sorted(found, key=lambda one: (one.at, -one.until)):
        if not kept or one.at >= kept[-1].until:
            kept.append(one)
    return kept


def _span(text: str, found: DateMatch, now: float, zone: tzinfo | None) -> Span:
    start, end = (_midnight(one, zone) for one in found.period)
    return Span(start, end, text[found.at : found.until], start > now, found.exact, found.at)


def _midnight(one: date, zone: tzinfo | None) -> float:
    if zone is None:
        return float((one.toordinal() - _EPOCH) * _SECONDS_PER_DAY)
    return datetime(one.year, one.month, one.day, tzinfo=zone).timestamp()


def mentions(text: str, said_at: float, zone: tzinfo | None = None) -> list[Span]:
    """Return the spans of time that a message names.

    As `spans`, but whether a bare "on 3 June" lies ahead or behind depends on the message: it lies
    ahead where something will be, is due or is booked, and nothing was.
    """
    text = text[:LONGEST_TEXT]
    if not _may_contain_date(text):
        return []
    ahead = _FUTURE_WORDS.search(text) is not None and not _PAST_WORDS.search(text)
    return spans(text, said_at, zone, "future" if ahead else "past")


def asks_when(text: str) -> bool:
    """Return whether a question asks for a time ("when did", "how long ago", 什么时候, 几月)."""
    text = text[:LONGEST_TEXT].lower()
    if any(word in text for word in _WHEN_HINTS) and _WHEN.search(text):
        return True
    return not text.isascii() and _WHEN_OTHER_LANGUAGES.search(text) is not None
