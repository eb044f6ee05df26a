"""Render what is deployed from one description: `python scripts/deploy render` or `check`.

`deploy/chart/values.schema.json` describes every value once; Tau's own settings in it come from
the table of settings. Rendered from it: the chart's defaults, the environment file of compose and
systemd, the forms of Azure's, Google's and AWS's marketplaces, the plain manifests, and the table
in `docs/deploy.md`. `check` fails if a file isn't up to date.
"""

import json
import sys
from pathlib import Path
from typing import Any

import aws_form
import azure_form
import google_form
import yaml
from chart_files import documentation, environment_file, values_yaml
from manifests import chart_version, plain_manifests
from spec import DEPLOY, ROOT, SCHEMA, read_schema, with_settings

PAGE = ROOT / "docs" / "deploy.md"
VALUES = DEPLOY / "chart" / "values.yaml"


def rendered() -> dict[Path, str]:
    """Return the text of every rendered file, but for the plain manifests."""
    schema = with_settings(read_schema())
    version = chart_version()
    return {
        SCHEMA: _json(schema),
        VALUES: values_yaml(schema),
        DEPLOY / "tau.env": environment_file(),
        DEPLOY / "azure" / "createUiDefinition.json": _json(
            azure_form.create_ui_definition(schema)
        ),
        DEPLOY / "azure" / "mainTemplate.json": _json(azure_form.main_template(schema)),
        DEPLOY / "azure" / "manifest.yaml": _yaml(azure_form.manifest(version)),
        DEPLOY / "google" / "schema.yaml": _yaml(google_form.schema_yaml(schema, version)),
        DEPLOY / "aws" / "template.yaml": _yaml(aws_form.template(schema)),
        PAGE: documentation(schema, PAGE.read_text("utf-8")),
    }


def outdated() -> list[Path]:
    """Return the rendered files that differ from what they'd be now."""
    expected = {**rendered(), DEPLOY / "kubernetes" / "tau.yaml": plain_manifests()}
    return [
        path
        for path, text in expected.items()
        if not path.exists() or path.read_text("utf-8") != text
    ]


def render() -> None:
    """Write every rendered file; the manifests last, since they're made from the values."""
    for path, text in rendered().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (DEPLOY / "kubernetes" / "tau.yaml").write_text(plain_manifests(), "utf-8")


def main(arguments: list[str]) -> int:
    """Render or check; return the exit status."""
    if arguments == ["render"]:
        render()
        return 0
    if arguments == ["check"]:
        names = [path.relative_to(ROOT).as_posix() for path in outdated()]
        if names:
            sys.stderr.write(f"Not up to date: {', '.join(names)}. Run `scripts/deploy render`.\n")
        return 1 if names else 0
    sys.stderr.write("usage: python scripts/deploy render|check\n")
    return 2


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _yaml(content: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=98)
    return f"# Rendered by `python scripts/deploy render`.\n{text}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
