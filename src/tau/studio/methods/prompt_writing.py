"""GEPA's search for better instructions, with our own models and grader. Blocking.

`gepa` is imported here alone, when a search begins.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from tau.errors import TauError
from tau.studio.examples.example import Example

_COMPONENT = "instructions"
_MOST_JUDGING = 40  # examples that judge instructions; as many others show what is wrong
_AT_A_TIME = 4  # wrong answers that a rewriting is made from


class _Tried(Protocol):
    @property
    def answer(self) -> str: ...

    @property
    def score(self) -> float: ...


TryInstructions = Callable[[Sequence[Example], str], Sequence[_Tried]]
"""Takes examples and instructions; returns what was answered, with scores from 0 to 1."""
WriteText = Callable[[str], str]
"""Asks the model that rewrites."""


class WrittenPrompts:
    """Searches instructions. Implements the adapter that `gepa` asks for."""

    propose_new_texts = None  # gepa's own way of asking for a rewriting

    def __init__(self, attempt: TryInstructions, write: WriteText) -> None:
        self._attempt = attempt
        self._write = write
        self._failure: TauError | None = None

    def optimize(self, train: Sequence[Example], first: str, seed: int, calls: int) -> str:
        """Return the instructions that did best on training examples, from `first` on.

        Raises `ImportError` without the extra, and what the models raise.
        """
        import gepa

        shuffled = sorted(train, key=lambda each: each.id)
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - the same examples each time
        half = min(_MOST_JUDGING, len(shuffled) // 2)
        result = gepa.optimize(
            seed_candidate={_COMPONENT: first},
            trainset=shuffled[half : 2 * half],
            valset=shuffled[:half],
            adapter=self,
            reflection_lm=self._rewrite,
            reflection_minibatch_size=_AT_A_TIME,
            max_metric_calls=calls,
            stop_callbacks=lambda _: self._failure is not None,
            logger=_Silence(),
            seed=seed,
        )
        if self._failure is not None:
            raise self._failure
        return str(result.best_candidate[_COMPONENT])

    def evaluate(
        self, batch: list[Example], candidate: Mapping[str, str], capture_traces: bool = False
    ) -> Any:
        """Return answers and scores with a candidate. See `gepa.GEPAAdapter`."""
        import gepa

        with self._noting_failure():
            tried = self._attempt(batch, candidate[_COMPONENT])
        return gepa.EvaluationBatch(
            outputs=[each.answer for each in tried],
            scores=[each.score for each in tried],
            trajectories=list(zip(batch, tried, strict=True)) if capture_traces else None,
        )

    def _rewrite(self, prompt: str) -> str:
        with self._noting_failure():
            return self._write(prompt)

    @contextmanager
    def _noting_failure(self) -> Iterator[None]:
        """Remember what fails: gepa takes it for a try that did no good, and goes on."""
        try:
            yield
        except TauError as error:
            self._failure = self._failure or error
            raise

    def make_reflective_dataset(
        self, candidate: Mapping[str, str], evaluated: Any, components: Sequence[str]
    ) -> dict[str, list[dict[str, Any]]]:
        """Return what the rewriting model gets to see. See `gepa.GEPAAdapter`."""
        del candidate
        seen = [
            {
                "Inputs": example.input,
                "Generated Outputs": each.answer,
                "Feedback": f"Score {each.score:.2f}. The right answer is: {example.answer}",
            }
            for example, each in evaluated.trajectories or ()
        ]
        return dict.fromkeys(components, seen)


class _Silence:
    """Takes gepa's reports, which quote examples, and keeps none."""

    def log(self, message: str) -> None:
        """Take a report."""
