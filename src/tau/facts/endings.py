"""Endings: which standing fact a claim ends that names it in other words.

"Pickle died", "Sold the Panda" and "I've gone off cilantro" end what was said as "Cat: Pickle",
"Drives a Fiat Panda" and "Likes cilantro on everything". "We broke up" and "I quit" end what they
don't even name: the partner and the job. Pure.
"""

import time

import msgspec

from tau.facts.facts import Facts
from tau.facts.resolution import Fact
from tau.ids import new_id
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
_MUTE = frozenset(("partner", "the", "a", "an", "has", "takes", "eats", "to", "在一起"))


def _family_slots(relations: str) -> frozenset[str]:
    return frozenset(f"family:{relation}" for relation in relations.split())


_COUPLE = _family_slots(
    "partner girlfriend boyfriend fiancé fiancée 女朋友 男朋友 对象 未婚夫 未婚妻"
)
_MARRIED = _family_slots("partner wife husband spouse 老婆 老公 爱人 对象")
_PARTINGS = {
    **dict.fromkeys(("分手", "失恋"), _COUPLE),
    **dict.fromkeys(("broke up", "split up", "separated"), _COUPLE | _MARRIED),
    **dict.fromkeys(("got divorced", "divorced", "离婚", "离了婚", "离异"), _MARRIED),
}
"""Slots of whom one parts from, by the value of what is said of it."""
_JOBS = frozenset(("work:job",))
_LONG_AGO_SECONDS = 366 * 86_400


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
    return _end_of(standing[0], learned, claim.valid_to, facts)


def names_nothing(claim: Claim) -> bool:
    """Return whether a claim is the end of whatever stands in its slot: 我搬走了."""
    return claim.valid_to is not None and not claim.value and bool(claim.slot)


def implied_end(learned: ClaimLearned, facts: Facts) -> ClaimLearned | None:
    """Return the end of the only standing fact that a claim ends without naming it, if any.

    What the same message states stands; so does what was said long after the end was.
    """
    claim = learned.claim
    slots = _slots_ended(learned)
    ended_at = min((claim.valid_from if claim.valid_to is None else claim.valid_to) or learned.at,
                   learned.at)  # fmt: skip
    is_old = learned.at - ended_at > _LONG_AGO_SECONDS
    standing = [
        one
        for one in facts.current(time.time())
        if (one.slot in slots and one.about == claim.about)
        and learned.sources != one.sources[-1:]
        and not (is_old and one.last_said_on > ended_at)
    ]
    if len(standing) != 1:
        return None
    ended = _end_of(standing[0], learned, max(ended_at, standing[0].last_said_on), facts)
    return msgspec.structs.replace(ended, id=new_id())


def _slots_ended(learned: ClaimLearned) -> frozenset[str]:
    claim = learned.claim
    if names_nothing(claim) and learned.by == "rules":  # a model may leave the value out
        return frozenset((claim.slot,))
    if claim.valid_to is not None:
        return frozenset()
    if claim.slot == "work:place" and claim.value == "none":
        return _JOBS
    parted = claim.topic in {"family", "event"}
    return _PARTINGS.get(claim.value, frozenset()) if parted else frozenset()


def _end_of(fact: Fact, learned: ClaimLearned, ended_at: float, facts: Facts) -> ClaimLearned:
    same = facts.claims_of(fact.id)[-1].claim
    ended = msgspec.structs.replace(
        same, valid_from=None, valid_from_precision=None, valid_to=ended_at, due=None
    )
    return msgspec.structs.replace(learned, claim=ended)


def _may_end(claim: Claim, fact: Fact) -> bool:
    kinds = {claim.topic, fact.topic}
    if claim.about != fact.about or not any(kinds <= one for one in _KINDS):
        return False
    named = terms(claim.value).keys() - terms(" ".join(_MUTE)).keys()
    return bool(named) and named <= terms(fact.text).keys()
