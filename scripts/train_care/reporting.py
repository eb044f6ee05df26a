"""What the training prints: recall and false cards of messages that no trained part has seen."""

import sys
from collections.abc import Sequence

import numpy as np
from network import Floats
from training import PartOdds, limit

from tau.care.classifier import Classifier
from tau.care.reading import read_message
from tau.care.signals import NO_ODDS, assess_by_rules, signals_of
from tau.care.wording import normalize

SHARES = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005)


def everyday_table(ours: PartOdds, levels: Floats, everyday: PartOdds) -> None:
    """Print the share of each level that gets a card, by the share of everyday messages."""
    for name, odds, daily in (
        ("n-grams", ours.ngrams, everyday.ngrams),
        ("vectors", ours.vectors, everyday.vectors),
        ("both", ours.both, everyday.both),
    ):
        say(f"\n{name}, area under the curve {_area(odds[:, 0], levels >= 2):.3f}")
        for share in SHARES:
            least = limit(daily[:, 0], share)
            found = [100 * np.mean(odds[levels == level, 0] > least) for level in range(4)]
            say(f"  {100 * share:.2f}%: " + "  ".join(f"{part:5.1f}" for part in found))


def report_sentences(made: Classifier, odds: PartOdds, lines: Sequence[tuple[str, int]]) -> None:
    """Print cards and worries of our sentences, by odds of parts that haven't seen their topic."""
    say("\nour sentences, topics not seen")
    rules = np.array([assess_by_rules(words).level for words, _ in lines])
    levels = np.array([level for _, level in lines])
    ways = {
        "rules": rules,
        "with n-grams": _raised(rules, odds.ngrams - made.from_ngrams),
        "with both": _raised(rules, odds.both - made.from_both),
    }
    _table(levels, ways)


def report_conversations(
    made: Classifier, talks: Sequence[tuple[Sequence[str], int, Floats]]
) -> None:
    """Print the highest level of our conversations, which aren't trained on."""
    say("\nour conversations")
    ways: dict[str, list[int]] = {"rules": [], "with n-grams": [], "with both": []}
    for said, _, vectors in talks:
        texts = [normalize(words) for words in said]
        reads = [read_message(text) for text in texts]
        ngrams = [made.ngram_odds(text) for text in texts]
        odds = {
            "rules": [NO_ODDS for _ in texts],
            "with n-grams": [made.judge(one) for one in ngrams],
            "with both": list(map(made.judge, ngrams, made.vector_odds(vectors))),
        }
        for name, some in odds.items():
            found = signals_of(reads, some)
            ways[name].append(max(signal.level for signal in found))
    levels = np.array([level for _, level, _ in talks])
    _table(levels, {name: np.array(found) for name, found in ways.items()})


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _raised(rules: Floats, odds: Floats) -> Floats:
    found = np.where(odds[:, 0] > 0, 2, np.where(odds[:, 1] > 0, 1, 0))
    return np.maximum(rules, found)


def _table(levels: Floats, ways: dict[str, Floats]) -> None:
    for level in sorted(set(levels.tolist())):
        some = levels == level
        found = "  ".join(
            f"{name} {int((way[some] >= 2).sum())} ({int((way[some] >= 1).sum())})"
            for name, way in ways.items()
        )
        say(f"  level {level}: {int(some.sum()):5}  cards (worries): {found}")


def _area(odds: Floats, danger: Floats) -> float:
    """Return the area under the curve: how often danger has the higher odds."""
    ranks = np.empty(len(odds))
    ranks[np.argsort(odds)] = np.arange(len(odds))
    count = int(danger.sum())
    return float((ranks[danger].mean() - (count - 1) / 2) / (len(odds) - count))
