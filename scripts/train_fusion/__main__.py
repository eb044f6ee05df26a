"""Train the weights of the search signals and write them to `src/tau/memory/fusion.json`.

    .venv/bin/python scripts/train_fusion --locomo FILE --longmemeval FILE --vectors FOLDER

Prints the figures of BM25, of weights on questions they have not seen, of the weights that ship,
across the data sets, and of what each signal adds (`--ablation`). `--vectors` is the folder that
`tau bench retrieval --vectors` uses too: embedding all texts takes a while.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from evaluation import Figures, evaluate_weights, held_out, table_head, table_row
from fitting import AGAINST, LEARNED, WORDS_ONLY, Plan, learn, shipped
from samples import Sample, folds, group_samples, samples

from tau.bench import locomo, longmemeval
from tau.bench.datasets import DatasetSample
from tau.bench.models import open_embedder
from tau.bench.vectors import CachedEmbedder
from tau.models.catalog import EMBEDDING_MODEL

TARGET = Path(__file__).resolve().parents[2] / "src" / "tau" / "memory" / "fusion.json"
FOLDS = 4
SHARED = "LongMemEval"
"""The data set whose questions share sessions."""
NOTE = (
    "Weights of the signals of tau.memory.signals, learned by scripts/train_fusion: softmax "
    "regression of each question's evidence over all messages of its past. 'fact' and 'recent' "
    "are set by hand. Those that count for a message sum to 1, the two set by hand left out. "
    "docs/memory.md has the figures."
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
    if not made:
        sys.exit("Give --locomo FILE or --longmemeval FILE, or both.")
    plan = Plan()
    figures = report(made, plan, words_only=asked.words_only, ablation=asked.ablation)
    if not (asked.dry or asked.words_only):
        TARGET.write_text(json.dumps(trained(made, plan, figures), indent=2) + "\n", "utf-8")
        _say(f"\nWrote {TARGET}.")


def report(
    made: Sequence[Sample], plan: Plan, *, words_only: bool, ablation: bool
) -> dict[str, Figures]:
    """Print all tables; return the held-out figures of both sets of weights."""
    fold = folds(made, FOLDS).tolist()
    names = WORDS_ONLY if words_only else LEARNED
    rows = {
        "BM25, same words": evaluate_weights(made, {"words": 1.0}),
        "held out": held_out(made, fold, names, plan),
        "held out, words only": held_out(made, fold, WORDS_ONLY, plan),
        "shipped (has seen all)": evaluate_weights(made, learn(made, names, plan)),
    }
    for data in dict.fromkeys(sample.data for sample in made):
        others = [sample for sample in made if sample.data != data]
        if others:
            rows[f"learned without {data}"] = evaluate_weights(made, learn(others, names, plan))
    if ablation:
        for called, left_out in GROUPS.items():
            kept = [name for name in names if name not in left_out]
            rows[f"held out, without {called}"] = held_out(made, fold, kept, plan)
    for data in rows["held out"]:
        _say("\n" + table_head(data, rows["held out"][data]))
        for called, figures in rows.items():
            _say(table_row(called, figures[data]))
    return {name: rows[name] for name in ("held out", "held out, words only")}


def trained(made: Sequence[Sample], plan: Plan, figures: dict[str, Figures]) -> dict[str, object]:
    """Return the file of weights: both sets, and how they came to be."""
    return {
        "note": NOTE,
        "with_vector": shipped(learn(made, LEARNED, plan)),
        "without_vector": shipped(learn(made, WORDS_ONLY, plan)),
        "training": {
            "on": datetime.now(UTC).date().isoformat(),
            "questions": {
                data: sum(sample.data == data for sample in made)
                for data in dict.fromkeys(sample.data for sample in made)
            },
            "folds": FOLDS,
            "plan": vars(plan),
            "only_against": sorted(AGAINST),
            "figures": {
                called: {data: {k: round(v, 1) for k, v in some.items()}
                         for data, some in found.items()}
                for called, found in figures.items()
            },
        },
    }  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--locomo", type=Path, help="a file of LoCoMo")
    parser.add_argument("--longmemeval", type=Path, help="a file or folder of LongMemEval")
    parser.add_argument("--vectors", type=Path, help="folder that keeps vectors for the next run")
    parser.add_argument("--words-only", action="store_true", help="no vectors; writes nothing")
    parser.add_argument("--ablation", action="store_true", help="also leave out each signal")
    parser.add_argument("--dry", action="store_true", help="print only, write nothing")
    return parser.parse_args()


def _data_sets(asked: argparse.Namespace) -> Iterator[tuple[str, Iterable[DatasetSample]]]:
    if asked.locomo:
        yield "LoCoMo", locomo.read(asked.locomo)
    if asked.longmemeval:
        yield SHARED, longmemeval.read(asked.longmemeval)


async def _samples(asked: argparse.Namespace) -> list[Sample]:
    if asked.words_only:
        return await _made(_data_sets(asked), None)
    async with open_embedder(EMBEDDING_MODEL, "", _say) as models:
        if models is None:
            sys.exit("Without the built-in embedder, only --words-only can be trained.")
        with closing(CachedEmbedder(models, EMBEDDING_MODEL, asked.vectors, _say)) as embedder:
            return await _made(_data_sets(asked), embedder)


async def _made(
    data_sets: Iterable[tuple[str, Iterable[DatasetSample]]], embedder: CachedEmbedder | None
) -> list[Sample]:
    made: list[Sample] = []
    for data, haystacks in data_sets:
        found = group_samples(await samples(data, haystacks, embedder), shared=data == SHARED)
        _say(f"{data}: {len(found)} questions.")
        made += found
    return made


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
