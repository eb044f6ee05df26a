"""How often the right specialist is suggested, and how often a wrong one is.

The messages are of templates: what says the same in other words is of one. Margins are chosen on
four fifths of the templates and measured on the rest, in turn, so that no figure is of a template
that a margin was chosen on. Other messages are measured with the margins that ship.
"""

import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tau.bench import machine, own_routing
from tau.bench.models import open_embedder
from tau.bench.progress import Progress
from tau.errors import BadInput
from tau.experts.routing import CLASSES, Floats, leading_expert, routing_weights
from tau.facts.resolution import TALK

FOLDS = 5
MOST_WRONG = 0.01
"""Share of wrong suggestions that a margin is chosen to stay below; the aim is twice that."""
_COST_OF_WRONG = 3.0


class RoutedMessage(msgspec.Struct, frozen=True):
    """A message, the specialist that it asks for (`talk`: none), and its template."""

    text: str
    expert: str
    language: str
    template: int


class Lead(msgspec.Struct, frozen=True):
    """The specialist that is nearest to a message, and its lead over plain talk."""

    message: RoutedMessage
    expert: str
    lead: float

    def suggested(self, margin: float) -> str:
        """Return what is suggested with a margin; `talk` is nothing."""
        return self.expert if self.lead > margin else TALK


def built_in_messages() -> list[RoutedMessage]:
    """Return the messages that ship with Tau."""
    return _parse(files("tau.bench").joinpath("data", "routing.toml").read_text("utf-8"))


def read_messages(path: Path) -> list[RoutedMessage]:
    """Return the messages of a file in the shape of the built-in one. Raises `BadInput`."""
    try:
        return _parse(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} isn't a file of messages: {error}") from error


def leads(messages: Sequence[RoutedMessage], vectors: Floats | None) -> list[Lead]:
    """Return for each message which specialist leads; without vectors, by words."""
    found = []
    for row, message in enumerate(messages):
        expert, lead = leading_expert(message.text, None if vectors is None else vectors[row])
        found.append(Lead(message, expert, lead))
    return found


def best_margin(of: Sequence[Lead]) -> float:
    """Return the margin with most right answers and at most `MOST_WRONG` wrong suggestions."""
    tried = sorted({each.lead for each in of if np.isfinite(each.lead)} | {0.0})

    def value(margin: float) -> tuple[float, float]:
        right, wrong = _right(of, margin), _wrong(of, margin)
        return right - _COST_OF_WRONG * max(0.0, wrong - MOST_WRONG), -abs(margin)

    return max(tried, key=value)


async def measure(
    path: Path | None, models_folder: str, embedder: bool, progress: Progress
) -> dict[str, Any]:
    """Return the figures with vectors (if there is the `embedder`), and by words alone."""
    messages = built_in_messages() if path is None else read_messages(path)
    texts = [each.text for each in messages]
    vectors = await _embedded(texts, models_folder, progress) if embedder else None
    known = routing_weights()
    ways: dict[str, tuple[Floats | None, float]] = {"words": (None, known.words_margin)}
    if vectors is not None:
        ways = {"vectors": (vectors, known.margin), **ways}
    figures: dict[str, Any] = {"machine": machine.describe(), "messages": len(messages)}
    for way, (used, margin) in ways.items():
        of = leads(messages, used)
        shipped = [(each, each.suggested(margin)) for each in of]
        shown = shipped if path is not None else cross_validated(of)
        figures[way] = _figures(shown)
    if vectors is not None and path is None:
        figures["own skills"] = await _own_skills(messages, vectors, models_folder, progress)
    return figures


async def _own_skills(
    messages: Sequence[RoutedMessage], vectors: Floats, models_folder: str, progress: Progress
) -> dict[str, float]:
    skills = own_routing.asked_skills()
    texts = own_routing.texts_to_embed(skills)
    embedded = await _embedded(texts, models_folder, progress)
    known = dict(zip((each.text for each in messages), vectors, strict=True))
    known |= dict(zip(texts, () if embedded is None else embedded, strict=True))
    others = [(each.text, each.template) for each in messages]
    return own_routing.figures(own_routing.nearest_skills(skills, others, known))


def cross_validated(of: Sequence[Lead]) -> list[tuple[Lead, str]]:
    """Return what is suggested for each message with a margin of the other templates."""
    found = []
    for fold in range(FOLDS):
        others = [each for each in of if each.message.template % FOLDS != fold]
        margin = best_margin(others)
        held_out = (each for each in of if each.message.template % FOLDS == fold)
        found += [(each, each.suggested(margin)) for each in held_out]
    return found


def _figures(shown: Sequence[tuple[Lead, str]]) -> dict[str, Any]:
    figures: dict[str, Any] = {**_shares(shown)}
    for language in sorted({each.message.language for each, _ in shown}):
        figures[language] = _shares([one for one in shown if one[0].message.language == language])
    for name in CLASSES:
        figures[name] = _shares([one for one in shown if one[0].message.expert == name])
    return figures


def _shares(shown: Sequence[tuple[Lead, str]]) -> dict[str, float]:
    if not shown:
        return {}
    right = sum(each.message.expert == suggested for each, suggested in shown)
    wrong = sum(suggested not in (TALK, each.message.expert) for each, suggested in shown)
    return {"right": round(right / len(shown), 4), "wrong": round(wrong / len(shown), 4)}


def _right(of: Sequence[Lead], margin: float) -> float:
    return _share(each.suggested(margin) == each.message.expert for each in of)


def _wrong(of: Sequence[Lead], margin: float) -> float:
    return _share(each.suggested(margin) not in (TALK, each.message.expert) for each in of)


def _share(of: Iterable[bool]) -> float:
    found = list(of)
    return sum(found) / len(found) if found else 0.0


async def _embedded(texts: Sequence[str], models_folder: str, progress: Progress) -> Floats | None:
    name = routing_weights().embedder
    async with open_embedder(name, models_folder, progress) as pool:
        if pool is None:
            return None
        return (await pool.embed(name, texts, "query")).vectors


class _Template(msgspec.Struct, frozen=True):
    expert: str
    language: str
    texts: list[str]


class _Templates(msgspec.Struct, frozen=True):
    templates: list[_Template]


def _parse(text: str) -> list[RoutedMessage]:
    found = msgspec.convert(tomllib.loads(text), _Templates)
    return [
        RoutedMessage(text, template.expert, template.language, number)
        for number, template in enumerate(found.templates)
        for text in template.texts
    ]
