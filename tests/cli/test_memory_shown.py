"""What `tau memory` shows in a wide window, a narrow one and a pipe, in Chinese and in English."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from tau.cli import conversations, main, terminal
from tau.cli import memory as memory_module
from tau.server.schemas.memory import PassageOut
from tau.server.schemas.messages import RecalledMessageOut
from tau.server.schemas.profile import ProfileLineOut

from .known import DAY, SHANGHAI, Known, brought, fact, message

Run = Callable[..., Result]
FACTS = (
    fact("abcd1234", SHANGHAI, last_said_on=21 * DAY),
    fact("abef5678", "Sister: Mia", topic="family", learned_by="qwen3", confirmed=True),
    fact("-xyz9999", "Always answer briefly", topic="instruction", learned_by="person"),
    fact("pppp0000", "Lives in Berlin", state="past", valid_from=3 * DAY, valid_to=9 * DAY),
    fact("wwww0000", "对猫过敏", topic="health", state="waiting", learned_by="import"),
)


@pytest.fixture
def tau() -> Known:
    return Known(*FACTS)


@pytest.fixture
def piped(tau: Known, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `tau memory ...` in a pipe."""
    for module in (memory_module, conversations):
        monkeypatch.setattr(module, "connect_client", tau.connected)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["memory", *words])

    return run


@pytest.fixture
def shown(piped: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `tau memory ...` in a window of so many columns."""
    monkeypatch.setattr(terminal, "_is_terminal", lambda stderr: True)

    def run(columns: int, *words: str) -> Result:
        monkeypatch.setenv("COLUMNS", str(columns))
        return piped(*words)

    return run


def widest(result: Result) -> int:
    return max(cell_len(line) for line in result.stdout.splitlines())


# --- list ------------------------------------------------------------------------------------


def test_a_wide_window_shows_a_table_that_fits(shown: Run) -> None:
    result = shown(80, "list")
    heads, first, second, third = result.stdout.splitlines()
    assert heads.split() == ["id", "said", "kind", "what"]
    assert first.startswith("abcd  1970-01-22  home         住在上海的")
    assert first.endswith("…")
    assert widest(result) <= 80
    assert second.split(maxsplit=3)[3] == "Sister: Mia"
    assert third.split()[0] == "-xyz"
    assert result.stderr == "Waiting for approval: 1; see tau memory list --state waiting\n"


@pytest.mark.parametrize("columns", [40, 30])
def test_a_narrow_window_shows_each_memory_below_its_id(shown: Run, columns: int) -> None:
    lines = shown(columns, "list").stdout.splitlines()
    assert lines[0] == "abcd  1970-01-22  home"
    assert lines[1].startswith("  住在上海的")
    text = "".join(line.strip() for line in lines[1 : lines.index("abef  1970-01-21  family")])
    assert text == SHANGHAI, "all of it is there, cut nowhere"
    assert max(map(cell_len, lines)) <= columns


def test_a_window_too_narrow_for_that_names_every_field(shown: Run) -> None:
    lines = shown(20, "list", "--topic", "family").stdout.splitlines()
    assert [line.split(maxsplit=1) for line in lines] == [
        ["id", "abef"], ["said", "1970-01-21"], ["kind", "family"], ["what", "Sister: Mia"],
    ]  # fmt: skip


def test_a_pipe_gets_tabs_and_the_whole_text(piped: Run, tau: Known) -> None:
    lines = piped("list", "--state", "all").stdout.splitlines()
    assert lines[0].split("\t") == ["abcd", "1970-01-22", "home", "current", SHANGHAI]
    assert [line.split("\t")[3] for line in lines] == [one.state for one in FACTS]
    assert ("facts", "all", "", "", None) in tau.done


def test_control_characters_of_a_memory_do_not_reach_the_terminal(piped: Run, tau: Known) -> None:
    tau.known = [fact("evil0000", "a\x1b[31mred\x07\nline\ttab")]
    (line,) = piped("list").stdout.splitlines()
    assert line.split("\t")[3] == "a[31mred line tab"
    assert "\x1b" not in piped("show", "evil").stdout


def test_topic_state_and_limit_are_handed_on(piped: Run, tau: Known) -> None:
    piped("list", "--topic", "home", "--state", "past", "--limit", "3")
    assert ("facts", "past", "home", "", 3) in tau.done
    refused = piped("list", "--topic", "sausage")
    assert refused.exit_code == 2
    assert "'family'" in refused.stderr
    assert piped("list", "--limit", "0").exit_code == 2


def test_an_empty_memory_says_so(piped: Run, tau: Known) -> None:
    tau.known.clear()
    tau.paused = True
    current = piped("list")
    assert current.stdout == ""
    assert current.stderr.splitlines() == [
        "Tau doesn't know anything yet.", "Learning is paused; resume it with tau memory resume.",
    ]  # fmt: skip
    assert piped("list", "--state", "waiting").stderr.startswith("None.\n")


# --- show ------------------------------------------------------------------------------------


def test_a_memory_is_shown_with_its_history_and_sources(piped: Run, tau: Known) -> None:
    tau.told_sources = [
        RecalledMessageOut("m1", "c", "person", None, "我叫林小雨，" + SHANGHAI, 20 * DAY)
    ]
    lines = piped("show", "pppp").stdout.splitlines()
    assert lines[0] == "Lives in Berlin"
    assert lines[1] == "home · past · from what you said, 1970-01-21"
    assert lines[2:4] == ["since 1970-01-04", "until 1970-01-10"]
    history = lines[lines.index("History") + 1 : lines.index("Sources") - 1]
    assert history == [f"  1970-01-21  {SHANGHAI}", "› 1970-01-21  Lives in Berlin"]
    assert lines[-2].endswith("  m1")
    assert lines[-1] == "  我叫林小雨，" + SHANGHAI


def test_a_narrow_window_folds_sources_and_keeps_them_in(shown: Run, tau: Known) -> None:
    tau.told_sources = [RecalledMessageOut("m1", "c", "person", None, SHANGHAI, 20 * DAY)]
    lines = shown(40, "show", "abef").stdout.splitlines()
    said = lines[lines.index("Sources") + 2 :]
    assert all(line.startswith("  ") and cell_len(line) <= 40 for line in said)
    assert "".join(line.strip() for line in said) == SHANGHAI


def test_who_read_it_and_whether_it_was_confirmed_are_told(piped: Run) -> None:
    assert "found by qwen3, 1970-01-21, confirmed" in piped("show", "abef").stdout
    assert "entered by you, 1970-01-21" in piped("show", "-xyz").stdout
    assert "from an import, 1970-01-21" in piped("show", "wwww").stdout
    assert "No source messages." in piped("show", "wwww").stdout


# --- search ----------------------------------------------------------------------------------


def test_facts_and_messages_are_found_with_date_source_and_reason(piped: Run, tau: Known) -> None:
    tau.passages = [
        PassageOut(message("m1", "My sister Mia."), 0.9, ["words: sister", "meaning"], None, None),
        PassageOut(message("m2", "Noted.", by="tau"), 0.4, ["next to a match"], None, None),
        PassageOut(
            message("m3", "Mia said so.", speaker="letter.txt"), 0.2, ["meaning"], None, None
        ),
    ]
    lines = piped("search", "sister").stdout.splitlines()
    assert lines[:2] == ["abef · known · found by qwen3, 1970-01-21, confirmed", "  Sister: Mia"]
    assert lines[2].startswith("m1 · you · 1970-01-21 ")
    assert lines[2].endswith(" · words: sister, meaning")
    assert [line.split(" · ")[1] for line in lines[2::2]] == ["you", "Tau", "letter.txt"]
    assert lines[3::2] == ["  My sister Mia.", "  Noted.", "  Mia said so."]


def test_found_words_stand_in_where_the_window_folds_them(shown: Run, tau: Known) -> None:
    tau.passages = [PassageOut(message("m1", "word " * 40), 0.9, ["meaning"], None, None)]
    lines = shown(40, "search", "nothing", "known").stdout.splitlines()
    assert ("search", "nothing known", 10) in tau.done
    assert all(line.startswith("  word") for line in lines[2:])
    assert max(map(cell_len, lines)) <= 40
    assert sum(line.count("word") for line in lines) == 40


def test_long_messages_are_told_to_their_first_words(piped: Run, tau: Known) -> None:
    tau.passages = [PassageOut(message("m1", "x" * 9_000), 0.9, ["meaning"], None, None)]
    assert len(piped("search", "quokka", "--limit", "1").stdout.splitlines()[1]) == 502


def test_nothing_found_is_told(piped: Run) -> None:
    result = piped("search", "quokka")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "No matches.\n"


# --- profile and imports ---------------------------------------------------------------------


def test_the_profile_is_printed_line_by_line(piped: Run, tau: Known) -> None:
    assert (
        piped("profile").stderr == "There's no profile yet: Tau doesn't know anything about you.\n"
    )
    tau.lines = [
        ProfileLineOut("Name: 林小雨", ["a"], []),
        ProfileLineOut("Likes: [b]tea[/b]", ["b"], []),
    ]
    assert piped("profile").stdout == "Name: 林小雨\nLikes: [b]tea[/b]\n"


def test_what_was_brought_is_listed_with_the_ids_that_take_it_back(piped: Run, tau: Known) -> None:
    tau.past = [
        brought("one", facts=1),
        brought("two", origin="new\x1bproduct", messages=0, facts=2, name=""),
        brought("dry", dry_run=True),
        brought("nothing", messages=0),
        brought("stopped", state="unfinished", messages=3),
        brought("now", state="running", messages=0),
        brought("failed", state="failed", messages=0),
    ]
    rows = [line.split("\t") for line in piped("imports").stdout.splitlines()]
    assert rows == [
        ["one", "1970-01-21", "ChatGPT", "6 messages, 1 memory · chatgpt.zip"],
        ["two", "1970-01-21", "newproduct", "2 memories"],
        ["stopped", "1970-01-21", "ChatGPT", "3 messages · chatgpt.zip · unfinished"],
        ["now", "1970-01-21", "ChatGPT", "nothing · chatgpt.zip · running"],
    ]
    tau.past = []
    assert piped("imports").stderr == "No imports yet.\n"


@pytest.mark.parametrize("columns", [80, 40, 24])
def test_imports_fit_the_window(shown: Run, tau: Known, columns: int) -> None:
    tau.past = [brought("a" * 16, origin="pam", name="memory-store.json")]
    result = shown(columns, "imports")
    assert "a" * 16 in result.stdout
    assert "Portable AI Memory" in result.stdout
    assert columns < 40 or widest(result) <= columns
