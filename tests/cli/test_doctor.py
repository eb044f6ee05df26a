"""The doctor names what is wrong, says how to fix it, and changes nothing."""

import json
import os
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from .conftest import Command, Start

pytestmark = pytest.mark.slow  # most of these open a Tau of their own


def findings(tau: Command, *words: str) -> dict[str, dict[str, Any]]:
    told = json.loads(tau("doctor", "--json", "--port", "0", *words).stdout)
    assert told["ok"] == all(finding["ok"] for finding in told["findings"])
    return {finding["name"]: finding for finding in told["findings"]}


def test_before_the_first_start_nothing_is_made(tau: Command, home: Path) -> None:
    result = tau("doctor", "--port", "0")
    assert result.exit_code == 0, result.output
    assert "No problems found." in result.output
    assert not home.exists()


def test_a_tau_that_is_well(tau: Command) -> None:
    tau("ask", "hello")
    found = findings(tau)
    ground = {"python", "home", "disk", "server", "database", "journal"}
    assert {*ground, "built-in", "speaks", "embeds"} == set(found)
    assert "builtin is small" in found["built-in"]["says"]
    assert all(finding["ok"] for finding in found.values()), found
    assert "entries can be read" in found["journal"]["says"]
    assert "scripted" in found["speaks"]["says"]


def test_every_setting_is_listed_with_its_origin_and_keys_are_not_shown(
    tau: Command, home: Path
) -> None:
    home.mkdir(mode=0o700)
    (home / "settings.toml").write_text("threads = 3\n")
    words = ("--model-key", "k-secret", "--idle-seconds", "5")
    result = tau("doctor", "--json", "--port", "0", *words)
    assert "k-secret" not in result.output
    rows = {
        row["name"]: (row["value"], row["origin"]) for row in json.loads(result.stdout)["settings"]
    }
    assert rows["threads"] == ("3", "settings.toml")
    assert rows["model"] == ("scripted", "environment")
    assert rows["idle_seconds"] == ("5.0", "command line")
    assert rows["host"] == ("127.0.0.1", "default")
    assert rows["home"] == (str(home), "environment")
    assert rows["model_key"] == ("(set, not shown)", "command line")
    plain = tau("doctor", "--port", "0").output
    assert "threads\t3\tsettings.toml" in plain


def test_a_damaged_entry_is_named(tau: Command, home: Path) -> None:
    tau("ask", "hello")
    database = sqlite3.connect(home / "tau.db")
    with database:
        database.execute("UPDATE entries SET sealed = X'0102' WHERE seq = 2")
    database.close()
    result = tau("doctor", "--port", "0")
    assert result.exit_code == 1
    assert "✗ journal" in result.output
    assert "entry 2: it is cut short" in result.output
    assert "Problems found: 1." in result.output


def test_a_model_that_is_not_there(tau: Command) -> None:
    tau("ask", "hello")
    found = findings(tau, "--model", "companion")
    assert not found["speaks"]["ok"]
    assert "tau models pull" in found["speaks"]["mend"]


def test_settings_that_cannot_be_read(tau: Command, home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "settings.toml").write_text("threads = \n")
    result = tau("doctor")
    assert result.exit_code == 1
    assert "✗ settings" in result.output
    assert "Traceback" not in result.output


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_home_that_others_can_read(tau: Command, home: Path) -> None:
    tau("ask", "hello")
    (home / "tau.db").chmod(0o644)
    home.chmod(0o755)
    found = findings(tau)
    assert not found["home"]["ok"]
    assert found["home"]["mend"] == f"chmod 700 '{home}'"
    home.chmod(0o700)
    assert findings(tau)["home"]["ok"]


def test_a_database_that_is_none(tau: Command, home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "tau.db").write_bytes(b"this is no database" * 100)
    found = findings(tau)
    assert not found["database"]["ok"]
    assert found["database"]["says"].endswith(".")


def test_a_home_that_is_a_file(tau: Command, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    found = findings(tau, "--home", str(place))
    assert not found["settings"]["ok"]
    assert "database" not in found


def test_a_port_of_another_program(tau: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = tau("doctor", "--port", str(other.getsockname()[1]))
    assert result.exit_code == 1
    assert "✗ server" in result.output
    assert "--port" in result.output


def test_a_running_tau_is_found(tau: Command, start: Start) -> None:
    running = start("run", "--port", "0")
    running.wait_for("Ctrl-C to stop Tau")
    found = findings(tau)
    assert found["server"]["ok"]
    assert f"process {running.process.pid}" in found["server"]["says"]
    assert found["journal"]["ok"]


def test_a_journal_that_only_its_owner_opens_is_left_closed(tau: Command, home: Path) -> None:
    tau("ask", "hello")
    tau("people", "password", said="correct horse battery\n")
    database = sqlite3.connect(home / "tau.db")
    with database:
        database.execute("DELETE FROM slots WHERE kind = 'server'")
    database.close()
    found = findings(tau)
    assert found["journal"]["ok"]
    assert "Not checked" in found["journal"]["says"]
    refused = tau("ask", "hello")
    assert refused.exit_code == 1
    assert "password" in refused.stderr
