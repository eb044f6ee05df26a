"""Names that are known: places of the world and given names. Data, read with the first message."""

from functools import cache
from importlib.resources import files

from tau.facts.vocabulary import word_set
from tau.text.tokenization import fold_text

_BEFORE_PLACES = word_set(
    """
    the of upper lower north south east west central greater northern southern eastern western
    downtown upstate rural inner outer north-east north-west south-east south-west
    """
)
"""Words before a place that make it a part of it."""


@cache
def places() -> frozenset[str]:
    """Return the names of countries, regions and cities, folded."""
    return frozenset().union(*(names for heading, names in _sections() if heading != "ambiguous"))


@cache
def _ambiguous() -> frozenset[str]:
    return frozenset().union(*(names for heading, names in _sections() if heading == "ambiguous"))


@cache
def given_names() -> frozenset[str]:
    """Return common given names, folded."""
    lines = files("tau.facts").joinpath("given_names.txt").read_text("utf-8").splitlines()
    return frozenset(
        fold_text(name) for line in lines if not line.startswith("#") for name in line.split()
    )


def is_known_place(text: str) -> bool:
    """Return whether a text is a known place, or a part of one: "the south of France", "Leeds, UK".

    What is also a common word must have its capital.
    """
    parts = [" ".join(part.split()) for part in text.split(",")]
    return bool(parts[0]) and any(_is_known(part) for part in parts)


def _is_known(part: str) -> bool:
    words = part.split()
    while len(words) > 1 and words[0].casefold() in _BEFORE_PLACES:
        words = words[1:]
    small = fold_text(" ".join(words))
    if small not in places():
        return fold_text(part) in places()
    return small not in _ambiguous() or words[0][:1].isupper()


def is_given_name(word: str) -> bool:
    """Return whether a word is a common given name."""
    return fold_text(word) in given_names()


def _sections() -> list[tuple[str, list[str]]]:
    text = files("tau.facts").joinpath("places_english.txt").read_text("utf-8")
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("["):
            found.append((line.strip("[]"), []))
        elif line and not line.startswith("#"):
            found[-1][1].extend(fold_text(name.strip()) for name in line.split(","))
    return found
