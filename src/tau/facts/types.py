"""Vocabulary of facts."""

from typing import Literal

FactState = Literal["current", "past", "waiting", "rejected"]
