"""Fixtures of the experts' tests."""

from pathlib import Path

import pytest

from tests.experts.expert_environment import expert_environment


@pytest.fixture(scope="session")
def expert_packages() -> Path:
    """The environment of the experts' program, made before if need be."""
    return expert_environment()
