"""Cleaners of open-class English phrases: things, activities, names of people and pets.

Where no list can hold every value, a phrase counts by how it ends, how its words are built, and
by what it doesn't contain: no pronoun, no negation, nothing that points at something else.
"""

import re

from tau.facts import vocabulary as words
from tau.facts.cleaning_names_english import NATIONS, NO_NAMES, inner, name, place
from tau.facts.known_names import is_given_name, is_known_place
from tau.facts.vocabulary import word_set

LONGEST_PHRASE_WORDS = 6

CUT = re.compile(
    r"\s(?:and|but|with|without|since|because|cause|for|now|at|so|when|where|which|who|before"
    r"|after|until|till|last|next|that|if|from|as|while|though|although|too|lately|already|btw"
    r"|by the way|rn|tbh|instead|please|anymore|or|than|yesterday|today|tomorrow|tonight|in|on"
    r"|to|by|is|are|was|has|have|can|will|would|i|i'm|i've|my|we|you|he|she|they|it|recently|lately"
    r"|still|thanks|near|first thing|about|early|back|once|after all|these days|every|during"
    r"|full-time|part-time|except|again|around|despite|not|just|ever|outside|this|whose|lol|haha"
    r"|like|online|through|between|via|into|off|ages ago|years ago)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
TIMED = re.compile(
    r"\s(?:(?:two|three|four|five|six|seven|eight|nine|ten|a few|several|some|\d+|a couple of)"
    r" (?:years?|months?|weeks?|days?|hours?)|(?:a|one) (?:year|month|week) ago"
    r"|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
BARRED = word_set(
    """
    i me you he she it we they him her us them this that these those it's mine yours theirs
    who what which how why when where not no never nothing something anything everything
    someone anyone nobody everyone someone's thing things stuff way lot lots bit one ones kind
    sort more less most same such other another much many any some every each all both
    idea question problem chance point time day week month reason part
    """
)


def phrase(raw: str) -> list[str]:
    """Return an open phrase without its article; nothing where it points at something else."""
    cut = TIMED.sub("", CUT.sub("", " " + raw.strip(" '\""))).strip(" '\"")
    bare = re.sub(r"^(?:an?|the|my|our|some) ", "", cut, flags=re.IGNORECASE)
    tokens = bare.lower().split()
    if not 1 <= len(tokens) <= LONGEST_PHRASE_WORDS or BARRED.intersection(tokens):
        return []
    if not re.fullmatch(r"[\w'’&%+./ -]+", bare) or re.fullmatch(r"[a-z]", tokens[-1]):
        return []
    return [bare]


def activity(raw: str) -> list[str]:
    """Return something done, that begins with its gerund: "pottering about in the garden"."""
    cut = re.split(r"[,.;:!?…()]| (?:and|but|so|because|when|while|if|since|that|as) ", raw)[0]
    tokens = cut.strip().split()
    fits = 1 <= len(tokens) <= 6 and not BARRED.intersection(cut.lower().split())
    return [cut.strip()] if fits else []


def owned(raw: str) -> list[str]:
    """Return something owned, as it's called: an open phrase that is no idea or event."""
    found = phrase(raw)
    tokens = found[0].lower().split() if found else []
    vague = word_set(
        "it soul mistake heart mind shares new old trip ticket tickets gift gifts"
        " present food lunch dinner coffee"
    )
    return [] if not tokens or vague.intersection(tokens[-1:]) else found


def third_person(raw: str) -> list[str]:
    """Return a verb in the third person: "goes"."""
    verb = raw.lower()
    if verb in {"go to", "help out"}:
        return ["goes to" if verb == "go to" else "helps out"]
    special = {"have": "has", "do": "does", "go": "goes"}.get(verb)
    ending = "es" if verb.endswith(("sh", "ch", "ss", "x")) else "s"
    spelled = f"{verb[:-1]}ies" if re.search("[^aeiou]y$", verb) else verb + ending
    return [special or spelled]


def person(raw: str) -> list[str]:
    """Return a name: one with a capital, or a common given name in small letters."""
    found = inner(raw) if raw[:1].isupper() else name(raw)
    small = raw[:1].islower() and not (found and is_given_name(found[0].split()[0]))
    return [] if small else found


def pet_name(raw: str) -> list[str]:
    """Return the name of a pet: a capital is enough, a thing may be a name ("Biscuit")."""
    tokens = raw.split()
    low = tokens[0].lower() if tokens else ""
    if not tokens or (low in NO_NAMES and low != "the"):
        return []
    if tokens[0][:1].isupper():
        return [" ".join(tokens)]
    return name(raw) if is_given_name(low) else []


def people(raw: str) -> list[str]:
    """Return one or several names in a row as one text."""
    several = re.split(r"\s*(?:,|\band\b|&)\s*", raw.strip(" ,"))
    found: list[str] = []
    for one in several[:6]:
        named = re.match(r"(?-i:[A-ZÀ-Þ])[\w’-]+", one)
        if named is None or not inner(named[0]):
            break
        found += inner(named[0])
    if not found:
        return []
    return [" and ".join([", ".join(found[:-1]), found[-1]]) if found[1:] else found[0]]


_NO_TOWNS = NATIONS | word_set(words.FIELDS) | word_set(words.LANGUAGES)


def town(raw: str) -> list[str]:
    """Return a place with a capital, known or not; no person, language or field of work."""
    found = place(raw)
    low = found[0].lower() if found else ""
    other = low in _NO_TOWNS or (is_given_name(low) and not is_known_place(found[0]))
    return [] if not found or other else found


def skill(raw: str) -> list[str]:
    """Return something that a person can do: "read cuneiform"; nothing done just this once."""
    if re.search(
        r"\bagain\b|\b(?:to|for|with) (?:you|me|him|her|them)\b|\btonight|\btomorrow", raw
    ):
        return []
    cut = TIMED.sub("", CUT.sub("", f" {raw.strip()}")).strip()
    tokens = cut.lower().split()
    fits = 1 <= len(tokens) <= 5 and not BARRED.intersection(tokens) and tokens[-1] not in _UNDONE
    return [cut] if fits else []


_UNDONE = word_set("a an the there here home work read up it's out down over between minds")
_CHILDREN = {"girls": "daughters", "boys": "sons", "lads": "sons"}


def children(raw: str) -> list[str]:
    """Return how many children there are: "three daughters" for "three girls"."""
    return [" ".join(_CHILDREN.get(one, one) for one in raw.lower().split())]
