"""How often a person's own skill is suggested where it's asked for, and where it isn't.

All the skills are there at once. The limit is chosen with half of the skills and of the templates
of other messages, and measured with the rest, in turn.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

import msgspec
import numpy as np

from tau.experts.own_routing import nearest_skill, read_sentences, sentences_of
from tau.experts.routing import Floats, suggested_expert
from tau.experts.skills.skill import Skill

MOST_WRONG = 0.005
"""Share of messages that may get a skill that they don't ask for."""
_FOLDS = 2


class AskedSkill(msgspec.Struct, frozen=True):
    """A skill of a person's own, and what they'd ask of it.

    `takes` are messages of the built-in set that are right for it too.
    """

    name: str
    description: str
    asks: list[str]
    examples: list[str] = []
    takes: list[str] = []

    @property
    def skill(self) -> Skill:
        """It as a skill."""
        return Skill(
            name=self.name,
            description=self.description,
            body="",
            digest="",
            own=True,
            examples={"en": tuple(self.examples)} if self.examples else {},
        )


class NearestSkill(msgspec.Struct, frozen=True):
    """The skill that is nearest to a message; `wanted` is the one that it asks for, if any.

    With `taken`, Tau suggests a specialist of its own, so no other one.
    """

    wanted: str | None
    name: str | None
    score: float
    fold: int
    taken: bool


class _AskedSkills(msgspec.Struct, frozen=True):
    skills: list[AskedSkill]


def asked_skills() -> list[AskedSkill]:
    """Return the skills that ship for this measurement."""
    text = files("tau.bench").joinpath("data", "routing_own.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _AskedSkills).skills


def texts_to_embed(skills: Sequence[AskedSkill]) -> list[str]:
    """Return every sentence whose vector is needed, beside those of the built-in messages."""
    return [text for each in skills for text in (*sentences_of(each.skill), *each.asks)]


def nearest_skills(
    skills: Sequence[AskedSkill],
    messages: Iterable[tuple[str, int]],
    vectors: Mapping[str, Floats],
) -> list[NearestSkill]:
    """Return the nearest skill of each sentence that asks for one, and of other messages.

    The latter come with the number of their template.
    """
    read = {}
    for each in skills:
        texts = sentences_of(each.skill)
        read[each.name] = read_sentences(texts, np.array([vectors[text] for text in texts]))
    also = {text: each.name for each in skills for text in each.takes}
    asked = [(text, each.name, number) for number, each in enumerate(skills) for text in each.asks]
    others = [(text, also.get(text), template) for text, template in messages]
    found = []
    for text, wanted, number in [*asked, *others]:
        name, score = nearest_skill(text, vectors[text], read)
        taken = suggested_expert(text, vectors[text]) is not None
        found.append(NearestSkill(wanted, name, score, number % _FOLDS, taken))
    return found


def best_limit(of: Sequence[NearestSkill]) -> float:
    """Return the lowest limit with at most `MOST_WRONG` wrong suggestions."""
    tried = sorted({each.score for each in of})
    return next(limit for limit in tried if _shares(of, limit)["wrong"] <= MOST_WRONG)


def figures(of: Sequence[NearestSkill]) -> dict[str, float]:
    """Return the shares of right and of wrong suggestions, with limits of the other folds."""
    rows = []
    for fold in range(_FOLDS):
        limit = best_limit([each for each in of if each.fold != fold])
        rows += [
            msgspec.structs.replace(each, name=each.name if each.score > limit else None, score=1.0)
            for each in of
            if each.fold == fold
        ]
    return _shares(rows, 0.0)


def _shares(of: Sequence[NearestSkill], limit: float) -> dict[str, Any]:
    shown = [(each.wanted, None if each.taken or each.score <= limit else each.name) for each in of]
    wanted = [name == wanted for wanted, name in shown if wanted is not None]
    wrong = [name not in (None, wanted) for wanted, name in shown]
    return {
        "right": round(sum(wanted) / max(1, len(wanted)), 4),
        "wrong": round(sum(wrong) / max(1, len(wrong)), 4),
    }
