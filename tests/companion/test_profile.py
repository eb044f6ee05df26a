"""The portrait of a prompt: made when facts or days change, and kept in between."""

import gc
import weakref
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from tau.companion import profile
from tau.companion.events import RecalledFact
from tau.companion.profile import PromptProfile, load_profile
from tau.companion.prompt import load_style
from tau.journal.entries import (
    Claim,
    ClaimLearned,
    EntriesForgotten,
    Entry,
    FactJudged,
    LearningChanged,
    Record,
    Topic,
)
from tau.memory import Memory

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 5, 8, 15, tzinfo=BERLIN)
STYLE = load_style("capable")


class Knowing:
    """A memory that learns, and what a prompt tells of it."""

    def __init__(self) -> None:
        self.memory = Memory()

    def write(self, *entries: Entry) -> None:
        for entry in entries:
            self.memory.apply(Record(self.memory.last + 1, 0.0, entry, b""))

    def learn(self, text: str, topic: Topic = "other", **parts: Any) -> None:
        more = {key: parts.pop(key) for key in ("due", "valid_to", "slot", "about") if key in parts}
        claim = Claim(topic=topic, text=text, value=text, **more)
        at = (NOW - timedelta(days=10)).timestamp()
        name = f"f{self.memory.last + 1}"
        self.write(ClaimLearned(at=at, id=name, claim=claim, **parts))

    def told(self, now: datetime = NOW, style: Any = STYLE) -> PromptProfile:
        return load_profile(self.memory.facts, style, now)

    def recalled(self, words: str) -> list[RecalledFact]:
        return self.told().recalled(self.memory, words, NOW.timestamp())


@pytest.fixture
def knowing() -> Knowing:
    return Knowing()


def test_of_nobody_nothing_is_told_not_even_a_heading(knowing: Knowing) -> None:
    assert knowing.told() == PromptProfile()
    assert knowing.recalled("Where do I live?") == []


def test_what_is_known_stands_under_its_heading_with_its_facts(knowing: Knowing) -> None:
    knowing.learn("Lives in Porto", "home", sources=("m1", "m2"))
    knowing.learn("Sister Mia is a nurse", "work", about="Mia")
    told = knowing.told()
    assert told.text.startswith(f"{STYLE.profile_heading}\n")
    assert "Porto" in told.text
    assert [fact.text for fact in told.facts] == ["Lives in Porto", "Sister Mia is a nurse"]


def test_of_the_facts_in_a_prompt_only_those_asked_about_are_recalled(knowing: Knowing) -> None:
    knowing.learn("Lives in Porto", "home", sources=("m1", "m2"))
    knowing.learn("Sister Mia is a nurse", "work", about="Mia")
    knowing.learn("Likes jazz", "like", valid_to=1.0)
    (home,) = knowing.recalled("Where do I live?")
    assert (home.text, home.sources) == ("Lives in Porto", ["m1", "m2"])
    (work,) = knowing.recalled("What does my sister Mia do?")
    assert (work.text, work.about) == ("Sister Mia is a nurse", "Mia")
    for words in ("Tell me a joke", "Good morning!", "Do I like jazz?", "Thanks, that helps."):
        assert knowing.recalled(words) == [], words


def test_it_is_made_once_for_many_turns(knowing: Knowing, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    portrait = profile.build_profile

    def counted(*given: Any) -> Any:
        made.append(1)
        return portrait(*given)

    monkeypatch.setattr(profile, "build_profile", counted)
    knowing.learn("Lives in Porto", "home")
    first = knowing.told()
    assert all(knowing.told(NOW + timedelta(hours=hour)) is first for hour in range(9))
    assert len(made) == 1
    knowing.write(LearningChanged(at=1.0, paused=True))
    knowing.memory.remember("hello")
    assert knowing.told() is first, "neither a pause nor words change what is known"
    knowing.told(NOW + timedelta(hours=9))  # midnight
    assert len(made) == 2
    knowing.told(style=load_style("small"))
    assert len(made) == 3


def test_every_word_of_the_person_counts_at_once(knowing: Knowing) -> None:
    knowing.learn("Lives in Porto", "home")
    assert "Porto" in knowing.told().text
    knowing.write(FactJudged(at=1.0, id="n", fact="f1", verdict="rejected"))
    assert knowing.told() == PromptProfile()
    knowing.learn("Plays the cello", "habit", trust="waiting")
    assert knowing.told() == PromptProfile(), "what waits is not told"
    knowing.write(FactJudged(at=2.0, id="y", fact="f3", verdict="approved"))
    assert "cello" in knowing.told().text
    knowing.write(EntriesForgotten(at=3.0, targets=(1, 2, 3, 4)))
    assert knowing.told() == PromptProfile()


def test_a_day_later_it_tells_another_day(knowing: Knowing) -> None:
    noon = NOW.replace(hour=12)
    knowing.learn("Dentist", "plan", due=(noon + timedelta(days=1)).timestamp())
    knowing.learn("In hospital", "health", valid_to=(noon + timedelta(days=1)).timestamp())
    assert "9 May 2026: dentist" in knowing.told().text
    later = knowing.told(NOW + timedelta(days=3)).text
    assert "dentist" not in later
    assert "hospital" not in later


def test_days_of_plans_are_those_where_the_person_is(knowing: Knowing) -> None:
    due = datetime(2026, 5, 9, 23, 30, tzinfo=BERLIN)
    knowing.learn("Flight", "plan", due=due.timestamp())
    assert "9 May 2026: Flight" in knowing.told().text
    elsewhere = Knowing()
    elsewhere.learn("Flight", "plan", due=due.timestamp())
    tokyo = elsewhere.told(NOW.astimezone(ZoneInfo("Asia/Tokyo")))
    assert "10 May 2026" in tokyo.text


def test_only_what_is_told_counts_as_told(knowing: Knowing) -> None:
    for number in range(200):
        knowing.learn(f"Likes walking along the river number {number}", "like")
    told = knowing.told(style=msgspec.structs.replace(STYLE, profile_tokens=60))
    assert 0 < len(told.facts) < 20
    for fact in told.facts:
        assert fact.text.removeprefix("Likes ") in told.text
    assert knowing.told(style=msgspec.structs.replace(STYLE, profile_tokens=0)) == PromptProfile()


def test_two_lives_have_two_portraits_and_a_life_put_away_leaves_none() -> None:
    one, other = Knowing(), Knowing()
    one.learn("Lives in Porto", "home")
    other.learn("Lives in Braga", "home")
    assert "Braga" not in one.told().text
    assert "Porto" not in other.told().text
    facts = weakref.ref(one.memory.facts)
    del one
    gc.collect()
    assert facts() is None, "what is kept of a life keeps no life"


def test_a_restart_tells_the_same(knowing: Knowing) -> None:
    knowing.learn("Lives in Porto", "home")
    knowing.learn("叫我小李", "instruction")
    again = Memory.restore(knowing.memory.dump())
    assert load_profile(again.facts, STYLE, NOW) == knowing.told()
