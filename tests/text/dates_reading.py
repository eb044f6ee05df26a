"""What a text is read as, written short: "2023-08-15", "2023-08-07..2023-08-13", one per span."""

from datetime import UTC, datetime, timedelta

from tau.text.dates import Span, spans
from tau.text.dates.periods import Direction

WEDNESDAY = datetime(2023, 8, 16, 15, 0, tzinfo=UTC).timestamp()


def written(span: Span) -> str:
    first = datetime.fromtimestamp(span.start, UTC).date()
    last = datetime.fromtimestamp(span.end, UTC).date() - timedelta(days=1)
    return f"{first}" if first == last else f"{first}..{last}"


def read(text: str, now: float = WEDNESDAY, prefer: Direction = "past") -> list[str]:
    return [written(span) for span in spans(text, now, prefer=prefer)]
