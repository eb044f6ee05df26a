"""Answers where somebody may be in danger: the fixed reply, the card, and what a model is asked.

The texts are data, one file per language. Numbers come from `Help` alone, so that a reply never
names a number that a model made up.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from tau.care.helplines import Help, HelpLine
from tau.care.reply_review import has_agreement, has_method
from tau.care.signals import Level, Signal
from tau.text.languages import is_chinese

_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \-()./](?=\d)")


def language_of(words: str) -> str:
    """Return the language to answer in: "zh" for Chinese words, else "en"."""
    return "zh" if is_chinese(words) else "en"


def fixed_reply(signal: Signal, help_: Help, language: str) -> str:
    """Return the whole reply for models too small to be trusted with one."""
    texts = _texts(language)
    body = texts["body"]
    other = signal.about == "other"
    asks = texts["question"]
    parts = [
        _opening(signal, texts),
        "\n".join([body["other" if other else "ai"], *_lines(help_, texts)]) if help_.lines else "",
        _emergency(signal, help_, texts),
        asks["other"] if other else asks.get(signal.kind, asks["self"]),
        body["own_country"] if help_.country is None else "",
    ]
    return "\n\n".join(part for part in parts if part)


def card_text(signal: Signal, help_: Help, language: str) -> str:
    """Return the card as plain text, for interfaces without one."""
    texts = _texts(language)
    title = texts["card"]["title_other" if signal.about == "other" else "title"]
    asks = [texts["body"]["own_country"]] if help_.country is None else []
    lines = "\n".join([title, *_lines(help_, texts)])
    return "\n\n".join([lines, "\n".join([_emergency(signal, help_, texts), *asks])])


def instructions(signal: Signal, help_: Help, language: str) -> str:
    """Return what a capable model is instructed in addition, with the help to name."""
    texts = _texts(language)
    named = "\n".join([*_lines(help_, texts), _emergency(signal, help_, texts)])
    kind = texts["kind"].get(signal.kind, signal.kind)
    who = texts["who"][signal.about]
    return texts["model"]["instructions"].format(kind=kind, who=who, help=named).strip()


def review(reply: str, signal: Signal, help_: Help, language: str) -> str:
    """Return what to append to a model's finished reply; "" if it's fine.

    The fixed reply if it describes a method or agrees; the card if it names no help.
    """
    if signal.level < Level.IDEATION:
        return ""
    if has_method(reply) or has_agreement(reply):
        return fixed_reply(signal, help_, language)
    return "" if _names_help(reply, help_) else card_text(signal, help_, language)


def _names_help(reply: str, help_: Help) -> bool:
    """Return whether a reply names a line of `help_`, or the emergency number if it has none."""
    digits = _BETWEEN_DIGITS.sub("", reply)
    for line in help_.lines:
        number = re.sub(r"\D", "", line.number or "")
        if number and re.search(rf"(?<!\d){number}(?!\d)", digits):
            return True
        if line.url and line.url.partition("://")[2].strip("/") in reply:
            return True
    has_number = any(line.number or line.url for line in help_.lines)
    emergency = re.escape(_BETWEEN_DIGITS.sub("", help_.emergency))
    return not has_number and re.search(rf"(?<!\d){emergency}(?!\d)", digits) is not None


def _opening(signal: Signal, texts: Mapping[str, Mapping[str, str]]) -> str:
    key = "other" if signal.about == "other" else signal.kind
    opening = texts["opening"]
    acute = opening.get(f"{key}_acute") if signal.level == Level.ACUTE else None
    return acute or opening.get(key, opening["suicide"])


def _emergency(signal: Signal, help_: Help, texts: Mapping[str, Mapping[str, str]]) -> str:
    key = "emergency"
    if help_.country is None:
        key = "emergency_unknown"
    elif signal.level == Level.ACUTE and signal.about == "self":
        key = "emergency_acute"
    return texts["body"][key].format(emergency=help_.emergency)


def _lines(help_: Help, texts: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for line in help_.lines:
        yield "- " + texts["card"]["line"].format(name=line.name, ways=_ways(line, texts["card"]))


def _ways(line: HelpLine, words: Mapping[str, str]) -> str:
    ways = words["or"].join(way for way in (line.number, line.text, line.url) if way)
    hours = words["always"] if line.hours == "24/7" else line.hours
    return f"{ways} ({hours})" if hours else ways


@cache
def _texts(language: str) -> Mapping[str, Mapping[str, str]]:
    known = "zh" if language.lower().startswith(("zh", "chinese")) else "en"
    return tomllib.loads(files("tau.care").joinpath(f"answers_{known}.toml").read_text("utf-8"))
