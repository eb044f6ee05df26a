"""A file of a person's own is written whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from tau.cli.files import atomic_write
from tau.errors import BadInput, Conflict


def test_the_file_is_there_once_it_is_whole_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "life.jsonl"
    with atomic_write(path) as file:
        file.write(b"words")
        assert not path.exists()
    assert path.read_bytes() == b"words"
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "life.jsonl"
    with pytest.raises(ZeroDivisionError), atomic_write(path) as file:
        file.write(b"half" + bytes(1 // 0))
    assert list(tmp_path.iterdir()) == []


def test_another_file_is_not_overwritten_unless_told_so(tmp_path: Path) -> None:
    path = tmp_path / "life.jsonl"
    path.write_text("mine")
    with pytest.raises(Conflict, match="left unchanged"), atomic_write(path) as file:
        file.write(b"new")
    assert path.read_text() == "mine"
    with atomic_write(path, force=True) as file:
        file.write(b"new")
    assert path.read_text() == "new"


def test_one_that_appeared_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "life.jsonl"
    with pytest.raises(Conflict), atomic_write(path):
        path.write_text("mine")
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="folder"), atomic_write(tmp_path):
        pass


def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="can't be written"), atomic_write(tmp_path / "no" / "x"):
        pass
