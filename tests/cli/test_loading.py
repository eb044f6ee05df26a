"""What a command loads before it does anything: no more than it needs."""

import subprocess
import sys

import pytest

HEAVY = {
    "aiohttp",
    "fastapi",
    "numpy",
    "prompt_toolkit",
    "tau.companion.companion",
    "tau.life",
    "tau.memory",
    "tau.models",
    "tau.server.api",
    "uvicorn",
    "xllamacpp",
}


@pytest.mark.parametrize(
    ("modules", "needed"),
    [
        (["people", "keys", "link", "backup", "version"], set[str]()),
        (["memory", "models", "conversations", "export", "imports"], {"aiohttp"}),
        (["chat", "ask"], {"aiohttp", "prompt_toolkit"}),
    ],
    ids=["administration", "clients", "chat"],
)
def test_commands_load_no_more_than_they_need(modules: list[str], needed: set[str]) -> None:
    imports = "; ".join(f"import tau.cli.{name}" for name in modules)
    code = f"import sys; {imports}; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & (HEAVY - needed) == set()
