"""Extraction of claims by a model: what it is asked, and what of its answer is accepted.

Pure: no model, no clock, no journal. A model may be wrong or hostile, so a claim in its answer
counts only if the person's own plain words show it: it quotes them, and its names, numbers and
most of its words are theirs.
"""

import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any, get_args

import msgspec

from tau.clock import date_time
from tau.facts.reference_time import precision_of
from tau.facts.trust import is_suspicious, strip_untrusted
from tau.journal.entries import Claim, DatePrecision, Topic
from tau.memory import Memory, Message
from tau.text.dates import spans
from tau.text.excerpts import estimate_tokens
from tau.text.scripts import CJK
from tau.text.tokenization import fold_text

MAX_MESSAGES = 8
"""Messages that are read together."""
MAX_MESSAGE_TOKENS = 1_200
"""Estimated tokens of messages that are read together."""
MAX_ANSWER_TOKENS = 900
"""Tokens that an answer may have; a longer one is broken off and dropped."""
MAX_CLAIMS = 6
"""Claims of one message that are taken; a model that finds more is making them up."""
MAX_TEXT_CHARACTERS = 200
"""Characters of a claim's text."""
MAX_NAME_CHARACTERS = 60
"""Characters of whom it is about, and of its value."""
MAX_CONTEXT_CHARACTERS = 300
"""Characters of Tau's words before a message, from their end."""
GROUNDED_SHARE = 0.6
"""Share of a claim's words that the person must have said."""
EXCLUSIVE_TOPICS: frozenset[Topic] = frozenset({"name", "birthday", "home"})
"""Topics of which one thing holds at a time: the topic is the slot."""
_PLAN_TOPICS: frozenset[Topic] = frozenset({"plan", "event"})
_MAX_PAST = timedelta(days=366 * 120)
_MAX_FUTURE = timedelta(days=366 * 10)
_A_DAY = timedelta(days=1)
_STEM_LETTERS, _STEM_SHARE = 3, 0.7  # that two forms of a word begin with together
_NOON = 12
_MIN_TIME, _MAX_TIME = 0.0, 4e9  # seconds since 1970 that a message is believed to be of

_TEMPLATE_TEXT = """
person user live lives home house name named called birthday born work works working job employed
study studies studying student family friend like likes love loves enjoy enjoys prefer prefers
favourite favorite dislike dislikes hate hates allergic allergy avoid avoids eat eats own owns pet
keep keeps habit usually plan plans planned planning go going visit visits event begin began start
started end ended stop stopped former formerly since always never ask asks want wants wish
a an and as at by for from has have her his in is it its of on or she he they the their them to was
were with who
"""
_TEMPLATE_WORDS = frozenset(_TEMPLATE_TEXT.split())
"""What a sentence about someone is made of, though nobody says it word for word."""
_NAME = re.compile(r"(?<![\w'])[^\W\d_a-z][\w'-]*")
_WORD = re.compile(rf"[{CJK}]+|(?:(?![{CJK}])[^\W_])+")
_DIGITS = re.compile(r"\d+")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029<>{}\[\]`]")
_REQUEST = re.compile(
    r"\b(?:please|pls|always|never|don't|do not|from now on|in future|stop|keep|call me|answer"
    r"|reply|respond|speak|remind|bitte|immer|nie|nenn|por favor|siempre|sempre|nunca|mai"
    r"|s'il (?:te|vous) plaît|toujours|jamais|per favore)\b"
    r"|请|以后|今后|总是|永远|不要|别|叫我|必须|务必|いつも|ください|항상",
    re.IGNORECASE,
)
"""Words of an instruction. A claim without one isn't an instruction, whatever a model says."""
_REASONING = re.compile(r"\A.*</think>", re.DOTALL)


class UnreadableAnswer(ValueError):
    """An answer that is not what was asked for. Its text says nothing of what was said."""


class ExtractionInput(msgspec.Struct, frozen=True):
    """A message as the model is shown it: the person's own plain words, after Tau's."""

    message: Message
    words: str
    tau: str = ""


class _ModelClaim(msgspec.Struct, frozen=True):
    """A claim as the model answers it."""

    message: int
    quote: str
    topic: Topic
    text: str
    about: str = ""
    value: str = ""
    valid_from: str = ""
    valid_to: str = ""
    due: str = ""
    ends: bool = False


class _ModelAnswer(msgspec.Struct, frozen=True):
    claims: list[msgspec.Raw]


ExtractedClaim = tuple[Claim, tuple[Message, ...]]
"""A claim, and the messages that say so: first the one that it quotes."""


def select_messages(
    messages: Sequence[Message], memory: Memory, most: int
) -> list[ExtractionInput]:
    """Return the first messages, at most `most`, as they are read together.

    A message of which nothing is the person's own plain word is passed over.
    """
    chosen: list[ExtractionInput] = []
    tokens = 0
    for message in messages:
        words = strip_untrusted(message.text) if _MIN_TIME <= message.at <= _MAX_TIME else ""
        tokens += estimate_tokens(words)
        if chosen and (len(chosen) == most or tokens > MAX_MESSAGE_TOKENS):
            break
        if _tokens(words):
            chosen.append(ExtractionInput(message, words, _preceding_reply(message, memory)))
    return chosen


def build_request(chosen: Sequence[ExtractionInput], zone: tzinfo | None = None) -> dict[str, Any]:
    """Return the OpenAI-shaped request that has a model read messages. `zone` is the person's."""
    shown = [
        {
            "message": number,
            "date": f"{date_time(reading.message.at, zone):%A %Y-%m-%d}",
            "tau": reading.tau,
            "person": reading.words,
        }
        for number, reading in enumerate(chosen, start=1)
    ]
    schema = {"name": "claims", "schema": _schema(len(chosen))}
    return {
        "messages": [
            {"role": "system", "content": _system_prompt()},
            {"role": "user", "content": msgspec.json.encode(shown).decode()},
        ],
        "response_format": {"type": "json_schema", "json_schema": schema},
        "max_tokens": MAX_ANSWER_TOKENS,
        "temperature": 0.0,
        "stream": True,
    }


def parse_claims(
    answer: str, chosen: Sequence[ExtractionInput], zone: tzinfo | None = None
) -> list[ExtractedClaim]:
    """Return what of a model's answer is believed. Raises `UnreadableAnswer`.

    A claim that breaks a rule is dropped by itself.
    """
    drawn: list[ExtractedClaim] = []
    counts: dict[str, int] = {}
    for found in _parse_answer(answer):
        checked = _validated_claim(found, chosen, zone)
        if checked is None:
            continue
        quoted = checked[1][0].id
        counts[quoted] = counts.get(quoted, 0) + 1
        if counts[quoted] <= MAX_CLAIMS:
            drawn.append(checked)
    return drawn


@cache
def _system_prompt() -> str:
    return files("tau.learning").joinpath("learner.md").read_text("utf-8").strip()


def _schema(count: int) -> dict[str, Any]:
    def text(longest: int) -> dict[str, Any]:
        return {"type": "string", "maxLength": longest}

    date = {"type": "string", "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"}
    parts: dict[str, Any] = {
        "message": {"type": "integer", "enum": list(range(1, count + 1))},
        "quote": text(MAX_TEXT_CHARACTERS),
        "topic": {"type": "string", "enum": list(get_args(Topic))},
        "about": text(MAX_NAME_CHARACTERS),
        "text": text(MAX_TEXT_CHARACTERS),
        "value": text(MAX_NAME_CHARACTERS),
        "valid_from": date,
        "valid_to": date,
        "due": date,
        "ends": {"type": "boolean"},
    }
    claim = {
        "type": "object",
        "properties": parts,
        "required": list(parts),
        "additionalProperties": False,
    }
    listed = {"type": "array", "items": claim, "maxItems": min(2 * count + 2, 12)}
    return {
        "type": "object",
        "properties": {"claims": listed},
        "required": ["claims"],
        "additionalProperties": False,
    }


def _preceding_reply(message: Message, memory: Memory) -> str:
    """Return the end of what Tau had said before a message, on one line."""
    if message.parent is None:
        return ""
    before = memory.message(message.parent)
    return _single_line(before.text)[-MAX_CONTEXT_CHARACTERS:] if before.is_reply else ""


def _parse_answer(answer: str) -> Iterator[_ModelClaim]:
    """Yield the claims of an answer that have the shape of one. Raises `UnreadableAnswer`."""
    text = _REASONING.sub("", answer)
    start, end = text.find("{"), text.rfind("}")
    try:
        listed = msgspec.json.decode(text[start : end + 1], type=_ModelAnswer).claims
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise UnreadableAnswer("it is not the JSON that was asked for") from None
    for raw in listed:
        try:
            yield msgspec.json.decode(raw, type=_ModelClaim)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            continue


def _validated_claim(
    found: _ModelClaim, chosen: Sequence[ExtractionInput], zone: tzinfo | None
) -> ExtractedClaim | None:
    """Return the claim, if the person's words support it."""
    if not 1 <= found.message <= len(chosen):
        return None
    reading = chosen[found.message - 1]
    quote, about, value = (
        _single_line(found.quote),
        _single_line(found.about),
        _single_line(found.value),
    )
    text = _single_line(found.text)
    if found.topic == "instruction":
        text, about, value = quote, "", ""  # nothing but what the person said, as they said it
    dates = _ClaimDates.of(found, reading.message, zone)
    plain = _is_within_limits(text, about, value) and not _is_misplaced(found.topic, text)
    if not plain or dates is None or (found.topic == "plan" and dates.due is None):
        return None
    sources = _sources(text, about, reading, chosen, dates.date_tokens)
    quoted = _tokens(quote) and _contains_phrase(reading.words, quote)
    if not (
        quoted and sources and _is_grounded(text, f"{reading.words} {about}", dates.date_tokens)
    ):
        return None
    stated = value if value and _contains_phrase(reading.words, value) else ""
    claim = Claim(
        topic=found.topic,
        text=text,
        about=about,
        slot=found.topic if stated and found.topic in EXCLUSIVE_TOPICS else "",
        value=stated,
        valid_from=dates.valid_from,
        valid_from_precision=_precision(dates.valid_from, reading, zone),
        valid_to=dates.valid_to,
        due=dates.due,
    )
    return claim, sources


def _precision(
    start: float | None, reading: ExtractionInput, zone: tzinfo | None
) -> DatePrecision | None:
    """Return how exactly the person's words name a day that a model worked out."""
    if start is None:
        return None
    named = (
        span
        for span in spans(reading.words, reading.message.at, zone)
        if span.start <= start < span.end
    )
    return next((precision_of(span) for span in named), None)


def _is_misplaced(topic: Topic, text: str) -> bool:
    """Return whether a statement poses as an instruction, or a suspicious instruction as a fact."""
    asks = _REQUEST.search(text) is not None
    return not asks if topic == "instruction" else asks and is_suspicious(text, instruction=True)


def _single_line(text: str) -> str:
    return " ".join(text.split()).strip('"“”')


def _is_within_limits(text: str, about: str, value: str) -> bool:
    if not text or len(text) > MAX_TEXT_CHARACTERS or len(about) > MAX_NAME_CHARACTERS:
        return False
    return len(value) <= MAX_NAME_CHARACTERS and not _FORBIDDEN.search(text + about + value)


def _contains_phrase(words: str, quote: str) -> bool:
    """Return whether `words` contain `quote`: whole words, in any case and spacing."""
    said, wanted = _single_line(fold_text(words)), _single_line(fold_text(quote)).rstrip(".!。！")
    if not wanted:
        return False
    return re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])", said) is not None


def _tokens(text: str) -> set[str]:
    """Return the words of a text, and the pairs of neighbours of scripts without spaces."""
    found: set[str] = set()
    for run in _WORD.findall(fold_text(text)):
        wide = "\u3005" <= run[0] <= "\ud7af" and len(run) > 1
        found |= {run[i : i + 2] for i in range(len(run) - 1)} if wide else {run}
    return found


def _is_grounded(text: str, words: str, dates: frozenset[str]) -> bool:
    """Return whether `words` say most of what `text` says, and its first word."""
    said = _tokens(words)
    content = _tokens(text) - dates - (_TEMPLATE_WORDS - said)
    grounded = {word for word in content if any(_is_same_word(word, other) for other in said)}
    first = _tokens(text.split(maxsplit=1)[0]) if text.isascii() else set()
    if not grounded or (first & content) - grounded:
        return False
    return len(grounded) >= GROUNDED_SHARE * len(content)


def _is_same_word(one: str, other: str) -> bool:
    """Return whether two words look like forms of one (`wohnt`, `wohne`)."""
    longest = max(len(one), len(other))
    begin = max(_STEM_LETTERS, math.ceil(_STEM_SHARE * longest))
    return one == other or (longest > _STEM_LETTERS and one[:begin] == other[:begin])


def _sources(
    text: str,
    about: str,
    reading: ExtractionInput,
    chosen: Sequence[ExtractionInput],
    dates: frozenset[str],
) -> tuple[Message, ...]:
    """Return the messages that say every name and number of a claim; none if one is missing.

    A name may be in an earlier message of the same conversation ("my sister Mia", then "she").
    """
    missing = _names(text, about) - dates - _source_tokens(reading)
    sources = [reading.message]
    for other in reversed(chosen[: chosen.index(reading)]):
        helps = missing & _source_tokens(other)
        if helps and other.message.conversation == reading.message.conversation:
            missing -= helps
            sources.append(other.message)
    return () if missing else tuple(sources)


def _source_tokens(reading: ExtractionInput) -> set[str]:
    return {*_tokens(reading.words), *_DIGITS.findall(reading.words)}


def _names(text: str, about: str) -> set[str]:
    """Return the words of names, and numbers: what no framing word can be."""
    names = {*_DIGITS.findall(f"{text} {about}"), *_tokens(about)}
    for found in _NAME.finditer(text):
        if found.start() > 0:
            names |= _tokens(found[0])
    return names


class _ClaimDates(msgspec.Struct, frozen=True):
    """The dates of a claim in seconds since 1970; `date_tokens` are the words that name them."""

    valid_from: float | None
    valid_to: float | None
    due: float | None
    date_tokens: frozenset[str]

    @classmethod
    def of(cls, found: _ModelClaim, message: Message, zone: tzinfo | None) -> "_ClaimDates | None":
        """Return the dates of a claim; `None` if one is no date, or not a plausible one."""
        said = date_time(message.at, zone)
        begun, over, due = (
            _parse_date(text, said) for text in (found.valid_from, found.valid_to, found.due)
        )
        days = [day for day in (begun, over, due) if day is not None]
        if any(not said - _MAX_PAST <= day <= said + _MAX_FUTURE for day in days):
            return None
        if begun is not None and over is not None and begun > over:
            return None
        if found.topic not in _PLAN_TOPICS and begun is not None and begun > said + _A_DAY:
            return None  # what has yet to begin does not hold
        if found.topic not in _PLAN_TOPICS or (due is not None and due < said - _A_DAY):
            due = None
        ended = message.at if found.ends and over is None else _to_timestamp(over)
        date_tokens = frozenset(term for day in days for term in _date_tokens(day))
        return cls(_to_timestamp(begun), ended, _to_timestamp(due), date_tokens)


def _parse_date(text: str, said: datetime) -> datetime | None:
    """Return noon of a day as the model wrote it; `None` for none, and for nonsense."""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d")  # noqa: DTZ007 - its zone comes next
    except ValueError:
        return None
    return day.replace(hour=_NOON, tzinfo=said.tzinfo)


def _to_timestamp(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _date_tokens(day: datetime) -> set[str]:
    """Return the terms in which a text may name a day that it has worked out."""
    return _tokens(f"{day:%A %a %B %b %d %Y} {day.day} {day.month}")
