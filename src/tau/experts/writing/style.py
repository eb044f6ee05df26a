"""A person's style: facts in words, read as rules that a document is checked against.

A style fact is a plain sentence (“Write “use” instead of “utilise””, “Don't use contractions”), so
that the person reads, corrects and forgets it like any other. A sentence that isn't understood is
no rule. Of two that say the same kind of thing, the newer one counts.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from tau.experts.writing.style_rules import StyleRule

DIALECTS = ("american", "british", "australian", "canadian", "indian")
_OPEN, _CLOSE = "[\"“‘'「]", "[\"”’'」]"
_QUOTED = rf"{_OPEN}(?P<{{}}>[^\"“”「」\n]{{{{1,60}}}}?){_CLOSE}"
_TEXTS = r"letters?|e-?mails?|mails?|documents?|reports?|texts?|writing|messages?"
_WHERE = rf"(?:,? (?:in|for) (?:my|our|all|all my|any) (?:{_TEXTS}))?"
_AUDIENCE = r"(?:,? (?:to|for) (?P<audience>(?:the |my )?[^\W\d_][\w' -]{0,30}?))?"
_LEAD = r"(?:please )?(?:always )?"
_END = r"(?: please)?[.!。]?\Z"


class StyleFact(NamedTuple):
    """A fact that may be about style."""

    id: str
    text: str
    said_on: float


class WritingStyle(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of how a person writes, to one audience or to all.

    `kept` are words that the person wants to keep, in lower case: nothing is suggested for them.
    `sources` names the fact behind each setting.
    """

    rules: tuple[StyleRule, ...] = ()
    dialect: str = ""
    salutation: str = ""
    closing: str = ""
    date_form: str = ""
    kept: frozenset[str] = frozenset()
    sources: dict[str, str] = {}


class _Reading(NamedTuple):
    """What a sentence says: a setting with its value, or a rule."""

    setting: str
    value: str = ""
    rule: StyleRule | None = None


_Reader = Callable[[re.Match[str]], _Reading]


def read_style(facts: Iterable[StyleFact], *, audience: str = "") -> WritingStyle:
    """Return the style that facts describe, for everybody and for that audience."""
    settings: dict[str, str] = {}
    sources: dict[str, str] = {}
    rules: dict[str, StyleRule] = {}
    kept: set[str] = set()
    for fact in sorted(facts, key=lambda one: one.said_on):
        read = read_sentence(fact.text, audience=audience)
        if read is None:
            continue
        sources[read.setting] = fact.id
        if read.rule is not None:
            rules[read.setting] = msgspec.structs.replace(
                read.rule, fact=fact.id, said_on=fact.said_on
            )
        elif read.setting.startswith("keep "):
            kept.add(read.value.lower())
        else:
            settings[read.setting] = read.value
    wanted = tuple(rule for name, rule in rules.items() if name.split(" ", 1)[-1] not in kept)
    return WritingStyle(
        wanted,
        settings.get("dialect", ""),
        settings.get("salutation", ""),
        settings.get("closing", ""),
        settings.get("date", ""),
        frozenset(kept),
        sources,
    )


def is_about_style(text: str) -> bool:
    """Return whether a sentence says something of style that is understood."""
    return any(pattern.match(text.strip()) for pattern, _ in _READERS)


def read_sentence(text: str, *, audience: str = "") -> _Reading | None:
    """Return what a sentence says of style, or None; one for other readers says nothing."""
    for pattern, read in _READERS:
        found = pattern.match(text.strip())
        if found is None:
            continue
        meant = (found.groupdict().get("audience") or "").lower()
        return read(found) if not meant or meant == audience.lower() else None
    return None


# --- sentences that Tau itself writes ---------------------------------------------------------


def say_instead(wanted: str, unwanted: str) -> str:
    """Return the sentence that asks for one word instead of another."""
    return f"Write “{wanted}” instead of “{unwanted}”"


def say_keep(word: str) -> str:
    """Return the sentence that keeps a word: nothing is suggested for it."""
    return f"Keep “{word}” in my writing"


# --- readers ----------------------------------------------------------------------------------


def _avoid(found: re.Match[str]) -> _Reading:
    word = found["word"]
    rule = StyleRule(
        "existence", f"style: {word.lower()}", tokens=(re.escape(word),), ignorecase=True
    )
    return _Reading(f"avoid {word.lower()}", rule=rule)


def _instead(found: re.Match[str]) -> _Reading:
    word, wanted = found["word"], found["wanted"]
    rule = StyleRule(
        "substitution",
        f"style: {word.lower()}",
        swap={re.escape(word): wanted},
        ignorecase=word.islower(),
    )
    return _Reading(f"avoid {word.lower()}", rule=rule)


def _keep(found: re.Match[str]) -> _Reading:
    return _Reading(f"keep {found['word'].lower()}", found["word"])


def _dialect(found: re.Match[str]) -> _Reading:
    return _Reading("dialect", found["dialect"].lower())


def _setting(name: str) -> _Reader:
    return lambda found: _Reading(name, found["word"].strip())


_CONTRACTED = {
    "can't": "cannot", "won't": "will not", "shan't": "shall not", "it's": "it is",
    "that's": "that is", "there's": "there is", "let's": "let us", "i'm": "I am",
    **{f"{verb}n't": f"{verb} not" for verb in (
        "do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "would", "should",
        "could", "must", "need")},
    **{f"{who}'{short}": f"{who} {long}" for who in ("we", "you", "they", "I")
       for short, long in (("ll", "will"), ("ve", "have"), ("re", "are"), ("d", "would"))},
}  # fmt: skip


def _contractions(found: re.Match[str]) -> _Reading:
    if found["without"] is None and found["chinese"] is None:
        return _Reading("contractions", "yes")
    swap = {word.replace("'", "['’]"): full for word, full in _CONTRACTED.items()}
    rule = StyleRule("substitution", "style: contractions", swap=swap, ignorecase=True)
    return _Reading("contractions", rule=rule)


_ANY_WORD = r"[^\W_]+"


def _sentence_words(found: re.Match[str]) -> _Reading:
    most = int(found["most"])
    rule = StyleRule(
        "occurrence",
        "style: sentence length",
        message=f"This sentence has %s words; you want at most {most}.",
        token=_ANY_WORD,
        scope="sentence",
        max=most,
    )
    return _Reading("sentence words", rule=rule)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_WORD, _WANTED = _QUOTED.format("word"), _QUOTED.format("wanted")
_NEVER = r"(?:never|don['’]t|do not|no longer)"
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (
        _compiled(
            rf"{_LEAD}(?:write|use|say|prefer) {_WANTED} (?:instead of|rather than|not|over)"
            rf" {_WORD}{_WHERE}{_AUDIENCE}{_END}"
        ),
        _instead,
    ),
    (
        _compiled(rf"(?:请)?(?:用|写){_WANTED}(?:代替|而不是|，?不(?:用|要用|写)){_WORD}{_END}"),
        _instead,
    ),
    (
        _compiled(rf"{_LEAD}(?:{_NEVER} (?:write|use|say)|avoid) {_WORD}{_WHERE}{_AUDIENCE}{_END}"),
        _avoid,
    ),
    (
        _compiled(
            rf"{_LEAD}(?:{_NEVER} (?:write|use|say)|avoid) (?!contractions)"
            r"(?P<word>[\w-]+(?: [\w-]+)?),? (?:in|for) (?:my|our|all my|any)"
            rf" (?:{_TEXTS}){_AUDIENCE}{_END}"
        ),
        _avoid,
    ),
    (
        _compiled(rf"(?:请)?(?:不要|别|不|避免)(?:再)?(?:写|用|使用|出现){_WORD}(?:这个词)?{_END}"),
        _avoid,
    ),
    (_compiled(rf"keep {_WORD}(?: in my (?:{_TEXTS}))?{_END}"), _keep),
    (_compiled(rf"保留{_WORD}{_END}"), _keep),
    (
        _compiled(
            rf"{_LEAD}(?:write|use|prefer)(?: in)? (?P<dialect>{'|'.join(DIALECTS)})"
            rf" (?:spelling|english){_WHERE}{_AUDIENCE}{_END}"
        ),
        _dialect,
    ),
    (
        _compiled(
            rf"{_LEAD}(?:(?P<without>{_NEVER} )?use contractions{_WHERE}{_AUDIENCE}"
            rf"|(?P<chinese>不用缩写)){_END}"
        ),
        _contractions,
    ),
    (
        _compiled(
            rf"{_LEAD}(?:keep )?(?:my )?sentences (?:under|below|to|at most|shorter than)"
            rf" (?P<most>\d{{1,2}}) words{_AUDIENCE}{_END}"
        ),
        _sentence_words,
    ),
    (
        _compiled(
            rf"{_LEAD}(?:begin|start|open) (?:my )?(?:{_TEXTS}) with {_WORD}{_AUDIENCE}{_END}"
        ),
        _setting("salutation"),
    ),
    (
        _compiled(
            rf"{_LEAD}(?:end|close|sign|finish) (?:my )?(?:{_TEXTS}) with {_WORD}{_AUDIENCE}{_END}"
        ),
        _setting("closing"),
    ),
    (_compiled(rf"{_LEAD}write dates (?:as|like) {_WORD}{_AUDIENCE}{_END}"), _setting("date")),
)
