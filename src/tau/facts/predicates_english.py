"""Predicates of English clauses: who a clause is about, and what it says in one normal form.

"I'm just", "We are now", "Me and Priya are" and a fragment without a subject become the same
predicate, so that a grammar needs one rule for all of them: `am` for all forms of "be" in the
present, `was` for its past, `have` for "has" and "'ve", base forms for the third person. It knows
no kinds of facts.
"""

import re
from typing import NamedTuple

from tau.facts import vocabulary as words
from tau.facts.cleaning_names_english import is_name_like
from tau.facts.vocabulary import alternatives, word_set

_KIN = (
    "mum mom mummy mama dad daddy papa granny grandma gran nan nana grandpa grandad granddad "
    "grandmother grandfather husband wife hubby girlfriend boyfriend"
)
_SELF = r"(?P<self>I|we|me and (?:(?:my|our) )?[\w'-]+|my (?:family|wife|husband) and I)"
_PAIR = r"(?P<pair>(?-i:[A-ZÀ-Þ])[\w-]+) and (?:I|me)"
_OLDER = (
    r"(?:(?:older|younger|little|big|elder|eldest|youngest|oldest|twin|half|step|baby|best|old"
    r"|good|close|dear|closest|other|new|poor|middle|first|second|bro)[ -])?"
)
_RELATED = (
    r"(?:my|our) " + _OLDER + rf"(?P<relation>{alternatives(words.RELATIVES + words.PEOPLE)}"
    r"|folks|in-laws|grandparents|siblings|sis|bro|eldest|youngest|oldest|missus|better half)\b"
    r"(?:,? (?P<name>(?-i:[A-ZÀ-Þ])[\w-]+)\b,?)?"
)
_BARE = (
    rf"(?P<bare>{alternatives(_KIN)})\b"
    r"|(?P<title>aunt|auntie|uncle|cousin) (?P<titled>(?-i:[A-Z])[\w-]+)"
)
_SUBJECT = re.compile(rf"(?:{_SELF}|{_PAIR}|{_RELATED}|{_BARE})(?![\w-])", re.IGNORECASE)
_ADVERB = re.compile(
    r"(?:really|actually|currently|now|still|also|just|both|recently|finally|absolutely|totally"
    r"|honestly|truly|kinda|quite|simply|mostly|mainly|all|so|very|severely"
    r"|deathly|officially|sadly|definitely|genuinely|originally|already|usually|normally|happily"
    r"|newly|generally|typically|always|only|even|proudly|yesterday|today|lately"
    r"|soon|then|once again|at last|pretty|super|ever so|thankfully|fully|mildly|highly|terribly"
    r"|well and truly|once|myself|ourselves|here|both of us)"
    r",? ",
    re.IGNORECASE,
)
_AUXILIARY = {
    "'m": "am", "'re": "am", "'ve": "have", "'d": "would", "'ll": "will", "am": "am", "are": "am",
    "is": "am", "were": "was", "has": "have", "isn't": "am not", "aren't": "am not",
    "wasn't": "was not", "weren't": "was not", "doesn't": "don't", "does": "", "hasn't": "haven't",
    "ain't": "am not", "wont": "won't", "didnt": "didn't", "havent": "haven't", "id": "would",
}  # fmt: skip
_AFTER_HAS = re.compile(r"(?:just |recently |finally |already |now )?(?:been|got|had|\w+ed|gone)\b")
_IRREGULAR = {"goes": "go", "does": "do", "has": "have"}
_PAST = word_set(
    """
    accepted acquired adopted became bought broke buried came came_off changed cut developed did
    dislocated ditched divorced dropped finished fractured gave got graduated grew had handed
    inherited joined landed launched left lost made married met moved opened packed passed picked
    put quit ran received rejoined relocated rescued resigned retired sold settled separated
    signed snapped split sprained started stopped switched swapped tore took traded twisted went won
    qualified emigrated began fell founded completed enrolled welcomed
    """
)
_PRESENT = word_set("love hate adore prefer can't don't live work have speak never dont cant")
_SHARED = word_set("live work have play teach study run love hate speak own keep drive")
"""Verbs that a second clause about a relative may begin with: "... and lives in Cork"."""
_STATES = word_set(
    """
    allergic single married engaged divorced widowed pregnant vegan veggie vegetarian pescatarian
    fluent hooked obsessed diagnosed born living working studying training doing taking dating
    seeing learning off on not based retired self-employed unemployed teetotal sober kosher
    gerund = first.endswith("ing") and first not in _NO_GERUNDS
    if gerund or first == "not" or first in _STATES or _SINCE.match(rest):
    """
)
_NO_GERUNDS = word_set(
    "nothing anything something everything evening morning during king ring bring sing string"
    " wedding spring thing being having"
)
_MONTHLY = re.compile(
    r"(?:swim|run|jog|cycle|meditate|climb|row|train|go to|play)\b.*\b(?:mondays?|tuesdays?"
    r"|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|every|daily|twice|most)\b",
    re.IGNORECASE,
)


_SINCE = re.compile(
    r"(?:gluten|dairy|meat|sugar|nut|keto|plant)[- ]?\w* (?:since|for \w+ years)", re.I
)


class Predicate(NamedTuple):
    """What a clause says in normal form, and of whom: `who` is empty for the person.

    `pair` is the person that "Dana and I" names. `end` is where its subject ended in the sentence.
    """

    text: str
    who: str = ""
    about: str = ""
    pair: str = ""
    full: bool = True

    @property
    def first(self) -> str:
        """The word that grammars are looked up by."""
        return self.text.partition(" ")[0].lower()


def read_predicate(clause: str, before: Predicate | None, *, opens: bool) -> Predicate | None:
    """Return the predicate of a clause; `opens`: nothing but filler stands before it.

    A clause without a subject goes on about whoever the one before was about.
    """
    found = _SUBJECT.match(clause)
    if found is not None:
        rest = clause[found.end() :]
        both = re.match(r" and (?:I|me)\b", rest) if found["relation"] else None
        return _with_both(found, rest[both.end() :]) if both else _with_subject(found, rest)
    rest = _without_adverbs(clause)
    first = _first_word(rest)
    if first in _PAST and (opens or before is not None):
        return _continued(rest, None if opens else before)
    if before is not None and before.who and _base(first) in _SHARED:
        return before._replace(text=f"{_base(first)}{rest[len(first) :]}", full=False)
    return _fragment(rest, first) if opens else None


def _with_both(found: re.Match[str], rest: str) -> Predicate | None:
    """Return the predicate of "My wife Ana and I ..."."""
    text = _normal_form(rest, third=False)
    return Predicate(text, pair=found["name"] or "") if text else None


def _fragment(rest: str, first: str) -> Predicate | None:
    """Return the predicate of a fragment that leaves "I", "I'm" or "I've" out."""
    if first == "been":
        return Predicate(f"have {rest}", full=False)
    gerund = first.endswith("ing") and first not in _NO_GERUNDS
    if gerund or first == "not" or first in _STATES or _SINCE.match(rest):
        return Predicate(f"am {rest}", full=False)
    if first in _PRESENT or _MONTHLY.match(rest):
        return Predicate(rest, full=False)
    return None


def _first_word(text: str) -> str:
    found = re.match(r"[\w'’-]*", text)
    return found[0].lower() if found else ""


def _continued(rest: str, before: Predicate | None) -> Predicate:
    return Predicate(rest, full=False) if before is None else before._replace(text=rest, full=False)


def _with_subject(found: re.Match[str], rest: str) -> Predicate | None:
    pair = found["pair"] or ""
    if pair and not is_name_like(pair):
        return None
    mine = found["self"] or pair
    text = _normal_form(rest, third=not mine)
    if text is None:
        return None
    if mine:
        together = re.match(r"me and ((?-i:[A-ZÀ-Þ])[\w-]+)$", found["self"] or "", re.IGNORECASE)
        return Predicate(text, pair=pair or (together[1] if together else ""))
    relation = (found["relation"] or found["bare"] or found["title"]).lower()
    relation = words.SYNONYMS.get(relation, _INFORMAL.get(relation, relation))
    name = found["name"] or found["titled"] or ""
    if name and not is_name_like(name):
        return None
    return Predicate(text, who=f"{relation} {name}".strip(), about=name or relation)


_INFORMAL = {
    "folks": "parents", "sis": "sister", "bro": "brother", "nana": "grandmother",
    "mummy": "mother", "missus": "wife", "better half": "partner", "daddy": "father",
}  # fmt: skip


def _normal_form(rest: str, *, third: bool) -> str | None:
    """Return what follows a subject in normal form; nothing where no predicate follows."""
    joined = re.match(r"['’](?:m|re|ve|d|ll|s)\b", rest)
    if joined is None and not re.match(r"\s", rest):
        return None
    first = joined[0].replace("’", "'") if joined else _first_word(rest.lstrip())
    tail = rest[joined.end() :] if joined else rest.lstrip()[len(first) :]
    first = first.replace("’", "'")
    if first == "'s":
        if not third or not re.match(r"\s", tail):
            return None
        first = "have" if _AFTER_HAS.match(tail.lstrip()) else "am"
    elif not joined and _ADVERB.match(f"{first}{tail}"):
        return _normal_form(" " + _without_adverbs(f"{first}{tail}"), third=third)
    elif first in _AUXILIARY:
        first = _AUXILIARY[first]
    elif third:
        first = _base(first)
    return f"{first} {_without_adverbs(tail.lstrip())}".strip()


def _base(verb: str) -> str:
    """Return the base form of a verb in the third person; other words as they are."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if verb.endswith(("ches", "shes", "sses", "xes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb


def _without_adverbs(text: str) -> str:
    for _ in range(3):
        found = _ADVERB.match(text)
        if found is None:
            break
        text = text[found.end() :]
    return text
