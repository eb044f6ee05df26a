"""`tau usage`: what models were used for, by whom, and what it cost."""

import json
from dataclasses import asdict

import click

from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.options import settings_given, takes_json, takes_person, takes_settings
from tau.cli.terminal import print_rows
from tau.server.schemas.usage import UsageItem, UsageReport, UsageTotals


@click.command()
@click.option("--since", metavar="DATE", help="First day, such as 2026-11-01; 30 days ago.")
@click.option("--until", metavar="DATE", help="Last day; today.")
@click.option("--everyone", is_flag=True, help="Everyone's, not only yours (owner only).")
@click.option("--csv", "as_csv", is_flag=True, help="Print a CSV file, with a line for each day.")
@takes_json
@takes_person
@takes_settings("home")
@run_async
async def usage(
    since: str | None,
    until: str | None,
    everyone: bool,
    as_csv: bool,
    as_json: bool,
    person: str | None,
) -> None:
    """Show tokens and cost by key and model."""
    asked = {"whose": "everyone" if everyone else "mine"}
    asked |= {name: day for name, day in (("since", since), ("until", until)) if day}
    async with connect_client(settings_given(), person=person) as client:
        if as_csv:
            click.echo(await client.models.usage.csv(**asked), nl=False)
            return
        report = await client.models.usage.report(**asked)
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False))
        return
    _print(report, everyone=everyone)


def _print(report: UsageReport, *, everyone: bool) -> None:
    click.echo(f"From {report.since} to {report.until}:", err=True)
    rows = [_row(item, report.currency, everyone=everyone) for item in report.items]
    whose = ("person",) if everyone else ()
    headings = (*whose, "key", "model", "requests", "prompt", "cached", "completion", "cost")
    total = _numbers(report.total, report.currency)
    if report.items:
        rows.append((*([""] * len(whose)), "", "all", *total))
    print_rows(headings, rows)


def _row(item: UsageItem, currency: str, *, everyone: bool) -> tuple[str, ...]:
    person = item.person_name or ("Tau" if not item.person else item.person)
    key = item.key_label or ("(removed)" if item.key else "")
    return (
        *((person,) if everyone else ()),
        key,
        item.model,
        *_numbers(item, currency),
    )


def _numbers(totals: UsageTotals, currency: str) -> tuple[str, ...]:
    cost = "" if totals.cost is None else f"{totals.cost:,.4f} {currency}"
    if totals.cost is not None and totals.unpriced:
        cost += "+"  # some of its requests have no price
    counts = (
        totals.requests,
        totals.prompt_tokens,
        totals.cached_tokens,
        totals.completion_tokens,
    )
    return *(f"{count:,}" for count in counts), cost
