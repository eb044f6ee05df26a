"""Vocabulary of facts."""

from typing import Literal

FactState = Literal["current", "past", "waiting", "rejected"]
TrustLevel = Literal["confirmed", "stated", "suggested"]
"""What a fact rests on: the person entered or approved it; they stated it in their own plain words
in one of Tau's own interfaces; or anything else, which waits for approval."""
