"""What English patterns caught, and what of it is a name, a place, a job or a thing."""

import pytest

from tau.facts.cleaning_english import CLEANERS, derive_values


def cleaned(kind: str, raw: str) -> list[str]:
    return CLEANERS[kind](raw)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Ana", "Ana"),
        ("ana", "Ana"),
        ("Ana Maria and I", "Ana Maria"),
        ("Élodie", "Élodie"),
        ("Jean-Luc van der Berg", "Jean-Luc van der Berg"),
        ('"Sam"', "Sam"),
        ("Mia's", "Mia"),
        ("Sam from work", "Sam"),
        ("on the list", None),
        ("hard to spell", None),
        ("tomorrow", None),
        ("Irish", None),
        ("Monday", None),
        ("crazy", None),
        ("x", None),
        ("42", None),
        ("", None),
    ],
)
def test_names(raw: str, name: str | None) -> None:
    assert cleaned("name", raw) == ([name] if name else [])


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("Ben and Ada", "Ben and Ada"),
        ("Ben, Ada and Eve", "Ben, Ada and Eve"),
        ("Ben & Ada, love the beach", "Ben and Ada"),
        ("Ben", None),
        ("ben and ada", None),
        ("are fine", None),
    ],
)
def test_several_names(raw: str, names: str | None) -> None:
    assert cleaned("names", raw) == ([names] if names else [])


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ("Porto", "Porto"),
        ("porto with my wife", "Porto"),
        ("new york", "New York"),
        ("the uk", "the UK"),
        ("the Netherlands these days", "the Netherlands"),
        ("Salvador da Bahia", "Salvador da Bahia"),
        ("São Paulo since 2010", "São Paulo"),
        ("Stratford upon nothing", "Stratford"),
        ("the couch", None),
        ("fear of spiders", None),
        ("a small town", None),
        ("my car", None),
        ("peace", None),
        ("the internet", None),
        ("one of those big grey blocks", None),
        ("", None),
    ],
)
def test_places(raw: str, place: str | None) -> None:
    assert cleaned("place", raw) == ([place] if place else [])


@pytest.mark.parametrize(
    ("raw", "org"),
    [
        ("Siemens", "Siemens"),
        ("the University of Bergen", "the University of Bergen"),
        ("the city hospital", "the city hospital"),
        ("a small bakery in town", "a small bakery"),
        ("home", None),
        ("night", None),
        ("the moment", None),
        ("", None),
    ],
)
def test_places_of_work_and_study(raw: str, org: str | None) -> None:
    assert cleaned("org", raw) == ([org] if org else [])


@pytest.mark.parametrize(
    ("raw", "known", "free"),
    [
        ("a nurse", True, True),
        ("a high school teacher and mother", True, True),
        ("an engineer at Bosch", True, True),
        ("a goat herder", False, True),
        ("a good cook", False, False),
        ("a night owl", False, True),
        ("nurse", False, False),
        ("a", False, False),
    ],
)
def test_occupations(raw: str, known: bool, free: bool) -> None:
    assert bool(cleaned("known_job", raw)) == known
    assert bool(cleaned("job", raw)) == free


@pytest.mark.parametrize(
    ("raw", "things"),
    [
        ("hiking", ["hiking"]),
        ("jazz, hiking and Thai food", ["jazz", "hiking", "Thai food"]),
        ("fish and chips", ["fish", "chips"]),
        ("tea, it calms me", ["tea"]),
        ("to cook and to bake", ["to cook and to bake"]),
        ("a rustic and cozy feel", ["a rustic and cozy feel"]),
        ("loud music so much", ["loud music"]),
        ("you", []),
        ("it when it rains", []),
        ("the second option", []),
        ("to think that it works", []),
        ("to mix it up", []),
        ("their products", []),
        ("number 2", []),
        ("tea right now", []),
        ("how you explain", []),
        ("everything", []),
        ("", []),
    ],
)
def test_things(raw: str, things: list[str]) -> None:
    assert cleaned("things", raw) == things


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("subject", "computer science at MIT", "computer science"),
        ("subject", "for my exam", None),
        ("subject", "hard", None),
        ("field", "marketing these days", "marketing"),
        ("field", "silence", None),
        ("favourite", "the hundred, which helps", "the hundred"),
        ("favourite", "that one", None),
        ("kind", "color", "color"),
        ("kind", "so far", None),
        ("kind", "part of the day", None),
        ("cause", "severe nut", "nut"),
        ("cause", "a food", None),
        ("holding", "an old Volvo", "an old Volvo"),
        ("holding", "my own business", None),
        ("condition", "adhd", "ADHD"),
        ("condition", "add", None),
        ("condition", "MS", "MS"),
        ("condition", "Asthma", "Asthma"),
        ("condition", "Crohn's", "Crohn's"),
        ("inner", "Mia's", "Mia"),
        ("inner", "Monday", None),
        ("relation", "Mum", "mother"),
        ("item", "cats and dogs", "cats"),
    ],
)
def test_the_rest(kind: str, raw: str, kept: str | None) -> None:
    assert cleaned(kind, raw) == ([kept] if kept else [])


def test_only_relations_of_which_there_is_one_have_a_slot() -> None:
    assert derive_values({"relation": "wife"})["familyslot"] == "family:wife"
    assert derive_values({"relation": "sister"})["familyslot"] == ""
    assert derive_values({"relation": "boss"})["peopleslot"] == "people:boss"
    assert derive_values({"diet1": "vegan"})["dietslot"] == "diet"
    assert derive_values({"diet": "gluten-free"})["dietslot"] == ""
    assert derive_values({"many": "two little daughters"})["manykind"] == "daughters"
