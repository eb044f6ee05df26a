"""The server's key: one for all processes, and for nobody else's eyes."""

import base64
import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

from tau.errors import SettingsError
from tau.people.server_key import FILE_NAME, load_or_create_server_key

KEY = bytes(range(32))
KEY_TEXT = base64.b64encode(KEY).decode()


def write_key(home: Path, content: bytes, mode: int = 0o600) -> None:
    path = home / FILE_NAME
    path.write_bytes(content)
    path.chmod(mode)


def test_it_is_made_once_for_its_user_only(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    key = load_or_create_server_key(home, {})
    assert len(key) == 32
    assert load_or_create_server_key(home, {}) == key
    assert (home / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o077 == 0
    assert [path.name for path in home.iterdir()] == [FILE_NAME]


def test_another_home_has_another_key(tmp_path: Path) -> None:
    assert load_or_create_server_key(tmp_path / "one", {}) != load_or_create_server_key(
        tmp_path / "two", {}
    )


def test_threads_that_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: load_or_create_server_key(tmp_path, {}), range(64)))
    assert len(keys) == 1


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from tau.people.server_key import load_or_create_server_key as load\n"
        "sys.stdin.read()\n"
        "print(load(pathlib.Path(sys.argv[1]), {}).hex())"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.close()
    keys = set()
    for process in started:
        with process:
            assert process.stdout is not None
            keys.add(process.stdout.read())
    assert len(keys) == 1
    assert len(keys.pop().strip()) == 64


def test_they_agree_where_files_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> NoReturn:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    key = load_or_create_server_key(tmp_path, {})
    assert load_or_create_server_key(tmp_path, {}) == key
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o601])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    write_key(tmp_path, KEY_TEXT.encode(), mode)
    with pytest.raises(
        SettingsError, match=r"Other users can read server\.key.* run `chmod 600`"
    ) as refusal:
        load_or_create_server_key(tmp_path, {})
    assert KEY_TEXT not in str(refusal.value)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"short", KEY_TEXT.encode()[:-8], KEY, b"\xff" * 44, b"A" * 10_000]
)
def test_a_malformed_key_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    write_key(tmp_path, content)
    with pytest.raises(SettingsError, match="32 bytes in base64"):
        load_or_create_server_key(tmp_path, {})
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir(mode=0o700)
    with pytest.raises(SettingsError, match=FILE_NAME):
        load_or_create_server_key(tmp_path, {})


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match="can't be used"):
        load_or_create_server_key(tmp_path / "file" / "home", {})


@pytest.mark.parametrize(
    "text", [KEY_TEXT, f" {KEY_TEXT}\n", base64.urlsafe_b64encode(b"\xfb" * 32).decode()]
)
def test_the_environment_wins_and_no_file_is_made(tmp_path: Path, text: str) -> None:
    assert len(load_or_create_server_key(tmp_path, {"TAU_SERVER_KEY": text})) == 32
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "password", KEY_TEXT + "AAAA", "ключ"])
def test_a_malformed_variable_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="TAU_SERVER_KEY must contain 32 bytes") as refusal:
        load_or_create_server_key(tmp_path, {"TAU_SERVER_KEY": text})
    assert not text or text not in str(refusal.value)
