"""What one message says of danger: its level, whom it is about, and weaker signs.

A match of a rule counts only if it is meant: not denied, long past, said by somebody else, part of
a story or game, or an exaggeration.
"""

import re
from itertools import islice
from typing import NamedTuple

from tau.care.rules import Context, SignalRule, signal_rules
from tau.care.wording import drop_adverbs, normalize, terms_of

_SENTENCE_END = ".!?\n。！？；"
_MAX_MATCHES = 4
"""Matches of a rule that are looked at."""
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
    is_safe: bool = False


def read_message(words: str) -> Reading:
    """Return what a message says, without regard to what was said before."""
    text = normalize(words)
    known = signal_rules()
    best = Reading()
    signs: set[str] = set()
    thoughts = False
    possible = list(known.possible(terms_of(text)))
    text = drop_adverbs(text) if possible else text
    for rule in possible:
        found = _strongest(rule, text)
        if found is None:
            continue
        if found.level == rule.level and found.about == "self":
            signs |= {rule.sign} - {""}
            thoughts |= found.level >= 2 and rule.kind == "suicide" and rule.sign != "method"
        if found.level > best.level or (found.level == best.level and best.about == "other"):
            best = found
    is_safe = any(context["safe"].search(text) for context in known.contexts.values()) and not any(
        context["unsafe"].search(text) for context in known.contexts.values()
    )
    return best._replace(signs=frozenset(signs), thoughts=thoughts, is_safe=is_safe)


def _strongest(rule: SignalRule, text: str) -> Reading | None:
    """Return the strongest of what the matches of a rule say; `None` if none is meant."""
    weaker: Reading | None = None
    for found in islice(rule.pattern.finditer(text), _MAX_MATCHES):
        stance = _stance(rule, text, found)
        if stance == MEANT:
            return Reading(rule.level, rule.kind, rule.about)
        if stance == SAID_BY_OTHER:
            weaker = Reading(min(rule.level, 2), rule.kind, "other")
        elif stance == WORRYING and weaker is None:
            weaker = Reading(min(rule.level, 1), rule.kind, rule.about)
    return weaker


def _stance(rule: SignalRule, text: str, found: re.Match[str]) -> int:
    """Return how a match stands in its sentence and in what was said before it."""
    start = max(text.rfind(end, 0, found.start()) for end in _SENTENCE_END) + 1
    ends = (text.find(end, found.end()) for end in _SENTENCE_END)
    end = min((at for at in ends if at >= 0), default=len(text))
    sentence, before = text[start:end], text[start : found.start()]
    context = rule.context
    if _is_unmeant(context, text[:end], sentence):
        return UNMEANT
    past = _is_past(context, sentence, text)
    if rule.about == "other":
        return WORRYING if past else MEANT
    if context["reported"].search(before) and not context["reported_self"].search(before):
        return SAID_BY_OTHER
    if context["subject"].search(before):
        return UNMEANT
    denied = not rule.plain and _is_negated(context, before)
    exaggerated = rule.level < 3 and context["hyperbole"].search(sentence)
    return WORRYING if denied or exaggerated or (past and rule.level) else MEANT


def _is_unmeant(context: Context, so_far: str, sentence: str) -> bool:
    """Return whether a sentence belongs to a story, a game, or a text that is asked for."""
    if context["fiction"].search(sentence) or context["game"].search(sentence):
        return True
    return context["request"].search(so_far) is not None


def _is_negated(context: Context, before: str) -> bool:
    return bool(context["negation"].search(before)) and not context["not_negation"].search(before)


def _is_past(context: Context, sentence: str, text: str) -> bool:
    """Return whether a sentence is about long ago, and nothing says that it's coming back."""
    if context["still"].search(sentence):
        return False
    if context["recovered"].search(sentence):
        return True
    return bool(context["past"].search(sentence)) and not context["still"].search(text)
