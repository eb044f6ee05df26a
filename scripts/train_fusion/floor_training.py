"""Training of the floor of recall: questions with an answer in memory against small talk.

Logistic regression in numpy. Each kind of message of each data set counts the same. The threshold
is put where `SHOWN` of the small talk for training, in histories that were held out, is above it.
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tau.memory.floor import ASKS_OF_SAID, NAMES_SPEAKER, OWN_QUESTION

SMALL_TALK = tomllib.loads((Path(__file__).resolve().parent / "small_talk.toml").read_text("utf-8"))
SHOWN = 0.03
"""The share of small talk for training that may be above the floor."""
FOLDS = 4
_ALWAYS = (OWN_QUESTION, NAMES_SPEAKER, ASKS_OF_SAID)
_STEPS, _RATE, _L2 = 4_000, 2.0, 1e-3
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FloorSample:
    """The features of a message asked in one home; `part` is `question`, `train` or `judge`."""

    data: str
    home: str
    part: str
    features: dict[str, float]


def train_floor(samples: Sequence[FloorSample]) -> tuple[dict[str, float], dict[str, float]]:
    """Return a model and its figures on homes and small talk that it has not seen, in per cent."""
    homes = sorted({sample.home for sample in samples})
    fold = {home: number % FOLDS for number, home in enumerate(homes)}
    scores: dict[str, list[float]] = {"question": [], "train": [], "judge": []}
    for left_out in range(FOLDS):
        model = _fit([each for each in samples if fold[each.home] != left_out])
        for each in samples:
            if fold[each.home] == left_out:
                scores[each.part].append(_score(model, each))
    threshold = float(np.quantile(scores["train"], 1 - SHOWN))
    model = _fit(samples)
    model["constant"] -= threshold
    figures = {
        "questions lost": 100 * float(np.mean(np.array(scores["question"]) < threshold)),
        "small talk shown": 100 * float(np.mean(np.array(scores["judge"]) >= threshold)),
    }
    return {name: round(weight, 3) for name, weight in model.items()}, figures


def _fit(samples: Sequence[FloorSample]) -> dict[str, float]:
    used = [each for each in samples if each.part in ("question", "train")]
    names = sorted({name for each in used for name in each.features} - {"constant", *_ALWAYS})
    x = np.array([[each.features.get(name, 0.0) for name in names] for each in used])
    wanted = np.array([each.part == "question" for each in used], np.float64)
    counts = Counter((each.data, each.part) for each in used)
    share = np.array([1 / counts[each.data, each.part] for each in used])
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    weights, constant = _descend((x - mean) / spread, wanted, share / share.sum())
    model = dict(zip(names, (weights / spread).tolist(), strict=True))
    return {"constant": constant - float((weights * mean / spread).sum()), **model}


def _descend(x: Matrix, wanted: Matrix, share: Matrix) -> tuple[Matrix, float]:
    weights, constant = np.zeros(x.shape[1]), 0.0
    for _ in range(_STEPS):
        error = share * (1 / (1 + np.exp(-(x @ weights + constant))) - wanted)
        weights = weights - _RATE * (x.T @ error + _L2 * weights)
        constant -= _RATE * float(error.sum())
    return weights, constant


def _score(model: dict[str, float], sample: FloorSample) -> float:
    if any(sample.features[name] for name in _ALWAYS):
        return np.inf
    return sum(model.get(name, 0.0) * value for name, value in sample.features.items())
