"""Selection among the claims of one Chinese sentence, which several rules may find in it."""

from collections.abc import Iterator

import msgspec

from tau.journal.entries import Claim


def distinct_claims(claims: list[Claim]) -> Iterator[Claim]:
    """Yield the claims of a sentence once, and of what is said more exactly only that.

    Two jobs in one sentence are held at the same time: the second does not replace the first.
    """
    kept: list[Claim] = []
    for claim in claims:
        if any(_says_more(other, claim) for other in kept) or _is_vague(claim, claims):
            continue
        kept = [other for other in kept if not _says_more(claim, other)]
        both = claim.topic in {"work", "study"} and any(_excludes(one, claim) for one in kept)
        kept.append(msgspec.structs.replace(claim, slot="") if both else claim)
    yield from kept


def _is_vague(claim: Claim, claims: list[Claim]) -> bool:
    """Return whether a number of pets or children stands beside a name, a year beside a school."""
    others = [each for each in claims if (each.topic, each.about) == (claim.topic, claim.about)]
    if claim.topic == "study":
        return claim.slot == "study:year" and any(
            each.slot in {"study", "study:place"} for each in others
        )
    counted = claim.topic in {"pet", "family"} and "：" not in claim.text and not claim.slot
    named = [each.text.partition("：")[0] for each in others if "：" in each.text]
    return counted and any(name in claim.value or claim.topic == "pet" for name in named)


def _excludes(one: Claim, other: Claim) -> bool:
    same = one.slot == other.slot != "" and one.about == other.about
    return same and one.value != other.value and one.valid_to is other.valid_to is None


def _says_more(one: Claim, other: Claim) -> bool:
    if (one.topic, one.about) != (other.topic, other.about):
        return False
    if one.text == other.text or (one.topic == "birthday" and one.slot == other.slot):
        return True
    same = (one.valid_to is None) == (other.valid_to is None)
    return same and other.value in one.value
