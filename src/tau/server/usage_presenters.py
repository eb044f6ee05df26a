"""Reports of usage: sums for the page, and rows of a CSV file."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tau.server.schemas.usage import UsageDay, UsageItem, UsageReport, UsageTotals
from tau.usage.key_limits import MICRO
from tau.usage.ledger import UsageRow

OWN_WORK = "Tau"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CSV_COLUMNS = (
    "day",
    "person",
    "key",
    "model",
    "requests",
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens",
    "cost",
    "currency",
    "requests_without_price",
)


def usage_report(
    rows: Sequence[UsageRow],
    days: tuple[str, str],
    currency: str,
    names: Mapping[str, str],
    labels: Mapping[str, str],
) -> UsageReport:
    """Return the sums of rows, the largest first. `names` are of people, `labels` of keys."""
    items = [
        UsageItem(
            **_sums(group),
            person=person,
            person_name=names.get(person, ""),
            key=key,
            key_label=labels.get(key, ""),
            model=model,
        )
        for (person, key, model), group in _grouped(
            rows, lambda row: (row.person, row.key, row.model)
        )
    ]
    by_day = [
        UsageDay(**_sums(group), day=day) for day, group in _grouped(rows, lambda row: row.day)
    ]
    return UsageReport(
        since=days[0],
        until=days[1],
        currency=currency,
        total=UsageTotals(**_sums(rows)),
        items=sorted(items, key=_size, reverse=True),
        days=by_day,
    )


def usage_csv(
    rows: Iterable[UsageRow],
    currency: str,
    names: Mapping[str, str],
    labels: Mapping[str, str],
) -> str:
    """Return rows as a CSV file (RFC 4180), one line for each day, person, key and model."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_CSV_COLUMNS)
    for row in rows:
        cost = "" if row.requests == row.unpriced else f"{row.micros / MICRO:.6f}"
        writer.writerow(
            (
                row.day,
                _cell(names.get(row.person, row.person) if row.person else OWN_WORK),
                _cell(labels.get(row.key, row.key)),
                _cell(row.model),
                row.requests,
                row.prompt_tokens,
                row.cached_tokens,
                row.completion_tokens,
                cost,
                currency,
                row.unpriced,
            )
        )
    return file.getvalue()


def _cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _grouped(
    rows: Iterable[UsageRow], key: Callable[[UsageRow], Any]
) -> Iterable[tuple[Any, list[UsageRow]]]:
    groups: dict[Any, list[UsageRow]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups.items()


def _sums(rows: Sequence[UsageRow]) -> dict[str, Any]:
    requests, unpriced = sum(row.requests for row in rows), sum(row.unpriced for row in rows)
    is_priced = requests > unpriced
    return {
        "requests": requests,
        "prompt_tokens": sum(row.prompt_tokens for row in rows),
        "completion_tokens": sum(row.completion_tokens for row in rows),
        "cached_tokens": sum(row.cached_tokens for row in rows),
        "cost": sum(row.micros for row in rows) / MICRO if is_priced else None,
        "unpriced": unpriced,
    }


def _size(item: UsageItem) -> tuple[float, int]:
    return item.cost or 0.0, item.prompt_tokens + item.completion_tokens
