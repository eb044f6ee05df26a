"""Train the weights of the search signals and the floor of recall, and write them.

    .venv/bin/python scripts/train_fusion --locomo FILE --longmemeval FILE --vectors FOLDER

They go to `fusion.json` and `floor.json` of `src/tau/memory`, for one embedder at a time.

Prints the figures of BM25, of weights on questions they have not seen, of the weights that ship,
across the data sets, and of what each signal adds (`--ablation`). `--vectors` is the folder that
`tau bench retrieval --vectors` uses too: embedding all texts takes a while.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from evaluation import Figures, evaluate_weights, held_out, table_head, table_row
from fitting import AGAINST, LEARNED, MEANING_ONLY, WORDS_ONLY, Plan, learn, learn_chats, shipped
from floor_samples import short_life_samples
from floor_training import train_floor
from samples import Material, Sample, folds, group_samples, samples

from tau.bench import locomo, longmemeval
from tau.bench.datasets import DatasetSample
from tau.bench.models import open_embedder
from tau.bench.vectors import CachedEmbedder
from tau.memory.floor import WORDS_ONLY as WORDS_ONLY_FLOOR
from tau.models.catalog import EMBEDDING_MODEL

MEMORY = Path(__file__).resolve().parents[2] / "src" / "tau" / "memory"
TARGET, FLOOR_TARGET = MEMORY / "fusion.json", MEMORY / "floor.json"
FOLDS = 4
SHARED = "LongMemEval"
"""The data set whose questions share sessions."""
NOTE = (
    "Weights of the signals of tau.memory.signals, learned by scripts/train_fusion: softmax "
    "regression of each question's evidence over all messages of its past. 'fact' and 'recent' "
    "are set by hand. Those that count for a message sum to 1, the two set by hand left out. "
    "docs/memory.md has the figures."
)
FLOOR_NOTE = (
    "Logistic models of tau.memory.floor, learned by scripts/train_fusion: questions with an "
    "answer in memory against the messages of small_talk.toml called train. docs/memory.md has the "
    "figures."
)
GROUPS = {
    "neighbours": ("words_before", "words_before_2", "meaning_before", "meaning_after"),
    "the session": ("sitting_words", "sitting_meaning"),
    "covered": ("covered",),
    "meaning": tuple(name for name in LEARNED if "meaning" in name),
    "speaker": ("speaker",),
    "time": ("time",),
    "times named": ("tells_time", "of_times"),
    "reply, long reply": ("reply", "long_reply"),
    "liking": ("liking",),
    "of self, asking, brief": ("of_self", "asking", "brief"),
}  # fmt: skip


def main() -> None:
    """Read data, train, print tables, write weights."""
    asked = _arguments()
    made = asyncio.run(_samples(asked))
    if not made.ranking:
        sys.exit("Give --locomo FILE or --longmemeval FILE, or both.")
    embedder = None if asked.words_only else asked.embedder
    if not asked.floor_only:
        _train_ranking(asked, made.ranking, embedder)
    model, lost = train_floor(made.floor)
    _say("\nFloor of recall, held out: " + ", ".join(f"{k} {v:.1f}" for k, v in lost.items()))
    if not asked.dry:
        floor = json.loads(FLOOR_TARGET.read_bytes())
        models = floor["models"] | {embedder or WORDS_ONLY_FLOOR: model}
        _write(FLOOR_TARGET, floor | {"note": FLOOR_NOTE, "models": models})


def _train_ranking(asked: argparse.Namespace, made: Sequence[Sample], embedder: str | None) -> None:
    figures = report(
        made, Plan(), words_only=asked.words_only, ablation=asked.ablation, brief=asked.brief
    )
    if not asked.dry:
        _write(TARGET, trained(json.loads(TARGET.read_bytes()), made, embedder, figures))


def _write(target: Path, content: dict[str, object]) -> None:
    target.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    _say(f"Wrote {target}.")


def report(
    made: Sequence[Sample], plan: Plan, *, words_only: bool, ablation: bool, brief: bool
) -> dict[str, Figures]:
    """Print all tables; return the held-out figures."""
    fold = folds(made, FOLDS).tolist()
    names = WORDS_ONLY if words_only else LEARNED
    rows = {"BM25, same words": evaluate_weights(made, {"words": 1.0})}
    rows["held out"] = held_out(made, fold, names, plan)
    if not brief:
        if not words_only:
            rows["held out, words only"] = held_out(made, fold, WORDS_ONLY, plan)
        rows["shipped (has seen all)"] = evaluate_weights(made, learn_chats(made, names, plan))
        for data in dict.fromkeys(sample.data for sample in made):
            others = [sample for sample in made if sample.data != data]
            if others:
                weights = learn(others, names, plan)
                rows[f"learned without {data}"] = evaluate_weights(made, weights)
    if ablation:
        for called, left_out in GROUPS.items():
            kept = [name for name in names if name not in left_out]
            rows[f"held out, without {called}"] = held_out(made, fold, kept, plan)
    for data in rows["held out"]:
        _say("\n" + table_head(data, rows["held out"][data]))
        for called, figures in rows.items():
            _say(table_row(called, figures[data]))
    return {"held out": rows["held out"]}


def trained(
    before: dict[str, Any],
    made: Sequence[Sample],
    embedder: str | None,
    figures: dict[str, Figures],
) -> dict[str, object]:
    """Return the file of weights with those of one embedder, or of words alone, made anew."""
    plan = Plan()
    run = {
        "on": datetime.now(UTC).date().isoformat(),
        "questions": dict(Counter(sample.data for sample in made)),
        "folds": FOLDS,
        "plan": vars(plan),
        "only_against": sorted(AGAINST),
        "figures": {
            called: {
                data: {k: round(v, 1) for k, v in some.items()} for data, some in found.items()
            }
            for called, found in figures.items()
        },
    }
    training = before["training"] | {embedder or "words only": run}
    if embedder is None:
        weights = {"without_vector": msgspec.to_builtins(learn_chats(made, WORDS_ONLY, plan))}
        return before | weights | {"note": NOTE, "training": training}
    former = before["with_vector"].get(embedder, {})
    model = former | {
        "weights": msgspec.to_builtins(learn_chats(made, LEARNED, plan)),
        "meaning_only": shipped(learn(made, MEANING_ONLY, plan)),
    }
    with_vector = before["with_vector"] | {embedder: model}
    return before | {"note": NOTE, "with_vector": with_vector, "training": training}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--locomo", type=Path, help="a file of LoCoMo")
    parser.add_argument("--longmemeval", type=Path, help="a file or folder of LongMemEval")
    parser.add_argument("--models-folder", default="", help="folder with the built-in models")
    parser.add_argument("--vectors", type=Path, help="folder that keeps vectors for the next run")
    parser.add_argument("--embedder", default=EMBEDDING_MODEL, help="whose weights are learned")
    parser.add_argument("--words-only", action="store_true", help="learn weights without vectors")
    parser.add_argument(
        "--only-kept", action="store_true", help="leave out histories that lack a kept vector"
    )
    parser.add_argument("--floor-only", action="store_true", help="learn the floor of recall only")
    parser.add_argument("--brief", action="store_true", help="print the held-out figures only")
    parser.add_argument("--ablation", action="store_true", help="also leave out each signal")
    parser.add_argument("--dry", action="store_true", help="print only, write nothing")
    return parser.parse_args()


def _data_sets(asked: argparse.Namespace) -> Iterator[tuple[str, Iterable[DatasetSample]]]:
    if asked.locomo:
        yield "LoCoMo", locomo.read(asked.locomo)
    if asked.longmemeval:
        yield SHARED, longmemeval.read(asked.longmemeval)


async def _samples(asked: argparse.Namespace) -> Material:
    if asked.words_only:
        return await _made(asked, None)
    async with open_embedder(asked.embedder, asked.models_folder, _say) as models:
        if models is None:
            sys.exit("Without an embedder, only --words-only can be trained.")
        with closing(CachedEmbedder(models, asked.embedder, asked.vectors, _say)) as embedder:
            return await _made(asked, embedder)


async def _made(asked: argparse.Namespace, embedder: CachedEmbedder | None) -> Material:
    made = Material([], [])
    for data, haystacks in _data_sets(asked):
        found = await samples(data, haystacks, embedder, only_kept=asked.only_kept)
        grouped = group_samples(found.ranking, shared=data == SHARED)
        _say(f"{data}: {len(grouped)} questions.")
        made.ranking.extend(grouped)
        made.floor.extend(found.floor)
    if embedder is not None:  # by words alone nothing of theirs is found
        made.floor.extend(await short_life_samples(embedder))
    return made


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
