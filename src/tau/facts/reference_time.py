"""Reference time of a claim: times named beside it, made absolute."""

from datetime import UTC, tzinfo
from typing import NamedTuple

import msgspec

from tau.clock import date_time
from tau.journal.entries import Claim, DatePrecision
from tau.text.dates import Span, spans

DAY_SECONDS = 86_400
LONGEST_DAY_SECONDS = 25 * 3_600
"""A day on which clocks go back."""


_LONGEST_MONTH_DAYS = 32  # what is shorter but no day, such as a week, is known to the month


class ReferenceTime(NamedTuple):
    """When something was said, and where the person's days begin."""

    said_at: float
    zone: tzinfo | None

    def with_times(self, claim: Claim, text: str, *, ended: bool, dated: bool) -> Claim:
        """Return `claim` with the times that `text` names; `ended`: it was over when said.

        What is `dated` began, or ended, at the first time in it that isn't to come.
        """
        span = self.find_start(text) if dated else None
        if ended:
            return msgspec.structs.replace(claim, valid_to=span.start if span else self.said_at)
        if span is None:
            return claim
        return msgspec.structs.replace(
            claim, valid_from=span.start, valid_from_precision=precision_of(span)
        )

    def day(self, at: float) -> str:
        """Return the person's day of a time: "2026-06-03"."""
        return date_time(at, self.zone or UTC).date().isoformat()

    def find_start(self, text: str) -> Span | None:
        """Return when what `text` is about began: the first time in it that has begun."""
        named = spans(text, self.said_at, self.zone)
        return next((span for span in named if span.start <= self.said_at), None)

    def as_plan(self, claim: Claim, text: str) -> Claim | None:
        """Return `claim` as a plan for the time to come that `text` names, if it names one.

        Where that is vaguer than a day, the plan holds until the time is over.
        """
        due = self.due(text)
        if due is not None:
            return msgspec.structs.replace(claim, due=due[0])
        for span in spans(text, self.said_at, self.zone, prefer="future"):
            if span.start > self.said_at:
                return msgspec.structs.replace(
                    claim,
                    valid_from=span.start,
                    valid_from_precision=precision_of(span),
                    valid_to=span.end,
                )
        return None

    def due(self, text: str) -> tuple[float, str] | None:
        """Return the first future day that `text` names, and the words that name it.

        Noon of that day where no time of day is named; what is vaguer than a day is no date.
        """
        for span in spans(text, self.said_at, self.zone, prefer="future"):
            if span.end > self.said_at and _is_day(span):
                whole = span.end - span.start > DAY_SECONDS / 2
                return (span.start + DAY_SECONDS / 2 if whole else span.start), span.text
        return None


def precision_of(span: Span) -> DatePrecision:
    """Return how exactly the start of a span is known."""
    days = (span.end - span.start) / DAY_SECONDS
    return "day" if _is_day(span) else "month" if days <= _LONGEST_MONTH_DAYS else "year"


def _is_day(span: Span) -> bool:
    return span.end - span.start <= LONGEST_DAY_SECONDS
