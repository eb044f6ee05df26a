"""`tau bench writing`: Word files, checks against memory and style, and how long they take."""

import os
import random
import statistics
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tau.bench.writing_contradictions import make_letters, score_contradictions
from tau.bench.writing_style import score_style
from tau.bench.writing_tracking import broken_promises
from tau.experts.environment import installed_expert_program
from tau.experts.worker_process import ExpertWorker
from tau.experts.writing.blocks import TextDocument, parse_markdown
from tau.experts.writing.checks import CheckOptions, DocumentChecker
from tau.experts.writing.statements import KnownStatement

WORDS = 1_000
FACTS = 1_000
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
    """Return the milliseconds of checks of 1,000 words: medians of first checks and re-checks.

    Beside the time that passes stands that of the processors: the programs that share a machine
    change only the first.
    """
    document, known = _document(), make_letters("develop", 1)[0].known
    options = CheckOptions(statements=tuple(known))
    figures = _rule_times("rules", document, options)
    many = CheckOptions(statements=_facts(FACTS))
    figures |= _rule_times(f"rules_with_{FACTS}_facts", document, many)
    if home is not None:
        figures |= await _harper_times(options, home)
    return figures


def _rule_times(name: str, document: TextDocument, options: CheckOptions) -> dict[str, float]:
    DocumentChecker().check(document, options)  # reads what is known, once
    first, again = [], []
    for round_number in range(_ROUNDS):
        checker = DocumentChecker()
        first.append(_timed(checker, document, options))
        changed = document.replace("b3", f"{document.blocks[2].text} Round {round_number}.")
        again.append(_timed(checker, changed, options))
    return _figures(name, first, again)


def _facts(count: int) -> tuple[KnownStatement, ...]:
    """Return facts with a value each, most of them about nothing in the document."""
    choose = random.Random(count)  # noqa: S311 - a test of software, not a secret
    texts = (
        f"{choose.choice(_WHAT)} of number {number} costs {choose.randrange(10, 2_000)} EUR"
        for number in range(count)
    )
    return tuple(KnownStatement(f"f{place}", text, 1.0) for place, text in enumerate(texts))


class _Spent(NamedTuple):
    """Milliseconds: those that passed, and those of the processors."""

    wall: float
    cpu: float


def _timed(checker: DocumentChecker, document: TextDocument, options: CheckOptions) -> _Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    checker.check(document, options)
    return _Spent((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3)


async def _harper_times(options: CheckOptions, home: Path) -> dict[str, float]:
    worker = ExpertWorker(partial(installed_expert_program, home))
    try:
        cold = await _harper(worker, DocumentChecker(), _document(), options)
        first, again = [], []
        for round_number in range(_ROUNDS):
            checker = DocumentChecker()
            other = _document(round_number + 1)
            first.append(await _harper(worker, checker, other, options))
            changed = other.replace("b3", f"{other.blocks[2].text} Changed {round_number}.")
            again.append(await _harper(worker, checker, changed, options))
    finally:
        await worker.close()
    return {"all_cold": round(cold.wall, 1), **_figures("all", first, again)}


def _figures(name: str, first: list[_Spent], again: list[_Spent]) -> dict[str, float]:
    """Return medians, and the least: what other programs take from the machine isn't in it."""
    found: dict[str, float] = {}
    for which, spent in (("first", first), ("after_an_edit", again)):
        wall = [one.wall for one in spent]
        found[f"{name}_{which}"] = round(statistics.median(wall), 1)
        found[f"{name}_{which}_least"] = round(min(wall), 1)
        found[f"{name}_{which}_cpu"] = round(statistics.median(one.cpu for one in spent), 1)
    return found


async def _harper(
    worker: ExpertWorker, checker: DocumentChecker, document: TextDocument, options: CheckOptions
) -> _Spent:
    wall, cpu = time.perf_counter(), time.process_time() + _cpu_of(worker)
    texts = checker.english_texts(document, options)
    answer = await worker.call("writing.english", {"texts": texts}, seconds=_SECONDS)
    checker.add_english(texts, answer["lints"], options)
    checker.check(document, options)
    used = time.process_time() + _cpu_of(worker) - cpu
    return _Spent((time.perf_counter() - wall) * 1e3, used * 1e3)


def _cpu_of(worker: ExpertWorker) -> float:
    """Return the seconds that the child of a worker has computed; 0 where that can't be known."""
    with suppress(OSError, IndexError, ValueError):
        fields = Path(f"/proc/{worker.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


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
