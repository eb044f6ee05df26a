"""`tau bench` as people call it: tiny runs of the real thing prove shapes, and that it ends."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from tau.bench.commands import bench
from tau.errors import BadInput
from tau.storage.database import create_engine
from tau.studio.graders import sandbox
from tests.patience import patient

# Where the tests run in the background, shells let processes ignore Ctrl-C: this one listens again.
INTERRUPTIBLE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from tau.cli import main; main()"
)
MACHINE = {"cpu", "cores", "memory_gb", "system", "python", "tau"}


def _run(*arguments: str) -> Result:
    result = CliRunner().invoke(bench, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def _last_line(result: Result) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(result.output.splitlines()[-1])
    assert set(told["machine"]) == MACHINE
    return told


def test_journal_tells_appends_openings_and_searches() -> None:
    told = _last_line(
        _run("journal", "--appends", "20", "--searches", "5", "--largest", "60", "--json")
    )
    assert set(told) == {
        "append_ms",
        "open_seconds",
        "search_ms",
        "search_with_embedding_ms",
        "query_embedding_ms",
        "dimension",
        "machine",
    }
    assert set(told["append_ms"]) == {"p50", "p95"}
    assert told["open_seconds"]["60"] > 0
    assert 0 < told["search_ms"]["60"]["p50"] <= told["search_ms"]["60"]["p95"]


def test_lives_tell_their_memory_and_what_is_written() -> None:
    told = _last_line(_run("lives", "--largest", "60", "--days", "2", "--json"))
    assert (told["days"], told["messages_a_day"]) == (2, 20)
    life = told["lives"]["60"]
    assert life["messages"] == 60 + 2 * 20
    assert life["traced_bytes_per_message"] > 384, "a vector alone takes that"
    assert life["rss_bytes_per_message"] > 0
    assert life["journal_bytes_per_message"] > 100
    assert life["snapshot_bytes_per_journal_byte"] > 0
    assert life["snapshot_parts"] > 0
    assert min(life["restore_loop_ms"], life["dump_loop_ms"], life["open_seconds"]) >= 0


def test_commits_on_postgresql_cost_a_fraction_through_asyncpg(postgres_url: str) -> None:
    told = _last_line(_run("journal", "--postgres", "--database-url", postgres_url, "--json"))
    commits = told["cpu_of_a_commit"]
    assert set(commits) == {"1", "10", "50", "2000"}
    assert all(
        set(one) == {"sqlalchemy_ms", "asyncpg_ms", "times_less"} for one in commits.values()
    )
    assert commits["50"]["times_less"] > 1
    databases = sa.text("SELECT datname FROM pg_database WHERE datname LIKE 'tau_bench%'")
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(databases).all() == [], "the database was dropped"
    engine.dispose()


def test_commits_on_postgresql_need_a_server_that_is_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="PostgreSQL"):
        _run("journal", "--postgres", "--database-url", f"sqlite:///{tmp_path / 'tau.db'}")


def test_graders_are_timed_and_the_sandbox_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LIMIT_SECONDS", 0.3)
    figures = _last_line(_run("studio", "graders", "--grades", "5", "--json"))
    assert {"python", "exact", "bleu"} <= figures["seconds"].keys()
    assert figures["attacks"]["run"] == figures["attacks"]["contained"] > 40


def test_an_upload_and_the_checks_of_examples_are_measured() -> None:
    uploaded = _last_line(_run("studio", "upload", "--megabytes", "3", "--json"))
    assert 2.9 < uploaded["uploaded_mb"] <= 3
    assert uploaded["rss_most_mb"] >= uploaded["rss_before_mb"] > 0
    checked = _last_line(_run("studio", "checks", "--examples", "300", "--json"))
    assert checked["examples"] == 300
    assert checked["findings"] > 0


def test_releases_fail_no_request() -> None:
    figures = _last_line(_run("studio", "release", "--moves", "2", "--json"))
    assert figures["failed"] == 0
    assert figures["requests"] > 0
    assert figures["longest_seconds"].keys() == {"share", "release", "rollback"}


def test_journal_is_readable_without_json() -> None:
    result = _run("journal", "--appends", "5", "--searches", "2", "--largest", "10")
    assert re.search(r"append, p95\b.*\bms", result.stdout)
    assert "cpu" in result.stdout


@pytest.mark.slow
def test_turn_tells_what_tau_adds() -> None:
    told = _last_line(
        _run(
            *("turn", "--json", "--concurrency", "3", "--requests", "15"),
            *("--messages", "30", "--tokens", "5", "--people", "2"),
        )
    )
    assert (told["concurrency"], told["people"]) == (3, 2)
    assert set(told["added_ttft_ms"]) == {"p50", "p99"}
    assert told["turns_per_second"] > 0
    assert told["direct_turns_per_second"] > 0
    assert told["requests"] == 15
    assert told["rss_mb"] is None or told["rss_mb"] > 10
    assert told["one_at_a_time"]["concurrency"] == 1


@pytest.mark.slow
def test_start_tells_the_first_answer() -> None:
    told = _last_line(_run("start", "--starts", "1", "--json"))
    assert told["first_request_seconds"]["p50"] > 0
    assert told["empty_home_seconds"] > 0
    assert told["import_ms"]["p50"] > 0


@pytest.mark.slow
def test_ctrl_c_ends_it_and_all_it_started(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "bench", "turn", "--messages", "100000"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    with process:
        assert process.stderr is not None
        assert "Adding" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=patient(60))
    assert process.returncode != 0
    assert list(tmp_path.iterdir()) == []
    if sys.platform == "linux":
        assert _processes_in(tmp_path) == []


def _processes_in(folder: Path) -> list[str]:
    """Numbers of processes whose environment names `folder`."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(folder).encode() in environ.read_bytes():
                found.append(environ.parent.name)
        except OSError:
            continue
    return [number for number in found if int(number) != os.getpid()]


def test_every_command_says_what_its_options_are() -> None:
    assert isinstance(bench, click.Group)
    for command in bench.commands.values():
        assert command.help
        assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_figures_are_left_out_that_would_take_too_long() -> None:
    told = _last_line(
        _run("journal", "--appends", "3", "--searches", "2", "--largest", "1000", "--json")
    )
    assert set(told["open_seconds"]) == set(told["search_ms"]) == {"1000"}


async def _measured(*_: Any) -> dict[str, Any]:
    return {"figure_ms": 1.5, "machine": {"cpu": "A CPU"}}


def _locomo_file(folder: Path) -> Path:
    told = {
        "speaker_a": "Ann",
        "speaker_b": "Bob",
        "session_1": [{"dia_id": "D1:1", "speaker": "Ann", "text": "Hello"}],
        "session_1_date_time": "1:56 pm on 8 May, 2023",
    }
    path = folder / "locomo.json"
    samples = [{"sample_id": name, "conversation": told, "qa": []} for name in ("one", "two")]
    path.write_text(json.dumps(samples), "utf-8")
    return path


def test_recall_measures_the_conversation_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    async def measure(conversation: Any, folder: str, _say: Any) -> dict[str, Any]:
        asked.append((conversation.name, folder))
        return await _measured()

    monkeypatch.setattr("tau.bench.recall.measure", measure)
    path = str(_locomo_file(tmp_path))
    result = _run("recall", path, "--conversation", "two", "--models-folder", "here", "--json")
    assert asked == [("two", "here")]
    assert json.loads(result.stdout)["figure_ms"] == 1.5


def test_recall_names_what_the_file_holds_where_a_conversation_is_not_in_it(
    tmp_path: Path,
) -> None:
    with pytest.raises(BadInput, match="no conversation three; it has one, two"):
        _run("recall", str(_locomo_file(tmp_path)), "--conversation", "three")


@pytest.mark.parametrize(("requests", "alone"), [("5", 5), ("200", 200), ("900", 200)])
def test_turn_never_asks_more_alone_than_it_was_told(
    monkeypatch: pytest.MonkeyPatch, requests: str, alone: int
) -> None:
    plans: list[Any] = []

    async def measure(plan: Any, _say: Any) -> dict[str, Any]:
        plans.append(plan)
        return await _measured()

    monkeypatch.setattr("tau.bench.turn.measure", measure)
    _run("turn", "--requests", requests, "--tokens", "3", "--json")
    (plan,) = plans
    assert (plan.requests, plan.requests_alone, plan.tokens) == (int(requests), alone, 3)


def test_start_starts_as_often_as_it_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    async def measure(starts: int) -> dict[str, Any]:
        asked.append(starts)
        return await _measured()

    monkeypatch.setattr("tau.bench.startup.measure", measure)
    result = _run("start", "--starts", "2")
    assert asked == [2]
    assert "3 times" in result.stderr
    assert re.search(r"figure\b.*1\.5 ms", result.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ("turn", "--concurrency", "0"),
        ("turn", "--messages", "-1"),
        ("journal", "--searches", "none"),
        ("start", "--starts", "0"),
        ("recall",),
        ("recall", "no-such-file.json"),
    ],
)
def test_what_cannot_be_measured_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(bench, arguments)
    assert result.exit_code == 2
    assert "Usage" in result.output


def test_figures_alone_go_to_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tau.bench.startup.measure", _measured)
    result = _run("start", "--json")
    assert len(result.stdout.splitlines()) == 1
