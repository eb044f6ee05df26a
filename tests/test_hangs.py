"""A test that hangs fails with its stack; the others run, and nothing that it started is left."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

HANGING = """
import asyncio, subprocess, sys, threading
import pytest

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)"

@pytest.fixture
def started():
    process = subprocess.Popen([sys.executable, "-c", DEAF, MARK], start_new_session=True)
    yield
    process.kill()

def test_before():
    pass

def test_waits_for_a_thread_for_ever(started):
    async def wait_here():
        await asyncio.to_thread(threading.Event().wait)
    asyncio.run(wait_here())

def test_last():
    pass
"""


@pytest.mark.slow
def test_a_test_that_hangs_costs_only_itself(tmp_path: Path) -> None:
    here = Path(__file__).parent
    mark = f"tau-test-{os.getpid()}"
    (tmp_path / "test_one.py").write_text(f"MARK = {mark!r}\n{HANGING}")
    (tmp_path / "test_two.py").write_text("def test_other():\n    pass\n")
    (tmp_path / "conftest.py").write_text((here / "workers.py").read_text())
    command = [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "pytest_timeout", "-n", "2"]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, "--dist", "loadfile", "--timeout", "3", f"--rootdir={tmp_path}", tmp_path],
        cwd=tmp_path,
        env=kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "1 failed, 3 passed" in done.stdout, done.stdout + done.stderr
    assert "test_one.py::test_waits_for_a_thread_for_ever" in done.stdout
    assert "in test_waits_for_a_thread_for_ever" in done.stderr
    left = [
        each for each in psutil.process_iter(["cmdline"]) if mark in (each.info["cmdline"] or [])
    ]
    assert left == []
