"""The parts of `scripts/deploy`, which renders what is deployed."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.script_parts import imported_parts

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
_PARTS = ("spec", "chart_files", "manifests", "azure_form", "google_form", "aws_form")


@pytest.fixture(scope="session")
def parts() -> Iterator[dict[str, ModuleType]]:
    with imported_parts(ROOT / "scripts" / "deploy", _PARTS) as modules:
        yield modules
