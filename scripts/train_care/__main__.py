"""Train the classifier of danger, and print what it adds to the rules.

    .venv/bin/python scripts/train_care --longmemeval FILE --locomo FILE --vectors FOLDER --write

`--write` replaces the weights in `src/tau/care`. FOLDER keeps vectors for the next run. Everyday
messages are those of the half that rules were built with. No sentence of a set is printed.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from corpus import conversations, corpus_hash, sentences
from reporting import everyday_table, report_conversations, report_sentences, say
from training import CARDS, EVERYDAY_WEIGHT, Examples, PartOdds, classifier_of, limit, train, unseen

from tau.bench import care_datasets, locomo, longmemeval
from tau.bench.care_datasets import EverydayTalk
from tau.bench.care_vectors import QuestionEmbedder
from tau.bench.models import open_embedder
from tau.bench.vectors import CachedEmbedder
from tau.care import classifier as shipped
from tau.care.classifier import EMBEDDER, Classifier, Floats, text_for_vector
from tau.care.ngrams import ngram_rows
from tau.care.signals import LEAST_TOGETHER, MAX_EARLIER
from tau.care.wording import normalize

HARMLESS_WITH_CARD = 0.03
"""Share of our harmless conversations that may get a card by what adds up."""


class Talk(NamedTuple):
    """A conversation: what the person says, the vectors of it, its level and topic."""

    said: Sequence[str]
    vectors: Floats
    level: int
    topic: str


def main() -> None:
    """Embed, judge by cross-validation, and write the weights if asked to."""
    asyncio.run(_run(_arguments()))


async def _run(asked: argparse.Namespace) -> None:
    async with open_embedder(EMBEDDER, asked.models_folder, say) as models:
        if models is None:
            sys.exit("The built-in embedder can't be had.")
        with closing(
            CachedEmbedder(QuestionEmbedder(models), EMBEDDER, asked.vectors, say)
        ) as embedder:
            lines = [
                await _talk(embedder, [one.text], one.level, _topic(one.group))
                for one in sentences()
            ]
            talks = [
                await _talk(embedder, one.said, one.level, _topic(one.group))
                for one in conversations()
            ]
            everyday = [
                await _talk(embedder, each.said, 0, f"everyday {number}")
                for number, each in enumerate(_everyday(asked))
                if not each.is_held_out
            ]
    made = _judged(lines, talks, everyday)
    if asked.write:
        _write(made)


def _judged(lines: Sequence[Talk], talks: Sequence[Talk], everyday: Sequence[Talk]) -> Classifier:
    """Return the classifier, and print what it says of what it hasn't seen."""
    ours, others = _examples(lines, 1.0), _examples(everyday, EVERYDAY_WEIGHT)
    examples = Examples(
        [*ours.rows, *others.rows],
        *(np.concatenate(pair) for pair in zip(ours[1:4], others[1:4], strict=True)),
        [*ours.groups, *others.groups],
    )
    odds = unseen(examples)
    of_lines = PartOdds(*(part[: len(lines)] for part in odds))
    of_everyday = PartOdds(*(part[len(lines) :] for part in odds))
    made = classifier_of(train(examples), of_everyday, corpus_hash())
    made = made._replace(together_from=_together(made, of_everyday, everyday, talks))
    everyday_table(of_lines, ours.levels, of_everyday)
    report_sentences(made, of_lines, [(one.said[0], one.level) for one in lines])
    report_conversations(made, [(one.said, one.level, one.vectors) for one in talks])
    return made


def _together(
    made: Classifier, odds: PartOdds, everyday: Sequence[Talk], talks: Sequence[Talk]
) -> Floats:
    """Return the means of a conversation's odds from which it gets a card: n-grams, and both."""
    ends = np.cumsum([len(talk.said) for talk in everyday])[:-1]
    found = []
    for is_both, start in enumerate((made.from_ngrams, made.from_both)):
        daily = np.split((odds.both if is_both else odds.ngrams) - start, ends)
        harmless = [_odds(made, talk, bool(is_both)) for talk in talks if not talk.level]
        means = [max(_means(part), default=-np.inf) for part in harmless]
        least = limit(np.array([mean for part in daily for mean in _means(part)]), CARDS)
        found.append(max(least, limit(np.array(means), HARMLESS_WITH_CARD)))
    return np.array(found, np.float32)


def _odds(made: Classifier, talk: Talk, is_both: bool) -> Floats:
    ngrams = [made.ngram_odds(normalize(words)) for words in talk.said]
    vectors = made.vector_odds(talk.vectors) if is_both else [None] * len(ngrams)
    judged = list(map(made.judge, ngrams, vectors))
    return np.array([[one.card, one.worry] for one in judged], np.float32)


def _means(odds: Floats) -> list[float]:
    """Return the mean odds for a card up to each message that is a worry, from the third on."""
    return [
        float(odds[max(0, end - MAX_EARLIER - 1) : end, 0].mean())
        for end in range(LEAST_TOGETHER, len(odds) + 1)
        if odds[end - 1, 1] > 0
    ]


def _examples(talks: Sequence[Talk], weight: float) -> Examples:
    said = [(words, talk) for talk in talks for words in talk.said]
    return Examples(
        [ngram_rows(normalize(words)) for words, _ in said],
        np.concatenate([talk.vectors for talk in talks]),
        np.array([talk.level for _, talk in said], np.float32),
        np.full(len(said), weight, np.float32),
        [talk.topic for _, talk in said],
    )


def _everyday(asked: argparse.Namespace) -> Iterator[EverydayTalk]:
    if asked.locomo:
        yield from care_datasets.everyday_talks(locomo.read(asked.locomo), "loc")
    if asked.longmemeval:
        yield from care_datasets.everyday_talks(longmemeval.read(asked.longmemeval), "lme")


async def _talk(embedder: CachedEmbedder, said: Sequence[str], level: int, topic: str) -> Talk:
    vectors = await embedder.of([text_for_vector(words) for words in said])
    return Talk(said, np.asarray(vectors, np.float32), level, topic)


def _topic(group: str) -> str:
    """Return what a group is about, whatever its language."""
    return group.partition("_")[2].removesuffix("_more")


def _write(made: Classifier) -> None:
    small = ("mean", "hidden", "output")
    arrays = {name: np.asarray(value) for name, value in made._asdict().items()}
    arrays |= {name: arrays[name].astype(np.float16) for name in small}
    path = Path(shipped.__file__).with_name(shipped.FILE_NAME)
    np.savez_compressed(path, allow_pickle=False, **arrays)
    say(f"{path.name}: {path.stat().st_size:,} bytes")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--locomo", type=Path, required=True, help="a file of LoCoMo")
    parser.add_argument("--longmemeval", type=Path, help="a file or folder of LongMemEval")
    parser.add_argument("--vectors", type=Path, help="folder that keeps vectors for the next run")
    parser.add_argument("--models-folder", default="", help="folder of models; default: your own")
    parser.add_argument("--write", action="store_true", help="replace the weights in src/tau/care")
    return parser.parse_args()


if __name__ == "__main__":
    main()
