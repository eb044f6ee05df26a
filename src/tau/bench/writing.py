"""`tau bench writing`: Word files, checks against memory and style, and how long they take."""

import random
import statistics
import time
from functools import partial
from pathlib import Path
from typing import Any

from tau.bench.writing_contradictions import make_letters, score_contradictions
from tau.bench.writing_style import score_style
from tau.bench.writing_tracking import broken_promises
from tau.experts.environment import installed_expert_program
from tau.experts.worker_process import ExpertWorker
from tau.experts.writing.blocks import TextDocument, parse_markdown
from tau.experts.writing.checks import CheckOptions, DocumentChecker

WORDS = 1_000
_SPLITS = ("develop", "check")
_ROUNDS = 9
_SECONDS = 60.0
_SENTENCES_OF_A_PARAGRAPH = 4
_WHO = ("my landlord", "the office", "our neighbour", "Ms Kowalska", "the tenant", "the bank")
_DOES = ("has sent", "will check", "asks about", "wants to see", "has not paid", "can repair")
_WHAT = ("the boiler", "an invoice", "the second key", "your letter", "the contract", "a window")
_WHEN = ("on Monday", "before noon", "as agreed", "within two weeks", "in the spring", "in April")


async def measure(documents: int, home: Path | None) -> dict[str, Any]:
    """Return all figures. With `home`, Harper is timed too, with the packages that are there."""
    return {
        "tracking": measure_tracking(documents),
        "style": {split: score_style(split).as_json() for split in _SPLITS},
        "contradictions": {
            split: score_contradictions(make_letters(split)).as_json() for split in _SPLITS
        },
        "milliseconds": await measure_times(home),
    }


def measure_tracking(documents: int) -> dict[str, Any]:
    """Edit random Word files; return how many keep every promise, and what was broken."""
    broken = [found for seed in range(documents) if (found := broken_promises(seed))]
    promises = sorted({promise for found in broken for promise in found})
    return {"documents": documents, "kept": documents - len(broken), "broken": promises}


async def measure_times(home: Path | None) -> dict[str, float]:
    """Return the milliseconds of checks of 1,000 words: medians of first checks and re-checks."""
    document, known = _document(), make_letters("develop", 1)[0].known
    options = CheckOptions(statements=tuple(known))
    first, again = [], []
    for round_number in range(_ROUNDS):
        checker = DocumentChecker()
        first.append(_timed(checker, document, options))
        changed = document.replace("b3", f"{document.blocks[2].text} Round {round_number}.")
        again.append(_timed(checker, changed, options))
    figures = _figures("rules", first, again)
    if home is not None:
        figures |= await _harper_times(document, options, home)
    return figures


def _timed(checker: DocumentChecker, document: TextDocument, options: CheckOptions) -> float:
    began = time.perf_counter()
    checker.check(document, options)
    return (time.perf_counter() - began) * 1e3


async def _harper_times(
    document: TextDocument, options: CheckOptions, home: Path
) -> dict[str, float]:
    worker = ExpertWorker(partial(installed_expert_program, home))
    try:
        cold = await _harper(worker, DocumentChecker(), document, options)
        first, again = [], []
        for round_number in range(_ROUNDS):
            checker = DocumentChecker()
            other = _document(round_number + 1)
            first.append(await _harper(worker, checker, other, options))
            changed = other.replace("b3", f"{other.blocks[2].text} Changed {round_number}.")
            again.append(await _harper(worker, checker, changed, options))
    finally:
        await worker.close()
    return {"all_cold": round(cold, 1), **_figures("all", first, again)}


def _figures(name: str, first: list[float], again: list[float]) -> dict[str, float]:
    """Return medians, and the least: what other programs take from the machine isn't in it."""
    return {
        f"{name}_first": round(statistics.median(first), 1),
        f"{name}_first_least": round(min(first), 1),
        f"{name}_after_an_edit": round(statistics.median(again), 1),
        f"{name}_after_an_edit_least": round(min(again), 1),
    }


async def _harper(
    worker: ExpertWorker, checker: DocumentChecker, document: TextDocument, options: CheckOptions
) -> float:
    began = time.perf_counter()
    texts = checker.english_texts(document, options)
    answer = await worker.call("writing.english", {"texts": texts}, seconds=_SECONDS)
    checker.add_english(texts, answer["lints"], options)
    checker.check(document, options)
    return (time.perf_counter() - began) * 1e3


def _document(seed: int = 0) -> TextDocument:
    """Return about a thousand words whose sentences differ: Harper remembers sentences."""
    choose = random.Random(seed)  # noqa: S311 - a test of software, not a secret
    paragraphs: list[str] = []
    words = 0
    while words < WORDS:
        sentences = [_sentence(choose) for _ in range(_SENTENCES_OF_A_PARAGRAPH)]
        paragraphs.append(" ".join(sentences))
        words += len(paragraphs[-1].split())
    return parse_markdown("\n\n".join(paragraphs))


def _sentence(choose: random.Random) -> str:
    first, second = (
        " ".join(choose.choice(part) for part in (_WHO, _DOES, _WHAT, _WHEN)) for _ in range(2)
    )
    return f"{first[:1].upper()}{first[1:]}, number {choose.randrange(10**6)}, and {second}."
