"""Acceptance of claims: what counts at once, what waits, and what the person is asked.

Only a person's own plain words, sent through one of Tau's own interfaces, count without asking.
What rules find there counts; what a model finds counts where a rule or a second reading agrees. A
standing instruction is asked about once, and so is what contradicts a confirmed fact. Pure.
"""

import time
from collections.abc import Sequence

import msgspec

from tau.facts import Facts
from tau.facts.announcements import announces_other_words
from tau.facts.endings import ends_what_stands, implied_end, names_nothing
from tau.facts.resolution import CARE
from tau.facts.rules import extract_claims
from tau.facts.trust import strip_untrusted, trust_of
from tau.ids import new_id
from tau.journal.entries import Claim, ClaimLearned, MessageAdded
from tau.memory import Memory, Message
from tau.text.tokenization import fold_text, terms

OWN_CHANNELS = frozenset({None, "tau"})
"""Channels of a person's own words; other programs may send anything in their name."""
MAX_AGE_OF_NEWS_SECONDS = 366 * 86_400
"""What began longer ago than this, but is said only now, may be a story of the past."""
STAY_SLOT = "home:stay"
"""Slot of a home for a while, which replaces no home."""

SourceMessage = Message | MessageAdded


def to_entry(
    claim: Claim,
    sources: Sequence[SourceMessage],
    by: str,
    *,
    verified: bool = False,
    certain: bool = True,
) -> ClaimLearned:
    """Return a claim as a journal entry; it was said in the first of its sources.

    What was said to `care` waits, until the person lets other specialists know it.

    `verified`: a second reading found that the sources state it. What isn't `certain`, such as
    a home in a place that nobody knows, waits.
    """
    message = sources[0]
    own = all(is_own_channel(source) for source in sources)
    grounded = _is_grounded(claim, sources, by)
    agreed = by == "rules" or verified or _rules_agree(claim, message)
    expert = next((source.expert for source in sources if source.expert == CARE), message.expert)
    counts = own and grounded and agreed and certain and expert != CARE
    instruction = claim.topic == "instruction"
    return ClaimLearned(
        at=min(message.at, time.time()),
        id=new_id(),
        claim=_as_stay(claim, message.at),
        sources=tuple(source.id for source in sources),
        trust="own" if counts and not instruction else "waiting",
        by=by,
        asks=counts and instruction,
        said_seq=_said_seq(message),
        expert=expert,
    )


def is_own_channel(message: SourceMessage) -> bool:
    """Return whether a message came through one of Tau's own interfaces, not from a file."""
    return message.channel in OWN_CHANNELS and message.imported is None and message.origin is None


def settle(learned: ClaimLearned, facts: Facts, memory: Memory) -> list[ClaimLearned]:
    """Return what is written of a claim: itself, held back if need be, and the end that it implies.

    An end that names nothing is written only as the end of what it ends.
    """
    nameless = learned.by == "rules" and names_nothing(learned.claim)
    held = [] if nameless else [hold_back(learned, facts, memory)]
    if learned.trust == "own" and (ended := implied_end(learned, facts)):
        held.append(hold_back(ended, facts, memory))
    return held


def hold_back(learned: ClaimLearned, facts: Facts, memory: Memory) -> ClaimLearned:
    """Return a claim that waits if it must not change what stands without asking."""
    if learned.trust != "own":
        return learned
    if is_continuation(memory, learned.sources):
        return msgspec.structs.replace(learned, trust="waiting")
    learned = ends_what_stands(learned, facts)
    standing = facts.contradicted_by(learned)
    if standing is None:
        return learned
    begun = learned.claim.valid_from
    old_news = (
        learned.claim.valid_to is None
        and begun is not None
        and learned.at - begun > MAX_AGE_OF_NEWS_SECONDS
        and standing.last_said_on > begun
    )
    if not (standing.trust == "confirmed" or old_news):
        return learned
    return msgspec.structs.replace(learned, trust="waiting", asks=True)


def is_continuation(memory: Memory, sources: Sequence[str]) -> bool:
    """Return whether the person announced in their last message that others' words follow."""
    before = (_message_before(memory, source) for source in sources)
    return any(message is not None and announces_other_words(message.text) for message in before)


def _message_before(memory: Memory, message_id: str) -> Message | None:
    """Return the person's message before one, if at most a reply is between."""
    message = memory.messages.find(message_id)
    for _ in range(2):
        if message is None or message.parent is None:
            return None
        message = memory.messages.find(message.parent)
        if message is not None and message.is_from_person:
            return message
    return None


def _is_grounded(claim: Claim, sources: Sequence[SourceMessage], by: str) -> bool:
    if by == "rules" and claim.topic != "instruction":
        return True  # rules claim what the words say, and nothing suspicious
    words = "\n".join(strip_untrusted(source.text) for source in sources)
    return trust_of(claim, words) == "own"


def _rules_agree(claim: Claim, message: SourceMessage) -> bool:
    """Return whether rules find the same in a message as a model did."""
    return any(_is_same(claim, other) for other in extract_claims(message.text, message.at))


def _is_same(one: Claim, other: Claim) -> bool:
    if (one.topic, fold_text(one.about).strip()) != (other.topic, fold_text(other.about).strip()):
        return False
    if (one.valid_to is None) != (other.valid_to is None):
        return False
    said, found = (terms(each.value or each.text).keys() for each in (one, other))
    return bool(said) and (said <= found or found <= said)


def _as_stay(claim: Claim, said_at: float) -> Claim:
    """Return a home that ends on a day to come as a stay."""
    if claim.slot == "home" and claim.valid_to is not None and claim.valid_to > said_at:
        return msgspec.structs.replace(claim, slot=STAY_SLOT)
    return claim


def _said_seq(message: SourceMessage) -> int | None:
    """Return the place of a message in the journal, if it was written when it was said."""
    if isinstance(message, MessageAdded) or message.turn is None or message.imported is not None:
        return None
    return message.seq
