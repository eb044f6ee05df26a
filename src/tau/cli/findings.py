"""Findings of checks, printed for people."""

from collections.abc import Sequence

from tau.cli.checks import Finding
from tau.cli.terminal import console, strip_control


def print_findings(findings: Sequence[Finding]) -> None:
    """Print each finding with its mark, and below it how to fix a problem."""
    screen = console()
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        mark, style = ("✓", "green") if finding.ok else ("✗", "bold red")
        screen.print(f"{mark} {finding.name.ljust(width)}  ", style=style, end="", markup=False)
        screen.print(strip_control(finding.says), markup=False)
        if finding.fix:
            screen.print(
                f"  {' ' * width}  {strip_control(finding.fix)}", style="dim", markup=False
            )


def summary_of(findings: Sequence[Finding]) -> str:
    """Return the last line: how many problems there are."""
    wrong = sum(not finding.ok for finding in findings)
    return "No problems found." if not wrong else f"Problems found: {wrong}."
