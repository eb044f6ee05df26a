"""`tau memory`: what is known, set right and forgotten, as a person types it."""

import re

import pytest
from rich.cells import cell_len

from tau.cli.fact_ids import short_ids
from tau.cli.formatting import describe_source, forget_preview_lines, forget_summary
from tau.cli.memory_forget import _parse_time
from tau.errors import BadInput
from tau.server.schemas.facts import FactOut
from tau.server.schemas.forgetting import ForgetOut, ForgetPreviewItem

from .conftest import Command, Start

DAY = r"\d{4}-\d\d-\d\d"


def fact(name: str, **more: object) -> FactOut:
    parts = {
        "id": name, "topic": "home", "text": "Lives in Porto", "state": "current",
        "confirmed": False, "trust": "stated", "asks": False, "replaces": None,
        "valid_from_precision": None, "said_on": 0.0, "last_said_on": 0.0, "learned_by": "rules",
        "revision": 1, "about": "", "valid_from": None, "valid_to": None, "due": None,
        "sources": [], "corrects": None, "superseded_by": None,
    }  # fmt: skip
    return FactOut(**(parts | more))  # type: ignore[arg-type]


def rows(tau: Command, *words: str) -> list[list[str]]:
    result = tau("memory", *words)
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.stdout.splitlines()]


def tell(tau: Command, words: str) -> str:
    result = tau("memory", "tell", words)
    assert result.exit_code == 0, result.output
    return str(result.stdout.split()[0])


@pytest.mark.slow
def test_a_memory_is_told_corrected_undone_and_confirmed(tau: Command) -> None:
    name = tell(tau, "Zanzibar opens the safe")
    ((short, said, kind, text),) = rows(tau, "list")
    assert (short, kind, text) == (name, "other", "Zanzibar opens the safe")
    assert re.fullmatch(DAY, said)
    corrected = tau("memory", "correct", name, "Quokka", "opens", "the", "safe")
    assert corrected.stdout.split("  ")[1] == "Quokka opens the safe\n"
    assert "Before: Zanzibar opens the safe" in corrected.stderr
    newer = corrected.stdout.split()[0]
    shown = tau("memory", "show", newer).stdout
    assert shown.startswith("Quokka opens the safe\nother · current · entered by you, ")
    assert re.search(rf"  {DAY}  Zanzibar opens the safe\n› {DAY}  Quokka opens the safe", shown)
    assert {row[3] for row in rows(tau, "list", "--state", "all")} == {"current", "past"}
    assert tau("memory", "undo", newer).stdout == "Restored: Zanzibar opens the safe\n"
    assert tau("memory", "confirm", name).stdout == "Confirmed: Zanzibar opens the safe\n"
    assert tau("memory", "reject", name).stdout == "Rejected: Zanzibar opens the safe\n"
    assert tau("memory", "list").stderr == "Tau doesn't know anything yet.\n"
    assert [row[3] for row in rows(tau, "list", "--state", "rejected")] == [
        "Zanzibar opens the safe"
    ]


@pytest.mark.slow
def test_forgetting_shows_what_goes_and_wants_a_yes(tau: Command) -> None:
    name = tell(tau, "Zanzibar opens the safe")
    asked = tau("memory", "forget", name)
    assert asked.exit_code == 1
    assert "known" in asked.stdout
    assert "Zanzibar opens the safe" in asked.stdout
    assert "Total: 1 memory." in asked.stdout
    assert asked.stderr == "Nothing was forgotten: without a terminal, use --yes.\n"
    done = tau("memory", "forget", name, "--yes")
    assert done.stdout.endswith("Forgotten: 1 memory.\n")
    assert rows(tau, "list", "--state", "all") == []
    assert "anzibar" not in tau("export").stdout


@pytest.mark.slow
def test_the_last_hour_and_a_message_are_forgotten(tau: Command) -> None:
    tau("ask", "The heron is called Zanzibar. [[say Zanzibar!]]")
    found = tau("memory", "search", "heron").stdout
    assert re.search(rf"^\S+ · you · {DAY} \d\d:\d\d · words: heron", found, re.MULTILINE)
    (message,) = re.findall(r"^(\S+) · you", found, re.MULTILINE)
    done = tau("memory", "forget", message, "--yes")
    assert "Forgotten: 1 message of yours, 1 reply by Tau" in done.stdout
    assert "No matches" in tau("memory", "search", "heron").stderr
    tau("ask", "--new", "Quokkas sleep. [[say They do.]]")
    hour = tau("memory", "forget", "--last-hour", "--yes")
    assert hour.stdout.endswith("1 whole conversation.\n")
    empty = tau("memory", "forget", "--last-hour", "--yes")
    assert (empty.exit_code, empty.stderr) == (1, "There's nothing to forget.\n")


@pytest.mark.slow
def test_learning_is_paused_and_goes_on(tau: Command) -> None:
    assert "paused" in tau("memory", "pause").stdout
    assert "Learning is paused" in tau("memory", "list").stderr
    tau("ask", "I live in Porto. [[say Lovely.]]")
    assert "Learning is on" in tau("memory", "resume").stdout
    assert rows(tau, "list") == []
    assert "no profile yet" in tau("memory", "profile").stderr
    tell(tau, "My name is Ada.")
    assert "Ada" in tau("memory", "profile").stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("show", "nothing"),
        ("correct", "nothing", "x"),
        ("approve",),
        ("approve", "nothing"),
        ("reject", "a", "--all"),
        ("forget",),
        ("forget", "nothing"),
        ("forget", "--until", "2020-01-01"),
        ("forget", "--since", "yesterday-ish"),
        ("forget", "--last-hour", "--since", "2020-01-01"),
        ("forget", "--last-hour", "--conversation", "x"),
        ("forget", "--import", "nothing"),
        ("undo", "nothing"),
        ("tell", "  "),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_told_in_a_sentence(tau: Command, words: tuple[str, ...]) -> None:
    result = tau("memory", *words)
    assert result.exit_code == 1
    assert result.stderr.strip().endswith(".")
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
def test_approving_when_nothing_waits_is_no_failure(tau: Command) -> None:
    assert tau("memory", "approve", "--all").stderr == "No memories are waiting.\n"


@pytest.mark.slow
def test_a_yes_is_typed_in_a_terminal(tau: Command, start: Start) -> None:
    name = tell(tau, "Zanzibar opens the safe")
    no = start("memory", "forget", name, terminal=True)
    no.wait_for("Forget it")
    no.type("n\r")
    no.wait_for("Nothing was forgotten")
    assert no.end() == 0
    yes = start("memory", "forget", name, terminal=True)
    yes.wait_for("Forget it")
    yes.type("y\r")
    yes.wait_for("Forgotten: 1 memory")
    assert yes.end() == 0


# --- lines -----------------------------------------------------------------------------------


def test_ids_are_as_short_as_they_may_be() -> None:
    facts = [fact("abcdef"), fact("abcdxy"), fact("zzzzzz"), fact("abc"), fact("abcdefg")]
    assert short_ids(facts) == {
        "abc": "abc", "abcdef": "abcdef", "abcdefg": "abcdefg", "abcdxy": "abcdx", "zzzzzz": "zzzz",
    }  # fmt: skip


def test_what_goes_fits_the_width_also_in_chinese() -> None:
    preview = [
        ForgetPreviewItem("message", "m", "很长的话" * 40, 0.0),
        ForgetPreviewItem("reply", "r", "x" * 300, 0.0),
        ForgetPreviewItem("title", "t", "A\ntitle", None),
        ForgetPreviewItem("elsewhere", "other-message-id", "y" * 300, 0.0),
    ]
    goes = ForgetOut(dry_run=True, messages=5, replies=1, facts=0, titles=1, conversations=0,
                     elsewhere=1, preview=preview)  # fmt: skip
    lines = list(forget_preview_lines(goes, 80))
    assert all(len(line.encode("utf-16-le")) for line in lines)
    assert all(cell_len(line) <= 80 for line in lines), "no line is wider than the terminal"
    assert "  … and 4 more" in lines
    assert lines[-2].endswith("other-message-id")
    assert lines[-1] == "Total: 5 messages of yours, 1 reply by Tau, 1 title."
    assert any(line.endswith("A title") for line in lines)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((0, 0, 0, 0, 0), "nothing"),
        ((1, 2, 3, 0, 0), "1 message of yours, 2 replies by Tau, 3 memories"),
        ((0, 0, 1, 2, 1), "1 memory, 2 titles, 1 whole conversation"),
    ],
)
def test_counts_are_told_in_words(counts: tuple[int, ...], words: str) -> None:
    assert forget_summary(ForgetOut(True, *counts, elsewhere=0)) == words


def test_where_a_memory_comes_from_is_told() -> None:
    assert describe_source(fact("a")).startswith("from what you said, ")
    assert describe_source(fact("a", learned_by="qwen3")).startswith("found by qwen3, ")
    assert describe_source(fact("a", learned_by="person", confirmed=True)).endswith(", confirmed")


def test_a_date_is_a_local_one() -> None:
    assert _parse_time(None) is None
    assert _parse_time("2020-01-02T00:00:00+00:00") == 1577923200.0
    for text in ("soon", "2020-13-01", ""):
        with pytest.raises(BadInput, match="isn't a date"):
            _parse_time(text)
