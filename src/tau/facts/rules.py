"""Extraction of claims by rules: few kinds of facts, read from a person's own words with precision.

No model is needed. English and Chinese are read, each sentence by its script. This module
knows nothing of journals and of what is done with claims.
"""

import re
from collections.abc import Iterator
from datetime import tzinfo
from typing import Protocol

from tau.facts import chinese, english
from tau.facts.reference_time import ReferenceTime
from tau.facts.trust import is_suspicious, strip_untrusted
from tau.journal.entries import Claim
from tau.text.scripts import HAN

MAX_SENTENCE_CHARACTERS = 400
"""A longer sentence states nothing plainly."""
MAX_SENTENCES = 30
MAX_CLAIMS = 30
"""Claims of one message."""

_SENTENCE = re.compile(r"(?:[^.!?。！？…\n]|(?<=\d)\.(?=\d)|\.(?=\w))+[.!?。！？…]*")
_MENTIONS_SELF = re.compile(
    r"\b(?:i|i['’]?m|i['’]?ve|my|we|our|always|never|keep|call|remember|don['’]?t|do not|stop|avoid"
    r"|use|only|no more|quit|from (?:now|here)|in (?:the )?future|going forward|starting now|answer"
    r"|reply|respond|speak|talk|write|note|make|got|started|begun|began)\b|[我俺本请以今往从每总永始别不麻记叫]",
    re.IGNORECASE,
)
"""Without one of these a sentence says nothing about the person and asks for nothing."""
_HAN = re.compile(f"[{HAN}]")


class SentenceReader(Protocol):
    """Reader of claims in the sentences of one language; the modules of languages implement it."""

    def read(self, sentence: str, reference: ReferenceTime) -> Iterator[Claim]:
        """Yield the claims of one sentence, with or without its final punctuation."""


def extract_claims(text: str, said_at: float, zone: tzinfo | None = None) -> list[Claim]:
    """Return what `text`, a person's message of `said_at`, says about them and theirs.

    Only what `strip_untrusted` leaves of it is read, and nothing suspicious is claimed. `zone` is
    where the person's days begin and end (`None`: UTC).
    """
    if not _MENTIONS_SELF.search(text):
        return []
    reference = ReferenceTime(said_at, zone)
    found: dict[tuple[str, ...], Claim] = {}
    for sentence in _SENTENCE.findall(strip_untrusted(text))[:MAX_SENTENCES]:
        for claim in (
            _sentence_claims(sentence, reference)
            if len(sentence) <= MAX_SENTENCE_CHARACTERS
            else ()
        ):
            found.setdefault((claim.topic, claim.about, claim.slot, claim.value), claim)
            if claim.valid_to is not None:
                found[claim.topic, claim.about, claim.slot, claim.value] = claim
    return list(found.values())[:MAX_CLAIMS]


def _sentence_claims(sentence: str, reference: ReferenceTime) -> list[Claim]:
    """Return what a sentence says; verbatim only where no rule understands more."""
    if not _MENTIONS_SELF.search(sentence):
        return []
    language: SentenceReader = chinese if _HAN.search(sentence) else english
    read = [
        claim
        for claim in language.read(sentence, reference)
        if not is_suspicious(f"{claim.text}\n{claim.value}")
    ]
    return [claim for claim in read if claim.topic != "other"] or read
