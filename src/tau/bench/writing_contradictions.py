"""Letters with one planted contradiction each, to measure what the check of memory finds."""

import random
import tomllib
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from tau.experts.writing.blocks import parse_markdown
from tau.experts.writing.findings import TextFinding
from tau.experts.writing.memory_checks import KnownMemory, check_memory
from tau.experts.writing.sentences import has_han
from tau.experts.writing.statements import KnownStatement

SET = "writing_development.toml"
_OTHER_CASES = 3
_SAID_ON = 1_778_000_000.0
_GREETINGS = ("Dear Ms Novak,", "尊敬的李女士：")
_CLOSINGS = ("Kind regards,\\\nMira Falk", "此致\n敬礼")


class _Case(msgspec.Struct):
    split: str
    known: str
    says: list[str]
    values: list[str]
    decoys: list[str]


class PlantedLetter(NamedTuple):
    """A letter, what is known, and the sentence that contradicts it."""

    text: str
    known: list[KnownStatement]
    planted: str


class ContradictionScore(NamedTuple):
    """How many planted contradictions were found, and how many findings were none."""

    letters: int
    found: int
    false: int
    missed: list[str]
    wrong: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return the figures."""
        marked = self.found + self.false
        return {
            "letters": self.letters,
            "recall": round(self.found / self.letters, 4),
            "precision": round(self.found / marked, 4) if marked else None,
        }


def make_letters(split: str, count: int = 100, seed: int = 12) -> list[PlantedLetter]:
    """Return letters made of the cases of a split: `develop` or `check`."""
    text = files("tau.bench.data").joinpath(SET).read_text("utf-8")
    cases = msgspec.convert(tomllib.loads(text)["case"], list[_Case])
    chosen = [case for case in cases if case.split == split]
    choose = random.Random(seed)  # noqa: S311 - a test of software, not a secret
    return [_letter(chosen[number % len(chosen)], chosen, choose) for number in range(count)]


def score_contradictions(letters: list[PlantedLetter]) -> ContradictionScore:
    """Check every letter."""
    found, missed, wrong = 0, list[str](), list[str]()
    for letter in letters:
        known = KnownMemory(letter.known)
        marked = [
            _sentence(block.text, finding)
            for block in parse_markdown(letter.text).blocks
            for finding in check_memory(block, known)
        ]
        found += letter.planted in marked
        if letter.planted not in marked:
            missed.append(letter.planted)
        wrong += [sentence for sentence in marked if sentence != letter.planted]
    return ContradictionScore(len(letters), found, len(wrong), missed, wrong)


def _sentence(text: str, finding: TextFinding) -> str:
    """Return the line of a block that a finding is in: each has one sentence."""
    start = text.rfind("\n", 0, finding.start) + 1
    return text[start:].partition("\n")[0]


def _letter(case: _Case, cases: list[_Case], choose: random.Random) -> PlantedLetter:
    chinese = has_han(case.known)
    others = [one for one in cases if one is not case and has_han(one.known) == chinese]
    others = choose.sample(others, min(_OTHER_CASES, len(others)))
    planted = choose.choice(case.says).replace("{v}", choose.choice(case.values[1:]))
    lines = [planted, choose.choice(case.decoys)]
    for other in others:
        lines.append(choose.choice(other.says).replace("{v}", other.values[0]))
        lines.append(choose.choice(other.decoys))
    choose.shuffle(lines)
    known = [
        KnownStatement(f"f{number}", one.known.replace("{v}", one.values[0]), _SAID_ON + number)
        for number, one in enumerate(cases)
    ]
    text = f"{_GREETINGS[chinese]}\n\n" + "\n".join(lines) + f"\n\n{_CLOSINGS[chinese]}\n"
    return PlantedLetter(text, known, planted)
