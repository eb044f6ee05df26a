"""What `tau memory` does and says: one sentence each, also where it cannot be done."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from tau.cli import confirmation, main, memory_forget
from tau.cli import memory as memory_module
from tau.client.http import ApiError
from tau.server.schemas.forgetting import ForgetOut, ForgetPreviewItem

from .known import Known, fact, message

Run = Callable[..., Result]
GOES = ForgetOut(
    dry_run=True, messages=1, replies=1, facts=1, titles=0, conversations=0, elsewhere=1,
    preview=[
        ForgetPreviewItem("message", "m1", "我住在上海", 0.0),
        ForgetPreviewItem("reply", "r1", "很好", 0.0),
        ForgetPreviewItem("fact", "f1", "住在上海", 0.0),
        ForgetPreviewItem("elsewhere", "m9", "上海很大", 0.0),
    ],
)  # fmt: skip


@pytest.fixture
def tau() -> Known:
    return Known(
        fact("abcd1234", "Lives in Porto"),
        fact("abcx5678", "Likes tea", topic="like"),
        fact("-hash000", "Likes milk", topic="like"),
        fact("wait0000", "对猫过敏", topic="health", state="waiting"),
        fact("wait1111", "Has a cat", topic="pet", state="waiting"),
    )


@pytest.fixture
def run(tau: Known, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `tau memory ...`."""
    for module in (memory_module, memory_forget):
        monkeypatch.setattr(module, "connect_client", tau.connected)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["memory", *words])

    return run


def sentence(result: Result) -> str:
    """Return the one sentence with which a command failed."""
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1), result.output
    assert result.stderr.endswith(".\n")
    return result.stderr.strip()


# --- a word on a memory ----------------------------------------------------------------------


def test_a_correction_tells_what_it_was_and_how_to_take_it_back(run: Run, tau: Known) -> None:
    result = run("correct", "abcd", "Lives", "in", "Lisbon")
    assert tau.done[-2] == ("correct", "abcd1234", "Lives in Lisbon")
    assert result.stdout == "new-  Lives in Lisbon\n"
    assert result.stderr == "Before: Lives in Porto. Undo: tau memory undo new-\n"


@pytest.mark.parametrize("words", [("",), ("  ", "\t")])
def test_a_correction_without_words_is_none(run: Run, tau: Known, words: tuple[str, ...]) -> None:
    assert sentence(run("correct", "abcd", *words)) == "Type the correct text after the id."
    assert tau.done == []


def test_several_are_confirmed(run: Run, tau: Known) -> None:
    assert (
        run("confirm", "abcd", "wait0").stdout == "Confirmed: Lives in Porto\nConfirmed: 对猫过敏\n"
    )
    assert tau.done[-2:] == [("confirm", "abcd1234"), ("confirm", "wait0000")]


@pytest.mark.parametrize(("verdict", "told"), [("approve", "Approved"), ("reject", "Rejected")])
def test_all_that_wait_are_judged_in_one_step(
    run: Run, tau: Known, verdict: str, told: str
) -> None:
    assert run(verdict, "--all").stdout == f"{told}: 对猫过敏\n{told}: Has a cat\n"
    assert tau.done[-1] == (verdict, "wait0000", "wait1111")
    tau.known.clear()
    nothing = run(verdict, "--all")
    assert (nothing.exit_code, nothing.stderr) == (0, "No memories are waiting.\n")


@pytest.mark.parametrize("words", [(), ("abcd", "--all")])
def test_who_is_judged_is_named_or_everybody(run: Run, words: tuple[str, ...]) -> None:
    told = "Name memories, or use --all for all that are waiting."
    assert sentence(run("approve", *words)) == told


def test_undoing_tells_what_stands_there_now(run: Run, tau: Known) -> None:
    assert run("undo", "abcd").stdout == "The memory was removed.\n"
    tau.back = fact("old", "Lives in\nBerlin")
    assert run("undo", "abcd").stdout == "Restored: Lives in Berlin\n"


def test_telling_shows_what_it_became(run: Run, tau: Known) -> None:
    assert run("tell", "我的生日是", "5月3日").stdout == "told  other  我的生日是 5月3日\n"
    assert tau.done[0] == ("tell", "我的生日是 5月3日")


def test_learning_is_paused_and_goes_on(run: Run, tau: Known) -> None:
    assert run("pause").stdout == "Learning is paused. Messages are still saved and searchable.\n"
    assert tau.paused
    assert run("resume").stdout == "Learning is on for new messages.\n"
    assert not tau.paused


# --- names -----------------------------------------------------------------------------------


def test_a_name_is_the_beginning_of_an_id_also_with_a_dash(run: Run, tau: Known) -> None:
    tau.back = fact("x", "y")
    for name, whole in (("abcd", "abcd1234"), ("-h", "-hash000"), ("-hash000", "-hash000")):
        assert run("undo", name).exit_code == 0
        assert tau.done[-1] == ("undo", whole)


def test_a_whole_id_is_meant_even_where_another_begins_with_it(run: Run, tau: Known) -> None:
    tau.known.append(fact("abcd12345", "longer"))
    assert run("undo", "abcd1234").exit_code == 0
    assert tau.done[-1] == ("undo", "abcd1234")


def test_an_unclear_name_tells_which_there_are(run: Run) -> None:
    told = "More than one memory starts with abc: abcd1234, abcx5678."
    assert sentence(run("show", "abc")) == told


@pytest.mark.parametrize("command", ["show", "undo", "confirm", "reject", "forget"])
@pytest.mark.parametrize("name", ["nothing", "-no", "--none", "没有"])
def test_an_unknown_name_is_told_with_where_to_look(run: Run, command: str, name: str) -> None:
    told = f"There's no memory {name}; see tau memory list --state all."
    assert sentence(run(command, name)) == told


def test_what_the_server_refuses_is_its_own_sentence(
    run: Run, tau: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def conflict(*_: object) -> None:
        raise ApiError("This memory was changed elsewhere.", 409)

    monkeypatch.setattr(tau, "correct", conflict)
    assert sentence(run("correct", "abcd", "x")) == "This memory was changed elsewhere."


# --- forgetting ------------------------------------------------------------------------------


def test_what_goes_and_what_stays_are_told_before_it_goes(run: Run, tau: Known) -> None:
    tau.goes = GOES
    result = run("forget", "abcd", "--yes")
    lines = result.stdout.splitlines()
    assert lines[0] == "This will be permanently deleted:"
    assert [line.split()[0] for line in lines[1:4]] == ["you", "Tau", "known"]
    assert lines[4] == "These messages of yours stay and may say the same:"
    assert lines[5].endswith("上海很大  m9")
    assert lines[6] == "Total: 1 message of yours, 1 reply by Tau, 1 memory."
    assert lines[7] == "Forgotten: 1 message of yours, 1 reply by Tau, 1 memory."
    what = {"facts": ["abcd1234"]}
    assert tau.done[-2:] == [("forget", True, what), ("forget", False, what)]


@pytest.mark.parametrize(("answer", "gone"), [(True, True), (False, False)])
def test_it_asks_first_where_somebody_is(
    run: Run, tau: Known, monkeypatch: pytest.MonkeyPatch, answer: bool, gone: bool
) -> None:
    tau.goes = GOES
    monkeypatch.setattr(memory_forget, "_confirm_forget", lambda: answer)
    result = run("forget", "abcd")
    assert result.exit_code == 0
    assert (("forget", False, {"facts": ["abcd1234"]}) in tau.done) == gone
    assert ("Nothing was forgotten.\n" in result.stderr) != gone


def test_where_nobody_can_answer_nothing_goes(run: Run, tau: Known) -> None:
    tau.goes = GOES
    told = "Nothing was forgotten: without a terminal, use --yes."
    assert sentence(run("forget", "abcd")) == told
    assert [dry for _, dry, _ in (step for step in tau.done if step[0] == "forget")] == [True]


def test_a_yes_is_asked_for_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(memory_forget.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        confirmation, "ask_confirmation", lambda words: bool(asked.append(words)) or True
    )
    assert memory_forget._confirm_forget()
    assert asked == ["Forget it?"]


def test_messages_are_forgotten_by_their_ids(run: Run, tau: Known) -> None:
    tau.goes, tau.said = GOES, [message("m1", "x"), message("-m2", "y")]
    assert run("forget", "m1", "-m2", "--yes").exit_code == 0
    assert tau.done[-1] == ("forget", False, {"messages": ["m1", "-m2"]})
    mixed = "Forget memories and messages separately."
    assert sentence(run("forget", "m1", "abcd", "--yes")) == mixed


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--conversation", "-c1"), {"conversation": "-c1"}),
        (("--import", "i1"), {"import_id": "i1"}),
        (("--since", "1970-01-03T00:00+00:00"), {"since": 172_800.0}),
        (
            ("--since", "1970-01-03T00:00+00:00", "--until", "1970-01-04T00:00+00:00"),
            {"since": 172_800.0, "until": 259_200.0},
        ),
    ],
)
def test_a_time_a_conversation_or_an_import_is_named(
    run: Run, tau: Known, words: tuple[str, ...], what: dict[str, object]
) -> None:
    tau.goes = GOES
    assert run("forget", *words, "--yes").exit_code == 0
    assert tau.done[-1] == ("forget", False, what)


def test_the_last_hour_begins_an_hour_ago(
    run: Run, tau: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    tau.goes = GOES
    monkeypatch.setattr(memory_forget.time, "time", lambda: 10_000.0)
    assert run("forget", "--last-hour", "--yes").exit_code == 0
    assert tau.done[-1] == ("forget", False, {"since": 6_400.0})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Choose one"),
        (("abcd", "--last-hour"), "Choose one"),
        (("--last-hour", "--until", "2020-01-01"), "Choose one"),
        (("--import", "i", "--since", "2020-01-01"), "Choose one"),
        (("abcd", "--until", "2020-01-01"), "--until needs --since."),
        (("--since", "gestern"), "'gestern' isn't a date; use 2026-05-31 or 2026-05-31T09:30."),
        (("--since", "9999999-01-01"), "isn't a date"),
        (("abcd",), "There's nothing to forget."),
    ],
    ids=" ".join,
)
def test_what_cannot_be_forgotten_is_told(run: Run, words: tuple[str, ...], told: str) -> None:
    assert told in sentence(run("forget", *words))
