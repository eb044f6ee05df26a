"""Runs in a temporary Tau, trained by a scripted program."""

from pathlib import Path

import pytest

from tau.app import App
from tau.settings import Settings

from .made_runs import TuningDesk, put_base


@pytest.fixture
def base(settings: Settings) -> Path:
    """A file that stands for the base."""
    return put_base(settings.models_path)


@pytest.fixture
async def tuning(app: App, base: Path) -> TuningDesk:
    """A project with a frozen test, and a scripted program that trains."""
    return await TuningDesk.open(app)
