"""What the page on privacy promises in figures is what the code does."""

from pathlib import Path
from typing import get_args

import pytest

from tau import app
from tau.people import SlotKind
from tau.people.credentials import LINK_SECONDS
from tau.people.invitations import INVITATION_SECONDS
from tau.people.passwords import Cost
from tau.people.recovery import SECRET_BYTES
from tau.people.signin_throttle import PER_NAME
from tau.people.token_cache import TokenCache
from tau.settings import Settings

from .conftest import Clock
from .test_token_cache import unlocked

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text("utf-8")


@pytest.mark.parametrize(
    "promise",
    [
        f"{Cost().memory_kib // 1024} MiB, {Cost().passes} passes",
        f"{SECRET_BYTES * 8} random bits",
        f"{Settings().session_days} days from its last use",
        f"for {LINK_SECONDS // 60} minutes",
        f"up to {PER_NAME.longest_wait_seconds // 60} minutes",
    ],
)
def test_a_figure_is_kept(promise: str) -> None:
    assert promise in PAGE


def test_an_invitation_lasts_what_it_says() -> None:
    assert "valid for seven days" in PAGE
    assert INVITATION_SECONDS == 7 * 24 * 60 * 60


def test_a_revoked_session_ends_elsewhere_when_it_says(clock: Clock) -> None:
    assert "within 10 seconds" in PAGE
    unlocks = TokenCache(clock)
    unlocks.put("token", unlocked(), generation=unlocks.generation)
    clock.pass_seconds(10)
    assert unlocks.get("token") is None


def test_expired_credentials_are_deleted_as_often_as_it_says() -> None:
    assert "when you sign in, when Tau starts,\nand once a day" in PAGE
    assert app._SWEEP_SECONDS == 24 * 60 * 60


def test_it_names_every_credential_that_revoking_erases() -> None:
    """What is revoked, and what a changed key ends, is listed; the tests of both do the rest."""
    (paragraph,) = [each for each in PAGE.split("\n\n") if each.startswith("**Revoking erases.**")]
    words = {
        "session": "sessions",
        "api_key": "API keys",
        "link": "one-time links",
        "password": "passwords",
        "recovery": "recovery codes",
        "server": "server's slot",
    }
    assert words.keys() == set(get_args(SlotKind)) - {"earlier_key"}
    assert all(word in " ".join(paragraph.split()) for word in words.values())


def test_the_settings_it_names_exist() -> None:
    settings = Settings()
    for name in ("idle_seconds", "public_url", "offline"):
        assert f"`{name}`" in PAGE
        assert hasattr(settings, name)
