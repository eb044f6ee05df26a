"""The chart as plain manifests, for clusters without Helm; rendered by Helm's own engine."""

from typing import Any

import yaml
from helm_python import Chart
from spec import CHART

_HEAD = "# The chart with its defaults. Rendered by `python scripts/deploy render`.\n"


def chart_version() -> str:
    """Return the version of the chart."""
    return str(yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))["version"])


def documents(values: dict[str, Any] | None = None, name: str = "tau") -> list[dict[str, Any]]:
    """Return what the chart makes of `values`, in the order of its files."""
    with Chart.load(CHART) as chart:
        made = chart.render(values or {}, name=name, namespace="tau")
    texts = [text for path, text in sorted(made.items()) if path.endswith(".yaml")]
    return [one for text in texts for one in yaml.safe_load_all(text) if one]


def plain_manifests() -> str:
    """Return all documents that the defaults make, as one file."""
    return _HEAD + "".join(
        f"---\n{yaml.safe_dump(one, sort_keys=False, width=98)}" for one in documents()
    )
