"""Administration beside a running Tau, and with none running."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aiohttp
import pytest

from .conftest import Command, Start, Terminal

pytestmark = pytest.mark.slow


class Server:
    """A running Tau, and requests to its API."""

    def __init__(self, start: Start, home: Path) -> None:
        self.process: Terminal = start("run", "--port", "0")
        self.process.wait_for(r"welcome#key=\S+")
        self.process.wait_for("Ctrl-C")
        self.url = json.loads((home / "server.json").read_text())["url"]

    def request(self, method: str, path: str, credential: str = "", **body: Any) -> tuple[int, Any]:
        return asyncio.run(self._request(method, path, credential, body))

    async def _request(
        self, method: str, path: str, credential: str, body: dict[str, Any]
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, self.url + path, json=body or None) as response,
        ):
            text = await response.text()
            return response.status, json.loads(text) if text else None

    def add_person(self, tau: Command, name: str) -> str:
        """Let somebody accept an invitation; return an API key of theirs."""
        link = tau("people", "invite").stdout.strip()
        token = unquote(link.partition("invitation=")[2])
        body = {"key": token, "name": name, "password": "correct horse battery"}
        status, _ = self.request("POST", "/api/invitations/accept", **body)
        assert status == 201
        made = tau("keys", "new", "boat", "--person", name)
        assert made.exit_code == 0, made.output
        return made.stdout.strip()

    def say(self, key: str, words: str) -> None:
        _, conversation = self.request("POST", "/api/conversations", key, private=False)
        path = f"/api/conversations/{conversation['id']}/messages"
        status, _ = self.request("POST", path, key, text=words, by="person")
        assert status == 201

    def stop(self) -> None:
        self.process.interrupt()
        assert self.process.end() == 0


@pytest.fixture
def server(start: Start, home: Path) -> Server:
    return Server(start, home)


def ids(tau: Command) -> dict[str, str]:
    lines = tau("people", "list").stdout.splitlines()
    return {fields[0]: fields[3] for fields in (line.split("\t") for line in lines)}


def rows_of(home: Path, person: str) -> int:
    with sqlite3.connect(home / "tau.db") as raw:
        tables = ("entries", "snapshots", "slots")
        counts = [
            raw.execute(f"SELECT count(*) FROM {table} WHERE person = ?", (person,))
            for table in tables
        ]
        return sum(count.fetchone()[0] for count in counts)


def test_nothing_is_left_of_somebody_removed_beside_a_running_tau(
    tau: Command, server: Server, home: Path
) -> None:
    key = server.add_person(tau, "Bob")
    bob = ids(tau)["Bob"]
    for number in range(20):
        server.say(key, f"I caught {number} fish in the lake")
    status, found = server.request("POST", "/api/search", key, query="fish in the lake")
    assert (status, bool(found["passages"])) == (200, True)
    assert rows_of(home, bob) > 0
    removed = tau("people", "remove", "Bob", "--yes")
    assert removed.exit_code == 0, removed.output
    status, _ = server.request("POST", "/api/search", key, query="fish in the lake")
    assert status == 401
    server.stop()
    assert rows_of(home, bob) == 0


def test_what_is_changed_beside_a_running_tau_holds_at_once(tau: Command, server: Server) -> None:
    key = server.add_person(tau, "Bob")
    assert (server.request("GET", "/api/me", key))[1]["name"] == "Bob"
    assert tau("people", "rename", "Bob", "Rob").exit_code == 0
    assert (server.request("GET", "/api/me", key))[1]["name"] == "Rob"
    done = tau("people", "password", "--person", "Rob", said="another long password\n")
    assert done.exit_code == 0, done.output
    code = tau("people", "recovery-code", "--person", "Rob").stdout.strip()
    for path, secret in (
        ("/api/sign-in", {"password": "another long password"}),
        ("/api/recover", {"code": code}),
    ):
        assert (server.request("POST", path, name="Rob", **secret))[0] == 200
    assert tau("keys", "revoke", "boat", "--person", "Rob").exit_code == 0
    assert (server.request("GET", "/api/me", key))[0] == 401


def test_the_data_key_is_changed_beside_a_running_tau_and_without_one(
    tau: Command, server: Server
) -> None:
    key = tau("keys", "new", "boat").stdout.strip()
    server.say(key, "I caught a fish in the lake")
    former = tau("people", "recovery-code").stdout.strip()
    assert tau("people", "rotate-key").exit_code == 1, "where nobody can say yes"
    changed = tau("people", "rotate-key", "--yes")
    assert changed.exit_code == 0, changed.output
    assert (server.request("GET", "/api/me", key))[0] == 401
    (owner,) = ids(tau)
    code = changed.stdout.strip().rpartition(" ")[2]
    for secret, status in ((former, 401), (code, 200)):
        assert server.request("POST", "/api/recover", name=owner, code=secret)[0] == status
    server.say(tau("keys", "new", "boat").stdout.strip(), "And one in the river")
    server.stop()
    again = tau("people", "rotate-key", "--yes")
    assert again.exit_code == 0, again.output
    exported = tau("export").stdout
    assert "a fish in the lake" in exported
    assert "one in the river" in exported


def test_the_owner_cannot_be_removed_beside_a_running_tau(tau: Command, server: Server) -> None:
    (owner,) = ids(tau)
    refused = tau("people", "remove", owner, "--yes")
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert list(ids(tau)) == [owner]


def test_accounts_stay_while_another_process_has_the_database_open(
    tau: Command, home: Path, start: Start
) -> None:
    chat = start("chat", terminal=True)
    chat.wait_for("› ")
    (owner,) = ids(tau)
    for words in (
        ("people", "rename", owner, "Ada"),
        ("people", "invite"),
        ("keys", "new", "boat"),
    ):
        refused = tau(*words)
        assert refused.exit_code == 1, words
        assert "Tau is using this database" in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert list(ids(tau)) == [owner]
    chat.type("\x04")
    assert chat.end() == 0
    assert tau("people", "rename", owner, "Ada").stdout == f"{owner} is now called Ada.\n"
