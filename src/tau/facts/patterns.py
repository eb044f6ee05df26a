"""Rules as data: a pattern, and how its matches become claims. It knows no language."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import NamedTuple

from tau.journal.entries import Claim, Topic
from tau.text.tokenization import fold_text

_MACRO = re.compile(r"\{([A-Z_]+)\}")
Cleaner = Callable[[str], list[str]]
"""Trims what a group matched; returns nothing where it is not what the rule is about."""


class Rule(NamedTuple):
    """A pattern, and the claim that it stands for.

    The templates name groups of the pattern. A group that a language has a `Cleaner` for is
    cleaned; if it gives several (Ben, Ada) there are several claims. `value` is folded. `ended`: it
    was over when it was said. `dated`: a time named after it is when it began. Of grammars: `first`
    are the words that a predicate may begin with, `own` is said of the person only, `begins` is no
    fact where its sentence names a time to come, `planned` is none where it names no such time,
    `also` is read beside what the patterns found,
    `pair` is the group that stands for whom "Dana and I" names, `needs` is what else must hold,
    by a name that the reader of the language knows.
    """

    topic: Topic
    pattern: re.Pattern[str]
    text: str
    value: str
    slot: str = ""
    ended: bool = False
    dated: bool = False
    needs: str = ""
    first: str = ""
    own: bool = False
    begins: bool = False
    planned: bool = False
    also: bool = False
    pair: str = ""


class RuleTable(NamedTuple):
    """The rules of a language by how their clauses start, and its named patterns."""

    rules: Mapping[str, list[Rule]]
    patterns: Mapping[str, re.Pattern[str]]


def load_rules(file: str, words: Mapping[str, str]) -> RuleTable:
    """Return the rules in a TOML file of this folder; `words` are macros beside those in it."""
    raw = tomllib.loads(files("tau.facts").joinpath(file).read_text("utf-8"))
    macros = {**words, **raw.pop("macros", {})}
    named = {name: _compile(pattern, macros) for name, pattern in raw.pop("patterns", {}).items()}
    rules = {
        opening: [Rule(**{**one, "pattern": _compile(one["pattern"], macros)}) for one in several]
        for opening, several in raw.items()
    }
    return RuleTable(rules, named)


def _compile(pattern: str, macros: Mapping[str, str]) -> re.Pattern[str]:
    while _MACRO.search(pattern):
        pattern = _MACRO.sub(lambda found: macros[found[1]], pattern)
    return re.compile(pattern, re.IGNORECASE)


class LanguageCleaning(NamedTuple):
    """The cleaners of a language, and what follows from clean texts for the templates."""

    cleaners: Mapping[str, Cleaner]
    derived: Callable[[dict[str, str]], dict[str, str]]


def claims_from_match(
    rule: Rule,
    found: re.Match[str],
    language: LanguageCleaning,
    who: str = "",
    about: str = "",
    relation: str = "",
    given: Mapping[str, str] | None = None,
) -> Iterator[Claim]:
    """Yield the claims of a match; none if a group does not hold what it should.

    `given` are texts for the templates that stand in no group.
    """
    texts = {"who": who, "relation": relation, **(given or {})}
    several: list[tuple[str, list[str]]] = []
    for group, caught in found.groupdict().items():
        if caught is None:
            texts[group] = ""
            continue
        clean = language.cleaners.get(group.rstrip("0123456789"))
        kept = [caught.strip()] if clean is None else clean(caught)
        if not kept:
            return
        texts[group] = kept[0]
        if len(kept) > 1:
            several.append((group, kept))
    group, each = several[0] if several else ("", [""])
    for one in each:
        chosen = language.derived({**texts, group: one} if group else texts)
        yield _claim(rule, chosen, about)


def _claim(rule: Rule, texts: Mapping[str, str], about: str) -> Claim:
    text = " ".join(rule.text.format_map(texts).split())
    return Claim(
        topic=rule.topic,
        text=text[:1].upper() + text[1:],
        about=about,
        slot=" ".join(fold_text(rule.slot.format_map(texts)).split()),
        value=" ".join(fold_text(rule.value.format_map(texts)).split()),
    )
