"""What a person's own words say of them, read by rules: few kinds of facts, but those surely.

No model is needed for it. English and Chinese are read, each sentence by its own script. This
module knows nothing of journals and of what is done with claims.
"""

import re
from datetime import tzinfo

from tau.facts import chinese, english
from tau.facts.reference_time import ReferenceTime
from tau.facts.trust import is_suspicious, strip_untrusted
from tau.journal.entries import Claim
from tau.text.scripts import HAN

MAX_SENTENCE_CHARACTERS = 400
"""Characters; a longer one says nothing plainly."""
MAX_SENTENCES = 30
MAX_CLAIMS = 30
"""Of one message."""

_SENTENCE = re.compile(r"(?:[^.!?。！？…\n]|(?<=\d)\.(?=\d)|\.(?=\w))+[.!?。！？…]*")
_MENTIONS_SELF = re.compile(
    r"\b(?:i|i['’]?m|i['’]?ve|my|we|our|always|never|keep|call|remember|don['’]?t|do not|stop|avoid"
    r"|use|only|no more|quit|from (?:now|here)|in (?:the )?future|going forward|starting now|answer"
    r"|reply|respond|speak|talk|write|note|make|got|started|begun|began)\b|[我俺本请以今往从每总永始别不麻记叫]",
    re.IGNORECASE,
)
"""Without one of these a sentence says nothing of the person and asks for nothing."""
_HAN = re.compile(f"[{HAN}]")


def extract_claims(text: str, said_at: float, zone: tzinfo | None = None) -> list[Claim]:
    """Return what `text`, a person's message of `said_at`, says of them and theirs.

    Only what `learnable` leaves of it is read, and nothing suspicious is claimed. `zone` is where
    the person's days begin and end (`None`: UTC).
    """
    if not _MENTIONS_SELF.search(text):
        return []
    moment = ReferenceTime(said_at, zone)
    found: dict[tuple[str, ...], Claim] = {}
    for sentence in _SENTENCE.findall(strip_untrusted(text))[:MAX_SENTENCES]:
        for claim in (
            _sentence_claims(sentence, moment) if len(sentence) <= MAX_SENTENCE_CHARACTERS else ()
        ):
            found.setdefault((claim.topic, claim.about, claim.slot, claim.value), claim)
            if claim.valid_to is not None:
                found[claim.topic, claim.about, claim.slot, claim.value] = claim
    return list(found.values())[:MAX_CLAIMS]


def _sentence_claims(sentence: str, moment: ReferenceTime) -> list[Claim]:
    """Return what a sentence says; word for word only where nothing better is understood."""
    if not _MENTIONS_SELF.search(sentence):
        return []
    language = chinese if _HAN.search(sentence) else english
    read = [
        claim
        for claim in language.read(sentence, moment)
        if not is_suspicious(f"{claim.text}\n{claim.value}")
    ]
    return [claim for claim in read if claim.topic != "other"] or read
