"""Cleaners of names, places and organisations that English rules match.

A word is a name by positive evidence: a capital, or a known given name, and no word of another
kind. What is no name, or only looks like one, gives nothing.
"""

import re

from tau.facts import vocabulary as words
from tau.facts.known_names import is_given_name, is_known_place
from tau.facts.vocabulary import word_set
from tau.text.dates.calendar import MONTHS, WEEKDAYS

MOST_NAMES = 8
_MOST_NAME_WORDS = 6

STOP = re.compile(
    r"\s(?:and|but|with|without|since|because|cause|for|now|right now|at the moment|these days"
    r"|nowadays|currently|so|when|where|which|who|before|after|until|till|last|next|this|that|"
    r"if|from|together|again|as|while|though|although|too|also|lately|already|btw|by the way|rn"
    r"|tbh|instead|please|everyone|everybody|however|anymore|or|than|yesterday|today|tomorrow|in"
    r"|on|at|to|by|is|are|was|has|have|can|will|would|i|i'm|i've|my|we|you|he|she|they|it|and"
    r"|recently|still|though|alone|thanks|thank|actually|just|near|a|an|the|first|permanently"
    r"|full-time"
    r"|around|about|early|late|back|once|after all)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_JOBS = frozenset(words.JOBS.split())
NATIONS = frozenset(words.NATIONS.split())
NO_NAMES = (MONTHS.keys() | WEEKDAYS.keys()) - {"may", "april", "june"} | word_set(
    """
    good bad hard long short common rare difficult important not what mud pronounced spelled
    private here there on in irrelevant secret a an the tomorrow later back crazy when if at old
    old-fashioned anytime now maybe asap stupid whatever again tonight today sir madam names taxi
    later, weird mine yours sorry fine tired really very so just also but and or to of ok okay
    done ready glad happy sad sick home busy bored new he she it they we i you god me him her them
    no yes please by everything anything something everyone christmas easter still always never
    then that this is are was were has had will would can could should and's gone out up off over
    dead ill pregnant great awesome amazing lovely worried sure easy about from for with without
    biased naive paranoid cynical picky lazy nuts silly curious boss captain doctor mum mom dad
    mother father sister brother daddy mummy mommy baby darling honey dude bro friend buddy
    asleep alone away abroad online offline free full late early single married divorced engaged
    vegan vegetarian native fluent human student retired thirty forty fifty twenty anonymous
    nobody someone none unknown na n/a confidential classified user assistant admin support slim
    shady ishmael more most all both each any some my your his their our its who which where why how
    only too yet mostly mainly half part first last next one two three four five six seven eight
    nine ten in-between irish-born thanks thank yeah yep nope hello hi hey well oh wow great cool
    upon to into onto nice perfect exactly right wrong true false left lost stuck broke broken
    new-born monday's
    """
)
_NAME_IF_CAPITAL = word_set("may april june will grace hope mark faith joy rose lily daisy ruby")
_INFLECTED = re.compile(r".{2,}(?:ing|ingly|ed|ly|ness|ment|tion|less|ful|ous|able|ible)")
_PARTICLES = word_set(
    """
    de da do dos das del della di du van von vom zu zur der den ter ten te la le lo li el los las
    bin bint ibn al ul ben af av st. mac mc y e i op 't d' o'
    """
)
_TITLES = word_set("mr mrs ms dr prof mr. mrs. ms. dr. prof. aunt uncle sir")
NO_PLACES = word_set(
    """
    a an the my your his her our their this that these those fear peace hope constant hell
    denial pain town house apartment flat dorm sin harmony silence present past future bed
    couch it here there somewhere anywhere nowhere poverty luxury school work college home
    one two three such total complete and or an' debt interesting what which another same
    different someone place area us you me him them nature danger trouble love joy shame bad
    good big small anger total city country village suburbs countryside next new old linux windows
    mac macos android ios iphone ubuntu debian slack teams zoom spotify netflix notion gmail outlook
    whatsapp telegram signal discord github gitlab python rust typescript react kubernetes
    docker aws azure
    chrome firefox safari obsidian excel postgres mysql office tears action management decaf plan b
    remote hybrid part-time full-time monday tuesday wednesday thursday friday saturday sunday
    phase stage step chapter level round page section plan version wordpress substack medium tidal
    youtube facebook instagram twitter mastodon bluesky reddit apple google microsoft amazon
    oat milk vim emacs
    """
)
_IN_PLACES = frozenset(("new", "us", "fear", "two", "three", "hell", "big"))
"""Words that places begin with."""
_LOWER_THE = word_set(
    """
    netherlands us uk usa philippines states uae bronx algarve cotswolds midlands highlands bahamas
    maldives seychelles azores bay midwest south north east west caribbean gambia hague
    """
)
_UPPERCASE_WORDS = word_set("us uk usa uae nyc la dc sf")
_WORKPLACES = tuple(word.replace("_", " ") for word in words.WORKPLACES.split())
_SEPARATOR = re.compile(r"\s*(?:,\s*(?:and|or|&)\s+|,\s*|\s+(?:and|or|&)\s+|/)\s*", re.IGNORECASE)


def name(raw: str) -> list[str]:
    """Return a name: capitalised words and particles ("Jean-Luc van der Berg").

    Small letters are a name where they begin with a common given name, or are one word that is
    of no other kind.
    """
    tokens = [bare for token in raw.replace('"', "").split() if (bare := token.strip("'*_,"))]
    kept = _capitalised_name(tokens) or _small_name(tokens)
    if not kept or not is_name_like(kept[0]):
        return []
    return [" ".join(kept)]


def is_name_like(word: str) -> bool:
    """Return whether a capitalised word may be a name: no word of another kind, no participle."""
    small = word.lower().rstrip(".")
    if is_given_name(word) or small in _NAME_IF_CAPITAL:
        return True
    other = small in NO_NAMES or small in NATIONS or small in _JOBS or is_known_place(word)
    return not other and not _INFLECTED.fullmatch(small) and len(small) > 1 - word.isupper()


def _capitalised_name(tokens: list[str]) -> list[str]:
    kept: list[str] = []
    for place, token in enumerate(tokens[:_MOST_NAME_WORDS]):
        bare = token.removesuffix("'s")
        following = tokens[place + 1 : place + 2]
        particle = kept and bare.lower() in _PARTICLES and following
        starts = bare[:1].isupper() or (bare[:2].lower() in {"d'", "o'"} and bare[2:3].isupper())
        if not (starts or particle) or any(one.isdigit() for one in bare):
            break
        if bare.lower() in NO_NAMES and not particle:
            break
        kept.append(bare)
        if bare != token:
            break
    while kept and (kept[-1] in _PARTICLES or kept[-1].lower() in _TITLES):
        kept.pop()
    return kept


def _small_name(tokens: list[str]) -> list[str]:
    alone = STOP.sub("", " ".join(tokens[:_MOST_NAME_WORDS])).split()
    letters = all(re.fullmatch(r"[^\W\d_A-Z][^\W\d_A-Z'-]*", one) for one in alone)
    if not alone or not letters or len(alone) > 5 or not 2 <= len(alone[0]) <= 20:
        return []
    if len(alone) > 1 and not is_given_name(alone[0]):
        return []
    if alone[0] in _NAME_IF_CAPITAL or any(one in NO_NAMES for one in alone):
        return []
    return [one if one in _PARTICLES and place else _titled(one) for place, one in enumerate(alone)]


def _titled(word: str) -> str:
    return re.sub(r"(?:^|(?<=[-'])).", lambda found: found[0].upper(), word)


def inner(raw: str) -> list[str]:
    """Return a name that stands within a sentence, where only a capital marks it."""
    tokens = raw.split()
    if tokens[:1] and tokens[0].lower() in _TITLES:
        rest = _capitalised_name(tokens[1:])
        return [" ".join([tokens[0], *rest])] if rest else []
    kept = _capitalised_name(tokens)
    return [" ".join(kept)] if kept and is_name_like(kept[0]) and len(kept[0]) > 1 else []


def given_name(raw: str) -> list[str]:
    """Return a name that begins with a common given name."""
    found = name(raw)
    return found if found and is_given_name(found[0].split()[0]) else []


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
    if not 2 <= len(found) <= MOST_NAMES:
        return []
    return [", ".join(found[:-1]) + " and " + found[-1]]


def place(raw: str) -> list[str]:
    """Return a place with the region after it: "Arcadia, California".

    Capitalised words, or up to three in small letters that are known; a known place is evidence
    for what stands before it.
    """
    first, comma, second = raw.partition(",")
    found = _one_place(first)
    region = _one_place(second) if comma and found else []
    if region and second.strip()[:1].isupper() and is_known_place(region[0]):
        return [f"{found[0]}, {region[0]}"]
    return found


def _one_place(raw: str) -> list[str]:
    tokens = raw.strip(" '\"").rstrip(".").split()
    article = bool(tokens) and tokens[0].lower() == "the"
    rest = tokens[1:] if article else tokens
    if not rest:
        return []
    if article and not rest[0][0].isupper() and rest[0].lower() not in _LOWER_THE:
        return []
    if rest[0][0].isupper():
        found = capitals(rest)
        bad = not found or (found[0].lower() in NO_NAMES | NATIONS | NO_PLACES and len(found) == 1)
        bad = bad or found[0].lower() in NO_PLACES - _IN_PLACES
        return [] if bad else [" ".join((["the"] if article else []) + found)]
    small = STOP.sub("", " ".join(rest)).split()
    text = " ".join(small)
    if not 1 <= len(small) <= 4 or not is_known_place(text):
        return []
    return [" ".join((["the"] if article else []) + [_place_word(one) for one in small])]


def _place_word(word: str) -> str:
    if word in _UPPERCASE_WORDS:
        return word.upper()
    return word if word in {"of", "upon", "de"} else _titled(word)


def org(raw: str) -> list[str]:
    """Return a place of work or study: capitalised words, or a known kind of institution."""
    tokens = raw.strip(" '\"").split()
    if not tokens:
        return []
    article = tokens[0].lower() in {"the", "a", "an"}
    rest = tokens[1:] if article else tokens
    if rest and rest[0][0].isupper():
        found = capitals(rest)
        bad = not found or found[0].lower() in NO_NAMES
        return [] if bad else [" ".join(tokens[:1] * article + found)]
    small = re.sub(
        r"\s(?:and|but|in|on|as|since|for|where|so|near|with|these|now|that|which)\b.*$",
        "",
        " ".join(tokens),
    )
    known = article and len(small.split()) <= 5 and small.lower().endswith(_WORKPLACES)
    return [small] if known else []


def capitals(tokens: list[str]) -> list[str]:
    """Return the capitalised words that tokens begin with, and what binds them."""
    found: list[str] = []
    for place, token in enumerate(tokens[:6]):
        bare = token.strip("'\"’")
        bridge = bare.lower() in _PARTICLES | {"the", "and", "of", "upon"} and place > 0
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
