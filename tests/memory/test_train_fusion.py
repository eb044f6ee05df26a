"""`scripts/train_fusion`: it finds what was planted, and nothing leaks from one fold to another."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tau.bench.datasets import DatasetMessage, DatasetQuestion, DatasetSample
from tests.script_parts import imported_parts

from ..bench.dataset_files import LOCOMO

FOLDER = Path(__file__).resolve().parents[2] / "scripts" / "train_fusion"
NAMES = ("samples", "fitting", "evaluation")


@pytest.fixture(scope="module")
def script() -> Iterator[dict[str, ModuleType]]:
    with imported_parts(FOLDER, NAMES) as parts:
        yield parts


def past(name: str, *, sessions: tuple[str, ...] = ("s",), questions: int = 1) -> DatasetSample:
    """A chat in which only one message of each session is of the person's garden."""
    told = [
        DatasetMessage(name=f"{session}:{turn}", conversation=session, by="person", speaker=None,
             text=text, at=1e9 + 60 * turn)
        for session in sessions
        for turn, text in enumerate(["hello", f"my {name} roses bloom", "rain", "what roses?"])
    ]  # fmt: skip
    asked = [
        DatasetQuestion(id=f"{name}/{i}", text="which roses do I have?", kind="x", now=2e9,
                 turns=tuple(f"{session}:1" for session in sessions), sessions=sessions)
        for i in range(questions)
    ]  # fmt: skip
    return DatasetSample(name=name, messages=tuple(told), questions=tuple(asked))


def planted(script: dict[str, ModuleType], count: int, *, data: str = "made up") -> list[object]:
    """Questions whose answer is the message with the highest `meaning`; all else is chance."""
    samples, rng = script["samples"], np.random.default_rng(7)
    made = []
    for number in range(count):
        signals = rng.random((40, len(samples.SIGNALS))).astype(np.float32)
        column = samples.SIGNALS.index("meaning")
        wanted = np.arange(40) == int(signals[:, column].argmax())
        names = tuple(f"m{row}" for row in range(40))
        answer = names[int(wanted.argmax())]
        question = DatasetQuestion(
            id=f"{data} {number}", text="?", kind="x", now=0.0, turns=(answer,), sessions=(answer,)
        )
        made.append(
            samples.Sample(data=data, group=f"g{number // 3}", question=question, signals=signals,
                           wanted=wanted, names=names, conversations=names)
        )  # fmt: skip
    return made


def test_the_planted_signal_is_found(script: dict[str, ModuleType]) -> None:
    made = planted(script, 60)
    fitting = script["fitting"]
    weights = fitting.learn(made, fitting.LEARNED, fitting.Plan())
    strongest = max(weights, key=lambda name: abs(weights[name]))
    assert strongest == "meaning"
    assert weights["meaning"] > 4 * max(abs(w) for n, w in weights.items() if n != "meaning")
    fold = script["samples"].folds(made, 4).tolist()
    figures = script["evaluation"].held_out(made, fold, fitting.LEARNED, fitting.Plan())
    assert figures["made up"]["turn @5"] > 95
    chance = script["evaluation"].evaluate_weights(made, {"words": 1.0})
    assert chance["made up"]["turn @5"] < 40


def test_weights_keep_the_side_that_their_meaning_demands(script: dict[str, ModuleType]) -> None:
    fitting, samples = script["fitting"], script["samples"]
    made = []
    for sample in planted(script, 40):
        signals = sample.signals.copy()  # type: ignore[attr-defined]
        signals[:, samples.SIGNALS.index("words")] = ~sample.wanted  # type: ignore[attr-defined]
        signals[:, samples.SIGNALS.index("brief")] = sample.wanted  # type: ignore[attr-defined]
        made.append(replace(sample, signals=signals))  # type: ignore[type-var]
    weights = fitting.learn(made, fitting.LEARNED, fitting.Plan())
    assert weights["words"] == 0
    assert weights["brief"] == 0


def test_a_small_data_set_counts_as_much_as_a_large_one(script: dict[str, ModuleType]) -> None:
    """Twice the same questions under another name change nothing; many copies neither."""
    fitting = script["fitting"]
    some, others = planted(script, 12), planted(script, 12, data="other")
    once = fitting.learn([*some, *others], fitting.LEARNED, fitting.Plan())
    often = fitting.learn([*some * 9, *others], fitting.LEARNED, fitting.Plan())
    assert often == pytest.approx(once, rel=0.05, abs=0.05)


def test_each_kind_of_chats_has_weights_of_its_own(script: dict[str, ModuleType]) -> None:
    """`meaning` decides where replies are long; elsewhere what is told right before does."""
    fitting, samples = script["fitting"], script["samples"]
    column = samples.SIGNALS.index
    made = []
    for sample in planted(script, 60):
        long = sample.signals.copy()  # type: ignore[attr-defined]
        long[:, column("long_reply")] = 0.5
        short = sample.signals.copy()  # type: ignore[attr-defined]
        short[:, column("long_reply")] = 0
        short[:, [column("meaning"), column("words_before")]] = short[
            :, [column("words_before"), column("meaning")]
        ]
        made += [replace(sample, data="long", signals=long)]  # type: ignore[type-var]
        made += [replace(sample, data="short", signals=short)]  # type: ignore[type-var]
    chats = fitting.learn_chats(made, fitting.LEARNED, fitting.Plan())
    assert chats.long_replies["meaning"] > 2 * chats.long_replies.get("words_before", 0)
    assert chats.short_messages["words_before"] > 2 * chats.short_messages.get("meaning", 0)


def test_what_ships_has_one_scale_and_what_is_set_by_hand(script: dict[str, ModuleType]) -> None:
    kept = script["fitting"].shipped({"words": 3.0, "covered": 1.0, "brief": -2.0, "time": 0.0})
    assert kept == {"words": 0.75, "covered": 0.25, "brief": -0.5, "recent": 0.002, "fact": 0.5}


def test_folds_do_not_leak(script: dict[str, ModuleType]) -> None:
    samples = script["samples"]
    told = [
        past("a", sessions=("s1", "s2")),
        past("b", sessions=("s2", "s3")),
        past("c", sessions=("s3",)),
        past("d", sessions=("s4",), questions=3),
        past("e", sessions=("s5",)),
    ]
    made = samples.group_samples(asyncio.run(samples.samples("x", told, None)).ranking)
    fold = samples.folds(made, 3).tolist()
    of = {sample.question.id: number for sample, number in zip(made, fold, strict=True)}
    assert of["a/0"] == of["b/0"] == of["c/0"]
    assert of["d/0"] == of["d/1"] == of["d/2"]
    assert len(set(of.values())) == 3


def test_sessions_that_are_called_alike_in_other_pasts_may_part(
    script: dict[str, ModuleType],
) -> None:
    samples = script["samples"]
    told = [past(name, sessions=("session_1",), questions=2) for name in "abcd"]
    made = samples.group_samples(
        asyncio.run(samples.samples("x", told, None)).ranking, shared=False
    )
    assert len(set(samples.folds(made, 4).tolist())) == 4
    assert {sample.group for sample in made} == set("abcd")


def test_signals_come_from_the_memory_itself(script: dict[str, ModuleType]) -> None:
    samples = script["samples"]
    (sample,) = asyncio.run(samples.samples("x", [past("red")], None)).ranking
    assert sample.names == ("s:0", "s:1", "s:2", "s:3")
    assert sample.wanted.tolist() == [False, True, False, False]
    words = sample.signals[:, samples.SIGNALS.index("words")]
    assert words[0] == words[2] == 0
    assert words.max() == 1
    asking = sample.signals[:, samples.SIGNALS.index("asking")]
    assert asking.tolist() == [0, 0, 0, 1]
    assert not sample.signals[:, samples.SIGNALS.index("meaning")].any()


def test_the_whole_script_runs(tmp_path: Path) -> None:
    file = tmp_path / "locomo.json"
    conversations = [{**LOCOMO[0], "sample_id": f"conv-{number}"} for number in range(8)]
    file.write_text(json.dumps(conversations))
    command = [sys.executable, FOLDER, "--locomo", file, "--words-only", "--dry"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "| held out |" in done.stdout
    assert "Floor of recall, held out: questions lost" in done.stdout
