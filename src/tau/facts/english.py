"""Reader of claims in one English sentence: its clauses, what invalidates them, plans.

The patterns are in `rules_english.toml`, what they may catch in `cleaning_english.py`.
"""

import re
from collections.abc import Iterator
from functools import cache

from tau.facts import grammar_english
from tau.facts import vocabulary as words
from tau.facts.cleaning_english import CLEANERS, derive_values
from tau.facts.known_names import is_known_place
from tau.facts.patterns import LanguageCleaning, Rule, RuleTable, claims_from_match, load_rules
from tau.facts.predicates_english import Predicate, read_predicate
from tau.facts.reference_time import ReferenceTime
from tau.facts.requests_english import asks_for_always, find_requests
from tau.facts.spelling_english import normalize_spelling
from tau.facts.vocabulary import alternatives, word_set
from tau.facts.voice_english import DATED_LEAD, FILLER, is_filler, is_lead, is_own_opening
from tau.journal.entries import Claim
from tau.text.dates.calendar import MONTH_NAMES

MAX_CLAUSES = 12
_OTHER_OPENINGS = frozenset(
    (
        "peo",
        "eve",
        "mos",
        "fri",
        "the",
        "doc",
        "hom",
        "it'",
        "nam",
        "giv",
        "tea",
        "gra",
        "nan",
        "mum",
        "mom",
        "dad",
        "aun",
    )
)
"""How clauses start whose subject is somebody else, and which are about the person: "Everyone"."""
_ENGLISH = LanguageCleaning(CLEANERS, derive_values)

_OPENING = re.compile(
    r"(?:[,;:–—…(]|\s-\s|\b(?:and|but|so|because|cause|since|as|though|although|plus|that|while)\b)\s*",
    re.IGNORECASE,
)
_NOT_ASSERTED_AFTER = re.compile(
    r"\b(?:if|unless|wish|would|could|might|should|whether|until|in case|hope|hoping|maybe|perhaps"
    r"|said|says|saying|told|tells|asked|asks|claims|claimed|thinks?|thought|believes?|wrote|heard"
    r"|according to|apparently|quote|suggest\w*|pretend\w*|dream\w*|nightmares?|imagin\w*"
    r"|when(?! (?:I|we) (?:was|were) )|whenever|used to"
    r" say|as though|rumou?r|reads?|why|what|how|where|which|not true|not that|a lie|lies?"
    r"|nonsense|myth|no way|doubt\w*|den(?:y|ies|ied)|false|wrong|nobody|no one|almost|nearly"
    r"|practically|technically)\b",
    re.IGNORECASE,
)
"""Before a clause, in the same sentence, these make it no assertion."""
_NEVER_ASSERTED = re.compile(
    r"\b(?:jk|just kidding|kidding|joking|lol|lmao|rofl|/s|sarcas\w+|ironic\w*|not really"
    r"|in a dream|in my dreams?"
    r"|one day|someday|hypothetical\w*|yeah,? right|as if|i wish|if only|not true|untrue"
    r"|in the (?:game|story|film|movie|play|novel|book|song|joke)|said no one|said nobody"
    r"|what a joke"
    r"|who am i kidding|my foot|my ass|not\s*[!.]*\s*$|sure i do|sure i am|supposedly|allegedly"
    r"|pretend\w*)\b"
    r"|[🙄😏🙃😒😜😉🤡]|,?\s*(?:\b(?:he|she|they|you|(?-i:[A-Z])\w+) (?:said|says|told|wrote|claims"
    r"|thinks)"
    r"|\b(?:said|says|writes|wrote|claims|thinks|insists|reads|goes|went|replied|added) (?:my|the"
    r"|a|an|our|his|her|your|this|that|he|she|they|someone|somebody|everyone|(?-i:[A-Z])\w+))\b"
    r"|\bis what (?:he|she|they|my|the|you|it)\b|,\s*(?:he|she|they|(?-i:[A-Z])\w+) (?:whisper"
    r"|mutter|shout|sing|sang|laugh|sigh|add|repl|answer|explain|insist|joke|teas|announc|declar"
    r"|confess|admit|lied|brag|boast|swore|promis|cried|murmur|recit|hum|yell)\w*"
    r"|\bor so\b|\bso (?:they say|i'm told|i hear|the story)\b"
    r"|\([^()]*\b(?:his|her|their|he|she|they|from|by|says?|said|quote\w*|profile|answer|source"
    r"|according)\b[^()]*\)?|\bstood there\b|\bput there\b|\?\s*no\b",
    re.IGNORECASE,
)
_TAG_QUESTION = re.compile(
    r"[,\s](?:do|don't|am|aren't|have|haven't|is|isn't|did|didn't) (?:I|it|we|he|she)\s*\?\s*$",
    re.IGNORECASE,
)
_SARCASTIC = re.compile(
    r"(?:oh,? )?(?:sure|yes|yeah|right),? I'm (?:so )?(?:thrilled|delighted|over the moon"
    r"|ecstatic)\b|"
    r"(?:oh,? |yeah,? |sure,? |right,? |great,? |wow,? |of course,? |obviously,? |clearly,? "
    r"|because ){1,2}"
    r"(?:yeah,? |sure,? |great,? |yes,? )*(?:I|my) (?:just |totally |absolutely |really "
    r"|so )*(?:love|enjoy|adore|like|live for|favou?rite)\b"
    r"|I (?:(?:just|totally|absolutely|really|so|simply|do) )*(?:love|enjoy|adore|live for"
    r"|like) (?:how|when|it|being (?:told|ignored|yelled|stuck|late|sick|lied|woken|laughed)"
    r"|(?:[\w'-]+ ){0,3}(?:traffic|waiting|mondays?|queu\w+|taxes|spam|delays?|paperwork"
    r"|headaches?|hangovers?|migraines?|bugs|mosquitoes|alarms?|bills"
    r"|deadlines|overtime|layoffs|root canals?|on hold|being ignored|jams?|pop-ups|ads|chores"
    r"|dishes|flat tires?|bosses|construction noise|lines?|at \d ?am))\b",
    re.IGNORECASE,
)
"""Praise of what nobody loves."""
_FINAL_QUESTION = re.compile(
    r"[,;–—-]\s*(?:and |but |so )?(?:what|how|where|who|when|why|which|can|could|do|does|did|would"
    r"|will|should|any|is there|are there|have you|got any)\b[^,;]*\?\s*$",
    re.IGNORECASE,
)
_PLAN = re.compile(
    rf"(?:(?:my|our|the) (?P<event>(?:[\w'’-]+ ){{0,4}}?{alternatives(words.PLANNED_EVENTS)})"
    r"(?: (?:at|in|with|to|for) [\w'’ -]{2,30}?)? (?:is|are|will be|leaves|departs|takes place"
    r"|starts|begins|got moved to"
    r"|was moved to|is scheduled for|has been moved to)"
    rf"|(?:I'm|we're) (?:also |all "
    rf"|finally )?(?P<doing>(?:{alternatives(words.PLANNED_ACTIVITIES)}"
    rf"|(?:having|undergoing|running|taking|sitting|doing"
    rf"|getting) (?:an? |my |the )?(?:[\w-]+ ){{0,2}}?{alternatives(words.PLANNED_EVENTS)})\b"
    r"[^,.;!?…()\n]{0,60})"
    r"|(?:I|we) (?:also |still )?(?:have|got) (?:an?|my|our|the) (?:new |big |important )?"
    rf"(?P<having>(?:[\w'’-]+ ){{0,4}}?{alternatives(words.PLANNED_EVENTS)}\b[^,.;!?…()\n]{{0,60}})"
    r"|(?:I|we) (?P<leave>(?:fly|leave|travel|move|return|depart)\b"
    r"[^,.;!?…()\n]{0,60}))",
    re.IGNORECASE,
)
_JOINING = re.compile(
    r"(?:\s|,)+(?:on|at|this|by|for|is|are|next|in|the|around|about|until|from|of|and|will be)?$",
    re.IGNORECASE,
)
_MONTH = rf"(?P<month{{0}}>{'|'.join(name[:3].lower() for name in MONTH_NAMES)})[a-z]*\.?"
_DAY = r"(?P<day{0}>[0-3]?\d)(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:(?:the )?{_DAY.format(1)} (?:of )?{_MONTH.format(1)}|{_MONTH.format(2)} (?:the )?"
    rf"{_DAY.format(2)}\b)(?:,? (?P<year>(?:19|20)\d\d)\b)?"
)
_BIRTHDAY = re.compile(
    rf"(?:(?:my|our) (?:(?P<relation>{alternatives(words.RELATIVES)}|{alternatives(words.PEOPLE)})"
    r"(?: (?P<who>(?-i:[A-Z])[\w-]+))?['’]s )?(?:birthday|bday|b-day|date of birth)(?:'s| is| falls"
    r"| was|:)?(?: on)?|(?:I was )?born(?: in [\w ]{2,20})?(?: on)?|(?:date of birth|dob|birthday)"
    r"(?: is|:)?(?: on)?|(?:I turn|I turned|I'll be|I'm turning) \d+ on)"
    r"(?: (?:mon|tues|wednes|thurs|fri|satur|sun)day)?,? " + _DATE,
    re.IGNORECASE,
)
_PARTNER = re.compile(
    r"(?:late )?(?:(?P<ex>ex\b|ex-\w+)|husband|wife|partner|girlfriend|boyfriend|fianc[ée]e?"
    r"|spouse|friend|best friend|flatmate|roommate|housemate): ",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"[,\s]+(?:btw|by the way|tbh|fyi|ngl|tho|though|to be honest|actually)\s*[.!]*$", re.IGNORECASE
)
_NAME = re.compile(r"(?<=[ (])[A-ZÀ-Þ][\w'’-]+")
_GONE = re.compile(
    r"\b(?:lost my|died|passed away|passed on|buried|late (?:husband|wife|partner)|dumped|left me"
    r"|broke up|split up|divorc\w+|separat\w+|no longer|moved out)\b",
    re.IGNORECASE,
)
"""Ends a relationship with who is named in the same sentence."""
_WHO = re.compile(r"\b(?:who|whose)\b", re.IGNORECASE)
"""After it a clause without a subject is about somebody else."""
_NEEDS_OBJECT = word_set("see meet get take do go call visit write play")
"""Verbs that make no habit without an object."""
_NO_HABIT = re.compile(r"\b(?:never|don't|not|but|there|it|this|that|them|you)\b", re.IGNORECASE)
_TO_DO = re.compile(
    r"going to (?!the\b|a\b|an\b|my\b|our\b|see\b|visit\b|(?-i:[A-Z]))", re.IGNORECASE
)
"""A verb follows: not a journey, but something that will be done."""
_PLACE_FRAME = re.compile(
    r"\b(?:live[sd]?|living|resid\w+|settled|based|stationed|posted|born|grew up|raised|brought up"
    r"|childhood|come|comes|hails?|originally|family'?s|home|rent(?:ing)?|share|sharing|moved back"
    r"|bred|adopted|stay(?:ing)?|flat|house|apartment|cottage|studio|place|village|town|farm"
    r"|garden|landlord|landlady|postcode|room|one-bed|two-bed|care home|street|terrace|bungalow"
    r"|(?-i:I'm|I am|we're|parents are|people are|husband is|wife is)) "
    r"(?:[\w'’-]+ ){0,8}?(?:in|from|near|outside|to|at|of) ((?-i:[A-ZÀ-Þ])\w+)",
    re.IGNORECASE,
)
"""Verbs and dwellings, and the capital word that can only be where they are."""
_THIRD_PERSON = {"have": "has", "do": "does", "go": "goes"}


@cache
def _table() -> RuleTable:
    """Return the rules; the file is loaded with the first message."""
    vocabulary = ((name, value) for name, value in vars(words).items() if name.isupper())
    known = {name: alternatives(value) for name, value in vocabulary if isinstance(value, str)}
    return load_rules("rules_english.toml", known)


def read(sentence: str, reference: ReferenceTime) -> Iterator[Claim]:
    """Yield the claims of one sentence, with or without its final punctuation."""
    sentence = _TRAILING.sub("", normalize_spelling(sentence.strip()))
    if _TAG_QUESTION.search(sentence):
        return
    if sentence.endswith("?") and not asks_for_always(sentence):
        asked = _FINAL_QUESTION.search(sentence)
        sentence = sentence[: asked.start()] if asked else ""
    if not sentence or _NEVER_ASSERTED.search(sentence) or _SARCASTIC.search(sentence):
        return
    unasserted = _NOT_ASSERTED_AFTER.search(sentence)
    end = unasserted.start() if unasserted else len(sentence)
    claims = [*_clauses(sentence, end, reference), *_mentions(sentence, end)]
    yield from (_over_with_them(sentence, claim, reference) for claim in claims)
    mentioned = grammar_english.read_mentions(sentence, end, reference)
    yield from _not_said(mentioned, claims)


def _clauses(sentence: str, end: int, reference: ReferenceTime) -> Iterator[Claim]:
    """Yield what the clauses up to `end` say; the grammar reads those that no rule knows."""
    before: Predicate | None = None
    for start in _clause_starts(sentence):
        if start > end or not is_own_opening(sentence[:start]):
            continue
        opens = is_filler(sentence[:start])
        told = None if _WHO.search(sentence, 0, start) else before
        predicate = read_predicate(sentence[start:], told, opens=opens)
        before = predicate or before
        claims = list(_clause_claims(sentence, start, reference))
        yield from claims
        said = " ".join(claim.text for claim in claims)
        for claim in grammar_english.read_clause(
            sentence, start, predicate, reference, beside=bool(claims)
        ):
            names = _NAME.findall(claim.text) or [claim.value]
            if not claims or any(name not in said for name in names):
                yield claim


def _over_with_them(sentence: str, claim: Claim, reference: ReferenceTime) -> Claim:
    """Return a claim that is over where its sentence says that they died, left or are an ex."""
    named = _PARTNER.match(claim.text) if claim.topic in {"family", "people"} else None
    if named is None or not (named["ex"] or _GONE.search(sentence)):
        return claim
    return reference.with_times(claim, "", ended=True, dated=False)


def _mentions(sentence: str, end: int) -> Iterator[Claim]:
    for rule in _table().rules["anywhere"]:
        for found in rule.pattern.finditer(sentence, 0, end):
            yield from claims_from_match(rule, found, _ENGLISH)


def _not_said(claims: Iterator[Claim], said: list[Claim]) -> Iterator[Claim]:
    """Yield the claims whose value no claim in `said` holds."""
    for claim in claims:
        if not any(claim.value in f"{each.text} {each.value}".casefold() for each in said):
            yield claim


def is_evident(claim: Claim, sentence: str) -> bool:
    """Return whether what a claim says is of the kind that its words say.

    A place must be known, or stand with a capital where nothing but a place can stand: after
    "live in", "grew up in", "our flat in".
    """
    if claim.topic != "home" or claim.slot == "home:kind":
        return True
    named = re.search(r" (?:in|from|near|outside|to|of) (.+)$", claim.text)
    if named is None:
        return False
    framed = any(named[1].startswith(one[1]) for one in _PLACE_FRAME.finditer(sentence))
    return framed or is_known_place(named[1])


def _clause_starts(sentence: str) -> list[int]:
    """Return where a clause may start."""
    places = [0, *(found.end() for found in _OPENING.finditer(sentence))][:MAX_CLAUSES]
    starts: dict[int, None] = {}
    for place in places:
        filler = FILLER.match(sentence, place)
        starts[place] = None
        if filler:
            starts[filler.end()] = None
    opening = FILLER.match(sentence)
    lead = DATED_LEAD.match(sentence, opening.end() if opening else 0)
    if lead:
        starts[lead.end()] = None
    return [start for start in starts if start < len(sentence)]


def _clause_claims(sentence: str, start: int, reference: ReferenceTime) -> Iterator[Claim]:
    opening = sentence[start : start + 3].lower()
    elided = start == 0 and opening in {"sta", "got", "beg"}
    if opening[:2] in {"i ", "i'", "we"} or elided:
        yield from _rule_claims(_table().rules["me"], sentence, start, reference)
        yield from _habit_claims(sentence, start)
    elif opening in {"my ", "our"}:
        yield from _rule_claims(_table().rules["mine"], sentence, start, reference)
        yield from _relation_claims(sentence, start)
    elif opening in _OTHER_OPENINGS:
        yield from _rule_claims(_table().rules["called"], sentence, start, reference)
    if sentence[start : start + 1].isupper():
        yield from _rule_claims(_table().rules["named"], sentence, start, reference)
    yield from _birthday_claims(sentence, start)
    yield from _plan_claims(sentence, start, reference)
    if is_filler(sentence[:start]):
        yield from find_requests(sentence, start)


def _rule_claims(
    rules: list[Rule], sentence: str, start: int, reference: ReferenceTime
) -> Iterator[Claim]:
    for rule in rules:
        found = rule.pattern.match(sentence, start)
        if found is None:
            continue
        for claim in claims_from_match(rule, found, _ENGLISH):
            led = is_lead(sentence[:start])
            told = sentence if led else sentence[start:]
            yield reference.with_times(claim, told, ended=rule.ended, dated=rule.dated)


def _relation_claims(sentence: str, start: int) -> Iterator[Claim]:
    """Yield what is said about a relative or friend: "my mother lives in Porto"."""
    whom = _table().patterns["relation"].match(sentence, start)
    if whom is None:
        return
    relation = words.SYNONYMS.get(whom["relation"].lower(), whom["relation"].lower())
    name = (whom["who"] or "").strip(" ,")
    who = f"{relation} {name}".strip()
    for rule in _table().rules["others"]:
        found = rule.pattern.match(sentence, whom.end())
        if found is not None:
            yield from claims_from_match(rule, found, _ENGLISH, who=who, about=name or relation)


def _habit_claims(sentence: str, start: int) -> Iterator[Claim]:
    found = _table().patterns["habit"].match(sentence, start)
    if found is None or _NO_HABIT.search(found[0]):
        return
    verb = found["verb"].lower()
    if verb in _NEEDS_OBJECT and not found["rest"]:
        return
    ending = "es" if verb.endswith(("sh", "ch", "ss", "x")) else "s"
    verb = (
        verb[:-1] + "ies"
        if re.search("[^aeiou]y$", verb)
        else _THIRD_PERSON.get(verb, verb + ending)
    )
    rest = re.sub(r"\b(?:my|our) ", "", found["rest"], flags=re.IGNORECASE)
    text = f"{verb}{rest} {found['often']}"
    yield Claim(topic="habit", text=text[0].upper() + text[1:], value=text.lower())


def _birthday_claims(sentence: str, start: int) -> Iterator[Claim]:
    found = _BIRTHDAY.match(sentence, start)
    if found is None:
        return
    month = (found["month1"] or found["month2"]).lower()
    day = int(found["day1"] or found["day2"])
    named = next(name for name in MONTH_NAMES if name.lower().startswith(month))
    date = f"{day} {named}" + (f" {found['year']}" if found["year"] else "")
    if not 1 <= day <= 31:
        return
    relation = (found["relation"] or "").lower()
    relation = words.SYNONYMS.get(relation, relation)
    who = f"{relation} {found['who'] or ''}".strip()
    yield Claim(
        topic="birthday",
        text=f"Birthday: {date}" if not who else f"{who[0].upper()}{who[1:]}'s birthday: {date}",
        about=found["who"] or relation,
        slot="birthday",
        value=date.lower(),
    )


def _plan_claims(sentence: str, start: int, reference: ReferenceTime) -> Iterator[Claim]:
    """Yield a plan, if its clause names a day in the future."""
    found = _PLAN.match(sentence, start)
    if found is None:
        return
    clause = re.split(r"[;!]| and (?:I|we|my) |, (?:I|we|so|but) ", sentence[start:])[0]
    due = None if _TO_DO.match(found["doing"] or "") else reference.due(clause)
    if due is None:
        return
    at, date_words = due
    what = found["event"]
    if what is None:
        before, _, after = clause.partition(date_words)
        begins = found.start(found.lastgroup or 0) - start
        what = before[begins:] or after
        while (shorter := _JOINING.sub("", what)) != what:
            what = shorter
    what = re.sub(r"^(?:my|our|an?|the) ", "", what.strip(" ,.!"), flags=re.IGNORECASE)
    if not 2 < len(what) <= 60:
        return
    what = what[0].upper() + what[1:]
    yield Claim(
        topic="plan",
        text=what,
        slot=f"plan:{what.lower()}",
        value=reference.day(at),
        due=at,
    )
