"""Voice of English sentences: whether a person plainly speaks for themselves in a message.

A claim is read only where every sentence around it is of a kind that people say themselves: about
themselves, a question or request to Tau, a greeting, a remark. A sentence that names a text, a
speaker or a part, or that is no sentence at all ("Page 3 of her diary."), may introduce what
somebody else said. Then the whole message says nothing of the person. Pure.
"""

import re
from collections.abc import Sequence
from typing import Literal

Voice = Literal["own", "neutral", "foreign"]

FILLER = re.compile(
    r"(?:(?:(?:hi|hiya|hello|hey|hey there|yes|yeah|yep|yup|oh|ok|okay|btw|by the way|fyi"
    r"|also|actually|and|but|so|then|to be honest|tbh|honestly|sadly|unfortunately|luckily"
    r"|fortunately|hopefully|ugh|happily|thankfully|personally|p\.?s\.?|just so you know|you know"
    r"|please|please remember|don't forget|you should know|(?:some |more )?(?:good |bad |big "
    r"|other )?news"
    r"|guess what|these days|nowadays|currently|recently|lately|finally|as of today|at the moment"
    r"|now|anyways?"
    r"|good (?:morning|evening|afternoon|day)|thanks|thank you|ah|the thing is|in fact"
    r"|for the record"
    r"|as it turns out|about me|about myself|(?:some|a few) (?:things|facts|notes) about me"
    r"|a (?:bit|little) about me|first of all"
    r"|hmm|um|wow|yay|sorry|(?:it )?turns out|since you ask(?:ed)?|as you (?:know|may know|asked)"
    r"|in my case"
    r"|same here|me too|speaking of(?: which)?|on another note|one more thing|another thing"
    r"|more about me|(?:I )?(?:just )?found out(?: that)?"
    r"|if you must know|given the choice|for context|for your information|quick update"
    r"|small update|just to let you know|I think you should know|just a heads up|heads up)"
    r"|(?:no|nope|well|great|nice|cool|sure|right|perfect|today|tonight|tau|remember|note|update"
    r"|correction|good question|true|exactly|absolutely|definitely|haha)(?=\s*[,!:.–—-])"
    r"|well|today|remember(?= (?:that|I|my))|[-*•]|\d{1,2}[.)])(?:\s*[,!:.–—-]+\s*"
    r"|\s+)(?:that )?)+",
    re.IGNORECASE,
)
LEAD = re.compile(
    r"(?:(?:since|after|before|in|on|at|for|during|until|as|as of|with|because of|over|by|from"
    r"|about|around|last|this|next"
    r"|every|two|three|four|five|six|seven|eight|nine|ten|\d+|a|an|when|while|now that|although"
    r"|though|because|since)\b[^,;:]{0,60}"
    r"|(?:yesterday|tomorrow|tonight|years ago|originally|usually|normally|sometimes|most days"
    r"|once|ever since)\b[^,;:]{0,30}),\s+"
    r"(?=(?:I|I'm|I've|I'd|my|we|our|we're|we've)\b)",
    re.IGNORECASE,
)
DATED_LEAD = re.compile(
    r"(?:(?:at (?:age )?\d\d|by (?:day|night|trade)|years ago|at (?:work|home|the moment)"
    r"|back then|(?:on )?\w+days|as (?:a|the|an) [\w -]{3,30}?|most \w+),? )"
    r"(?=(?:I|I'm|I've|we|we're|my)\b)"
    r"|(?:in|since|on|for|as of|around|about|until|by|during|after) (?:[\w']+ ){1,4}(?=(?:I|I'm"
    r"|I've|we|we've|we're|my|our)\b)"
    r"|(?:last|this) (?:[\w']+ ){1,2}(?=(?:I|I've|we|we've|my|our)\b)|(?:yesterday|today|two|three"
    r"|four|five|six|ten|\d+|a|a few) (?:\w+ (?:ago )?)?(?=(?:I|I've|we|my)\b)",
    re.IGNORECASE,
)
"""A time before a clause, without a comma: "In 2019 I moved"."""
_SELF = re.compile(
    r"(?:I|I'm|im|ive|I've|I'd|I'll|my|mine|we|we're|we've|our|me)\b(?!:)"
    r"|(?-i:[A-Z])[\w-]+ and (?:I|me)\b"
    r"|(?:being|as) (?:an?|the) [\w -]{3,30}?,? (?:I|I'm|I've|my|we)\b"
    r"|(?:can'?t|don'?t|never|not|still|no longer|off|on|into|fluent|hooked) (?:bear|stand|like|eat"
    r"|drink|care|enjoy|abide|single|married|a fan|keen|into|fond|to|maternity|paternity|sick leave"
    r"|sabbatical|in|on|living|working)\b"
    r"|(?:just|still|also|recently|finally|always|never)? ?(?:started|got|begun|began|moved"
    r"|got|quit|joined|been|had|adopted|bought|graduated|turned"
    r"|became|retired|switched|stopped|lost my"
    r"|born|living|working|studying|allergic|married|pregnant|went|won|gave|made|sold|broke|tore"
    r"|picked|opened|passed|signed|landed|ran|finished|split|put|came off|came back|handed"
    r"|planning|trying|thinking|training|taking|doing|heading|getting|cooking|feeling|hoping"
    r"|hate|love|adore|prefer|big fan|huge fan|writing|driving|flying|moving|starting|relocated"
    r"|gluten free|dairy free"
    r"|fluent in)\b(?! (?:this|these|it|that|by|from|on page)\b)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:what|how|where|who|when|why|which|can|could|do|does|did|would|will|should|shall|is|are"
    r"|have"
    r"|has|any|got any|may|am|isn't|aren't|don't|please|pls|always|never|from now on|in future"
    r"|in the future|going forward"
    r"|starting now|if|whenever|when|let's|let|give|tell|show|recommend|suggest|help|explain|find"
    r"|list|remind"
    r"|keep|use|avoid|stop|answer|reply|respond|speak|talk|write|call|address|be|make|remember"
    r"|plan|compare|create|treat|assume|include"
    r"|add|don't|do|no|only|stick|forget|wish|thanks|thank|skip|omit|quote|feel free|limit|measure"
    r"|in|for|with|assume|open|close|finish|express|state|count|drop|leave|spare|cut|spell"
    r"|switch|sort|round|check|ask|say|translate|cite|format|begin|start|end|sign|quote|convert"
    r"|limit|make sure|try|every time|each time|less|fewer|more|set|put|pick|choose|look|think"
    r"|read|see|come|go|get|take)\b",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"(?:it|it's|its|there|there's|that|that's|those|these|sounds|looks|everything|nothing|time"
    r"|life"
    r"|today|tonight|tomorrow|yesterday|such|so|what an?|how|not|you|you're|your|lots|one day"
    r"|(?:the|a|an|his|her|he|she|he's|she's|they|they're|their|both|all|some|most"
    r"|one)\b(?=[^.!?]{0,60}\b"
    r"(?:is|are|was|were|has|have|had|will|would|can|could|might|may|must|isn't|wasn't|'s|'re"
    r"|loves?|likes?|hates?|lives?|works?|goes|went|wants?|needs?|keeps?|died|makes?|made|gave"
    r"|gets?|got|turned|turns|eats?|sleeps?|barks?|came|comes|took|takes|runs?|ran|broke|fell"
    r"|fails|failed|leaks|arrived|opens|closed|starts|started|ended|ends|helps|helped|feels?|felt"
    r"|hurts?|costs?|doesn't|didn't|don't|won't|wouldn't|can't|dumped|rule|rules)\b))",
    re.IGNORECASE,
)
_INTERJECTION = re.compile(
    r"(?:hi|hiya|hello|hey|heya|yo|good (?:morning|afternoon|evening|night|day)|morning|evening"
    r"|thanks"
    r"|thank you|many thanks|thanks (?:a lot|so much|again|for [^.!?]{1,120})|thx|cheers|ok|okay"
    r"|yes|yeah|yep|no|nope|sure|great|nice|cool|wow"
    r"|oh|ah|hmm|ha(?:ha)*|yay|awesome|perfect|amazing|lovely|good|well|right|exactly|finally"
    r"|sorry|please|phew"
    r"|ugh|oops|really|and you|you|indeed|absolutely|definitely|of course|no worries|no problem"
    r"|got it|i see|so happy|so excited|so sad"
    r"|long story|good news|bad news|big news|fun fact|guess what|update|first|(?:ok|okay)? ?bye"
    r"|nice to meet you|pleased to meet you|"
    r"happy (?:new year|birthday|friday|monday|easter|holidays)|merry christmas|(?:a )?(?:quick"
    r"|small|silly|random) question|quick update|news|"
    r"(?:some|a few) (?:things|facts|notes) about (?:me|myself)|about (?:me|myself)|a (?:bit"
    r"|little) about (?:me|myself)|long time no see)"
    r"(?:,? (?:there|tau|again|everyone|all|you too|then|yes|and|ai|so much|a lot|indeed|really"
    r"|great|thanks))*",
    re.IGNORECASE,
)
_TEXTS = (
    r"(?:letters?|e-?mails?|mails?|messages?|notes?|post|posts|tweets?|threads?|articles?|blogs?"
    r"|diary|diaries|journal entry|pages?|docs?|documents?|files?"
    r"|pdfs?|forms?|transcripts?|chapters?|verses?|statements?|testimon(?:y|ies|ials?)|reviews?"
    r"|comments?|quot(?:e|es|ed|ation)|unquote|lyrics|songs?|captions?"
    r"|profiles?|bios?|adverts?|ads?|listings?|flyers?|leaflets?|posters?|stickers?|signs?|survey"
    r"|questionnaires?|quiz|exercises?|lessons?|textbooks?|duolingo|flashcards?|sentences?"
    r"|lines?|paragraphs?|poems?|scripts?|dialogues?|characters?|candidates?|applicants?|clients?"
    r"|customers?|patients?|tenants?|witness(?:es)?|guests?|speakers?|interview(?:ee|er|s)?"
    r"|respondents?|participants?|users?|members?|subscribers?|players?|example|sample|template"
    r"|draft|headline|subtitles?|podcast|episode|scene|story|novel|monologue|"
    r"terms of service|policy|manual|contract|label|passages?|context|snippet|excerpt|extract"
    r"|source|results?|query|screenshot|voicemail|recording|speech|prayer|oath|affirmation|mantra"
    r"|slogan|motto|proverb|"
    r"case study|words|jokes?|dare|bet|horoscope|fortune cookie|case \d+|entry|item|clause|section"
    r"|appendix|version|option|answers?|question \d+|homework|translation|dictation|pronunciation"
    r"|repeat after|fill in|true or false|guess who|riddle|role|persona|intro|introduction"
    r"|testimonial|complaint|request from|report)"
)
_TEXT = re.compile(rf"\b{_TEXTS}\b", re.IGNORECASE)
_COMMUNICATES = re.compile(
    r"\b(?:sa(?:id|ys|y|ying)|wrote|writes|written|writing this|sent|sends|texted|texts|told|tells"
    r"|posted|posts|tweeted|emailed|messaged|replied|replies"
    r"|answered|answers|asked|asks|reads|quoted|quotes|quoting|claims?|claimed|states|stated"
    r"|shouts?|shouted|sang|sings|whispered|goes like|go like|signed|spoke|speaking|talking"
    r"|according to|overheard|heard|forwarded|fwd|fw|copied|pasted|copy-?paste|found|seen|spotted"
    r"|saw|via|translated|dictated|introduced|introduces|describes|described|mentions|mentioned"
    r"|explains|explained|announced|follows|following|as follows|begins|ends with|starts with"
    r"|typed|put there|stood)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    rf"\b(?:(?:this|these)\b(?=\s*(?:[?!.,:;)]|$)| (?:\w+ )?{_TEXTS}\b| (?:guy|man|woman|person"
    r"|girl|lady|dude|one|kid|customer|to|in|on|from|is (?!my (?:first|last|favou?rite))|was|by|for"
    r"|true"
    r"|correct|sound"
    r"|look|lyric|he|she|they)\b)"
    r"|(?:the following|below|above|as follows|here(?= is|'s| are| goes|:|$|[.!])))",
    re.IGNORECASE,
)
_HUMAN = re.compile(r"\b(?:he|she|him|his|hers?|someone|somebody)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"(?:and |so |but )?(?:that|those)(?:'s| (?:is|was|were|are|would be|could be|must be)) "
    r"(?:my|his|her|their|the|what|how|from)\b",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(
    r"\b(?:got|received|have|found|heard|copied|took|read|saw|see|look at"
    r"|check out)\b[^.!?]{0,40}\b(?:this|these|that one|it) (?:from|on|in|today|yesterday|by)\b"
    r"|\b(?:this|these)\b[^.!?]{0,30}\b(?:from|by) (?:my|a|an|the|our|[A-Z])"
    r"|\b(?:sent|told|texted|wrote|showed|gave|handed|forwarded|emailed|left) (?:me|us) (?:this"
    r"|that|it|these|the following)\b"
    r"|\b(?:I|we)(?:'ll| will|'m going to)? (?:quote|cite|paste|pasted|copied|forward|transcribed?"
    r"|translate|rehearse|memori[sz]e|recite|sing)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"[♪♫♬│┃║▪◦•➤►▶→⇒»«‹›❝❞〝〞＂﹁﹂]|``|''|,,|-->|\d{1,2}:\d{2}(?::\d{2})?\b(?!\s*(?:[ap]\.?m|o'clock"
    r"|h\b|uhr)|[ap]m)[^.!?]{0,8}\b(?:I|my)\b"
    r"|(?:^|\n)\s*(?:\[?\d{1,2}:\d{2}|\d{1,2}/\d{1,2}/\d{2,4}|\[\d+\]|(?:RT|FW|FWD|RE|CC|VIA|OP|TL"
    r"|@)\b[^I]|@\w|\(?[a-d]\)\s)|\b[a-d]\) .{1,80}\b[b-e]\) ",
    re.IGNORECASE,
)
_LIKE_A_LIST = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s")
_ADDRESSED = re.compile(
    r"(?:(?:dear|hi|hello|hey|hiya|good (?:morning|afternoon|evening)|to|attn|yo)[ ,]+)(?!there\b"
    r"|tau\b|again\b|you\b|everyone\b|all\b|ai\b|I\b|I'm\b|my\b|me\b|be\b)"
    r"(?:(?-i:[A-Z])[\w.'-]*|sir|madam|mom|mum|dad|mother|father|grandma|grandpa|love|darling"
    r"|honey|sweetheart|friends?|team|hiring|folks|guys|doctor|boss"
    r"|neighbou?rs?)[\w .'-]{0,30}[,!.]*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:(?:best|kind|kindest|warm|warmest|many) )?(?:regards|wishes)|yours(?: (?:truly"
    r"|sincerely|faithfully|ever))?|sincerely(?: yours)?|love|lots of love|much love|kisses|hugs"
    r"|xo+|xoxo|best|cheers|respectfully|cordially|take care|see you(?: soon)?|with love"
    r"|your (?:\w+ )?(?:son|daughter|mother|father|friend|sister|brother|aunt|uncle|neighbou?r"
    r"|tenant|landlord|customer))"
    r"\s*(?:[,!.-]+\s*(?:(?-i:[A-Z])|the\b|your\b|a\b)[\w .'-]{0,30}|[,!]+\s*)$",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|am|have|has|had|will|would|can|could|do|does|did|don't|can't|live|work"
    r"|love"
    r"|like|hate|want|need|go|went|come|came|eat|keep|kept|make|made|play|call|got|get|gave|grew"
    r"|took"
    r"|left|said|told|met|had|broke|fell|lost|won|ran|ate|slept|began|became|bought|think|prefer"
    r"|enjoy|speak|know|named|turned"
    r"|name's|\w{2,}(?<!['’])s|\w+ed)\b|'s (?:an?|the|not|so|very|in|at|on|called|named|name|my"
    r"|our|[A-Z]|\w+ing|\w+ed|gone|pregnant|allergic|from|called|expecting|vegan|sick|ill|here|back|dead|fine|happy|sad)\b|n't\b"
    r"|'re\b",
)
"""Words that make a sentence of a subject, roughly."""
_DOCTORS_WORD = re.compile(
    r"(?:the |my )?(?:doctors?|gp|specialist|psychiatrist|neurologist)s? (?:has |have |just )*"
    r"(?:told me|says? I|said I|diagnosed me|confirmed I|put me|started me|switched me"
    r"|prescribed me|took me off)\b",
    re.IGNORECASE,
)
_JUDGES = re.compile(
    r"(?:is|isn't|was|wasn't|are|aren't|does|did) (?:it|that|they)\b", re.IGNORECASE
)
_ABOUT_A_TEXT = re.compile(
    r"\b(?:it|this|that|the \w+) (?:about|say|says|mean|means|hold|holds|contain)\b"
    r"|\blives? there\b",
    re.IGNORECASE,
)
_WITH_SELF = re.compile(r"\b(?:I|I'm|I've|I'd|I'll|my|me|mine|myself|we|our|us)\b", re.IGNORECASE)


def speaks_for_self(sentences: Sequence[str]) -> bool:
    """Return whether nothing in the sentences of a message hints at other people's words."""
    return all(voice_of(one) != "foreign" for one in sentences)


def points_back(sentence: str) -> bool:
    """Return whether a sentence says that what came before is a text ("That was her line.")."""
    return _POINTS_BACK.match(sentence.strip()) is not None and _TEXT.search(sentence) is not None


def voice_of(sentence: str) -> Voice:
    """Return whose words a sentence is by its form, and whether those around it may be others'."""
    text = sentence.strip().strip("…").strip()
    if not re.search(r"\w", text):
        return "foreign" if _MARKS.search(text) else "neutral"
    if _MARKS.search(text) and not _LIKE_A_LIST.match(text):
        return "foreign"
    bare = text.strip(" .!?…*_~-,;:()\"'")
    if _ADDRESSED.match(bare) or _CLOSING.match(text):
        return "foreign"
    if _INTERJECTION.fullmatch(bare):
        return "neutral"
    rest = _without_filler(text)
    return _voice_of_clause(rest) if rest.strip(" .!?") else "neutral"


_ASKS_WHAT_THEY_SAID = re.compile(
    r"(?:what|how|why) (?:did|does|do|has|had|was) (?!I\b|you\b|we\b)(?:[\w'-]+ ){1,3}"
    r"(?:say|said|saying|write|written|text|tell|told|claim|mean|reply|answer)\b",
    re.IGNORECASE,
)
_HEADS = re.compile(
    r"(?:from|in|by|e\.g|text|toast|part|reply|everyone|all|folks|dear|hello|hi|hey|attn|to|for|re)\b"
    r"|[A-Z][\w-]*(?: [A-Z][\w-]*)*[.!?…]*$|[^\w]",
    re.IGNORECASE,
)
"""How a sentence begins that may head or sign what somebody else says."""
_SHORT = re.compile(r"[a-z][\w',-]*(?: [a-z][\w',-]*){0,4}")
_KIN = re.compile(
    r"(?:husband|wife|hubby|mum|mom|dad|daddy|gran|grandma|grandpa|grandad|nan|nana|granny|baby"
    r"|aunt \w+|uncle \w+)"
    r"(?:'s|\b)(?! (?:says?|said|wrote|told|writes|texted|goes|asks?|asked)\b)",
    re.IGNORECASE,
)
"""Subjects without "my" that are a person's own people."""
_REACTS = re.compile(
    r"(?!(?:he|she|they|it|that|this|you)\b)[\w' -]{2,30} (?:terrif|scare|freak|annoy|bore|disgust"
    r"|creep|drive|make|give|bring)\w* me\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+|third|second|first|final|last) "
    r"(?:[\w-]+ ){0,2}?(?:kids|children|boys|girls|cats|dogs|years?|months|weeks|days|siblings"
    r"|sisters|brothers)\b",
    re.IGNORECASE,
)


def is_own_opening(text: str) -> bool:
    """Return whether a clause about the person may follow `text` in the same sentence."""
    before = text.strip()
    if not before:
        return True
    filler = FILLER.fullmatch(before + " ")
    if before.endswith(":"):
        return bool(filler or _INTERJECTION.fullmatch(before.rstrip(":")))
    if filler or _INTERJECTION.fullmatch(before.strip(" ,;:-–—.!")):
        return True
    if is_lead(before):
        return not introduces_others(before)
    return _voice_of_clause(re.sub(r"[\s,;–—-]+$", "", _without_filler(before))) != "foreign"


def is_filler(text: str) -> bool:
    """Return whether a text says nothing by itself: "Oh, by the way,"."""
    return not text.strip() or FILLER.fullmatch(text.strip() + " ") is not None


def _without_filler(text: str) -> str:
    filler = FILLER.match(text)
    return text[filler.end() :] if filler else text


def is_lead(text: str) -> bool:
    """Return whether a text only says when: "In 2019", "After ten years in Paris,"."""
    bare = _without_filler(text).strip(" ,")
    return bool(bare) and LEAD.match(f"{bare}, I") is not None


def introduces_others(text: str) -> bool:
    """Return whether what stands before a clause in its sentence hints at somebody else's words."""
    return bool(_COMMUNICATES.search(text) or _POINTS.search(text) or _TEXT.search(text))


def _voice_of_clause(text: str) -> Voice:
    if _PASSED_ON.search(text):
        return "foreign"
    lead = LEAD.match(text) or DATED_LEAD.match(text)
    if lead and not introduces_others(lead[0]):
        text = text[lead.end() :]
    if _DOCTORS_WORD.match(text):
        return "own"
    if _SELF.match(text):
        return "foreign" if _passes_on(text) else "own"
    if text.rstrip().endswith("?") or _ASKING.match(text):
        if _ASKS_WHAT_THEY_SAID.match(text):
            return "foreign"
        pointing = _POINTS.search(text) or _HUMAN.search(text)
        hints = _COMMUNICATES.search(text) or _POINTS.search(text) or _TEXT.search(text)
        return "foreign" if (hints and pointing) or _asks_about_others(text) else "neutral"
    return "foreign" if introduces_others(text) else _voice_of_statement(text)


def _voice_of_statement(text: str) -> Voice:
    """Return the voice of a statement that neither begins with the person nor names a text."""
    if _KIN.match(text) or _COUNTED.match(text) or _REACTS.match(text):
        return "own"
    if _SHORT.fullmatch(text.strip(" .!?…")) and not _HUMAN.search(text):
        return "neutral"
    named = _WITH_SELF.search(text)
    remark = _REMARK.match(text) or (named and _FINITE.search(text, 0, named.start()))
    finite = text[:1].islower() or "," in text or _FINITE.search(text) is not None
    plain = finite and not _HEADS.match(text) and not _HUMAN.search(text)
    return "neutral" if remark or plain else "foreign"


def _passes_on(text: str) -> bool:
    """Return whether a sentence about the person or theirs passes on what somebody said."""
    if text.rstrip().endswith("?"):
        return False
    says = _COMMUNICATES.search(text)
    if says and _POINTS.search(text):
        return True
    theirs = re.match(r"(?:my|our)\b", text, re.IGNORECASE)
    if not theirs:
        return False
    return bool(says and not _WITH_SELF.search(text, theirs.end())) or not _FINITE.search(text)


def _asks_about_others(text: str) -> bool:
    """Return whether a question is about a text or its writer ("Is he suitable?")."""
    if _WITH_SELF.search(text) and not _TEXT.search(text):
        return False
    if (_TEXT.search(text) and _JUDGES.match(text)) or re.match(r"is (?:this|that)\b", text, re.I):
        return True
    return bool(_HUMAN.search(text) or _ABOUT_A_TEXT.search(text))
