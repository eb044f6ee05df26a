"""Endings: which standing fact a claim ends that names it in other words.

"Pickle died", "Sold the Panda" and "I've gone off cilantro" end what was said as "Cat: Pickle",
"Drives a Fiat Panda" and "Likes cilantro on everything". Pure.
"""

import time

import msgspec

from tau.facts.facts import Facts
from tau.facts.resolution import Fact
from tau.journal.entries import Claim, ClaimLearned
from tau.text.tokenization import terms

_KINDS = (
    frozenset(("pet", "event")),
    frozenset(("possession",)),
    frozenset(("like", "habit")),
    frozenset(("health",)),
    frozenset(("work",)),
    frozenset(("plan", "event")),
    frozenset(("family", "people")),
    frozenset(("event", "health")),
)
"""Topics of a thing by which one ends the other."""
_MUTE = frozenset(("partner", "the", "a", "an", "has", "takes", "eats", "to"))


def ends_what_stands(learned: ClaimLearned, facts: Facts) -> ClaimLearned:
    """Return a claim of an end as one about the only standing fact that it names, if there is one.

    Every word that names what is over must be in that fact.
    """
    claim = learned.claim
    if claim.valid_to is None or claim.valid_to > learned.at:
        return learned
    standing = [one for one in facts.current(time.time()) if _may_end(claim, one)]
    if len(standing) != 1:
        return learned
    same = facts.claims_of(standing[0].id)[-1].claim
    ended = msgspec.structs.replace(
        same, valid_from=None, valid_from_precision=None, valid_to=claim.valid_to, due=None
    )
    return msgspec.structs.replace(learned, claim=ended)


def _may_end(claim: Claim, fact: Fact) -> bool:
    kinds = {claim.topic, fact.topic}
    if claim.about != fact.about or not any(kinds <= one for one in _KINDS):
        return False
    named = terms(claim.value).keys() - terms(" ".join(_MUTE)).keys()
    return bool(named) and named <= terms(fact.text).keys()
