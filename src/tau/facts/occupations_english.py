"""Cleaners of English work: occupations, businesses, employers.

Occupations are an open class: a word counts by a list, or by how words for occupations end.
"""

import re

from tau.facts import vocabulary as words
from tau.facts.cleaning_names_english import org
from tau.facts.known_names import is_given_name, is_known_place
from tau.facts.phrases_english import BARRED, CUT, TIMED, phrase
from tau.facts.vocabulary import alternatives, word_set

_NO_OCCUPATION = word_set(
    """
    lover believer sufferer beginner smoker drinker stranger owner user member reader runner
    winner loser sleeper eater speaker number other another father mother brother sister dinner
    summer winter corner computer paper water never ever over under power matter letter danger
    hater dreamer newcomer foodie survivor prisoner customer consumer follower supporter commuter
    walker hiker swimmer jogger cyclist overthinker worrier learner grandmother grandfather
    stepfather stepmother godfather godmother layer player gamer fighter thinker listener
    talker planner adopter helper outsider insider foreigner villager islander christian vegetarian
    feminist optimist pessimist perfectionist realist minimalist atheist extremist communist
    socialist capitalist racist sexist narcissist introvert extrovert humanitarian centenarian
    libertarian italian cheater liar dancer over-thinker latecomer procrastinator quitter
    hoarder collector spender saver snorer early-riser riser singer cleaner mixer monster
    gangster hipster teenager toddler youngster bachelor sinner saviour savior traitor
    disaster failure burden creature cucumber tiger spider panther hamster rooster toaster
    better bigger faster homeowner householder grower lifer boomer millennial
    """
) - word_set("cleaner singer dancer planner player grower")
_OCCUPATION_END = re.compile(
    r"[a-z]{2,}(?:er|or|ist|ian|eer|ant|man|woman|person|nurse|smith|wright|herd|hand|head|monger"
    r"|ographer|ologist|keeper|maker|worker)"
)
_OCCUPATIONS = frozenset(words.JOBS.split()) | word_set(
    """
    nurse vet chef dj clerk cook guide judge paramedic medic mechanic technician apprentice intern
    dev coder
    trainee au_pair ceo cto cfo coo barrister solicitor lead head chief director assistant
    coordinator buyer analyst rep representative registrar locum consultant partner associate
    deputy foreman steward stewardess warden porter courier postie cabbie chauffeur sous-chef
    bricklayer sparky plasterer scaffolder surgeon postdoc lecturer tutor carer nanny childminder
    bouncer croupier dispatcher marine sergeant captain corporal lieutenant constable detective
    monk nun priest vicar pastor imam rabbi diver ranger sub-editor copy-editor qa sysadmin devops
    producer temp barback host hostess usher model actuary aide docent sculptor stagehand groom
    jockey referee umpire scout luthier farrier midwife doula radiographer pharmacologist
    phlebotomist hygienist estimator assessor auditor stay-at-home_dad stay-at-home_mum
    stay-at-home_mom stay-at-home_parent housewife homemaker
    """
)
_BUSINESS = (
    "bakery café cafe shop bookshop bookstore restaurant bar pub farm salon studio gallery agency "
    "company business start-up startup garage nursery gym hotel b&b guesthouse clinic practice "
    "brewery winery truck charity florist pharmacy barbershop store firm stall school centre "
    "center workshop kennels hostel inn tearoom deli bistro diner launderette laundromat "
    "orchard vineyard dairy consultancy press label theatre boutique newsagent butcher greengrocer "
    "campsite stables smallholding nursery spa parlour parlor daycare kitchen venue magazine "
    "podcast channel franchise practice office"
)


_BUSY = re.compile(
    r" (?:working|living|based|speciali[sz]ing|trying|looking|studying|doing|running|turned|mostly"
    r"|mainly|nowadays|myself|here|there)\b.*",
    re.IGNORECASE,
)
"""Follows an occupation and says more of it."""


def occupation(raw: str) -> list[str]:
    """Return an occupation with its article, by how its last word is built."""
    cut = TIMED.sub("", CUT.sub("", " " + raw.strip(" '\"")))
    cut = _BUSY.sub("", cut).strip(" '\"")
    bare = re.sub(r"^(?:an?|the) ", "", cut, flags=re.IGNORECASE)
    tokens = bare.lower().split()
    if not 1 <= len(tokens) <= 5 or BARRED.intersection(tokens):
        return []
    if not re.fullmatch(r"[\w'’&/ -]+", bare):
        return []
    head = tokens[-1] if "of" not in tokens else tokens[tokens.index("of") - 1]
    if not _names_occupation(head, " ".join(tokens)) or tokens[0] in _VAGUE:
        return []
    article = "an " if bare[:1].lower() in "aeiou" and bare[1:3].lower() != "ni" else "a "
    return [("" if "of" in tokens else article) + bare]


_VAGUE = word_set(
    """
    good bad terrible great big fast slow better natural born huge lousy decent horrible amateur
    hobby former future aspiring would-be wannabe fellow picky morning night light heavy total
    keen proud avid happy real true serious massive lifelong devoted dog cat tea coffee firm
    late early fussy strong weak only first second third last big-time gay lesbian bisexual
    """
)


def profession(raw: str) -> list[str]:
    """Return an occupation where only "I'm a" says so: one that is in a list, or ends as few do."""
    found = occupation(raw)
    tokens = found[0].lower().split() if found else []
    if "of" in tokens:
        return found if tokens[0] in {"head", "director", "captain", "chief"} else []
    whole = " ".join(tokens[1:])
    known = tokens and (
        tokens[-1] in _OCCUPATIONS or whole in _OCCUPATIONS or _PROFESSION.search(tokens[-1])
    )
    return found if known else []


_PROFESSION = re.compile(
    r"(?:keeper|maker|smith|wright|monger|ologist|ographer|therapist|technician|trician|nician"
    r"|operator|dealer|inspector|officer|instructor|supervisor|coordinator|executive|specialist"
    r"|strategist|breeder|trainer|worker|engineer|conductor|organist|cellist|auctioneer|hypnotist"
    r"|stylist|dentist|pharmacist|trepreneur)$"
)


def _names_occupation(head: str, whole: str) -> bool:
    if whole in _OCCUPATIONS or head in _OCCUPATIONS:
        return head not in {"partner", "model", "host", "lead", "head"} or " " in whole
    return _OCCUPATION_END.fullmatch(head) is not None and head not in _NO_OCCUPATION


def business(raw: str) -> list[str]:
    """Return a business that somebody runs, without its article."""
    found = phrase(re.sub(r"^(?:my|our) (?:own )?", "a ", raw.strip(), flags=re.IGNORECASE))
    fits = found and re.search(rf"\b{alternatives(_BUSINESS)}$", found[0], re.IGNORECASE)
    return [re.sub(r"^own ", "", found[0])] if fits else []


def employer(raw: str) -> list[str]:
    """Return an organisation: one with a name, or a known kind of workplace with its article."""
    start = raw.strip()
    if re.match(r"(?:my|our) ", start, re.IGNORECASE):
        return []
    named = re.match(
        r"(?:an? )?(?:[\w-]+ ){1,3}(?:called|named) ((?-i:[A-Z]).*)", start, re.IGNORECASE
    )
    start = CUT.sub("", start) if start[:1].islower() else start
    found = org(named[1] if named else start)
    if not found and start[:1].islower():
        found = org(f"the {start}") if is_known_workplace(start) else []
    given = found and (is_given_name(found[0]) or is_known_place(found[0]))
    return [] if given else found


def is_known_workplace(raw: str) -> bool:
    """Return whether a text ends as kinds of workplaces do."""
    return bool(org(f"the {raw}"))
