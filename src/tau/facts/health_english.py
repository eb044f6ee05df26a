"""Cleaners of English words for health: illnesses, medicines, foods, parts of the body."""

import re

from tau.facts import cleaning_english as cleaning
from tau.facts import vocabulary as words
from tau.facts.phrases_english import BARRED, phrase
from tau.facts.vocabulary import alternatives, word_set

_DRUG = re.compile(
    r"[a-z]{3,}(?:pril|sartan|statin|olol|prazole|tidine|oxetine|traline|pram|azepam|zolam|mab"
    r"|cillin|mycin|cycline|oxacin|dipine|formin|gliptin|glutide|parin|arin|xaban|tidine|azole"
    r"|triptan|idone|apine|zine|lukast|terol|sone|solone|nisone|thyroxine|phenidate|amphetamine"
    r"|gabalin|abapentin|lamotrigine|methotrexate|trexate|setron|vir|faxine|odone|profen|iclib"
    r"|tinib|dronate|amide|mide|zepine|proate|roxen|floxacin|phylline|lone|quine|ine|in)"
)
_DRUGS = word_set(
    """
    insulin lithium ibuprofen aspirin paracetamol prozac zoloft lexapro adderall ritalin concerta
    vyvanse xanax ozempic wegovy mounjaro humira eliquis warfarin metformin statins steroids
    antidepressants antihistamines beta_blockers blood_thinners hrt methadone naproxen
    codeine tramadol morphine oxycodone wellbutrin effexor cymbalta seroquel abilify lamictal
    levothyroxine gabapentin pregabalin prednisone prednisolone methotrexate keppra valium
    testosterone oestrogen estrogen immunosuppressants antipsychotics anticoagulants ssris
    amoxicillin chemo chemotherapy radiotherapy dialysis oxygen truvada prep accutane
    roaccutane melatonin propranolol bisoprolol ramipril lisinopril atorvastatin omeprazole
    sertraline citalopram venlafaxine fluoxetine quetiapine mirtazapine duloxetine
    """
)
_NO_DRUG = word_set(
    """
    train in line mine wine machine nine fine magazine routine engine begin again pain rain main
    captain cabin pumpkin muffin vitamin coffee caffeine cuisine online vaccine medicine cousin
    basin margin twin skin chin coin satin latin berlin martin robin austin dublin turin protein
    submarine trampoline vaseline nicotine tangerine migraine cocaine heroin shine spine alone
    phone milestone plane wine clementine bitcoin gasoline discipline deadline headline airline
    pipeline magazine mountain fountain bargain curtain certain captain marine limousine violin
    mandolin penguin dolphin
    """
)
_FOODS = (
    "meat pork beef lamb chicken fish seafood shellfish dairy gluten sugar egg eggs alcohol coffee "
    "red_meat wheat nuts peanuts peanut milk caffeine lactose cheese soy soya sesame mushrooms "
    "tomatoes onions garlic prawns shrimp crab oysters almonds cashews hazelnuts walnuts bread "
    "pasta rice potatoes celery mustard lupin kiwi strawberries bananas avocado citrus oranges "
    "grapefruit spicy_food fried_food chocolate honey butter cream yoghurt yogurt tuna salmon corn "
    "oats barley rye tree_nuts animal_products processed_food fizzy_drinks soda carbs sweets beer "
    "wine spirits liver offal coriander cilantro aubergine peppers beans lentils chickpeas bacon"
)
FOODS = alternatives(_FOODS)
_FOOD = re.compile(rf"{FOODS}(?:\b|$)", re.IGNORECASE)
ILLNESS = re.compile(
    rf"(?:[\w'’-]+ ){{0,3}}?(?:{alternatives(words.CONDITIONS)}|[\w'-]{{2,}}(?:itis|osis|aemia|emia"
    r"|algia|pathy|plegia|lepsy|noea)|(?:syndrome|disorder|disease|deficiency|palsy|sclerosis"
    r"|dystrophy|intolerance|cancer|tumou?r|stroke|heart attack|shingles|tennis elbow|hernia|ulcer"
    r"|diabetes|asthma|allergy|tinnitus|gout|cataracts?|blood clots?|slipped disc|herniated disc"
    r"|frozen shoulder|flat feet|high cholesterol|sleep apnoea|panic attacks|low iron|cysts?"
    r"|kidney stones|gallstones|heart murmur|pacemaker|bad back|bad knees?|bad hip|varicose veins"
    r"|(?:dodgy|bad|gammy|trick|dicky|bum) (?:knees?|back|hip|shoulder|ankle|elbow)"
    r"|plantar fasciitis|carpal tunnel|covid|dementia|alzheimer's|parkinson's|pots|eds|cfs|tb"
    r"|pneumonia|concussion|hay ?fever|eczema|burnout))$",
    re.IGNORECASE,
)
_NO_ILLNESS_WORD = BARRED | word_set(
    "neurosis hypnosis osmosis me diagnosis prognosis basis crisis synopsis emphasis hypothesis"
    " pots stroke weakest strokes of"
)
_BODY = word_set(
    """
    acl mcl achilles ankle wrist arm leg knee hip collarbone elbow finger thumb toe foot hand rib
    ribs shoulder hamstring calf meniscus ligament tendon back neck jaw nose nose pelvis heel
    femur tibia rotator_cuff cartilage kneecap disc skull spine forearm big_toe
    """
)


def illness(raw: str) -> list[str]:
    """Return an illness, by a list and by how names of illnesses end."""
    found = phrase(re.sub(r"^(?:a bit of|a touch of|a mild case of) ", "", raw.strip()))
    tokens = found[0].lower().split() if found else []
    fits = found and ILLNESS.fullmatch(found[0]) and not _NO_ILLNESS_WORD.intersection(tokens)
    return cleaning.condition(found[0]) if fits else []


def medicine(raw: str) -> list[str]:
    """Return a medicine, by a list and by how names of medicines end; a dose stays out."""
    bare = re.sub(
        r"^(?:(?:about |around )?[\d.,]+ ?(?:mg|mcg|g|ml|units?)? (?:of )?|(?:a )?(?:low|high"
        r"|daily)(?:[ -]dose)?(?: of)? |(?:the|my|some|daily) )+",
        "",
        raw.strip(),
        flags=re.IGNORECASE,
    )
    found = phrase(bare)
    if not found:
        return []
    low = found[0].lower()
    if low in _DRUGS or (
        " " not in low and low not in _NO_DRUG and len(low) > 6 and _DRUG.fullmatch(low)
    ):
        return [found[0]]
    return []


def food(raw: str) -> list[str]:
    """Return a kind of food or drink that is known."""
    found = phrase(raw)
    return [found[0].lower()] if found and _FOOD.match(found[0]) else []


def body(raw: str) -> list[str]:
    """Return a part of the body: "left wrist"."""
    found = phrase(raw)
    tokens = found[0].lower().split() if found else []
    known = tokens and (tokens[-1] in _BODY or " ".join(tokens[-2:]) in _BODY) and len(tokens) <= 3
    return [found[0]] if known else []
