"""What `tau run` says once Tau serves people."""

import io

import pytest
from rich.console import Console

from tau.app import App
from tau.cli import run, welcome
from tau.errors import StoreUnavailable

pytestmark = pytest.mark.anyio


async def test_tau_serves_on_if_the_database_goes_away_at_the_start(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(welcome, "print_link", away)
    screen = Console(file=io.StringIO())
    await run._introduce(app, "http://127.0.0.1:1", screen)
    assert "the database doesn't answer" in caplog.text
