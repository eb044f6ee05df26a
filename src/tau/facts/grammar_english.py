"""Grammars of English predicates: what a clause says of the person or their people.

One grammar per field of life, as data: `grammar_english_*.toml`. A predicate is looked up by its
first word, so that the number of rules costs nothing. It reads what `english` leaves unread.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

import msgspec

from tau.facts import cleaning_english, health_english, occupations_english, phrases_english
from tau.facts import vocabulary as words
from tau.facts.cleaning_english import CLEANERS, derive_values
from tau.facts.health_english import FOODS
from tau.facts.patterns import Cleaner, LanguageCleaning, Rule, claims_from_match, load_rules
from tau.facts.predicates_english import Predicate
from tau.facts.reference_time import ReferenceTime
from tau.facts.vocabulary import alternatives
from tau.journal.entries import Claim

_FILES = (
    "living", "work", "studies", "people", "body", "taste", "homes", "jobs", "skills", "household",
    "ailments", "agenda"
)  # fmt: skip
_CLEANERS: dict[str, Cleaner] = {
    "phrase": phrases_english.phrase,
    "activity": phrases_english.activity,
    "occupation": occupations_english.occupation,
    "profession": occupations_english.profession,
    "verb": phrases_english.third_person,
    "doing": lambda raw: [raw.strip(" .")],
    "business": occupations_english.business,
    "employer": occupations_english.employer,
    "illness": health_english.illness,
    "medicine": health_english.medicine,
    "food": health_english.food,
    "body": health_english.body,
    "owned": phrases_english.owned,
    "person": phrases_english.person,
    "petname": phrases_english.pet_name,
    "people": phrases_english.people,
    "town": phrases_english.town,
    "skill": phrases_english.skill,
    "wares": phrases_english.phrase,
    "clients": phrases_english.phrase,
    "course": phrases_english.activity,
    "ailment": cleaning_english.diagnosis,
    "many": phrases_english.children,
    "manykids": phrases_english.children,
    "twopets": lambda raw: [raw.lower()],
    "choice": phrases_english.activity,
    "refused": phrases_english.activity,
    "campus": phrases_english.town,
}
"""The cleaner of each group of the grammars, beside those of the rules."""
_ENGLISH = LanguageCleaning({**CLEANERS, **_CLEANERS}, derive_values)
_FOR_A_WHILE = re.compile(
    r"\b(?:(?:until|till|til)(?! (?:19|20)\d\d)|for (?:a|the|one|two|three|four|a few)"
    r" (?:day|night|week|weekend|month|summer|winter)s?|for now|tonight"
    r"|this (?:week|weekend)|temporarily|on (?:holiday|vacation)"
    r"|visiting|while (?:the|my|our) \w+ (?:is|are|gets?))\b",
    re.IGNORECASE,
)
"""A home for a while is no home."""
_LATER = re.compile(r"\b(?:start|starting|from|beginning|begins?|next|will)\b", re.IGNORECASE)
_VERB = re.compile(r"(?:Lives|Works|Has|Takes|Speaks|Studies|Runs|Teaches|Uses|Grew|Does|Had)\b")


class _Grammar(NamedTuple):
    predicates: Mapping[str, list[Rule]]
    open: list[Rule]
    anywhere: list[Rule]


@cache
def _grammar() -> _Grammar:
    """Return all grammars; the files are loaded with the first message."""
    vocabulary = ((name, value) for name, value in vars(words).items() if name.isupper())
    known = {name: alternatives(value) for name, value in vocabulary if isinstance(value, str)}
    known["FOODS"] = FOODS
    by_word: dict[str, list[Rule]] = defaultdict(list)
    opening: list[Rule] = []
    anywhere: list[Rule] = []
    for name in _FILES:
        table = load_rules(f"grammar_english_{name}.toml", known)
        opening += table.rules.get("open", [])
        anywhere += table.rules.get("anywhere", [])
        for rule in table.rules["predicates"]:
            for word in rule.first.split():
                by_word[word].append(rule)
    return _Grammar(by_word, opening, anywhere)


def read_clause(
    sentence: str,
    start: int,
    predicate: Predicate | None,
    reference: ReferenceTime,
    *,
    beside: bool = False,
) -> Iterator[Claim]:
    """Yield what the clause at `start` says; `predicate` is what it is in normal form.

    `beside`: patterns have read the clause already; only what they leave out is added.
    """
    grammar = _grammar()
    for rule in grammar.predicates.get(predicate.first, ()) if predicate else ():
        if not (predicate.who and rule.own) and (rule.also or not beside):  # type: ignore[union-attr]
            found = rule.pattern.match(predicate.text)  # type: ignore[union-attr]
            if found is not None:
                yield from _claims(rule, found, predicate, sentence[start:], reference)
    for rule in grammar.open:
        if beside and not rule.also:
            continue
        found = rule.pattern.match(sentence, start)
        if found is not None:
            yield from _claims(rule, found, None, sentence[start:], reference)


def read_mentions(sentence: str, end: int, reference: ReferenceTime) -> Iterator[Claim]:
    """Yield what a sentence mentions anywhere before `end`: "my asthma", "Aunt Rosa raised me"."""
    for rule in _grammar().anywhere:
        for found in rule.pattern.finditer(sentence, 0, end):
            yield from _claims(rule, found, None, sentence, reference)


def _claims(
    rule: Rule,
    found: re.Match[str],
    predicate: Predicate | None,
    clause: str,
    reference: ReferenceTime,
) -> Iterator[Claim]:
    if rule.pair and not (predicate and predicate.pair):
        return
    given = {rule.pair: predicate.pair} if rule.pair and predicate else {}
    about = predicate.about if predicate else ""
    for claim in claims_from_match(rule, found, _ENGLISH, about=about, given=given):
        timed = _with_times(rule, claim, clause, reference)
        if timed is not None:
            yield _named(timed, predicate.who) if predicate and predicate.who else timed


def _with_times(rule: Rule, claim: Claim, clause: str, reference: ReferenceTime) -> Claim | None:
    """Return a claim with its times; nothing where they make it no fact."""
    if claim.slot == "home" and not rule.ended and _FOR_A_WHILE.search(clause):
        return None
    if rule.planned:
        return reference.as_plan(claim, clause)
    if rule.begins and _LATER.search(clause) and reference.as_plan(claim, clause) is not None:
        return None
    return reference.with_times(claim, clause, ended=rule.ended, dated=rule.dated)


def _named(claim: Claim, who: str) -> Claim:
    """Return a claim that names whom it is about: "Partner Inge works as a nurse"."""
    said = claim.text[:1].lower() + claim.text[1:]
    known = claim.text if not _VERB.match(claim.text) else said
    joint = " " if known is said or claim.value == "died" else ": "
    text = f"{who}{joint}{said if joint == ' ' else known}"
    return msgspec.structs.replace(claim, text=text[:1].upper() + text[1:])
