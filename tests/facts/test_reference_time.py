"""Dates beside a claim are kept as exactly as they are said."""

from datetime import UTC, datetime

import pytest

from tau.facts.rules import extract_claims

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "start", "precision"),
    [
        ("I moved to Porto in March 2024.", "2024-03-01", "month"),
        ("I moved to Hamburg last week.", "2026-11-16", "month"),
        ("I moved to Graz on 3 May 2025.", "2025-05-03", "day"),
        ("I moved to Oslo in 2019.", "2019-01-01", "year"),
        ("I moved to Linz yesterday.", "2026-11-26", "day"),
        ("我去年三月搬到了杭州。", "2025-03-01", "month"),
    ],
)
def test_a_vague_date_stays_vague(words: str, start: str, precision: str) -> None:
    (claim,) = extract_claims(words, NOW.timestamp())
    assert claim.valid_from is not None
    assert datetime.fromtimestamp(claim.valid_from, UTC).date().isoformat() == start
    assert claim.valid_from_precision == precision


def test_without_a_date_nothing_is_known_of_it() -> None:
    (claim,) = extract_claims("I live in Porto.", NOW.timestamp())
    assert (claim.valid_from, claim.valid_from_precision) == (None, None)
