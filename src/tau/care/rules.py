"""Rules for signals as data: patterns, what they stand for, and the words that show what is meant.

Each language has TOML files with rules and one table of context patterns. Rules are found by the
words that they need, so that a message without any of them costs almost nothing.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from tau.care.pattern_terms import needed_terms

_MACRO = re.compile(r"\{([A-Z_]+)\}")
_FLAGS = re.MULTILINE
_FILES = {
    "english": (
        *("english_suicide", "english_indirect", "english_signs", "english_harm"),
        "english_others",
    ),
    "chinese": ("chinese_suicide", "chinese_indirect", "chinese_others"),
}
Context = Mapping[str, re.Pattern[str]]
"""Patterns of a language by what they show: negation, past, fiction ..."""


class SignalRule(NamedTuple):
    """A pattern that stands for a level, a kind and a sign.

    `plain`: the pattern has its own negation, so that none is looked for around it.
    """

    source: str
    context: Context
    kind: str
    level: int = 0
    sign: str = ""
    about: str = "self"
    plain: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when a message first has the terms that it needs."""
        return _compiled(self.source)


class SignalRules(NamedTuple):
    """All rules, the most serious first; which of them a term makes possible; the contexts."""

    rules: tuple[SignalRule, ...]
    always: frozenset[int]
    by_term: Mapping[str, tuple[int, ...]]
    needed: Sequence[tuple[frozenset[str], ...]]
    contexts: Mapping[str, Context]

    def possible(self, terms: set[str]) -> list[SignalRule]:
        """Return the rules that may match a sentence with these terms, the most serious first."""
        keys = self.by_term.keys() & terms
        found = self.always.union(*map(self.by_term.__getitem__, keys)) if keys else self.always
        return [
            self.rules[index]
            for index in sorted(found)
            if not any(map(terms.isdisjoint, self.needed[index]))
        ]


@cache
def signal_rules() -> SignalRules:
    """Return the rules of all languages."""
    contexts: dict[str, Context] = {}
    rules: list[SignalRule] = []
    for language, names in _FILES.items():
        shared = _read(f"{language}_context")
        macros = shared["macros"]
        contexts[language] = {
            name: _compiled(_expanded(pattern, macros))
            for name, pattern in shared["context"].items()
        }
        for name in names:
            for raw in _read(name)["rule"]:
                sources = [_expanded(pattern, macros) for pattern in raw.pop("patterns")]
                rules += [SignalRule(one, contexts[language], **raw) for one in sources]
    return _indexed(sorted(rules, key=lambda rule: -rule.level), contexts)


def _indexed(rules: Sequence[SignalRule], contexts: Mapping[str, Context]) -> SignalRules:
    by_term: dict[str, tuple[int, ...]] = {}
    needed = [needed_terms(rule.source, _FLAGS) for rule in rules]
    for index, sets in enumerate(needed):
        for term in sets[0] if sets else ():
            by_term[term] = (*by_term.get(term, ()), index)
    always = frozenset(index for index, sets in enumerate(needed) if not sets)
    return SignalRules(tuple(rules), always, by_term, needed, contexts)


def _expanded(pattern: str, macros: Mapping[str, str]) -> str:
    while _MACRO.search(pattern):
        pattern = _MACRO.sub(lambda found: macros[found[1]], pattern)
    return pattern


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, _FLAGS)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("tau.care").joinpath("rules", f"{name}.toml").read_text("utf-8"))
