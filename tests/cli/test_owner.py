"""Several people on one machine: keys, passwords, exports and ends, as the owner types them."""

import asyncio
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tau.app import open_app
from tau.errors import NotSignedIn, TauError
from tau.settings import Settings

from .conftest import Command

pytestmark = pytest.mark.slow  # most of these open a Tau of their own

PASSWORD = "correct horse battery"


def opening(home: Path) -> Settings:
    return Settings(home=home, model="scripted", embedder="scripted-embedder", offline=True)


@pytest.fixture
def bob(tau: Command, home: Path) -> str:
    """Bob, who came by an invitation; his id."""
    link = tau("people", "invite").stdout
    token = unquote(link.strip().partition("invitation=")[2])

    async def accept() -> str:
        async with open_app(opening(home), environ={}) as app:
            _, unlocked = await app.people.invitations.accept(token, "Bob", PASSWORD, "test")
            life = await app.lives.open(unlocked)
            await life.add_message(
                (await life.create_conversation("Fishing")).id, "I fish in the lake"
            )
            return unlocked.person.id

    return asyncio.run(accept())


def opens(home: Path, key: str) -> bool:
    async def unlock() -> bool:
        async with open_app(opening(home), environ={}) as app:
            try:
                await app.people.sessions.unlock(key)
            except NotSignedIn:
                return False
            return True

    return asyncio.run(unlock())


def signs_in(home: Path, name: str, password: str) -> bool:
    async def try_it() -> bool:
        async with open_app(opening(home), environ={}) as app:
            try:
                await app.people.sessions.sign_in(name, password, "test")
            except TauError:
                return False
            return True

    return asyncio.run(try_it())


def rows(tau: Command, *words: str) -> list[list[str]]:
    result = tau(*words)
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_an_invited_person_is_listed_beside_the_owner(tau: Command, bob: str) -> None:
    listed = {row[0]: (row[2], row[3]) for row in rows(tau, "people", "list")}
    assert listed["Bob"] == ("", bob)
    assert [role for role, _ in listed.values()].count("owner") == 1


def test_each_export_holds_one_person_s_words(tau: Command, bob: str) -> None:
    tau("ask", "I swim in the sea [[say Splash]]")
    mine, theirs = tau("export").stdout, tau("export", "--person", "Bob").stdout
    assert "I swim" in mine
    assert "I fish" not in mine
    assert "I fish" in theirs
    assert "I swim" not in theirs
    assert json.loads(theirs.splitlines()[0])["person"] == bob
    page = tau("export", "--person", bob, "--format", "markdown").stdout
    assert "## Fishing" in page


def test_a_key_opens_its_person_until_it_is_revoked(tau: Command, home: Path, bob: str) -> None:
    made = tau("keys", "new", "boat", "--person", "Bob")
    key = made.stdout.strip()
    assert "won't see it again" in made.stderr
    assert opens(home, key)
    ((_, label, *_),) = rows(tau, "keys", "list", "--person", "Bob")
    assert label == "boat"
    assert rows(tau, "keys", "list") == [], "the owner's keys are others"
    refused = tau("keys", "revoke", "boat")
    assert refused.exit_code == 1
    assert "no key" in refused.stderr
    assert opens(home, key)
    assert tau("keys", "revoke", "boat", "--person", "Bob").stdout == "Revoked boat.\n"
    assert not opens(home, key)


def test_a_new_password_replaces_the_one_before(tau: Command, home: Path, bob: str) -> None:
    done = tau("people", "password", "--person", "Bob", said="another long password\n")
    assert done.stdout == "The password is set.\n"
    assert signs_in(home, "Bob", "another long password")
    assert not signs_in(home, "Bob", PASSWORD)
    assert "another long" not in done.output


def test_a_recovery_code_brings_its_person_back(tau: Command, home: Path, bob: str) -> None:
    made = tau("people", "recovery-code", "--person", "Bob")
    code = made.stdout.strip()
    assert code not in made.stderr

    async def recover() -> str:
        async with open_app(opening(home), environ={}) as app:
            _, unlocked = await app.people.sessions.recover("Bob", code, "test")
            return unlocked.person.id

    assert asyncio.run(recover()) == bob


def test_removing_somebody_erases_what_they_said(tau: Command, home: Path, bob: str) -> None:
    key = tau("keys", "new", "boat", "--person", "Bob").stdout.strip()
    assert tau("people", "remove", "Bob", "--yes").stdout == "Removed Bob.\n"
    assert [row[2] for row in rows(tau, "people", "list")] == ["owner"]
    assert not opens(home, key)
    gone = tau("export", "--person", bob)
    assert gone.exit_code == 1
    assert bob in gone.stderr
    again = tau("people", "remove", "Bob", "--yes")
    assert again.exit_code == 1
    assert "tau people list" in again.stderr


def test_the_owner_cannot_be_removed(tau: Command, bob: str) -> None:
    (name,) = (row[0] for row in rows(tau, "people", "list") if row[2] == "owner")
    refused = tau("people", "remove", name, "--yes")
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 1
    assert len(rows(tau, "people", "list")) == 2


@pytest.mark.parametrize("name", ["", "   ", "x" * 2_000])
def test_a_name_that_is_none_is_refused(tau: Command, bob: str, name: str) -> None:
    refused = tau("people", "rename", "Bob", name)
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 1
    assert "Bob" in {row[0] for row in rows(tau, "people", "list")}


def test_an_invitation_works_once(tau: Command, home: Path) -> None:
    first, second = (tau("people", "invite").stdout.strip() for _ in range(2))
    assert re.fullmatch(r"http://127\.0\.0\.1:6283/welcome#invitation=\S+", first)
    assert first != second
    token = unquote(first.partition("invitation=")[2])

    async def accept(name: str) -> None:
        async with open_app(opening(home), environ={}) as app:
            await app.people.invitations.accept(token, name, PASSWORD, "test")

    asyncio.run(accept("Cleo"))
    with pytest.raises(TauError):
        asyncio.run(accept("Dan"))
    assert {"Cleo"} < {row[0] for row in rows(tau, "people", "list")}


@pytest.mark.parametrize(
    ("place", "sentence"),
    [("", "is a folder"), ("missing/life.jsonl", "can't be written"), ("there", "--force")],
    ids=["a folder", "no such folder", "a file of somebody's"],
)
def test_an_export_that_cannot_be_written_is_refused(
    tau: Command, tmp_path: Path, place: str, sentence: str
) -> None:
    (tmp_path / "there").write_text("mine")
    tau("ask", "hello")
    refused = tau("export", "-o", str(tmp_path / place))
    assert refused.exit_code == 1
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert (tmp_path / "there").read_text() == "mine"
    assert not list(tmp_path.glob(".*")), "nothing half written is left"


def test_an_export_is_for_its_owner_alone_and_says_so(tau: Command, tmp_path: Path) -> None:
    tau("ask", "hello")
    book = tmp_path / "life.jsonl"
    done = tau("export", "-o", str(book))
    assert book.stat().st_mode & 0o777 == 0o600
    assert done.stderr == f"Wrote {book.stat().st_size} bytes to {book}, not encrypted.\n"
