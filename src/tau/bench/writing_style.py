"""Planted violations of a person's style, to measure what the style rules find."""

import tomllib
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from tau.bench.writing_contradictions import SET
from tau.experts.writing.blocks import Block
from tau.experts.writing.style import StyleFact, read_style


class _StyleCase(msgspec.Struct):
    split: str
    says: str
    breaks: list[tuple[str, str]]
    keeps: list[str]


class StyleScore(NamedTuple):
    """How many planted violations were found, and how many findings were none."""

    planted: int
    found: int
    false: int

    def as_json(self) -> dict[str, Any]:
        """Return the figures: shares of the planted ones, and of the findings."""
        marked = self.found + self.false
        return {
            "planted": self.planted,
            "found": round(self.found / self.planted, 4),
            "false": round(self.false / marked, 4) if marked else 0.0,
        }


def score_style(split: str) -> StyleScore:
    """Check every sentence of a split against all that the person said of style in it."""
    text = files("tau.bench.data").joinpath(SET).read_text("utf-8")
    cases = msgspec.convert(tomllib.loads(text)["style"], list[_StyleCase])
    chosen = [case for case in cases if case.split == split]
    facts = [StyleFact(f"f{n}", case.says, float(n)) for n, case in enumerate(chosen)]
    rules = read_style(facts).rules
    wanted = {sentence: words for case in chosen for sentence, words in case.breaks}
    sentences = [*wanted, *(sentence for case in chosen for sentence in case.keeps)]
    found = false = 0
    for sentence in sentences:
        marked = [
            sentence[one.start : one.end]
            for rule in rules
            for one in rule.check(Block("b", sentence))
        ]
        hit = wanted.get(sentence) in marked
        found += hit
        false += len(marked) - hit
    return StyleScore(len(wanted), found, false)
