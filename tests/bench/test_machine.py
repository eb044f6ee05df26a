"""What is known of the machine and of processes on it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tau.bench import machine


def test_facts_name_what_figures_depend_on() -> None:
    facts = machine.describe()
    assert set(facts) == {"cpu", "cores", "memory_gb", "system", "python", "tau"}
    assert facts["cpu"]
    assert facts["cores"] >= 1


def test_our_own_process_has_a_size() -> None:
    size = machine.rss_mb(os.getpid())
    assert size is not None
    assert 5 < size < 10_000


def test_a_process_that_is_gone_has_none() -> None:
    assert machine.rss_mb(2**22 + 1) is None
    assert machine.cpu_seconds(2**22 + 1) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_processor_time_grows_with_work() -> None:
    before = machine.cpu_seconds(os.getpid())
    used = before
    while used == before:
        sum(range(100_000))
        used = machine.cpu_seconds(os.getpid())
    assert before is not None
    assert used is not None
    assert used > before


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands in for the root of the machine."""
    monkeypatch.setattr(machine, "Path", lambda path: tmp_path / str(path).lstrip("/"))
    (tmp_path / "proc" / "7").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("status", "size"),
    [
        ("Name:\tpython\nVmRSS:\t  100000 kB\nThreads: 3\n", 102.4),
        ("VmRSS:\t1 kB\n", 0.0),
        ("Name:\ta kernel thread\n", None),
    ],
)
def test_memory_is_read_where_linux_tells_it(files: Path, status: str, size: float | None) -> None:
    (files / "proc/7/status").write_text(status, "ascii")
    assert machine.rss_mb(7) == size


def test_what_children_take_counts_too(files: Path) -> None:
    times = ["S", *(str(number) for number in range(4, 14)), "300", "200", "16"]
    for process, children in ((7, "8 9 "), (8, "10 "), (9, ""), (10, "")):
        folder = files / f"proc/{process}/task/{process}"
        folder.mkdir(parents=True)
        (folder / "children").write_text(children, "ascii")
        (files / f"proc/{process}/status").write_text("VmRSS:\t1000 kB\n", "ascii")
        (files / f"proc/{process}/stat").write_text(f"{process} (tau) {' '.join(times)}", "utf-8")
    assert machine.rss_mb(7) == 4.0
    assert machine.cpu_seconds(7) == 4 * 500 / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize(
    ("told", "size"), [("100000\n", 102.4), ("", None), ("not a number", None)]
)
def test_elsewhere_ps_tells_the_memory(
    files: Path, monkeypatch: pytest.MonkeyPatch, told: str, size: float | None
) -> None:
    def run(arguments: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        assert arguments[-1] == "7"
        return subprocess.CompletedProcess(arguments, 0, told)

    monkeypatch.setattr(machine.subprocess, "run", run)
    assert machine.rss_mb(7) == size


def test_without_ps_the_memory_is_unknown(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise FileNotFoundError("ps")

    monkeypatch.setattr(machine.subprocess, "run", run)
    assert machine.rss_mb(7) is None


def test_a_process_with_brackets_in_its_name_is_read_all_the_same(files: Path) -> None:
    fields = ["S", *(str(number) for number in range(4, 14)), "300", "200", "16"]
    (files / "proc/7/stat").write_text(f"7 (a (strange) name) {' '.join(fields)}", "utf-8")
    assert machine.cpu_seconds(7) == 500 / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        ("processor\t: 0\nmodel name\t:  A   Fast\tOne \nmodel name: Another\n", "A Fast One"),
        ("processor\t: 0\nBogoMIPS: 50\n", "arm64"),
        (None, "arm64"),
    ],
)
def test_the_processor_has_a_name(
    files: Path, monkeypatch: pytest.MonkeyPatch, cpuinfo: str | None, name: str
) -> None:
    monkeypatch.setattr(machine.platform, "processor", lambda: "")
    monkeypatch.setattr(machine.platform, "machine", lambda: "arm64")
    if cpuinfo is not None:
        (files / "proc/cpuinfo").write_text(cpuinfo, "utf-8")
    assert machine.describe()["cpu"] == name


def test_cores_are_those_we_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert machine.describe()["cores"] == 3
    monkeypatch.delattr(machine.os, "sched_getaffinity")
    monkeypatch.setattr(machine.os, "cpu_count", lambda: None)
    assert machine.describe()["cores"] == 1


def test_memory_that_nobody_tells_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    def sysconf(_name: str) -> int:
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr(machine.os, "sysconf", sysconf)
    assert machine.describe()["memory_gb"] is None
