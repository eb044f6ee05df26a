"""`tau doctor`: diagnoses problems and suggests fixes."""

import asyncio
from typing import Any

import click
import msgspec

from tau.cli.checks import Finding, run_checks
from tau.cli.findings import print_findings, summary_of
from tau.cli.options import configure_logging, load_given, takes_settings
from tau.cli.setting_origins import SettingRow, settings_with_origins
from tau.cli.terminal import print_rows
from tau.errors import SettingsError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@takes_settings("home")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Diagnose problems and suggest fixes.

    Checks Python, the home folder, the disk, the server, the database and the models, and lists
    every setting. Changes nothing. The exit code is 1 if there is a problem.
    """
    configure_logging("critical")
    rows: list[SettingRow] = []
    try:
        settings = load_given()
        rows = settings_with_origins(settings)
    except SettingsError as error:
        fix = "Correct settings.toml or the variable; nothing else was checked."
        findings = [Finding(name="settings", ok=False, says=str(error), fix=fix)]
    else:
        findings = asyncio.run(run_checks(settings))
    if as_json:
        click.echo(msgspec.json.encode(_as_json(findings, rows)))
    else:
        _print_findings(findings, rows)
    ctx.exit(0 if all(finding.ok for finding in findings) else 1)


def _as_json(findings: list[Finding], rows: list[SettingRow]) -> dict[str, Any]:
    return {
        "ok": all(finding.ok for finding in findings),
        "findings": findings,
        "settings": rows,
    }


def _print_findings(findings: list[Finding], rows: list[SettingRow]) -> None:
    print_findings(findings)
    if rows:
        click.echo()
        print_rows(
            ("setting", "value", "from"), [(row.name, row.value, row.origin) for row in rows]
        )
    click.echo()
    click.echo(summary_of(findings))
