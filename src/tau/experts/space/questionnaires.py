"""Questionnaires PHQ-9 and GAD-7: their questions, scores and bands.

A questionnaire, not a diagnosis: a score says how much bothered somebody over two weeks, and
nothing about why. Sources: Kroenke, Spitzer and Williams (2001), J Gen Intern Med 16, 606-613;
Spitzer and others (2006), Arch Intern Med 166, 1092-1097.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from tau.errors import BadInput, NotFound
from tau.experts.space.exercises import Wording

MOST_PER_ITEM = 3
CHOICES = (
    Wording("Not at all", "完全不会"),
    Wording("Several days", "好几天"),
    Wording("More than half the days", "一半以上的天数"),
    Wording("Nearly every day", "几乎每天"),
)
"""What each question is answered with; an answer is worth its place, 0 to 3."""
NOT_A_DIAGNOSIS = Wording(
    "This is a questionnaire, not a diagnosis. A doctor or another professional can tell you more.",
    "这是一份问卷，不是诊断。医生或其他专业人员能告诉你更多。",
)


class ScoreBand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The scores up to `up_to` that are above the band before it."""

    up_to: int
    name: str
    label: Wording


class Questionnaire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A questionnaire. `danger_item`: the number, from 1, of the item about dying or self-harm."""

    name: str
    title: Wording
    about: Wording
    question: Wording
    items: tuple[Wording, ...]
    bands: tuple[ScoreBand, ...]
    danger_item: int = 0

    @property
    def most(self) -> int:
        """The highest score."""
        return MOST_PER_ITEM * len(self.items)

    def score(self, answers: Sequence[int]) -> int:
        """Return the sum of the answers. Raises `BadInput` unless there is one, 0-3, for each."""
        if len(answers) != len(self.items):
            raise BadInput("Answer every question.")
        if not all(0 <= answer <= MOST_PER_ITEM for answer in answers):
            raise BadInput("Each answer is a number from 0 to 3.")
        return sum(answers)

    def band(self, score: int) -> ScoreBand:
        """Return the band that a score falls into."""
        return next((band for band in self.bands if score <= band.up_to), self.bands[-1])

    def names_danger(self, answers: Sequence[int]) -> bool:
        """Return whether thoughts of dying or self-harm were there at all."""
        return 0 < self.danger_item <= len(answers) and answers[self.danger_item - 1] > 0


@cache
def questionnaires() -> Mapping[str, Questionnaire]:
    """Return all questionnaires by name."""
    text = files("tau.experts.space").joinpath("questionnaires.toml").read_text("utf-8")
    return {
        name: msgspec.convert({"name": name, **about}, Questionnaire)
        for name, about in tomllib.loads(text).items()
    }


def questionnaire(name: str) -> Questionnaire:
    """Return one questionnaire. Raises `NotFound`."""
    found = questionnaires().get(name)
    if found is None:
        raise NotFound("There is no such questionnaire.")
    return found
