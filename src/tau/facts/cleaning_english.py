"""Cleaners of what English rules match: names, places, jobs, things.

Each cleaner trims a match to what is meant and returns nothing for what is not of its kind: that
is where precision comes from.
"""

import re

from tau.facts import vocabulary as words
from tau.facts.patterns import Cleaner
from tau.facts.vocabulary import word_set
from tau.text.dates.calendar import MONTHS, WEEKDAYS

MOST_THINGS = 8
LONGEST_THING_WORDS = 5

_STOP = re.compile(
    r"\s(?:and|but|with|without|since|because|cause|for|now|right now|at the moment|these days"
    r"|nowadays|currently|so|when|where|which|who|before|after|until|till|last|next|this|that|"
    r"if|from|together|again|as|while|though|although|too|also|lately|already|btw|by the way|rn"
    r"|tbh|instead|please|everyone|everybody|however|anymore|or|than|yesterday|today|tomorrow|in"
    r"|on|at|to|by|is|are|was|has|have|can|will|would|i|i'm|i've|my|we|you|he|she|they|it|and"
    r"|recently|still|though|alone|thanks|thank|actually|just|near|a|an|the)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_NO_NAMES = (MONTHS.keys() | WEEKDAYS.keys()) | word_set(
    """
    good bad hard long short common rare difficult important not what mud pronounced spelled
    private here there on in irrelevant secret a an the tomorrow later back crazy when if at old
    old-fashioned anytime now maybe asap stupid whatever again tonight today sir madam names taxi
    later, weird mine yours sorry fine tired really very so just also but and or to of ok okay
    done ready glad happy sad sick home busy bored new he she it they we i you god me him her them
    no yes please by everything anything something everyone christmas easter still always never
    going coming getting being having once then that this is are was were has had will would can
    could should and's gone out up off over dead ill pregnant great awesome amazing lovely worried
    sure coming staying visiting
    """
)
_NATIONS = frozenset(words.NATIONS.split())
_PARTICLES = word_set(
    """
    de da do dos del di du van von der den la le el los las bin al of y e
    """
)
_NO_PLACES = word_set(
    """
    a an the my your his her our their this that these those fear peace hope constant hell
    denial pain town house apartment flat dorm sin harmony silence present past future bed
    couch it here there somewhere anywhere nowhere poverty luxury school work college home
    one two three such total complete and or an' debt interesting what which another same
    different someone place area us you me him them nature danger trouble love joy shame bad
    good big small anger total city country village suburbs countryside
    """
)
_LOWER_THE = word_set(
    """
    netherlands us uk usa philippines states uae bronx algarve cotswolds
    """
)
_UPPERCASE_WORDS = word_set(
    """
    us uk usa uae nyc la
    """
)
_NO_THINGS = word_set(
    """
    with want need hope look their they're its also number option version title try
    it this that these those you your him his her hers them they he she we us me my mine our
    i i'm i'd i've it's that's how when what where why who which if the one ones way idea
    sound everything nothing something anything more less very so too being knowing having
    much myself yourself as both each every some any most all whatever there here not to's
    do did does is are was and but because better best then now today tonight tomorrow right
    lol haha one none someone everyone everybody nobody anyone people-who's someone's answer
    same another such like when's or
    """
)
_NO_INFINITIVES = word_set(
    """
    think know say see ask have be believe hear get imagine go do give make tell point thank
    add mention know remind start keep come hope wish understand learn
    """
)
_TAIL = re.compile(
    r"(?:,? (?:a lot|so much|very much|too much|these days|lately|with a passion|as well|too|btw"
    r"|by the way|though|at all|anyway|tbh|honestly|so|because|cause|since|when|whenever|while|as"
    r"|but|if|which|who|where|although|even|and (?:i|we|it|so|my|he|she|they|that|this|then|i'm|am"
    r"|would|have|hate|love|like|can|will|also)|more than|than|instead|most|the most|especially"
    r"|more|best|better|now|recently|from time to time|sometimes|just|that|for|i|it's|you)\b.*"
    r"|[:–—]|\s-\s.*)$",
    re.IGNORECASE | re.DOTALL,
)
_TRANSIENT = re.compile(r"\b(?:right now|today|tonight|at the moment|for now|this time)\b", re.I)
_WORDS_ONLY = re.compile(r"[\w'’&%+. -]+")
_POINTING_WORDS = word_set(
    """
    their they're its also
    it this that these those you your he she they him them me us i i'm
    """
)
_SEPARATOR = re.compile(r"\s*(?:,\s*(?:and|or|&)\s+|,\s*|\s+(?:and|or|&)\s+|/)\s*", re.IGNORECASE)
_JOB_ADJECTIVES = word_set(
    """
    good bad terrible great big fast slow better natural born huge lousy decent horrible
    amateur hobby former future aspiring would-be wannabe fellow picky morning night light
    heavy total
    """
)
_JOBS = frozenset(words.JOBS.split())
_FIELDS = frozenset(word.replace("_", " ") for word in words.FIELDS.split())
_WORKPLACES = tuple(word.replace("_", " ") for word in words.WORKPLACES.split())
_NO_SUBJECTS = word_set(
    """
    for hard a an the every at in on all late together too my with this that how what it
    alone abroad from until right now very really as english? to by best better more less
    both
    """
)


def name(raw: str) -> list[str]:
    """Return up to three capitalised words; one alone may be in lower case."""
    tokens = raw.replace('"', "").strip(" '*_").split()
    kept: list[str] = []
    for place, token in enumerate(tokens):
        bare = token.strip("'’")
        particle = bare.lower() in _PARTICLES and kept and tokens[place + 1 : place + 2]
        if not bare or len(kept) >= 4 or not (bare[0].isupper() or particle):
            break
        if bare.lower() in _NO_NAMES:
            break
        kept.append(bare.removesuffix("'s"))
    while kept and kept[-1].lower() in _PARTICLES:
        kept.pop()
    if kept:
        first = kept[0].lower()
        return [] if first in _NATIONS or not kept[0][0].isalpha() else [" ".join(kept)]
    alone = _STOP.sub("", " ".join(tokens))
    fits = alone.isalpha() and alone.islower() and 2 <= len(alone) <= 20
    return [alone.capitalize()] if fits and alone not in _NO_NAMES | _NATIONS else []


def inner(raw: str) -> list[str]:
    """Return a name that stands within a sentence, where only a capital marks it."""
    bare = raw.removesuffix("'s").removesuffix("’s").strip("'’-")
    known = bare.lower() in _NO_NAMES | _NATIONS
    return [] if known or len(bare) < 2 or "'" in bare[-3:] else [bare]


def names(raw: str) -> list[str]:
    """Return several names as one text: "Ben and Ada"; nothing if there is only one."""
    found: list[str] = []
    for part in _SEPARATOR.split(raw.strip()):
        cleaned = name(part) if part[:1].isupper() else []
        if not cleaned:
            break
        found += cleaned
        if len(part.split()) > len(cleaned[0].split()):
            break
    if not 2 <= len(found) <= MOST_THINGS:
        return []
    return [", ".join(found[:-1]) + " and " + found[-1]]


def place(raw: str) -> list[str]:
    """Return a place: capitalised words, or up to three in lower case that are not common."""
    tokens = raw.strip(" '\"").split()
    if not tokens:
        return []
    article = tokens[0].lower() == "the"
    rest = tokens[1:] if article else tokens
    if not rest:
        return []
    if article and not rest[0][0].isupper() and rest[0].lower() not in _LOWER_THE:
        return []
    if rest[0][0].isupper():
        found = _capitals(rest)
        bad = not found or (found[0].lower() in _NO_NAMES | _NATIONS and len(found) == 1)
        return [] if bad else [" ".join((["the"] if article else []) + found)]
    small = _STOP.sub("", " ".join(rest)).split()
    fits = 1 <= len(small) <= 3 and all(one.replace("-", "").isalpha() for one in small)
    if not fits or any(one.lower() in _NO_PLACES for one in small):
        return []
    told = [one.upper() if one in _UPPERCASE_WORDS else one.capitalize() for one in small]
    return [" ".join((["the"] if article else []) + told)]


def org(raw: str) -> list[str]:
    """Return a place of work or study: capitalised words, or a known kind of institution."""
    tokens = raw.strip(" '\"").split()
    if not tokens:
        return []
    article = tokens[0].lower() in {"the", "a", "an"}
    rest = tokens[1:] if article else tokens
    if rest and rest[0][0].isupper():
        found = _capitals(rest)
        bad = not found or found[0].lower() in _NO_NAMES
        return [] if bad else [" ".join(tokens[:1] * article + found)]
    small = re.sub(
        r"\s(?:and|but|in|on|as|since|for|where|so|near|with|these|now)\b.*$", "", " ".join(tokens)
    )
    known = article and len(small.split()) <= 5 and small.lower().endswith(_WORKPLACES)
    return [small] if known else []


def job(raw: str) -> list[str]:
    """Return an occupation with its article: "a nurse"."""
    small = re.sub(
        r"\s(?:and|but|at|in|on|for|with|so|because|since|who|which|where|when|now|here|by|there"
        r"|these|or|to|while|if|though|these days|from|currently)\b.*$",
        "",
        raw.strip(),
        flags=re.I | re.S,
    )
    tokens = small.split()
    if len(tokens) < 2 or tokens[0].lower() not in {"a", "an", "the"} or len(tokens) > 6:
        return []
    return [small] if tokens[1].lower() not in _NO_PLACES - {"school", "home", "house"} else []


def known_job(raw: str) -> list[str]:
    """Return an occupation that is in the list of them."""
    found = job(raw)
    tokens = found[0].lower().split() if found else []
    known = tokens and tokens[-1] in _JOBS and not _JOB_ADJECTIVES.intersection(tokens)
    return found if known else []


def field(raw: str) -> list[str]:
    """Return a field of work that is in the list of them."""
    small = _STOP.sub("", raw.strip())
    return [small] if small.lower() in _FIELDS else []


def subject(raw: str) -> list[str]:
    """Return what someone studies."""
    small = re.sub(
        r"\s(?:at|in|and (?:i|work|it)|but|for|to|with|so|because|since|right|now|these|this|on|as"
        r"|tonight|today|while|when|part|full|every|all|from|online)\b.*$",
        "",
        raw.strip(),
        flags=re.I | re.S,
    )
    tokens = small.lower().split()
    fits = 1 <= len(tokens) <= 4 and tokens[0] not in _NO_SUBJECTS | _NO_THINGS
    return [small] if fits and re.fullmatch(r"[\w &'’-]+", small) else []


def things(raw: str) -> list[str]:
    """Return what someone likes or is allergic to, each thing of a list by itself."""
    if _TRANSIENT.search(raw):
        return []
    # "to hike and swim" is not "to hike" and "swim", "a rustic and cozy feel" is one thing.
    parts = [raw] if raw.lower().startswith(("to ", "a ", "an ")) else _SEPARATOR.split(raw)
    found: list[str] = []
    for part in parts[:MOST_THINGS]:
        cut = _TAIL.sub("", " " + part.strip(" '\"")).strip(" '\"")
        if not _is_thing(cut):
            break
        found.append(cut)
        if len(cut) < len(part.strip(" '\"")):
            break
    # A comma begins a new thought as often as a list: without "and" before its end it is none.
    whole = len(parts) == len(found) and re.search(r"\s(?:and|or|&)\s", raw)
    return found if whole or re.match(r"[^,]+\s(?:and|or|&)\s", raw) else found[:1]


def thing(raw: str) -> list[str]:
    """Return one thing."""
    return things(raw)[:1]


def favourite(raw: str) -> list[str]:
    """Return what is the favourite of its kind."""
    cut = _TAIL.sub("", " " + raw.strip(" '\"")).strip(" '\"")
    tokens = cut.lower().split()
    if not 1 <= len(tokens) <= 7 or tokens[0] in _NO_THINGS - {"the", "one", "all"}:
        return []
    return [cut] if tokens != ["the"] else []


def kind(raw: str) -> list[str]:
    """Return what something is the favourite of: "color"."""
    vague = {"so", "one", "ones", "part", "thing", "things", "way", "of", "is", "was", "is to"}
    return [] if vague.intersection(raw.lower().split()) else [raw.strip()]


def cause(raw: str) -> list[str]:
    """Return what an allergy is to: "peanut"."""
    tokens = [one for one in raw.lower().split() if one not in {"severe", "bad", "mild", "serious"}]
    vague = {"an", "a", "any", "no", "many", "some", "food", "few", "several", "my", "of", "lots"}
    return [" ".join(tokens)] if tokens and not vague.intersection(tokens) else []


def item(raw: str) -> list[str]:
    """Return one thing someone is allergic to or does not eat."""
    return things(raw)[:1]


def holding(raw: str) -> list[str]:
    """Return something owned, with its article; only what has a name or is driven."""
    cut = _STOP.sub("", raw.strip()[raw.strip().find(" ") :])
    tokens = cut.split()
    article = raw.split(maxsplit=1)[0].lower()
    if not 1 <= len(tokens) <= 4 or article == "my":
        return []
    return [f"{article} {' '.join(tokens)}"] if tokens[0].lower() not in _NO_THINGS else []


def condition(raw: str) -> list[str]:
    """Return a condition as it is written: names and abbreviations keep their capitals."""
    low = raw.lower()
    abbreviations = {"adhd", "add", "ibs", "ptsd", "ocd", "pcos", "ms", "hiv"}
    if low in abbreviations:
        # "add" and "ms" are words as well: small letters do not make them a condition.
        return [raw.upper()] if raw.isupper() or low not in {"add", "ms"} else []
    return [raw[:1].lower() + raw[1:] if not low.startswith(("crohn", "park")) else raw]


def _is_thing(cut: str) -> bool:
    tokens = cut.lower().split()
    if not 1 <= len(tokens) <= LONGEST_THING_WORDS or not _WORDS_ONLY.fullmatch(cut):
        return False
    if tokens[0] == "to":
        verb = "".join(tokens[1:2])
        return (
            bool(verb) and verb not in _NO_INFINITIVES and not _POINTING_WORDS.intersection(tokens)
        )
    return tokens[0] not in _NO_THINGS and not _POINTING_WORDS.intersection(tokens)


def _capitals(tokens: list[str]) -> list[str]:
    found: list[str] = []
    for place, token in enumerate(tokens[:6]):
        bare = token.strip("'\"’")
        bridge = bare.lower() in _PARTICLES | {"the", "and"} and place > 0
        following = tokens[place + 1 : place + 2]
        if (
            bare[:1].isupper()
            or (bare[:1].isdigit() and place > 0)
            or (bridge and following and following[0][:1].isupper() and bare.lower() != "and")
        ):
            found.append(bare)
        else:
            break
    return found


CLEANERS: dict[str, Cleaner] = {
    "name": name,
    "inner": inner,
    "names": names,
    "place": place,
    "org": org,
    "job": job,
    "known_job": known_job,
    "field": field,
    "subject": subject,
    "things": things,
    "thing": thing,
    "items": things,
    "item": item,
    "favourite": favourite,
    "cause": cause,
    "kind": kind,
    "holding": holding,
    "condition": condition,
    "relation": lambda raw: [words.SYNONYMS.get(raw.lower(), raw.lower())],
    "qualifier": lambda raw: [raw.lower()],
    "pet": lambda raw: [raw.lower()],
    "manykind": lambda raw: [raw.lower()],
    "diet": lambda raw: [raw.lower()],
    "status": lambda raw: [raw.lower()],
    "happened": lambda raw: [raw.replace("my ", "the ")],
}
"""The cleaner of each group of the rules."""


def derive_values(texts: dict[str, str]) -> dict[str, str]:
    """Return the parts of templates that follow from what was matched."""
    relation = texts.get("relation", "")
    diet = "".join(texts.get(group, "") for group in ("diet", "diet1", "diet2"))
    only = relation if relation in words.EXCLUSIVE_RELATIONS else ""
    many = texts.get("many", "").split()
    return {
        "manykind": many[-1] if many else "",
        "familyslot": f"family:{only}" if only else "",
        "peopleslot": f"people:{only}" if only else "",
        "dietslot": "diet" if diet in words.EXCLUSIVE_DIETS else "",
        **texts,
    }
