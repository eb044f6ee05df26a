"""What one message says of danger: its level, whom it is about, and weaker signs.

A match of a rule counts only if it is meant: not denied, long past, said by somebody else, part of
a story or game, or an exaggeration. Each sentence is read by itself.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tau.care.rules import Context, SignalRule, signal_rules
from tau.care.wording import drop_adverbs, terms_of

_SENTENCE = re.compile(r"[^.!?\n。！？；…]+[.!?。！？；…]*")
_MAX_MATCHES = 4
"""Matches of a rule in a sentence that are looked at."""
_DANGER = 2
"""The level from which somebody is in danger."""
MEANT, WORRYING, SAID_BY_OTHER, UNMEANT = range(4)
"""How a match stands: as a rule says; denied, past or exaggerated; another's words; not meant."""


class Reading(NamedTuple):
    """What a message says by itself."""

    level: int = 0
    kind: str = ""
    about: str = "self"
    signs: frozenset[str] = frozenset()
    thoughts: bool = False
    """Thoughts of suicide are said directly; a question about methods isn't that."""
    is_discounted: bool = False
    """Danger is named, but it's denied, long past, exaggerated or not meant."""
    is_safe: bool = False
    """The person says that they're safe, or that they were misunderstood."""


class _Place(NamedTuple):
    """A sentence, what was said up to its end, and the whole message."""

    sentence: str
    so_far: str
    text: str


def read_message(text: str) -> Reading:
    """Return what a normalised message says, without regard to what was said before."""
    best, signs, thoughts, discounted = Reading(), set[str](), False, False
    for rule, place in _possible_rules(text):
        found = _strongest(rule, place)
        if found is None:
            continue
        discounted |= found.level < _DANGER <= rule.level
        if found.level == rule.level and found.about == "self":
            signs |= {rule.sign} - {""}
            thoughts |= found.level >= 2 and rule.kind == "suicide" and rule.sign != "method"
        if found.level > best.level or (found.level == best.level and best.about == "other"):
            best = found
    return best._replace(
        signs=frozenset(signs),
        thoughts=thoughts,
        is_discounted=discounted and best.level < _DANGER,
        is_safe=_says_safe(text),
    )


def _says_safe(text: str) -> bool:
    """Return whether a normalised text says that the person is safe or was misunderstood."""
    contexts = signal_rules().contexts.values()
    return any(context["safe"].search(text) for context in contexts) and not any(
        context["unsafe"].search(text) for context in contexts
    )


def _possible_rules(text: str) -> Iterator[tuple[SignalRule, _Place]]:
    """Yield the rules that a message may match, each with a sentence; the rest costs little."""
    known = signal_rules()
    for found in _SENTENCE.finditer(text):
        rules = known.possible(terms_of(found[0]))
        if rules:
            sentence = drop_adverbs(found[0])
            place = _Place(sentence, text[: found.start()] + sentence, text)
            yield from ((rule, place) for rule in rules)


def _strongest(rule: SignalRule, place: _Place) -> Reading | None:
    """Return the strongest of what the matches of a rule say; `None` without a match."""
    weaker: Reading | None = None
    for found in islice(rule.pattern.finditer(place.sentence), _MAX_MATCHES):
        stance = _stance(rule, place, place.sentence[: found.start()])
        if stance == MEANT:
            return Reading(rule.level, rule.kind, rule.about)
        if stance == SAID_BY_OTHER:
            weaker = Reading(min(rule.level, 2), rule.kind, "other")
        elif stance == WORRYING and (weaker is None or not weaker.level):
            weaker = Reading(min(rule.level, 1), rule.kind, rule.about)
        elif weaker is None:
            weaker = Reading()
    return weaker


def _stance(rule: SignalRule, place: _Place, before: str) -> int:
    """Return how a match stands, of which `before` is what its sentence says before it."""
    context = rule.context
    if _is_unmeant(context, place):
        return UNMEANT
    past = _is_past(context, place)
    if rule.about == "other":
        return WORRYING if past else MEANT
    if context["reported"].search(before) and not context["reported_self"].search(before):
        return SAID_BY_OTHER
    if context["subject"].search(before):
        return UNMEANT
    denied = not rule.plain and _is_negated(context, before)
    exaggerated = rule.level < 3 and context["hyperbole"].search(place.sentence)
    return WORRYING if denied or exaggerated or (past and rule.level) else MEANT


def _is_unmeant(context: Context, place: _Place) -> bool:
    """Return whether a sentence belongs to a story, a game, or a text that is asked for."""
    if context["fiction"].search(place.sentence) or context["game"].search(place.sentence):
        return True
    return context["request"].search(place.so_far) is not None


def _is_negated(context: Context, before: str) -> bool:
    return bool(context["negation"].search(before)) and not context["not_negation"].search(before)


def _is_past(context: Context, place: _Place) -> bool:
    """Return whether a sentence is about long ago, and nothing says that it's coming back."""
    if context["still"].search(place.sentence):
        return False
    if context["recovered"].search(place.sentence):
        return True
    is_past = context["past"].search(place.sentence) is not None
    return is_past and not context["still"].search(place.text)
