"""Cleaners of what English rules match: names, places, jobs, things.

Each cleaner trims a match to what is meant and returns nothing for what is not of its kind: that
is where precision comes from.
"""

import re

from tau.facts import cleaning_names_english as names_english
from tau.facts import vocabulary as words
from tau.facts.cleaning_names_english import NO_PLACES, STOP
from tau.facts.known_names import is_given_name, is_known_place
from tau.facts.patterns import Cleaner
from tau.facts.vocabulary import word_set
from tau.text.tokenization import fold_text

MOST_THINGS = 8
LONGEST_THING_WORDS = 5

_NO_THINGS = word_set(
    """
    with want need hope look their they're its also number option version title try
    it this that these those you your him his her hers them they he she we us me my mine our
    yours theirs ours
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
_NO_GERUNDS = word_set(
    """
    making seeing knowing getting finding having being thinking imagining hearing feeling giving
    adding incorporating receiving noticing looking using discovering supporting
    """
)
"""Liked in passing, in what is talked about; not what someone likes."""
_NO_ENDS = word_set(
    """
    new old other more is are was were be been of the a an to and or in on at with my our really
    very so just not into from by about as both between during
    """
)
_ADJECTIVE = re.compile(
    r"new|ongoing|flat|rare|old|good|great|bad|fresh|dark|light|modern|indie|hot|cold|warm|cool|spicy"
    r"|sweet|sour|salty"
    r"|bright|blue|red|green|black|white|long|short|big|small|large|tiny|soft|hard|simple|easy"
    r"|clean"
    r"|quiet|loud|fast|slow|young|free|local|vintage|classic|rustic|cozy|cosy|funny|sad|happy|scary"
    r"|edgy|creamy|crispy|crunchy|healthy|natural|different|similar|unique|fun|nice|bold|rich|deep"
    r"|smart|cheap|little|upbeat|acoustic|[a-z]{2,}(?:ive|ous|ical|ional|ful|less|able"
    r"|ible|ern|alist)",
)
"""Words that stand before what they are about, and name nothing alone."""
_TAIL = re.compile(
    r"(?:,? (?:a lot|so much|very much|too much|these days|lately|with a passion|as well|too|btw"
    r"|by the way|though|at all|anyway|tbh|honestly|so|because|cause|since|when|whenever|while|as"
    r"|but|if|which|who|where|although|even|and (?:i|we|it|so|my|he|she|they|that|this|then|i'm|am"
    r"|would|have|hate|love|like|can|will|also)|more than|than|instead|most|the most|especially"
    r"|more|best|better|now|recently|from time to time|sometimes|just|that|for|i|it's|you)\b.*"
    r"|[:–—]|\s-\s.*)$",
    re.IGNORECASE | re.DOTALL,
)
_AFTER_LANGUAGES = re.compile(
    r"\s(?:at|with|in|since|as|but|so|for|fluently|well|because)\b.*$", re.IGNORECASE | re.DOTALL
)
_BEFORE_LANGUAGE = re.compile(
    r"^(?:fluent|native|a (?:little|bit of)|some|good|decent|basic) ", re.IGNORECASE
)
_AFTER_DIAGNOSIS = re.compile(
    r"\s(?:and|but|in|on|at|by|when|last|this|so|which|after|before|a|an|two|three|four|five|ten"
    r"|few"
    r"|about|back|years?|months?|weeks?|since|yesterday|today|recently|earlier|as|for|during|while"
    r"|because|from|\d{2,}|if|it|my)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_NO_DIAGNOSES = word_set(
    "one it this that something nothing anything the my being what love monday mondays"
)
_VICES = {"smoking": "smoke", "drinking": "drink", "vaping": "vape"}
_FIGURATIVE = word_set(
    """
    mondays monday mornings work working bullshit bs nonsense stupidity stupid people idiots drama
    exercise exercising commitment housework cleaning homework effort change meetings fun money
    small_talk love responsibility early sports running cooking maths math feelings marketing talk
    hype politics drama rules hard life adulting chores lies laziness weekends
    """
)
_RESTRICTED = re.compile(r"(?:\w+ )?\w+ (?:that|which|who|where|whose)\b", re.IGNORECASE)
"""Liked only as far as a clause says, which is cut off."""
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
_NO_JOBS = word_set(
    """
    team joke unit volunteer slave dog charm favour favor habit hobby group couple pair whole result
    way means reminder backup dare rule kid child teenager student test mother father parent family
    """
)
_JOBS = frozenset(words.JOBS.split())
_JOB_ENDING = re.compile(
    r"(?:keeper|maker|smith|wright|monger|ologist|ographer|therapist|technician|ician|icist"
    r"|operator|driver|dealer|inspector|officer|instructor|supervisor|coordinator|executive"
    r"|specialist|strategist|breeder|grower|trainer|conductor|organist|cellist|puppeteer"
    r"|auctioneer)$"
)
_LANGUAGES = frozenset(words.LANGUAGES.replace("_", " ").split()) | frozenset(words.NATIONS.split())
_FIELDS = frozenset(word.replace("_", " ") for word in words.FIELDS.split())
_NO_SUBJECTS = word_set(
    """
    real for hard a an the every at in on all late together too my with this that how what it
    alone abroad from until right now very really as english? to by best better more less
    both people him her them something things stuff nothing everything me you us
    """
)


_AFTER_JOB = re.compile(
    r"\s(?:and|but|at|in|on|for|with|so|because|since|who|which|where|when|now|here|by|there"
    r"|these|or|to|while|if|though|these days|from|currently)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_AFTER_SUBJECT = re.compile(
    r"\s(?:at|in|and (?:i|work|it)|but|for|to|with|so|because|since|right|now|these|this|on|as"
    r"|tonight|today|while|when|part|full|every|all|from|online)\b.*$",
    re.IGNORECASE | re.DOTALL,
)


def job(raw: str) -> list[str]:
    """Return an occupation with its article: "a nurse"."""
    small = _AFTER_JOB.sub("", raw.strip())
    tokens = small.split()
    if len(tokens) < 2 or tokens[0].lower() not in {"a", "an", "the"} or len(tokens) > 6:
        return []
    if tokens[-1].lower() in _NO_JOBS:
        return []
    return [small] if tokens[1].lower() not in NO_PLACES - {"school", "home", "house"} else []


def known_job(raw: str) -> list[str]:
    """Return an occupation that is in the list of them."""
    found = job(raw)
    tokens = found[0].lower().split() if found else []
    known = (
        tokens
        and _is_job(tokens[-1])
        and "of" not in tokens
        and not _JOB_ADJECTIVES.intersection(tokens)
    )
    return found if known else []


def _is_job(word: str) -> bool:
    return word in _JOBS or (_JOB_ENDING.search(word) is not None and word not in _NO_JOBS)


def side(raw: str) -> list[str]:
    """Return what somebody is a person of: "cat", "morning"."""
    vague = {
        "good",
        "bad",
        "nice",
        "kind",
        "happy",
        "people",
        "private",
        "busy",
        "sad",
        "new",
        "big",
    }
    return [] if raw.lower() in vague or _ADJECTIVE.fullmatch(raw.lower()) else [raw.lower()]


def field(raw: str) -> list[str]:
    """Return a field of work that is in the list of them."""
    small = STOP.sub("", raw.strip())
    return [small] if small.lower() in _FIELDS else []


def subject(raw: str) -> list[str]:
    """Return what someone studies."""
    small = _AFTER_SUBJECT.sub("", raw.strip())
    tokens = small.lower().split()
    fits = 1 <= len(tokens) <= 4 and tokens[0] not in _NO_SUBJECTS | _NO_THINGS
    return [small] if fits and re.fullmatch(r"[\w &'’-]+", small) else []


def things(raw: str) -> list[str]:
    """Return what someone likes or is allergic to, each thing of a list by itself."""
    if _TRANSIENT.search(raw) or _RESTRICTED.match(raw):
        return []
    # "to hike and swim" is not "to hike" and "swim", "a rustic and cozy feel" is one thing.
    single = raw.lower().startswith(("to ", "a ", "an ", "the ")) or _shares_an_end(raw)
    parts = [raw] if single else _SEPARATOR.split(raw)
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


def _shares_an_end(raw: str) -> bool:
    """Return whether the parts of a list need each other: "new and old films"."""
    first, *rest = _SEPARATOR.split(raw)
    if re.match(r"\w+ing\s\w", first) and rest and not re.match(r"\w+ing\b", rest[0]):
        return True
    last = first.split()[-1:]
    return bool(rest) and bool(last) and bool(_ADJECTIVE.fullmatch(last[0].lower()))


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


def compared(raw: str) -> list[str]:
    """Return one side of a preference: "tea", "to work early"."""
    cut = _TAIL.sub("", " " + raw.strip(" '\"")).strip(" '\"")
    cut = re.sub(r"^(?:the|a|an) ", "", cut, flags=re.IGNORECASE)
    cut = re.sub(r"\s(?:on|at|any day|every time|when|with|for)\b.*$", "", cut) or cut
    tokens = cut.lower().split()
    vague = {
        "it", "this", "that", "these", "those", "one", "ones", "option", "you", "other", "others",
        "die", "tonight", "today", "now", "not", "my", "your",
    }  # fmt: skip
    fits = 1 <= len(tokens) <= 7 and _WORDS_ONLY.fullmatch(cut)
    return [cut] if fits and not vague.intersection(tokens) and tokens[0] not in _NO_THINGS else []


def preference(raw: str) -> list[str]:
    """Return what is preferred where nothing is named that it is preferred to."""
    compared_to = re.search(r"\b(?:over|than|instead|rather)\b|.\bto\b", raw)
    found = [] if compared_to else things(raw)[:1]
    tokens = found[0].lower().split() if found else []
    # "I prefer new pieces" is about what is talked of.
    passing = tokens and (_ADJECTIVE.fullmatch(tokens[0]) or len(tokens) > 3 or "-" in tokens[-1])
    return [] if passing else found


def spoken(raw: str) -> list[str]:
    """Return languages, each by itself."""
    small = _AFTER_LANGUAGES.sub("", raw)
    found = [_BEFORE_LANGUAGE.sub("", one.strip()).capitalize() for one in _SEPARATOR.split(small)]
    return found if all(one.lower() in _LANGUAGES for one in found) else []


def company(raw: str) -> list[str]:
    """Return an organisation that has a name of its own: no place, person or club."""
    found = names_english.org(raw) if raw[:1].isupper() else []
    other = found and (is_known_place(found[0]) or is_given_name(found[0].split()[0]))
    return [] if other else found


def diagnosis(raw: str) -> list[str]:
    """Return what was diagnosed: up to five words that name something."""
    small = _AFTER_DIAGNOSIS.sub("", re.sub(r"^(?:a|an|some|the) ", "", raw.strip()))
    tokens = small.lower().split()
    fits = 1 <= len(tokens) <= 5 and re.fullmatch(r"[\w' -]+", small)
    return [small] if fits and not _NO_DIAGNOSES.intersection(tokens) else []


def cause(raw: str) -> list[str]:
    """Return what an allergy is to: "peanut"."""
    tokens = [one for one in raw.lower().split() if one not in {"severe", "bad", "mild", "serious"}]
    vague = {"an", "a", "any", "no", "many", "some", "food", "few", "several", "my", "of", "lots"}
    return [" ".join(tokens)] if tokens and not vague.intersection(tokens) else []


def item(raw: str) -> list[str]:
    """Return one thing someone is allergic to or does not eat."""
    return allergens(raw)[:1]


def allergens(raw: str) -> list[str]:
    """Return what someone is allergic to; not what they only say they are."""
    return [one for one in things(raw) if not _FIGURATIVE.intersection(one.lower().split())]


def holding(raw: str) -> list[str]:
    """Return something owned, with its article; only what has a name or is driven."""
    cut = STOP.sub("", raw.strip()[raw.strip().find(" ") :])
    tokens = cut.split()
    article = raw.split(maxsplit=1)[0].lower()
    if not 1 <= len(tokens) <= 4 or article == "my":
        return []
    last = tokens[-1].lower()
    if tokens[0].lower() in _NO_THINGS or _ADJECTIVE.fullmatch(last) or last == "mistake":
        return []
    return [f"{article} {' '.join(tokens)}"]


def condition(raw: str) -> list[str]:
    """Return a condition as it is written: names and abbreviations keep their capitals."""
    low = raw.lower()
    abbreviations = {"adhd", "add", "ibs", "ptsd", "ocd", "pcos", "ms", "hiv"}
    if low in abbreviations:
        # "add" and "ms" are words as well: small letters do not make them a condition.
        return [raw.upper()] if raw.isupper() or low not in {"add", "ms"} else []
    return [raw]


def _is_thing(cut: str) -> bool:
    tokens = cut.lower().split()
    if not 1 <= len(tokens) <= LONGEST_THING_WORDS or not _WORDS_ONLY.fullmatch(cut):
        return False
    if _POINTING_WORDS.intersection(tokens) or tokens[-1] in _NO_ENDS:
        return False
    if tokens[0] == "to":
        return len(tokens) > 1 and tokens[1] not in _NO_INFINITIVES
    if len(tokens) == 1 and (is_given_name(tokens[0]) or _ADJECTIVE.fullmatch(tokens[0])):
        return False
    return tokens[0] not in _NO_THINGS and tokens[0] not in _NO_GERUNDS


CLEANERS: dict[str, Cleaner] = {
    "name": names_english.name,
    "given": names_english.given_name,
    "inner": names_english.inner,
    "names": names_english.names,
    "place": names_english.place,
    "org": names_english.org,
    "job": job,
    "known_job": known_job,
    "field": field,
    "subject": subject,
    "things": things,
    "thing": thing,
    "items": allergens,
    "item": item,
    "favourite": favourite,
    "cause": cause,
    "company": company,
    "side": side,
    "near": lambda raw: [raw.lower()],
    "nation": lambda raw: [" ".join(one.capitalize() for one in raw.split())],
    "preferred": compared,
    "other": compared,
    "preference": preference,
    "promoted": lambda raw: known_job(raw) or known_job(f"a {raw}"),
    "language": lambda raw: [raw.capitalize()],
    "spoken": spoken,
    "diagnosis": diagnosis,
    "vice": lambda raw: [_VICES.get(raw.lower(), raw.lower())],
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


_CHILDREN = {"girls": "daughters", "boys": "sons"}


def derive_values(texts: dict[str, str]) -> dict[str, str]:
    """Return the parts of templates that follow from what was matched."""
    relation = texts.get("relation", "")
    diet = "".join(texts.get(group, "") for group in ("diet", "diet1", "diet2", "diet3"))
    compared_things = sorted(fold_text(texts.get(group, "")) for group in ("preferred", "other"))
    only = relation if relation in words.EXCLUSIVE_RELATIONS else ""
    many = texts.get("many", "").split()
    return {
        "manykind": _CHILDREN.get(many[-1], many[-1]) if many else "",
        "preferenceslot": "prefers:" + "|".join(compared_things),
        "town": texts.get("place", "").partition(",")[0],
        "familyslot": f"family:{only}" if only else "",
        "peopleslot": f"people:{only}" if only else "",
        "dietslot": "diet" if diet in words.EXCLUSIVE_DIETS else "",
        **texts,
    }
