"""Train a classifier of danger on the embedder's vectors, and print what it adds to the rules.

    .venv/bin/python scripts/train_care --longmemeval FILE --locomo FILE --vectors FOLDER

`--out` writes the weights. Only conversations whose vectors are in FOLDER are used as everyday
ones with `--cached`; `tau bench retrieval --vectors` fills it. No sentence of a set is printed.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
from combining import Heads, Talk, both, levels, talk_of, with_thresholds
from corpus import Sentence, conversations, sentences
from regression import Array, fit, fold_of

from tau.bench import care_datasets, locomo, longmemeval
from tau.bench.care_datasets import CareDataset, EverydayTalk
from tau.bench.models import open_embedder
from tau.bench.vectors import CachedEmbedder
from tau.models.catalog import EMBEDDING_MODEL

FOLDS = 6
PENALTY = 100.0
EVERYDAY_WEIGHT = 0.5
"""What an everyday message of others' weighs in training; a sentence of ours weighs 1."""


class Everyday(NamedTuple):
    """Everyday conversations for training, for thresholds, and for the figures."""

    training: list[Talk]
    thresholds: list[Talk]
    reported: list[Talk]


class Item(NamedTuple):
    """A conversation (also of one message) with its level and the topic that isn't split."""

    talk: Talk
    level: int
    topic: str


def main() -> None:
    """Embed, judge by cross-validation and on other sets, and write the weights if asked to."""
    asked = _arguments()
    asyncio.run(_run(asked))


async def _run(asked: argparse.Namespace) -> None:
    async with open_embedder(EMBEDDING_MODEL, asked.models_folder, _say) as models:
        if models is None:
            sys.exit("The built-in embedder can't be had.")
        with closing(CachedEmbedder(models, EMBEDDING_MODEL, asked.vectors, _say)) as embedder:
            items = [
                Item(await _talk(embedder, [one.text]), one.level, _topic(one.group))
                for one in await _embedded(embedder)
            ]
            everyday = await _everyday(asked, embedder)
            _report_corpus(items, everyday)
            heads = train(items, everyday)
            _report_everyday(heads, everyday)
            talks = [
                Item(await _talk(embedder, one.said), one.level, one.group)
                for one in conversations()
            ]
            _report("our conversations", [(one, heads) for one in talks])
            for dataset in _datasets(asked.eval):
                _report(dataset.name, [(one, heads) for one in await _items(embedder, dataset)])
    if asked.out:
        asked.out.write_text(json.dumps(_content(heads), indent=1) + "\n", "utf-8")


def train(items: Sequence[Item], everyday: Everyday) -> Heads:
    """Return heads that are trained on sentences and everyday messages, with thresholds."""
    ours = np.concatenate([one.talk.vectors for one in items])
    others = np.concatenate([talk.vectors for talk in everyday.training])
    inputs = np.concatenate([ours, others])
    level = np.concatenate([[one.level for one in items], np.zeros(len(others))])
    weight = np.concatenate([np.ones(len(ours)), np.full(len(others), EVERYDAY_WEIGHT)])
    card, worry = (fit(inputs, (level >= least).astype(float), weight, PENALTY) for least in (2, 1))
    return with_thresholds(Heads(card, worry), everyday.thresholds)


def _report_corpus(items: Sequence[Item], everyday: Everyday) -> None:
    """Print figures of sentences by heads that haven't seen their topic, in either language."""
    fold = fold_of([one.topic for one in items], FOLDS)
    judged = []
    for left_out in range(FOLDS):
        seen = [one for one, number in zip(items, fold, strict=True) if number != left_out]
        heads = train(seen, everyday)
        judged += [
            (one, heads) for one, number in zip(items, fold, strict=True) if number == left_out
        ]
    _report("our sentences, topics not seen", judged)


def _report(name: str, judged: Sequence[tuple[Item, Heads]]) -> None:
    """Print the cards of each level by the rules, by the heads alone, and by both."""
    _say(f"\n{name}")
    for level in sorted({one.level for one, _ in judged}):
        some = [(one.talk, heads) for one, heads in judged if one.level == level]
        rules = sum(max(talk.rules) >= 2 for talk, _ in some)
        alone = sum(max(levels(heads, talk)) >= 2 for talk, heads in some)
        together = [max(both(heads, talk)) for talk, heads in some]
        cards = sum(found >= 2 for found in together)
        worries = sum(found >= 1 for found in together)
        by_rules = sum(max(talk.rules) >= 1 for talk, _ in some)
        _say(
            f"  level {level}: {len(some):5}   cards: rules {rules}, heads {alone}, both {cards}"
            f"   worry or more: rules {by_rules}, both {worries}"
        )


def _report_everyday(heads: Heads, everyday: Everyday) -> None:
    for name, talks in zip(Everyday._fields, everyday, strict=True):
        found = [level for talk in talks for level in both(heads, talk)]
        rules = [level for talk in talks for level in talk.rules]
        _say(
            f"everyday, {name}: {len(found)} messages; cards: rules {sum(r >= 2 for r in rules)},"
            f" both {sum(f >= 2 for f in found)}; worry or more: rules"
            f" {sum(r >= 1 for r in rules)}, both {sum(f >= 1 for f in found)}"
        )


async def _everyday(asked: argparse.Namespace, embedder: CachedEmbedder) -> Everyday:
    everyday = Everyday([], [], [])
    for talk in _everyday_talks(asked):
        if asked.cached and not embedder.holds(talk.said):
            continue
        second = sha256(talk.said[0].encode()).digest()[1] % 2
        part = everyday.reported if talk.is_held_out else everyday[second]
        part.append(await _talk(embedder, talk.said))
    if not all(everyday):
        sys.exit("Give --locomo FILE or --longmemeval FILE, or both.")
    return everyday


def _everyday_talks(asked: argparse.Namespace) -> Iterator[EverydayTalk]:
    if asked.locomo:
        yield from care_datasets.everyday_talks(locomo.read(asked.locomo), "loc")
    if asked.longmemeval:
        yield from care_datasets.everyday_talks(longmemeval.read(asked.longmemeval), "lme")


async def _items(embedder: CachedEmbedder, dataset: CareDataset) -> list[Item]:
    return [Item(await _talk(embedder, one.said), one.level, "") for one in dataset.items]


async def _embedded(embedder: CachedEmbedder) -> list[Sentence]:
    """Return the sentences of the corpus, embedded at once."""
    found = sentences()
    await embedder.of([one.text for one in found])
    return found


async def _talk(embedder: CachedEmbedder, said: Sequence[str]) -> Talk:
    vectors: Array = (await embedder.of(said)).astype(np.float64)
    return talk_of(said, vectors)


def _datasets(folder: Path | None) -> Iterable[CareDataset]:
    built_in = care_datasets.built_in_datasets()
    return [*built_in, *care_datasets.read_datasets(folder)] if folder else built_in


def _topic(group: str) -> str:
    """Return what a group is about, whatever its language."""
    return group.partition("_")[2].removesuffix("_more")


def _content(heads: Heads) -> dict[str, object]:
    named = {"card": heads.card, "worry": heads.worry}
    return {
        "embedder": EMBEDDING_MODEL,
        "kind": "passage",
        "from": {
            "card": round(heads.card_from, 3),
            "worry": round(heads.worry_from, 3),
            "together": round(heads.together_from, 3),
        },
        "heads": {
            name: {
                "bias": round(head.bias, 4),
                "weights": [round(weight, 3) for weight in head.weights.tolist()],
            }
            for name, head in named.items()
        },
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--locomo", type=Path, help="a file of LoCoMo")
    parser.add_argument("--longmemeval", type=Path, help="a file or folder of LongMemEval")
    parser.add_argument("--vectors", type=Path, help="folder that keeps vectors for the next run")
    parser.add_argument("--cached", action="store_true", help="embed no everyday conversation")
    parser.add_argument("--models-folder", default="", help="folder of models; default: your own")
    parser.add_argument("--eval", type=Path, help="a folder of sets, as tau bench care reads it")
    parser.add_argument("--out", type=Path, help="file for the weights")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
