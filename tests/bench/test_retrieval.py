"""`tau bench retrieval`: told with dates, asked once, judged, and written down."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tau.bench import retrieval
from tau.bench.commands import bench
from tau.bench.datasets import DatasetMessage, DatasetQuestion, DatasetSample
from tau.bench.retrieval import RetrievalPlan
from tau.errors import BadInput, DownloadFailed, UnknownModel
from tau.memory import Memory
from tau.models import Models

from .dataset_files import LOCOMO, LONGMEMEVAL, write

MACHINE = {"cpu", "cores", "memory_gb", "system", "python", "tau"}
LOCOMO_TURNS = {kind: {"5", "10", "20", "50"} for kind in ("all", "1", "2", "3", "4", "5")}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    locomo = write(tmp_path / "locomo.json", LOCOMO)
    longmemeval = write(tmp_path / "longmemeval.json.gz", LONGMEMEVAL)
    return ["--locomo", str(locomo), "--longmemeval", str(longmemeval)]


def _run(*arguments: str) -> Result:
    result = CliRunner().invoke(bench, ["retrieval", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def _json(*arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_run(*arguments, "--json").stdout)
    return told


def _keys(figures: dict[str, Any]) -> dict[str, set[str]]:
    return {name: set(some) for name, some in figures.items()}


@pytest.mark.parametrize("vectors", [["--embedder", "scripted-embedder"], ["--words-only"]])
def test_json_tells_both_data_sets_beside_bm25(files: list[str], vectors: list[str]) -> None:
    told = _json(*files, *vectors)
    for locomo in (told["locomo"], told["locomo"]["bm25"]):
        assert _keys(locomo["turn"]) == LOCOMO_TURNS
        assert set(locomo["session"]) == {"5", "10"}
    for longmemeval in (told["longmemeval"], told["longmemeval"]["bm25"]):
        assert set(longmemeval["by_type"]) == {"multi-session", "single-session-user"}
        for figures in (longmemeval, *longmemeval["by_type"].values()):
            assert set(figures["session"]) == {"any", "all", "ndcg10"}
            assert set(figures["session"]["any"]) == {"1", "5", "10"}
            assert set(figures["session"]["all"]) == {"1", "5", "10"}
            assert set(figures["turn"]) == {"5", "10"}
    assert told["questions"] == {"locomo": 5, "longmemeval": 2}
    assert told["left_out"] == {"locomo": 1, "longmemeval": 1}
    assert 0 < told["ms_per_search"]["p50"] <= told["ms_per_search"]["p95"]
    assert set(told["machine"]) == MACHINE


def test_what_is_told_is_found(files: list[str]) -> None:
    told = _json(*files, "--words-only")
    assert told["locomo"]["turn"]["4"] == {"5": 1.0, "10": 1.0, "20": 1.0, "50": 1.0}
    assert told["longmemeval"]["session"]["any"]["1"] == 1.0
    assert told["longmemeval"]["session"]["ndcg10"] == 1.0
    assert told["longmemeval"]["bm25"]["session"]["all"]["1"] == 1.0


def test_vectors_are_told_and_cost_bytes(files: list[str]) -> None:
    words = _json(*files, "--words-only")
    both = _json(*files, "--embedder", "scripted-embedder")
    assert (words["vectors"], both["vectors"]) == (None, "scripted-embedder")
    assert "with_embedding" not in words["ms_per_search"]
    assert both["ms_per_search"]["with_embedding"]["p50"] > both["ms_per_search"]["p50"]
    plain = both["index_bytes_per_message_without_vectors"]
    assert words["index_bytes_per_message"] == words["index_bytes_per_message_without_vectors"]
    assert both["index_bytes_per_message"] > plain > 0


@pytest.mark.parametrize(
    ("one", "other", "arguments"), [("locomo", "longmemeval", 0), ("longmemeval", "locomo", 2)]
)
def test_either_file_alone_will_do(files: list[str], one: str, other: str, arguments: int) -> None:
    told = _json(*files[arguments : arguments + 2], "--words-only")
    assert told[one] is not None
    assert told[other] is None
    assert set(told["questions"]) == {one}


def test_without_a_file_it_says_what_to_give() -> None:
    with pytest.raises(BadInput, match="--locomo FILE"):
        _run("--words-only")


def test_a_file_of_another_shape_is_told(tmp_path: Path) -> None:
    wrong = write(tmp_path / "other.json", LONGMEMEVAL)
    with pytest.raises(BadInput, match=r"other\.json is no LoCoMo file"):
        _run("--locomo", str(wrong), "--words-only")


def test_a_file_without_a_question_that_can_be_judged_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "s.json", LONGMEMEVAL[2:])
    with pytest.raises(BadInput, match="No question"):
        _run("--longmemeval", str(path), "--words-only")


def test_an_unknown_embedder_is_told_before_anything_is_read(files: list[str]) -> None:
    with pytest.raises(UnknownModel, match="no-such-model"):
        _run(*files, "--embedder", "no-such-model")


def test_where_the_embedder_cannot_be_had_words_alone_decide_and_it_says_so(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pull(*_: Any) -> None:
        raise DownloadFailed("There is no network.")

    monkeypatch.setattr(Models, "pull", pull)
    result = _run(*files, "--json", "--models-folder", str(tmp_path / "empty"))
    assert "so only words are used: There is no network." in result.stderr
    assert json.loads(result.stdout)["vectors"] is None


def test_a_limit_keeps_the_first_questions_of_each_file(files: list[str]) -> None:
    told = _json(*files, "--words-only", "--limit", "1")
    assert told["questions"] == {"locomo": 1, "longmemeval": 1}
    assert told["locomo"]["turn"]["4"]["5"] == 1.0
    assert told["locomo"]["turn"]["1"]["5"] is None


def test_rankings_are_written_with_scores_and_reasons(files: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "rankings"
    _run(*files, "--words-only", "--rankings", str(folder))
    lines = [json.loads(line) for line in (folder / "locomo.jsonl").read_bytes().splitlines()]
    assert [line["question"] for line in lines] == [f"conv-1:{number}" for number in range(1, 6)]
    first = lines[0]
    assert (first["kind"], first["turns"], first["sessions"]) == ("4", ["D1:1"], ["session_1"])
    assert first["tau"][0]["name"] == first["bm25"][0]["name"] == "D1:1"
    assert any("plant" in reason for reason in first["tau"][0]["reasons"])
    scores = [found["score"] for found in first["tau"]]
    assert scores == sorted(scores, reverse=True)
    assert len((folder / "longmemeval.jsonl").read_bytes().splitlines()) == 2


def test_people_get_tables(files: list[str]) -> None:
    shown = _run(*files, "--words-only").stdout
    assert "LoCoMo, 5 questions" in shown
    assert "LongMemEval, 2 questions" in shown
    assert "BM25" in shown
    assert "none, words only" in shown


def test_vectors_that_are_kept_are_not_made_again(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "vectors"
    arguments = [*files, "--embedder", "scripted-embedder", "--vectors", str(folder)]
    before = _json(*arguments)
    embedded: list[int] = []
    embed = Models.embed

    async def counted(self: Models, name: str, texts: list[str], kind: Any) -> Any:
        embedded.append(len(texts))
        return await embed(self, name, texts, kind)

    monkeypatch.setattr(Models, "embed", counted)
    after = _json(*arguments)
    assert embedded == [1] * 7  # the questions alone, which are timed
    assert (after["locomo"], after["longmemeval"]) == (before["locomo"], before["longmemeval"])


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[dict[str, Any]]]:
    """What a memory is told and asked."""
    seen: dict[str, list[dict[str, Any]]] = {"told": [], "asked": []}
    remember, search = Memory.remember, Memory.search

    def remembering(self: Memory, text: str, **more: Any) -> Any:
        seen["told"].append({"text": text, **more})
        return remember(self, text, **more)

    def searching(self: Memory, query: str, **more: Any) -> Any:
        seen["asked"].append({"query": query, **more})
        return search(self, query, **more)

    monkeypatch.setattr(Memory, "remember", remembering)
    monkeypatch.setattr(Memory, "search", searching)
    return seen


PAST = DatasetSample(
    name="made up",
    messages=tuple(
        DatasetMessage(
            name=f"m{number}",
            conversation=f"c{number}",
            by="person" if number % 2 else "tau",
            speaker=speaker,
            text=f"word{number}",
            at=100.0 * number,
        )
        for number, speaker in ((1, "Ann"), (2, None))
    ),
    questions=(
        DatasetQuestion(
            id="q1", text="word1?", kind="1", now=777.0, turns=("m1",), sessions=("c1",)
        ),
        DatasetQuestion(id="q2", text="word2?", kind="1", now=888.0, turns=(), sessions=("c2",)),
    ),
)


@pytest.mark.anyio
async def test_a_memory_is_told_who_when_and_where_and_asked_when_the_question_was(
    watched: dict[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tau.bench.locomo.read", lambda _: iter([PAST]))
    plan = RetrievalPlan(locomo=Path("anywhere"), embedder=None)
    figures = await retrieval.measure(plan, lambda _: None)
    assert [
        (told["text"], told["by"], told["at"], told["conversation"], told["speaker"])
        for told in watched["told"]
    ] == [("word1", "person", 100.0, "c1", "Ann"), ("word2", "tau", 200.0, "c2", None)]
    assert [(asked["query"], asked["now"]) for asked in watched["asked"]] == [
        ("word1?", 777.0),
        ("word2?", 888.0),
    ]
    assert {asked["limit"] for asked in watched["asked"]} == {retrieval.RANKED_TO}
    # A question whose turns are not known counts by session alone.
    assert figures["locomo"]["turn"]["all"]["5"] == 1.0
    assert figures["questions"] == {"locomo": 2}


@pytest.mark.anyio
async def test_every_past_has_a_memory_of_its_own(
    watched: dict[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tau.bench.locomo.read", lambda _: iter([PAST, PAST]))
    figures = await retrieval.measure(
        RetrievalPlan(locomo=Path("a"), embedder=None), lambda _: None
    )
    assert len(watched["told"]) == 4
    assert figures["locomo"]["session"]["5"] == 1.0  # names of the other past would raise
