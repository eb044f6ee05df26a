"""Skills of a person's own are suggested once they're approved, and after those of Tau."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.app import App
from tau.bench.own_routing import NearestSkill, asked_skills, best_limit, figures
from tau.errors import ModelUnavailable
from tau.experts.experts import Experts
from tau.experts.own_routing import nearest_skill, read_sentences, sentences_of, suggested_skill
from tau.experts.routing import Floats, routing_weights
from tau.experts.skill_vectors import SkillVectors
from tau.experts.skills.skill import Skill, read_skill
from tau.life.life import Life
from tau.memory.scope import Scope
from tau.models.types import Embedded
from tau.settings import Settings

from .test_routing import towards

pytestmark = pytest.mark.anyio

FILES = {
    "SKILL.md": b"---\nname: gardener\ndescription: Beds, soil and plants.\n---\nSpeak of soil.\n",
    "references/examples.toml": 'en = ["When do I sow carrots?"]\nzh = ["何时？"]\n'.encode(),
}
SKILL = read_skill(FILES, "gardener", own=True)
ASKED = "When do I sow carrots?"
CENTRE = np.array(routing_weights().centre)


def direction(number: int) -> Floats:
    """Return the vector of a text that is unlike those of other numbers."""
    far = np.zeros(len(CENTRE))
    far[number % len(far)] = 0.05
    found: Floats = CENTRE + far
    return found


class Embedder:
    """Makes the same vector of the same text; knows which texts it was asked about."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False
        self.towards: Floats | None = None

    async def of(self, words: str) -> Floats | None:
        return self.towards if self.towards is not None else direction(crc32(words.encode()))

    async def embed(self, name: str, texts: Sequence[str]) -> Embedded:
        self.asked += texts
        if self.fails:
            raise ModelUnavailable("It's gone.")
        return Embedded(name, np.array([direction(crc32(text.encode())) for text in texts]))


def experts_of(settings: Settings, embedder: Embedder) -> tuple[Experts, SkillVectors]:
    vectors = SkillVectors(embedder.embed)
    return Experts(settings.home, embedder, vectors), vectors  # type: ignore[arg-type]


async def test_an_approved_skill_is_suggested_and_no_other(app: App, life: Life) -> None:
    embedder = Embedder()
    experts, vectors = experts_of(app.settings, embedder)

    async def suggested(words: str) -> str | None:
        await experts.suggest(life.memory, words)
        await vectors.wait_until_idle()
        return await experts.suggest(life.memory, words)

    added = await experts.add(life.memory, "gardener", FILES)
    assert await suggested(ASKED) is None
    assert embedder.asked == [], "nobody reads a skill before it's approved"
    assert added.skill is not None
    await experts.judge(life, "gardener", added.skill.digest, approved=True)
    assert await suggested(ASKED) == "gardener"
    assert embedder.asked == sentences_of(SKILL), "once"
    assert await suggested("Rain again.") is None
    await experts.change_scope(life, "gardener", Scope(expert="gardener", enabled=False))
    assert await suggested(ASKED) is None
    await experts.close()


async def test_a_specialist_of_tau_comes_first(app: App, life: Life) -> None:
    words = "Please draft a letter to the landlord about the heating."
    embedder = Embedder()
    embedder.towards = towards("writing", 3.0)
    experts, vectors = experts_of(app.settings, embedder)
    files = {"SKILL.md": FILES["SKILL.md"].replace(b"Beds, soil and plants.", words.encode())}
    added = await experts.add(life.memory, "gardener", files)
    assert added.skill is not None
    await experts.judge(life, "gardener", added.skill.digest, approved=True)
    for _ in range(2):
        assert await experts.suggest(life.memory, words) == "writing"
        await vectors.wait_until_idle()
    await experts.change_scope(life, "writing", Scope(expert="writing", enabled=False))
    assert await experts.suggest(life.memory, words) is None
    await experts.close()


async def test_without_an_embedder_no_own_skill_is_suggested(app: App, life: Life) -> None:
    embedder = Embedder()
    embedder.fails = True
    experts, vectors = experts_of(app.settings, embedder)
    added = await experts.add(life.memory, "gardener", FILES)
    assert added.skill is not None
    await experts.judge(life, "gardener", added.skill.digest, approved=True)
    for without in (experts, Experts(app.settings.home)):
        assert await without.suggest(life.memory, ASKED) is None
        await vectors.wait_until_idle()
        assert await without.suggest(life.memory, ASKED) is None
    await experts.close()


@given(st.text(max_size=200), st.integers(0, 383))
def test_any_words_have_an_answer(words: str, number: int) -> None:
    skills = {"gardener": read_sentences(["soil"], np.array([direction(1)]))}
    name, score = nearest_skill(words, direction(number), skills)
    assert name == "gardener"
    assert suggested_skill(words, direction(number), skills, score) is None
    assert suggested_skill(words, direction(number), skills, score - 0.1) == name
    assert suggested_skill(words, direction(number), {}) is None


def test_many_examples_are_thinned_out_evenly() -> None:
    many = Skill(
        name="a",
        description="d",
        body="b",
        digest="x",
        examples={"en": tuple(map(str, range(500)))},
    )
    texts = sentences_of(many)
    assert len(texts) <= 17
    assert texts[0] == "d"
    assert int(texts[-1]) > 400


def test_the_limit_keeps_wrong_suggestions_rare() -> None:
    of = [NearestSkill("a", "a", 0.5 + n / 100, n % 2, taken=False) for n in range(40)]
    of += [NearestSkill(None, "a", n / 500, n % 2, taken=False) for n in range(300)]
    limit = best_limit(of)
    assert 0.5 < limit < 0.6
    found = figures(of)
    assert found["right"] > 0.7
    assert found["wrong"] < 0.02


def test_there_are_skills_to_measure_with() -> None:
    skills = asked_skills()
    assert sum(bool(each.examples) for each in skills) * 2 == len(skills)
    assert all(len(set(each.asks) - set(each.examples)) == 5 for each in skills)
