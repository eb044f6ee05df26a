"""Extraction of claims by rules: few kinds of facts, read from a person's own words with precision.

No model is needed. English and Chinese are read, each sentence by its script. This module
knows nothing of journals and of what is done with claims.
"""

import re
from collections.abc import Iterator
from datetime import tzinfo
from typing import NamedTuple, Protocol

from tau.facts import chinese, english, voice_english
from tau.facts.endings import names_nothing
from tau.facts.reference_time import ReferenceTime
from tau.facts.trust import is_suspicious, is_untrusted, strip_foreign
from tau.journal.entries import Claim
from tau.text.scripts import HAN

MAX_SENTENCE_CHARACTERS = 400
"""A longer sentence states nothing plainly."""
SHORT = 120
"""Characters of a text that is read even where nothing in it mentions the person."""
MAX_SENTENCES = 30
MAX_CLAIMS = 30
"""Claims of one message."""

_SENTENCE = re.compile(
    r"(?:[^.!?。！？…\n]|(?<=\d)\.(?=\d)|\.(?=\w)|(?<=\b[A-HJ-Z])\.(?= ?[A-Z])|(?<=\bSt)\.(?= )"
    r"|(?<=\b[MD]r)\.(?= )|(?<=\bMrs)\.(?= )|(?<=\bMs)\.(?= )|(?<=\bProf)\.(?= )|\.(?=,))+"
    r"[.!?。！？…]*"
)
_MENTIONS_SELF = re.compile(
    r"\b(?:i|i['’]?m|i['’]?ve|me|my|we|our"
    r"|always|never|keep|call|remember|don['’]?t|do not|stop|avoid"
    r"|use|only|no more|quit|from (?:now|here)|in (?:the )?future|going forward|starting now|answer"
    r"|reply|respond|speak|talk|write|note|make|got|started|begun|began|give|be|explain|address|skip|diagnosed"
    r"|moved|adopted|bought|graduated|turned|retired|born|living|working|studying|allergic|married"
    r"|pregnant|lost|quote|limit|refer|assume|start|open|end|tell|put|treat|feel|prefer|over|died"
    r"|passed away|name['’]s|every|drop|no|mum|mom|dad|gran|grandma|grandpa|grandad|nan|baby|im"
    r"|ive|can['’]?t|not a|single|sober|hate|love|adore|big fan|huge fan|it['’]s \w+ with|been|"
    r"fluent|hooked|went|won|gave|picked|opened|swim|off to|on"
    r" (?:maternity|paternity)|doing|taking|kids|cats|dogs|wedding|turns out|home since"
    r"|split|sold|broke|tore)\b|[我俺本请以今往从每总永始别不麻记叫]",
    re.IGNORECASE,
)
"""Without one of these a sentence says nothing about the person and asks for nothing."""
_TAKEN_BACK = re.compile(r"\s*(?:not|as if|just kidding|jk|yeah,? right)\s*[.!…]*", re.IGNORECASE)
"""A sentence that makes what was said before it a joke."""
_HAN = re.compile(f"[{HAN}]")


class SentenceReader(Protocol):
    """Reader of claims in the sentences of one language; the modules of languages implement it."""

    def read(self, sentence: str, reference: ReferenceTime) -> Iterator[Claim]:
        """Yield the claims of one sentence, with or without its final punctuation."""


class ExtractedClaim(NamedTuple):
    """A claim, and whether its words leave no doubt; a doubtful one is a suggestion at most."""

    claim: Claim
    certain: bool


def extract_claims(text: str, said_at: float, zone: tzinfo | None = None) -> list[Claim]:
    """Return the facts that `text`, a person's message of `said_at`, states about them and theirs.

    Only what `strip_untrusted` leaves of it counts, and nothing suspicious is claimed. `zone` is
    where the person's days begin and end (`None`: UTC).
    """
    read = read_claims(text, said_at, zone)
    return [each.claim for each in read if each.certain and not names_nothing(each.claim)]


def read_claims(text: str, said_at: float, zone: tzinfo | None = None) -> list[ExtractedClaim]:
    """Return what `extract_claims` does, what `text` may state, and ends that name nothing.

    An unknown place is what it may state; "I moved away" is an end that names nothing.
    """
    if len(text) > SHORT and not _MENTIONS_SELF.search(text) and not _HAN.search(text):
        return []
    sentences = chinese.without_others(_SENTENCE.findall(strip_foreign(text))[:MAX_SENTENCES])
    claims = _claims_of(sentences, ReferenceTime(said_at, zone))
    # Most messages claim nothing: whose words they are takes long to tell, and is asked last.
    return claims if claims and _is_own(text, sentences) else []


def _claims_of(sentences: list[str], reference: ReferenceTime) -> list[ExtractedClaim]:
    """Return what the sentences of a message say, each once."""
    found: dict[tuple[str, ...], ExtractedClaim] = {}
    for sentence in sentences:
        if len(sentence) > MAX_SENTENCE_CHARACTERS:
            continue
        for each in _sentence_claims(sentence, reference):
            claim = each.claim
            key = (claim.topic, claim.about, claim.slot, claim.value)
            found.setdefault(key, each)
            if claim.valid_to is not None:
                found[key] = each
    return list(found.values())[:MAX_CLAIMS]


def _is_own(text: str, sentences: list[str]) -> bool:
    """Return whether the sentences that are read of a message are the person's own and meant."""
    if is_untrusted(text) or any(map(voice_english.points_back, _SENTENCE.findall(text))):
        return False
    english_ones = [each for each in sentences if not _HAN.search(each)]
    taken_back = any(_TAKEN_BACK.fullmatch(each) for each in english_ones)
    return not taken_back and voice_english.speaks_for_self(english_ones)


def _sentence_claims(sentence: str, reference: ReferenceTime) -> list[ExtractedClaim]:
    """Return what a sentence says; verbatim only where no rule understands more."""
    han = _HAN.search(sentence)
    if not han and len(sentence) > SHORT and not _MENTIONS_SELF.search(sentence):
        return []
    language: SentenceReader = chinese if han else english
    read = [*_harmless(language.read(sentence, reference))]
    kept = [claim for claim in read if claim.topic != "other" or claim.slot] or read
    if not han:
        return [ExtractedClaim(each, english.is_evident(each, sentence)) for each in kept]
    known = {(claim.topic, claim.about) for claim in kept}
    doubtful = _harmless(chinese.read_doubtful(sentence, reference))
    return [ExtractedClaim(each, certain=True) for each in kept] + [
        ExtractedClaim(each, certain=False)
        for each in doubtful
        if (each.topic, each.about) not in known
    ]


def _harmless(claims: Iterator[Claim]) -> Iterator[Claim]:
    return (each for each in claims if not is_suspicious(f"{each.text}\n{each.value}"))
