"""Models, gates, releases and reviews of the studio in the terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click
import msgspec

from tau.cli.terminal import format_time, print_rows, strip_control
from tau.server.schemas.releases import (
    GateOut,
    MadeModelOut,
    ModelCardOut,
    ReleaseList,
    ReviewOut,
)
from tau.studio.statistics import SIGNIFICANT


def print_models(
    models: Sequence[MadeModelOut], projects: Mapping[str, str], *, as_json: bool
) -> None:
    """Print models with what they were made from and where they're used."""
    if as_json:
        _print_json([asdict(each) for each in models])
        return
    print_rows(
        ("name", "kind", "made", "project", "released as", "withdrawn examples"),
        [
            (
                strip_control(each.name),
                each.kind,
                format_time(each.made_at),
                strip_control(projects.get(each.project, "")),
                strip_control(each.alias or ""),
                str(each.withdrawn or ""),
            )
            for each in models
        ],
    )


def print_gate(report: GateOut, *, as_json: bool) -> None:
    """Print the conditions of a release."""
    if as_json:
        _print_json(asdict(report))
        return
    for each in report.conditions:
        mark = "✓" if each.passed else "✗"
        click.echo(f"{mark} {each.kind} ({strip_control(each.figure)})")
        click.echo(f"    {strip_control(each.sentence)}")
    click.echo("It may be released." if report.passed else "It may not be released yet.")


def print_releases(
    listed: ReleaseList, projects: Mapping[str, str], *, only: str = "", as_json: bool
) -> None:
    """Print releases and what their aliases mean; with `only`, just what that alias means."""
    if as_json:
        _print_json(asdict(listed))
        return
    if not only:
        print_rows(
            ("model", "as", "since", "now", "project", "withdrawn examples"),
            [
                (
                    strip_control(each.model),
                    strip_control(each.alias),
                    format_time(each.at),
                    f"{each.share} %" if each.standing == "share" else each.standing,
                    strip_control(projects.get(each.project, "")),
                    str(each.withdrawn or ""),
                )
                for each in listed.releases
            ],
        )
    for alias in listed.aliases:
        if only in ("", alias.alias):
            click.echo(f"{strip_control(alias.alias)}: {strip_control(alias.sentence)}")
    for each in listed.releases:
        if each.withdrawn and each.standing in ("live", "share", "standby") and not only:
            click.echo(
                f"{strip_control(each.model)} learned from examples that were withdrawn: train it "
                "again.",
                err=True,
            )


def print_card(shown: ModelCardOut, *, as_json: bool) -> None:
    """Print a model card."""
    if as_json:
        _print_json(shown.card)
    else:
        click.echo(strip_control(shown.markdown))


def print_pair(shown: ReviewOut) -> None:
    """Print the next pair of a blind review."""
    if shown.next is None:
        return
    click.echo(f"\nPair {shown.voted + 1} of {shown.pairs}")
    for message in shown.next.example.messages:
        if message.role != "system":
            click.echo(f"  {message.role}: {strip_control(message.content)}")
    click.echo(f"1: {strip_control(shown.next.left)}")
    click.echo(f"2: {strip_control(shown.next.right)}")


def print_revealed(shown: ReviewOut) -> None:
    """Print whose answers were preferred."""
    known = shown.revealed
    if known is None:
        return
    click.echo(f"{strip_control(known.first)} was better {known.preferred_first} times,")
    click.echo(
        f"{strip_control(known.second)} {known.preferred_second} times, neither {known.neither}."
    )
    chance = "may be chance" if known.p >= SIGNIFICANT else "is hardly chance"
    click.echo(f"That {chance} (p = {known.p:.3f}, sign test).")


def _print_json(shown: Any) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
