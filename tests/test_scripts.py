"""Scripts that nothing else runs in the tests: what they import is there, and called as it is."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent / "scripts"


@pytest.mark.parametrize("name", ["bench_web", "screenshots", "check_places.py"])
def test_a_script_finds_what_it_imports(name: str) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPTS / name, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
