"""Sentences about style, in English and Chinese: what they say, and those that Tau itself writes.

“Write “use” instead of “utilise””, “We write e-mail with a hyphen”, “Don't use contractions”,
“不要用“赋能”这个词”. What isn't understood says nothing.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from tau.experts.writing.style_rules import StyleRule

DIALECTS = ("american", "british", "australian", "canadian", "indian")
_OPEN, _CLOSE = "[\"“‘'「]", "[\"”’'」]"
_QUOTED = rf"{_OPEN}(?P<{{}}>[^\"“”「」\n]{{{{1,60}}}}?){_CLOSE}"
_TEXTS = r"letters?|e-?mails?|mails?|documents?|reports?|texts?|writing|messages?"
_WHERE = rf"(?:,? (?:in|for) (?:my|our|all|all my|any) (?:{_TEXTS}))?"
_AUDIENCE = r"(?:,? (?:to|for) (?P<audience>(?:the |my )?[^\W\d_][\w' -]{0,30}?))?"
_LEAD = r"(?:we |i )?(?:please )?(?:always )?"
_END = r"(?: please)?[.!。]?\Z"
_MAX_LETTERS = 40


class StyleReading(NamedTuple):
    """What a sentence says: a setting with its value, or a rule."""

    setting: str
    value: str = ""
    rule: StyleRule | None = None


_Reader = Callable[[re.Match[str]], StyleReading | None]


def is_about_style(text: str) -> bool:
    """Return whether a sentence says something of style that is understood."""
    return _understood(text) is not None


def audience_of(text: str) -> str:
    """Return the readers that a sentence about style is for; nothing if it's for all."""
    understood = _understood(text)
    return understood[1] if understood else ""


def read_sentence(text: str, *, audience: str = "") -> StyleReading | None:
    """Return what a sentence says of style, or None; one for other readers says nothing."""
    understood = _understood(text)
    if understood is None:
        return None
    reading, meant = understood
    return reading if meant.lower() in {"", audience.lower()} else None


def _understood(text: str) -> tuple[StyleReading, str] | None:
    """Return what a sentence says, and for which readers."""
    for pattern, read in _READERS:
        found = pattern.match(text.strip())
        reading = read(found) if found else None
        if found and reading:
            return reading, found.groupdict().get("audience") or ""
    return None


# --- sentences that Tau itself writes ---------------------------------------------------------


def say_instead(wanted: str, unwanted: str) -> str:
    """Return the sentence that asks for one word instead of another."""
    return f"Write “{wanted}” instead of “{unwanted}”"


def say_keep(word: str) -> str:
    """Return the sentence that keeps a word: nothing is suggested for it."""
    return f"Keep “{word}” in my writing"


# --- readers ----------------------------------------------------------------------------------


def _avoid(found: re.Match[str]) -> StyleReading:
    word = found["word"]
    rule = StyleRule(
        "existence", f"style: {word.lower()}", tokens=(re.escape(word),), ignorecase=True
    )
    return StyleReading(f"avoid {word.lower()}", rule=rule)


def _instead(found: re.Match[str]) -> StyleReading:
    word, wanted = found["word"], found["wanted"]
    rule = StyleRule(
        "substitution",
        f"style: {word.lower()}",
        swap={re.escape(word): wanted},
        ignorecase=word.islower(),
    )
    return StyleReading(f"avoid {word.lower()}", rule=rule)


def _spelled(found: re.Match[str]) -> StyleReading | None:
    """Read how one word is spelled: with or without a hyphen, or with a capital."""
    word, how = found["word"], found["how"].lower()
    if how == "with a capital":
        wanted = word[:1].upper() + word[1:]
        swap = {re.escape(wanted.lower()): wanted}
    elif how.startswith("with a hyphen"):
        wanted, swap = word, {re.escape(word.replace("-", "")): word}
        if "-" not in word.strip("-"):
            return None  # nobody can know where the hyphen goes
    else:
        wanted = word.replace("-", "")
        between = "[- ]?" if how == "as one word" else "-?"
        swap = {between.join(map(re.escape, wanted[:_MAX_LETTERS])): wanted}
    plural = {f"{unwanted}s": f"{one}s" for unwanted, one in swap.items()}
    rule = StyleRule(
        "substitution",
        f"style: {wanted.lower()}",
        swap=swap | plural,
        ignorecase=how != "with a capital",
    )
    return StyleReading(f"spelling {wanted.replace('-', '').lower()}", rule=rule)


def _keep(found: re.Match[str]) -> StyleReading:
    return StyleReading(f"keep {found['word'].lower()}", found["word"])


def _dialect(found: re.Match[str]) -> StyleReading:
    return StyleReading("dialect", found["dialect"].lower())


def _setting(name: str) -> _Reader:
    return lambda found: StyleReading(name, found["word"].strip())


_CONTRACTED = {
    "can't": "cannot", "won't": "will not", "shan't": "shall not", "it's": "it is",
    "that's": "that is", "there's": "there is", "let's": "let us", "i'm": "I am",
    **{f"{verb}n't": f"{verb} not" for verb in (
        "do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "would", "should",
        "could", "must", "need")},
    **{f"{who}'{short}": f"{who} {long}" for who in ("we", "you", "they", "I")
       for short, long in (("ll", "will"), ("ve", "have"), ("re", "are"), ("d", "would"))},
}  # fmt: skip


def _contractions(found: re.Match[str]) -> StyleReading:
    if found["without"] is None and found["chinese"] is None:
        return StyleReading("contractions", "yes")
    swap = {word.replace("'", "['’]"): full for word, full in _CONTRACTED.items()}
    rule = StyleRule("substitution", "style: contractions", swap=swap, ignorecase=True)
    return StyleReading("contractions", rule=rule)


_ANY_WORD = r"[^\W_]+"


def _sentence_words(found: re.Match[str]) -> StyleReading:
    most = int(found["most"])
    rule = StyleRule(
        "occurrence",
        "style: sentence length",
        message=f"This sentence has %s words; you want at most {most}.",
        token=_ANY_WORD,
        scope="sentence",
        max=most,
    )
    return StyleReading("sentence words", rule=rule)


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
    (
        _compiled(
            rf"{_LEAD}(?:write|spell) {_OPEN}?(?P<word>[A-Za-z][\w-]{{1,39}}){_CLOSE}?,?"
            r" (?P<how>with a hyphen|without (?:a )?hyphen|as one word|with a capital)"
            rf"(?: letter)?{_WHERE}{_AUDIENCE}{_END}"
        ),
        _spelled,
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
    (
        _compiled(rf"(?:请)?(?:信件|书信|函件|邮件)以{_WORD}(?:开头|称呼){_END}"),
        _setting("salutation"),
    ),
    (
        _compiled(rf"(?:请)?(?:信件|书信|函件|邮件)以{_WORD}(?:结尾|收尾){_END}"),
        _setting("closing"),
    ),
    (_compiled(rf"(?:请)?日期写成{_WORD}{_END}"), _setting("date")),
)
