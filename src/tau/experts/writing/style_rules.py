"""Style rules in the form of Vale's: existence, substitution, occurrence, capitalization.

A rule is data. It's read from TOML, or from the part of YAML that Vale's own rules use: keys with
plain values, lists, and one map. This module knows nothing of where rules come from.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import msgspec

from tau.experts.writing.blocks import Block
from tau.experts.writing.findings import TextFinding
from tau.experts.writing.sentences import split_sentences

RuleForm = Literal["existence", "substitution", "occurrence", "capitalization"]
MAX_TOKENS = 2_000
MAX_TOKEN_CHARACTERS = 200
_LOOKS_ELSEWHERE = re.compile(r"\\\d|\(\?<?[=!]")
"""Patterns that look back or around: rules from files don't need them."""
_SIGN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\??|\)[+*{]?|\{\d+\}|[|+*?{]", re.DOTALL)
"""What shapes a pattern; an escaped sign, a set of characters and a fixed count are one each."""
_SMALL_WORDS = frozenset(
    "a an and as at but by for from in into nor of on or so the to up via with".split()  # noqa: SIM905
)


class BrokenRule(ValueError):
    """A rule that can't be used; the message says why."""


class StyleRule(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """A style rule.

    `tokens` are what `existence` marks, `swap` maps what `substitution` marks to what stands there
    instead, `token` with `min` and `max` is what `occurrence` counts in each scope, and `match` is
    how `capitalization` wants headings. `message` may have `%s` for what was found and, where
    something stands there instead, two of them: first what should be there. `scope` is what is
    looked at: all text, headings, sentences or paragraphs.
    """

    extends: RuleForm
    name: str = ""
    message: str = ""
    tokens: tuple[str, ...] = ()
    swap: dict[str, str] = {}
    exceptions: tuple[str, ...] = ()
    token: str = ""
    min: int = 0
    max: int = 0
    match: str = "$sentence"
    ignorecase: bool = False
    nonword: bool = False
    scope: str = "text"
    fact: str = ""
    said_on: float | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What is looked for. Raises `BrokenRule`."""
        sources = {
            "existence": self.tokens,
            "substitution": tuple(self.swap),
            "occurrence": (self.token,),
            "capitalization": ("",),
        }[self.extends]
        return _compile(sources, ignorecase=self.ignorecase, nonword=self.nonword)

    def check(self, block: Block) -> Iterator[TextFinding]:
        """Yield what the rule finds in a block."""
        is_heading = block.kind == "heading"
        if block.kind == "code" or (self.scope == "heading" and not is_heading):
            return
        if self.extends == "capitalization":
            yield from self._capitalization(block.text)
        elif self.extends == "occurrence":
            yield from self._occurrences(block.text)
        else:
            yield from self._matches(block.text)

    def _matches(self, text: str) -> Iterator[TextFinding]:
        for found in self.pattern.finditer(text):
            if not found[0] or found[0] in self.exceptions:
                continue
            instead = self._instead(found)
            if instead == found[0]:
                continue
            replacements = (instead,) if instead is not None else ()
            message = self._message(instead, found[0])
            yield self._finding(message, found.start(), found.end(), replacements)

    def _instead(self, found: re.Match[str]) -> str | None:
        """Return what should stand there, with a capital where the text has one."""
        if self.extends != "substitution":
            return None
        group = next(n for n, one in enumerate(found.groups()) if one is not None)
        instead = list(self.swap.values())[group].partition("|")[0]
        starts_upper = self.ignorecase and found[0][:1].isupper()
        return instead[:1].upper() + instead[1:] if starts_upper else instead

    def _occurrences(self, text: str) -> Iterator[TextFinding]:
        places = [(0, text)]
        if self.scope == "sentence":
            places = [(one.start, one.text) for one in split_sentences(text)]
        for start, piece in places:
            count = len(self.pattern.findall(piece))
            if (self.max and count > self.max) or count < self.min:
                message = self._message(None, str(count))
                yield self._finding(message, start, start + len(piece), ())

    def _capitalization(self, text: str) -> Iterator[TextFinding]:
        wanted = _capitalized(text, self.match, self.exceptions)
        if wanted != text:
            yield self._finding(self._message(wanted, text), 0, len(text), (wanted,))

    def _message(self, instead: str | None, found: str) -> str:
        message = self.message or ("Write “%s” instead of “%s”." if instead else "Avoid “%s”.")
        for value in (instead, found) if instead and message.count("%s") > 1 else (found,):
            message = message.replace("%s", value, 1)
        return message

    def _finding(
        self, message: str, start: int, end: int, replacements: tuple[str, ...]
    ) -> TextFinding:
        return TextFinding(
            self.name or f"style-{self.extends}",
            "style",
            message,
            start=start,
            end=end,
            replacements=replacements,
            by="style",
            fact=self.fact,
            said_on=self.said_on,
        )


def parse_rules(text: str, *, name: str = "") -> list[StyleRule]:
    """Read rules: TOML with `[[rule]]` tables, or one rule in Vale's YAML. Raises `BrokenRule`."""
    if "[[rule]]" in text:
        try:
            tables = tomllib.loads(text)["rule"]
        except tomllib.TOMLDecodeError as error:
            raise BrokenRule("This isn't valid TOML.") from error
    else:
        tables = [_read_yaml(text)]
    return [
        _rule(table, f"{name}-{n}" if len(tables) > 1 else name)
        for n, table in enumerate(tables, start=1)
    ]


def _rule(table: Mapping[str, Any], name: str) -> StyleRule:
    known = {key: value for key, value in table.items() if key in StyleRule.__struct_fields__}
    known.setdefault("name", name)
    known.pop("fact", None)
    try:
        rule = msgspec.convert(known, StyleRule, strict=False)
    except msgspec.ValidationError as error:
        raise BrokenRule(f"This rule isn't of a form that Tau knows: {error}.") from error
    if len(rule.tokens) + len(rule.swap) > MAX_TOKENS:
        raise BrokenRule("This rule has too many words.")
    assert rule.pattern  # noqa: S101 - compiled here, so that a broken rule is refused when read
    return rule


def _compile(sources: Sequence[str], *, ignorecase: bool, nonword: bool) -> re.Pattern[str]:
    for source in sources:
        if len(source) > MAX_TOKEN_CHARACTERS or _is_slow(source):
            raise BrokenRule("A pattern of this rule could take too long.")
    groups = "|".join(f"({_without_groups(source)})" for source in sources)
    # Chinese has no spaces: a word that begins or ends with it has no edge there.
    edge = "" if nonword else r"(?<![^\W_\u2e80-\u9fff])"
    last = "" if nonword else r"(?![^\W_\u2e80-\u9fff])"
    try:
        return re.compile(f"{edge}(?:{groups}){last}", re.IGNORECASE if ignorecase else re.NOFLAG)
    except re.error as error:
        raise BrokenRule("A pattern of this rule isn't valid.") from error


def _is_slow(source: str) -> bool:
    """Return whether a pattern looks elsewhere, or repeats a group that may match in two ways."""
    varies = [False]  # for the pattern and each group that is open
    for sign in _SIGN.findall(source):
        if sign.startswith("("):
            varies.append(False)
        elif sign.startswith(")") and len(varies) > 1:
            group, is_repeated = varies.pop(), len(sign) > 1
            if group and is_repeated:
                return True
            varies[-1] |= group or is_repeated
        elif sign in "|+*?{":
            varies[-1] = True
    return _LOOKS_ELSEWHERE.search(source) is not None


def _without_groups(source: str) -> str:
    """Return a pattern whose groups don't capture: the one around it says which token it is."""
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", source)


def _capitalized(text: str, match: str, exceptions: Sequence[str]) -> str:
    if match == "$lower":
        return text.lower()
    if match == "$upper":
        return text.upper()
    if match == "$title":
        return _titled(text, exceptions)
    if match == "$sentence":
        return _sentence_cased(text, exceptions)
    return text


def _titled(text: str, exceptions: Sequence[str]) -> str:
    words = re.split(r"(\s+)", text)
    last = len(words) - 1
    for place, word in enumerate(words):
        if word in exceptions or not word[:1].isalpha():
            continue
        small = word.lower() in _SMALL_WORDS and place not in {0, last}
        words[place] = word.lower() if small else word[0].upper() + word[1:]
    return "".join(words)


def _sentence_cased(text: str, exceptions: Sequence[str]) -> str:
    """Return a heading with a capital at its start only; names that have more than one stay."""
    words = re.split(r"(\s+)", text)
    plain = [word for word in words if word.istitle() and word not in exceptions]
    if len(plain) < max(2, 0.6 * len([word for word in words if word[:1].isalpha()])):
        return text[:1].upper() + text[1:]
    lowered = [
        word.lower() if word in plain and place else word for place, word in enumerate(words)
    ]
    return "".join(lowered)


_KEY = re.compile(
    r"(?P<indent> *)(?P<key>'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|[^#:\s'\"][^:]*?)"
    r"\s*:\s*(?P<value>.*)$"
)


def _read_yaml(text: str) -> dict[str, Any]:
    """Read the part of YAML that Vale's rules use. Raises `BrokenRule`."""
    table: dict[str, Any] = {}
    open_key = ""
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith("#") or bare == "---":
            continue
        item = re.match(r"\s*- +(.*)$", line)
        key = _KEY.match(line)
        if item and open_key:
            table[open_key] = [*(table[open_key] or []), _scalar(item[1])]
        elif key and key["indent"] and open_key:
            pairs = table[open_key] or {}
            table[open_key] = {**pairs, str(_scalar(key["key"])): str(_scalar(key["value"]))}
        elif key and not key["indent"]:
            value = key["value"].strip()
            open_key = str(_scalar(key["key"])) if not value else ""
            table[str(_scalar(key["key"]))] = _scalar(value) if value else None
        else:
            raise BrokenRule("This isn't a rule in Vale's form.")
    return {key: value for key, value in table.items() if value is not None}


def _scalar(text: str) -> str | int | bool:
    bare = text.strip()
    quoted = re.fullmatch(r"'((?:[^']|'')*)'|\"((?:[^\"\\]|\\.)*)\"", bare)
    if quoted:
        single = quoted[1]
        return single.replace("''", "'") if single is not None else _unescaped(quoted[2])
    if bare in {"true", "false"}:
        return bare == "true"
    return int(bare) if bare.isdigit() else bare


def _unescaped(text: str) -> str:
    return text.replace(r"\"", '"').replace("\\\\", "\\")
