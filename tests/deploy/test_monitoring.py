"""Alerts and the dashboard: every metric that they name is one that Tau has."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from tau.app import open_app
from tau.server.api import create_api
from tau.settings import Settings
from tests.deploy.conftest import DEPLOY

FILES = DEPLOY / "chart" / "files"
# Of Prometheus itself, and of kube-state-metrics.
OF_OTHERS = {"up", "kube_pod_container_resource_limits"}
# Said by Prometheus about where a metric was read, and by histograms.
LABELS_OF_OTHERS = {"job", "instance", "pod", "namespace", "le", "resource", "container"}
_METRIC = re.compile(r"\b((?:tau|process|kube)_\w+|up)\b")


def _alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FILES / "alerts.yaml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _panels() -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = json.loads((FILES / "dashboard.json").read_text("utf-8"))[
        "panels"
    ]
    return panels


def _expressions() -> list[str]:
    shown = [target["expr"] for panel in _panels() for target in panel["targets"]]
    return [rule["expr"] for rule in _alerts()] + shown


def _samples(registry: CollectorRegistry) -> dict[str, set[str]]:
    """Return the names of all samples of the registry, with the labels of each."""
    found: dict[str, set[str]] = {}
    for family in registry.collect():
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
        for ending in endings.get(family.type, [""]):
            found[family.name + ending] = set()
    for collector, names in registry._collector_to_names.items():
        if isinstance(collector, Counter | Gauge | Histogram):
            found |= {name: set(collector._labelnames) for name in names if name in found}
    return found


@pytest.fixture
async def samples(tmp_path: Path) -> dict[str, set[str]]:
    async with open_app(Settings(home=tmp_path, offline=True), {}) as app:
        return _samples(create_api(app).state.app_state.metrics.registry)


@pytest.mark.anyio
async def test_every_metric_exists(samples: dict[str, set[str]]) -> None:
    named = {name for text in _expressions() for name in _METRIC.findall(text)}
    assert {"tau_turns_total", "tau_turn_first_token_seconds_bucket"} <= named
    assert named - set(samples) - OF_OTHERS == set()


@pytest.mark.anyio
async def test_every_label_exists(samples: dict[str, set[str]]) -> None:
    for text in _expressions():
        labels = {one for found in re.findall(r"by \(([^)]*)\)", text) for one in found.split(", ")}
        labels |= set(re.findall(r'(\w+)=~?"', text))
        metrics = set(_METRIC.findall(text)) - OF_OTHERS
        known = set().union(*(samples[name] for name in metrics)) | LABELS_OF_OTHERS
        assert labels - known == set(), text


def test_every_alert_says_what_happens_and_how_bad_it_is() -> None:
    rules = _alerts()
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 5
    for rule in rules:
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"\d+m", rule["for"])
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"].endswith(".")


def test_expressions_are_balanced() -> None:
    for text in _expressions():
        bare = re.sub(r'"[^"]*"', "", text)
        for begin, end in ("()", "{}", "[]"):
            assert bare.count(begin) == bare.count(end), text


def test_panels_dont_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in _panels():
        place = panel["gridPos"]
        cells = {
            (place["x"] + across, place["y"] + down)
            for across in range(place["w"])
            for down in range(place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not taken & cells
        taken |= cells
    assert len({panel["id"] for panel in _panels()}) == len(_panels())
