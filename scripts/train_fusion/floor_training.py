"""Training of the floor of recall: questions with an answer in memory against small talk.

Logistic regression in numpy. Each kind of message of each data set counts the same. The threshold
is put where `SHOWN` of the small talk for calibration, in histories that were held out, is above
it. The small talk that judges takes part in neither.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tau.memory.floor import ASKS_OF_SAID, NAMES_SPEAKER, OWN_QUESTION

SHOWN = 0.03
"""The share of small talk for calibration that may be above the floor."""
FOLDS = 4
_ALWAYS = (OWN_QUESTION, NAMES_SPEAKER, ASKS_OF_SAID)
_STEPS, _RATE, _L2 = 4_000, 2.0, 1e-3
Matrix = npt.NDArray[np.float64]
JUDGING = ("talk", "task", "near")
"""The parts of small talk that judge."""


@dataclass(frozen=True)
class FloorSample:
    """The features of a message asked in one home; `part` is `question` or one of small talk."""

    data: str
    home: str
    part: str
    features: dict[str, float]


def train_floor(samples: Sequence[FloorSample]) -> tuple[dict[str, float], dict[str, float]]:
    """Return a model and its figures on homes and small talk that it has not seen, in per cent."""
    scores = _scores_held_out(samples)
    threshold = float(np.quantile(scores["calibrate"], 1 - SHOWN))
    model = _fit(samples)
    model["constant"] -= threshold
    above = {part: 100 * float(np.mean(found >= threshold)) for part, found in scores.items()}
    figures = {
        f"questions lost of {data}": 100 - above[data]
        for data in dict.fromkeys(sample.data for sample in samples)
    }
    figures["small talk shown"] = float(np.mean([above[part] for part in JUDGING]))
    figures |= {f"{part} shown": above[part] for part in JUDGING}
    return {name: round(weight, 3) for name, weight in model.items()}, figures


def _scores_held_out(samples: Sequence[FloorSample]) -> dict[str, Matrix]:
    """Return the scores by models that have not seen the home.

    Those of questions are by data set, those of small talk by part.
    """
    homes = sorted({sample.home for sample in samples})
    fold = {home: number % FOLDS for number, home in enumerate(homes)}
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for left_out in range(FOLDS):
        model = _fit([each for each in samples if fold[each.home] != left_out])
        for each in samples:
            if fold[each.home] == left_out:
                kind = each.data if each.part == "question" else each.part
                scores[kind].append(_score(model, each))
    return {part: np.array(found) for part, found in scores.items()}


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
