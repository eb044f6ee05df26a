"""What a person's own words say of them, read by rules: few kinds of facts, but those surely.

No model is needed for it. English and Chinese are read, each sentence by its own script. This
module knows nothing of journals and of what is done with claims.
"""

import re
from datetime import tzinfo

from tau.journal.entries import Claim
from tau.memory.facts import chinese, english
from tau.memory.facts.times import Moment
from tau.memory.facts.trust import learnable, suspicious

LONGEST_SENTENCE = 400
"""Characters; a longer one says nothing plainly."""
MOST_SENTENCES = 30
MOST_CLAIMS = 30
"""Of one message."""

_SENTENCE = re.compile(r"(?:[^.!?。！？…\n]|(?<=\d)\.(?=\d)|\.(?=\w))+[.!?。！？…]*")
_HAN = re.compile("[\u4e00-\u9fff]")


def claims(text: str, said_at: float, zone: tzinfo | None = None) -> list[Claim]:
    """Return what `text`, a person's message of `said_at`, says of them and theirs.

    Only what `learnable` leaves of it is read, and nothing suspicious is claimed. `zone` is where
    the person's days begin and end (`None`: UTC).
    """
    moment = Moment(said_at, zone)
    found: dict[tuple[str, ...], Claim] = {}
    for sentence in _SENTENCE.findall(learnable(text))[:MOST_SENTENCES]:
        if len(sentence) > LONGEST_SENTENCE:
            continue
        language = chinese if _HAN.search(sentence) else english
        for claim in language.read(sentence, moment):
            key = (claim.topic, claim.about, claim.slot, claim.value)
            if key not in found and not suspicious(f"{claim.text}\n{claim.value}"):
                found[key] = claim
    return _settled(list(found.values()))[:MOST_CLAIMS]


def _settled(found: list[Claim]) -> list[Claim]:
    """Return claims without those that another of the same message says better."""
    ended = {(c.topic, c.about, c.value) for c in found if c.valid_to is not None}
    plain = [c for c in found if c.topic != "other"]
    return [
        claim
        for claim in found
        if (claim.valid_to is not None or (claim.topic, claim.about, claim.value) not in ended)
        and not (claim.topic == "other" and plain)
        and not (claim.topic == "plan" and any(_same_day(claim, other) for other in plain))
    ]


def _same_day(claim: Claim, other: Claim) -> bool:
    """Tell whether `other` is the same plan, told in more words before."""
    longer = other is not claim and other.topic == "plan" and other.due == claim.due
    return longer and claim.text in other.text and claim.text != other.text
