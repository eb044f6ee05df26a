"""Train the weights by which a specialist is suggested, and write them.

    .venv/bin/python scripts/train_routing [--models-folder FOLDER]

They go to `routing.json` of `src/tau/experts`, with margins chosen on the messages of
`tau bench routing`. Run it again whenever an example sentence is changed: a test notices.
"""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tau.bench.models import open_embedder
from tau.bench.own_routing import asked_skills, best_limit, nearest_skills, texts_to_embed
from tau.bench.routing import best_margin, built_in_messages, leads
from tau.care.classifier import EMBEDDER
from tau.experts import own_routing, routing
from tau.experts.routing import CLASSES, RoutingWeights, example_sentences, examples_digest

TARGET = Path(__file__).resolve().parents[2] / "src" / "tau" / "experts" / "routing.json"
PENALTY = 0.01
STEPS = 300
RATE = 0.5
DECIMALS = 4

Floats = npt.NDArray[np.floating[Any]]


def fit(vectors: Floats, classes: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return weights and bias of a logistic regression, each class weighing the same."""
    mean, scale = vectors.mean(0), float((vectors - vectors.mean(0)).std())
    inputs, wanted = (vectors - mean) / scale, np.eye(len(CLASSES))[classes]
    share = 1 / np.bincount(classes)[classes]
    share = (share / share.mean())[:, None] / len(inputs)
    weights, bias = np.zeros((inputs.shape[1], len(CLASSES))), np.zeros(len(CLASSES))
    for _ in range(STEPS):
        odds = inputs @ weights + bias
        likely = np.exp(odds - odds.max(1, keepdims=True))
        error = (likely / likely.sum(1, keepdims=True) - wanted) * share
        weights -= RATE * (inputs.T @ error + PENALTY * weights)
        bias -= RATE * error.sum(0)
    return weights / scale, bias - mean @ weights / scale


async def train(models_folder: str) -> RoutingWeights:
    """Return the weights for the built-in embedder."""
    sentences = example_sentences()
    texts = [text for name in CLASSES for text in sentences[name]]
    classes = np.array([n for n, name in enumerate(CLASSES) for _ in sentences[name]])
    messages, skills = built_in_messages(), asked_skills()
    async with open_embedder(EMBEDDER, models_folder, print) as pool:
        if pool is None:
            raise SystemExit("The embedder isn't there and can't be downloaded.")
        vectors = (await pool.embed(EMBEDDER, texts, "query")).vectors
        asked = (await pool.embed(EMBEDDER, [each.text for each in messages], "query")).vectors
        own_texts = texts_to_embed(skills)
        own = (await pool.embed(EMBEDDER, own_texts, "query")).vectors
    weights, bias = fit(np.asarray(vectors, np.float64), classes)
    trained = RoutingWeights(
        note="Trained by scripts/train_routing.",
        examples=examples_digest(),
        embedder=EMBEDDER,
        weights=np.round(weights, DECIMALS).tolist(),
        bias=np.round(bias, DECIMALS).tolist(),
        centre=np.round(np.asarray(vectors).mean(0), DECIMALS).tolist(),
        margin=0.0,
        words_margin=0.0,
        own_limit=0.0,
    )
    use(trained)
    trained = msgspec.structs.replace(
        trained,
        margin=round(best_margin(leads(messages, asked)), DECIMALS),
        words_margin=round(best_margin(leads(messages, None)), DECIMALS),
    )
    use(trained)
    known = dict(zip([*(each.text for each in messages), *own_texts], [*asked, *own], strict=True))
    near = nearest_skills(skills, [(each.text, each.template) for each in messages], known)
    return msgspec.structs.replace(trained, own_limit=round(best_limit(near), DECIMALS))


def use(weights: RoutingWeights) -> None:
    """Have routing work with other weights than those that are in its file."""
    routing.routing_weights = lambda: weights  # type: ignore[assignment]
    own_routing.routing_weights = lambda: weights  # type: ignore[assignment, attr-defined]


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models-folder", default="")
    trained = asyncio.run(train(parser.parse_args().models_folder))
    TARGET.write_bytes(msgspec.json.encode(trained) + b"\n")
    sys.stdout.write(
        f"Wrote {TARGET.name}: margin {trained.margin}, by words {trained.words_margin}, "
        f"of own skills {trained.own_limit}\n"
    )


if __name__ == "__main__":
    main()
