"""What a machine has free for models."""

from pathlib import Path

import pytest

from tau.models import machine

GIB = 2**30


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files in which the system tells its memory."""
    monkeypatch.setattr(machine, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    (tmp_path / "meminfo").write_text("MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n")
    return tmp_path


def put_limit(files: Path, limit: str, used: int, cached: int = 0) -> None:
    (files / "memory.max").write_text(f"{limit}\n")
    (files / "memory.current").write_text(f"{used}\n")
    (files / "memory.stat").write_text(f"anon 1\ninactive_file {cached}\n")


def test_without_a_limit_it_is_what_the_system_calls_available(files: Path) -> None:
    assert machine.free_memory_bytes() == 8 * GIB
    put_limit(files, "max", GIB)
    assert machine.free_memory_bytes() == 8 * GIB


def test_a_container_has_what_its_limit_leaves_counting_cached_files_as_free(files: Path) -> None:
    put_limit(files, str(4 * GIB), 3 * GIB, cached=GIB)
    assert machine.free_memory_bytes() == 2 * GIB
    put_limit(files, str(64 * GIB), 3 * GIB)
    assert machine.free_memory_bytes() == 8 * GIB
    put_limit(files, str(GIB), 2 * GIB)
    assert machine.free_memory_bytes() == 0


def test_where_the_system_tells_nothing_half_of_the_memory_counts(files: Path) -> None:
    (files / "meminfo").unlink()
    assert machine.free_memory_bytes() > 0
