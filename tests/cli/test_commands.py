"""Models, people, keys, conversations and the export, as typed by the owner of a machine."""

import json
import sqlite3
from pathlib import Path

import pytest

from tau.models.engine import LocalEngine, RunningModel

from .conftest import Command

pytestmark = pytest.mark.slow  # most of these open a Tau of their own


def lines(tau: Command, *words: str, said: str | None = None) -> list[list[str]]:
    result = tau(*words, said=said)
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_models_are_listed_with_their_roles(tau: Command) -> None:
    rows = {row[0]: row for row in lines(tau, "models", "list")}
    assert rows["scripted"][1:4] == ["scripted", "chat", "yes"]
    assert "companion" in rows["smollm2-135m-instruct"][5]
    assert "embedder" in rows["multilingual-e5-small"][5]


def test_what_is_loaded_is_listed_with_what_it_takes(
    tau: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = RunningModel(
        name="smollm2-135m-instruct",
        pid=7,
        threads=1,
        memory_bytes=240_000_000,
        tokens_per_second=31.4,
    )
    monkeypatch.setattr(LocalEngine, "running", lambda _: [loaded])
    assert tau("models", "list").stderr.splitlines()[-1] == (
        "Running: smollm2-135m-instruct, 1 thread, 240 MB of memory, 31 tokens a second."
    )


def test_an_endpoint_is_added_used_and_forgotten(tau: Command) -> None:
    url = "http://127.0.0.1:9/v1"
    added = tau("models", "add", "far", url, "far-away", "--key", "k-secret", "--small", "--use")
    assert added.exit_code == 0, added.output
    assert "k-secret" not in added.output
    rows = {row[0]: row for row in lines(tau, "models", "list")}
    assert rows["far"][1] == "endpoint"
    assert rows["far"][5] == "companion 1"
    tau("models", "use", "scripted", "far")
    rows = {row[0]: row for row in lines(tau, "models", "list")}
    assert (rows["scripted"][5], rows["far"][5]) == ("companion 1", "companion 2")
    tau("models", "use", "scripted")
    assert tau("models", "remove", "far").exit_code == 0
    assert "far" not in {row[0] for row in lines(tau, "models", "list")}


def test_models_are_checked(tau: Command) -> None:
    well = tau("models", "check", "scripted", "scripted-embedder")
    assert well.exit_code == 0, well.output
    assert well.stdout.count("✓") == 2
    ill = tau("models", "check", "smollm2-135m-instruct")
    assert ill.exit_code == 1
    assert ill.stdout.startswith("✗ smollm2-135m-instruct")


@pytest.mark.parametrize(
    "words",
    [
        ("models", "use", "nobody"),
        ("models", "remove", "nobody"),
        ("models", "pull", "nobody"),
        ("people", "rename", "Nobody", "Somebody"),
        ("people", "remove", "Nobody", "--yes"),
        ("keys", "revoke", "nothing"),
        ("conversations", "show", "nothing"),
        ("export", "--person", "Nobody"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_told_in_a_sentence(tau: Command, words: tuple[str, ...]) -> None:
    result = tau(*words)
    assert result.exit_code == 1
    assert result.stderr.strip().endswith(".")
    assert result.stderr.count("\n") == 1


def test_offline_nothing_is_pulled(tau: Command) -> None:
    result = tau("models", "pull")
    assert result.exit_code == 1
    assert result.stderr.count("\n") >= 1


def test_people_are_invited_listed_renamed(tau: Command) -> None:
    (link,) = tau("people", "invite").stdout.split()
    assert link.startswith("http://127.0.0.1:6283/welcome#invitation=")
    public = tau("people", "invite", "--public-url", "https://tau.test/").stdout
    assert public.startswith("https://tau.test/welcome#invitation=")
    ((name, _, role, person),) = lines(tau, "people", "list")
    assert role == "owner"
    assert tau("people", "rename", name, "Ada").exit_code == 0
    ((name, _, _, same),) = lines(tau, "people", "list")
    assert (name, same) == ("Ada", person)


def test_removing_somebody_wants_a_yes(tau: Command) -> None:
    tau("people", "invite")
    ((name, *_),) = lines(tau, "people", "list")
    assert tau("people", "remove", name).exit_code == 1
    assert "--yes" in tau("people", "remove", name).stderr
    assert len(lines(tau, "people", "list")) == 1


def test_a_password_and_a_recovery_code(tau: Command) -> None:
    assert tau("people", "password", said="correct horse battery\n").exit_code == 0
    short = tau("people", "password", said="x\n")
    assert short.exit_code == 1
    first = tau("people", "recovery-code").stdout
    assert len(first.split()) == 1
    assert tau("people", "recovery-code").stdout != first


def test_a_key_is_shown_once_and_revoked(tau: Command) -> None:
    key = tau("keys", "new", "laptop").stdout.strip()
    assert key.startswith("tau-")
    listed = tau("keys", "list").stdout
    assert "laptop" in listed
    assert key not in listed
    assert tau("keys", "revoke", "laptop").exit_code == 0
    assert tau("keys", "list").stdout == ""


def test_of_two_keys_with_one_label_none_is_guessed(tau: Command) -> None:
    tau("keys", "new", "laptop")
    tau("keys", "new", "laptop")
    refused = tau("keys", "revoke", "laptop")
    assert refused.exit_code == 1
    assert "several keys" in refused.stderr
    (first, *_), _ = lines(tau, "keys", "list")
    assert tau("keys", "revoke", first).exit_code == 0
    assert len(lines(tau, "keys", "list")) == 1


def test_sessions_of_commands_do_not_pile_up(tau: Command, home: Path) -> None:
    for _ in range(3):
        tau("ask", "hello")
    kept = sqlite3.connect(home / "tau.db")
    try:
        kinds = kept.execute("SELECT kind FROM slots WHERE kind IN ('session', 'link')").fetchall()
    finally:
        kept.close()
    assert kinds == []


def test_conversations_are_listed_shown_and_searched(tau: Command) -> None:
    tau("ask", "My boat is called [[say Aye]] Marigold")
    ((conversation, _, count, title),) = lines(tau, "conversations", "list")
    assert count == "2"
    assert title.startswith("My boat is called")
    page = tau("conversations", "show", conversation).stdout
    assert "**You**" in page
    assert "Marigold" in page
    assert "Aye" in page
    found = tau("search", "what", "is", "my", "boat", "called").stdout
    assert "Marigold" in found
    assert conversation in found


def test_a_search_that_finds_nothing_says_so(tau: Command) -> None:
    result = tau("search", "zeppelin")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No matches." in result.stderr


def test_the_export_is_complete(tau: Command, tmp_path: Path) -> None:
    tau("ask", "I live by a lake. [[say How nice]]")
    header, *entries = [json.loads(line) for line in tau("export").stdout.splitlines()]
    assert header["tau_export"] == 1
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    said = [entry["entry"]["text"] for entry in entries if entry["entry"]["kind"] == "said"]
    assert said == ["I live by a lake. [[say How nice]]", "How nice"]
    book = tmp_path / "life.md"
    done = tau("export", "--format", "markdown", "-o", str(book))
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert "I live by a lake." in book.read_text()
    again = tau("export", "-o", str(book))
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert tau("export", "-o", str(book), "--force").exit_code == 0
    assert json.loads(book.read_text().splitlines()[0]) == header


def test_limits_of_a_key_are_set_shown_changed_and_removed(tau: Command) -> None:
    tau("keys", "new", "a program", "--requests-per-minute", "10", "--only", "tau")
    assert "10 requests/min; only tau" in tau("keys", "list").output
    tau("keys", "edit", "a program", "--tokens-per-month", "5000", "--expires", "2999-01-31")
    listed = tau("keys", "list").output
    assert "10 requests/min; 5,000 tokens/month; only tau" in listed
    assert "2999" in listed
    refused = tau("keys", "edit", "a program", "--expires", "soon")
    assert (refused.exit_code, "2027-01-31" in refused.stderr) == (1, True)
    tau("keys", "edit", "a program", "--unlimited")
    assert "requests/min" not in tau("keys", "list").output
    assert "2999" not in tau("keys", "list").output
