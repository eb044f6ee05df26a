"""Words that the rules know: relations, animals, occupations, conditions, languages.

Data, not grammar: what may stand where is in `rules_english` and `rules_chinese`.
"""


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set; `_` stands for a space."""
    return frozenset(word.replace("_", " ") for word in text.split())


def alternatives(words: str) -> str:
    """Return words as alternatives of a pattern, longest first; `_` stands for a space."""
    ordered = sorted(words.split(), key=len, reverse=True)
    return "(?:" + "|".join(word.replace("_", " ") for word in ordered) + ")"


RELATIVES = """
mother mum mom mama father dad papa daddy parents sister brother twin wife husband hubby partner
girlfriend boyfriend fiancé fiancée fiance fiancee spouse son daughter child kid baby stepson
stepdaughter stepmother stepmom stepfather stepdad stepsister stepbrother aunt auntie uncle cousin
niece nephew grandmother grandma gran nan granny grandfather grandpa granddad grandad grandson
granddaughter mother-in-law father-in-law sister-in-law brother-in-law son-in-law daughter-in-law
ex-wife ex-husband ex-girlfriend ex-boyfriend ex-partner ex gf bf wifey
bro sis godmother godfather goddaughter godson
"""
PEOPLE = """
friend mate boss manager neighbour neighbor colleague coworker co-worker roommate flatmate housemate
teacher therapist doctor landlord landlady coach mentor supervisor assistant classmate dentist
business_partner
"""
SYNONYMS = {
    "mum": "mother",
    "mom": "mother",
    "mama": "mother",
    "dad": "father",
    "papa": "father",
    "daddy": "father",
    "hubby": "husband",
    "wifey": "wife",
    "gf": "girlfriend",
    "bro": "brother",
    "sis": "sister",
    "bf": "boyfriend",
    "auntie": "aunt",
    "grandma": "grandmother",
    "gran": "grandmother",
    "nan": "grandmother",
    "granny": "grandmother",
    "grandpa": "grandfather",
    "granddad": "grandfather",
    "grandad": "grandfather",
    "kid": "child",
    "stepmom": "stepmother",
    "stepdad": "stepfather",
    "mate": "friend",
    "neighbor": "neighbour",
    "co-worker": "colleague",
    "coworker": "colleague",
    "fiance": "fiancé",
    "fiancee": "fiancée",
}
"""Words for the same relation."""
EXCLUSIVE_RELATIONS = word_set(
    """
    mother father wife husband partner girlfriend boyfriend fiancé fiancée spouse boss
    mother-in-law father-in-law
    """
)
"""Relations of which a person has one at a time: a new name replaces the old."""
CHILDREN = "kids children sons daughters sisters brothers siblings boys girls twins"

PETS = """
dog puppy cat kitten rabbit bunny hamster parrot horse pony guinea_pig turtle tortoise goldfish
snake lizard gecko budgie canary ferret hedgehog chinchilla gerbil cockatiel cockatoo labrador
poodle beagle terrier bulldog corgi dachshund retriever golden_retriever border_collie chihuahua
husky german_shepherd greyhound donkey goat duck hen rat mouse
"""
MANY_PETS = "dogs puppies cats kittens rabbits hamsters parrots horses fish chickens budgies snakes"

JOBS = """
accountant actor actress actuary analyst anaesthetist animator archaeologist architect artist
astronomer attorney author baker banker barber barista bartender biologist bookkeeper botanist
bricklayer builder butcher caregiver carer carpenter cashier caterer chef chemist chiropractor
cleaner clerk coder comedian composer consultant contractor cook copywriter counsellor counselor
curator dancer decorator dentist dermatologist designer detective developer dietitian director
doctor drummer economist editor electrician engineer entrepreneur farmer filmmaker firefighter
fisherman florist gardener geologist geographer goldsmith guide hairdresser historian illustrator
interpreter investigator janitor jeweller joiner journalist judge lawyer lecturer librarian
linguist locksmith machinist magistrate manager marketer mason mathematician mechanic midwife miner
musician nanny neurologist notary novelist nurse nutritionist optician optometrist painter paralegal
paramedic pastor pathologist pediatrician paediatrician pharmacist photographer physician physicist
physiotherapist pianist pilot planner plumber poet policeman policewoman politician postman potter
priest principal producer professor programmer psychiatrist psychologist publicist radiographer
radiologist realtor receptionist recruiter reporter researcher roofer sailor salesman salesperson
saleswoman scientist sculptor seamstress secretary singer sociologist soldier solicitor sommelier
statistician stonemason surgeon surveyor tailor teacher technician teller therapist translator
trucker tutor typist underwriter upholsterer vet veterinarian violinist waiter waitress welder
woodworker writer zoologist housewife househusband freelancer postdoc officer driver administrator
"""
FIELDS = """
marketing it finance healthcare education sales advertising insurance banking construction retail
hospitality logistics publishing tech software engineering research consulting tourism journalism
hr human_resources real_estate real_estate customer_service law public_health social_work design
fashion film theatre agriculture cybersecurity accounting manufacturing biotech pharma
"""
WORKPLACES = """
hospital university school college bank library museum restaurant bakery post_office startup
start-up clinic pharmacy supermarket hotel factory café cafe shop bookshop kindergarten airport
law_firm company nursery gym bar farm theatre warehouse garage salon laboratory lab council
call_centre call_center dairy brewery depot store hospice ministry office firm agency studio
academy zoo prison embassy foundation institute plant mill shipyard surgery practice gallery
vineyard distillery pub bakery port railway station police fire_brigade army navy charity
newspaper magazine care_home docks chippy takeaway warehouse petrol_station gas_station
"""

CONDITIONS = """
diabetes type_1_diabetes type_2_diabetes asthma adhd add autism epilepsy migraines migraine
arthritis rheumatoid_arthritis celiac_disease coeliac_disease crohn's_disease crohn's ibs depression
anxiety ptsd ocd bipolar_disorder high_blood_pressure hypertension eczema psoriasis hay_fever
tinnitus dyslexia endometriosis pcos fibromyalgia lupus multiple_sclerosis ms parkinson's
parkinson's_disease hypothyroidism anemia anaemia insomnia sleep_apnea sleep_apnoea glaucoma
high_cholesterol low_blood_pressure heart_disease heart_failure kidney_disease breast_cancer
lung_cancer prostate_cancer skin_cancer colon_cancer leukemia leukaemia lymphoma cancer dementia
alzheimer's alzheimer's_disease osteoporosis scoliosis sciatica hyperthyroidism hashimoto's
graves'_disease vertigo narcolepsy bulimia anorexia schizophrenia borderline_personality_disorder
bpd social_anxiety panic_attacks panic_disorder postpartum_depression dyspraxia dyscalculia
tourette's hemophilia haemophilia sickle_cell_disease cystic_fibrosis gerd acid_reflux copd
emphysema angina afib raynaud's cerebral_palsy rosacea vitiligo cataracts macular_degeneration
chronic_fatigue_syndrome me/cfs ehlers-danlos crohn_disease celiac coeliac gestational_diabetes
chronic_back_pain chronic_migraines chronic_pain a_heart_condition a_pacemaker hiv long_covid gout
ulcerative_colitis
"""
DIETS = """
vegetarian vegan pescatarian coeliac celiac lactose_intolerant lactose-intolerant
gluten_intolerant gluten-intolerant diabetic teetotal colour-blind colourblind color-blind
colorblind asthmatic deaf dyslexic autistic epileptic left-handed
"""
EXCLUSIVE_DIETS = frozenset(("vegetarian", "vegan", "pescatarian"))

NATIONS = """
african american arab argentinian australian austrian bangladeshi belgian brazilian british
bulgarian canadian catholic chilean chinese christian colombian croatian cuban czech danish dutch
egyptian english ethiopian european filipino finnish french german ghanaian greek hindu hungarian
indian indonesian iranian iraqi irish israeli italian jamaican japanese jewish kenyan korean
lebanese lithuanian malaysian mexican moroccan muslim nepali nigerian norwegian pakistani
palestinian persian peruvian polish portuguese romanian russian scottish serbian slovak somali
spanish sudanese swedish swiss syrian taiwanese thai tunisian turkish ukrainian vietnamese welsh
"""
LANGUAGES = """
english german french spanish italian portuguese dutch chinese mandarin cantonese japanese korean
russian arabic hindi turkish polish swedish norwegian danish finnish greek czech hungarian romanian
ukrainian vietnamese thai indonesian hebrew persian farsi british_english american_english
simplified_chinese traditional_chinese urdu bengali punjabi tamil telugu catalan basque swahili
tagalog malay croatian serbian bulgarian slovak slovenian lithuanian latvian estonian icelandic
tigrinya quechua hokkien yiddish gaelic wolof xhosa maltese kurdish pashto dari nepali sinhala
khmer lao burmese mongolian kazakh uzbek azerbaijani macedonian bosnian galician breton cornish manx
maori hawaiian samoan tongan fijian somali oromo hausa twi akan shona sesotho tswana lingala
kinyarwanda luganda malagasy creole patois esperanto latin sanskrit kannada malayalam marathi
gujarati odia assamese sindhi tibetan hakka teochew shanghainese taiwanese luxembourgish frisian
flemish faroese romani guarani nahuatl aymara aramaic berber bsl asl scots kashmiri javanese
afrikaans amharic yoruba igbo zulu welsh irish albanian georgian armenian
"""
PLANNED_EVENTS = """
exam exams test interview appointment surgery operation flight wedding party deadline presentation
meeting trip holiday vacation concert graduation marathon half-marathon race match game defence
defense court_date first_day due_date visit call dinner lunch class course lesson conference talk
performance recital check-up checkup scan hearing ceremony funeral reunion audition tournament
viva final finals midterm physiotherapy mri x-ray biopsy viewing train bus ferry gig workshop
date_with_the_dentist rehearsal baptism christening prom camp competition
"""
PLANNED_ACTIVITIES = """
flying travelling traveling going moving leaving visiting meeting seeing returning hosting giving
presenting driving performing defending heading attending getting_married coming_back coming_home
giving_birth interviewing speaking
"""
HABITS = """
see run swim go walk cycle bike jog meditate read drink eat cook practise practice play train do
wake
get study visit call take write journal work exercise lift dance paint bake pray volunteer watch
sleep commute stretch teach attend meet surf hike row climb garden knit skip video-call
"""
HOLDINGS = """
car bike bicycle motorbike motorcycle house garden piano guitar violin boat van cabin campervan
allotment greenhouse telescope camera drone 3d_printer sauna keyboard cello drum_kit scooter e-bike
"""
