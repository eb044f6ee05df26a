"""Standing requests to Tau, in English: "always answer in German", "remember that ...".

Only requests about how Tau talks to the person are recognised; an order to do anything else is not
a standing request that may be kept without asking.
"""

import re
from collections.abc import Iterator

from tau.facts import vocabulary as words
from tau.facts.cleaning_names_english import name
from tau.facts.trust import is_suspicious
from tau.facts.vocabulary import alternatives
from tau.journal.entries import Claim
from tau.text.tokenization import fold_text

MAX_REQUEST_CHARACTERS = 160

_PLEASE = (
    "(?:please |pls |kindly |could you |can you |would you |will you |you can |you may |you should "
    "|you must |i want you to |just |i'd like you to |i would like you to |i'd love you to "
    "|i need you to |i'd prefer you to |i'd prefer it if you "
    "|make sure (?:to |you |that you )|be sure to |remember to |try to |then ){0,3}"
)
_WHENEVER = (
    "(?:from now on|from here on(?: out)?|from today(?: on)?|in (?:the )?future|going forward"
    "|starting (?:now|today)|by default|as a rule|every time|until further notice"
    "|for (?:all )?future (?:answers|replies|chats|conversations))"
)
_TALKS = (
    "(?:answer|reply|respond|write|speak|talk|address|greet|explain|format|cite|translate"
    "|summari[sz]e|convert|use|avoid|include|call me|refer to|spell|structure|phrase|round|quote"
    "|double-check|stick to|switch to|default to)"
)
"""What only Tau does: these verbs alone show that a standing request is for it."""
_ACTS = (
    "(?:give|keep|add|treat|remind|ask|suggest|recommend|show|say|assume|start|begin|end|sign|tell"
    "|list|make|put|check|mention|offer|provide|limit|send me|warn|correct|challenge|help|stop"
    "|skip|leave out|leave|omit|repeat|apologi[sz]e|lecture|sugarcoat|flatter|joke|be|stay|bring up"
    "|comment|hide|let me know|confirm|consider|follow up|open|close|compliment|interrupt|praise)"
)
_STYLE = (
    r"(?:emojis?|emoticons?|smileys|bullet(?: point)?s?|bulleted lists?|markdown|lists|tables"
    r"|exclamation (?:marks|points)|jargon|headings|headers|abbreviations|acronyms|swear words"
    r"|slang"
    r"|swearing|bold(?: text)?|long (?:answers|replies|sentences|paragraphs)|em dashes|dashes"
    r"|capital letters|all caps|my (?:full |first |last )?name|sir|ma'am|metric|imperial|celsius"
    r"|fahrenheit|(?:24|12)-hour|24 hour|disclaimers?|small talk|pleasantries|filler(?: words)?"
    r"|clich[eé]s|follow-up questions|compliments|flattery|apologies|spoilers|footnotes|semicolons"
    r"|(?:simple|plain|short|formal|informal|casual|complicated|fancy|big|gendered|inclusive) "
    r"(?:words|language|english|sentences|answers|replies|tone|terms|paragraphs)|lower ?case"
    r"|upper ?case|british|american|iso dates?|kilomet(?:re|er)s|miles|kilograms?|kilos|pounds"
    r"|euros?|dollars|first names?|nicknames?|pet names)"
)
_ABOUT_REPLIES = (
    rf"\b(?:me|my|your|you|yourself|answers?|repl\w+|responses?|messages?|examples?|sources?|links?"
    rf"|code|summar\w+|questions?|units?|sentences?|words?|language|tone|advice|I|I'm|{_STYLE}"
    r"|brief|concise|honest|direct|polite|formal|informal|blunt|gentle|critical|short|patient"
    r"|specific|precise|frank|casual|succinct|shorter|longer)\b"
)
_MANNER = (
    r"(?:briefly|formally|informally|concisely|casually|politely|honestly|directly|bluntly|simply"
    r"|step by step|like (?:a|an|i'm) [\w ]{3,20}|as if (?:i|you)\b[\w' ]{3,30}|in (?:short|plain"
    r"|simple"
    r"|full|complete|one|two|three|bullet|a|the|very|as few)\b[\w -]{3,40})"
)
_IDIOM = re.compile(
    r"(?:always |never |don't |do not )?(?:ever )?(?:give (?:up|in)\b|say (?:never|die|no|yes"
    r"|goodbye)\b|look (?:back|on)\b"
    r"|stop (?:believing|dreaming|learning|trying|loving|being|exploring|growing|moving|fighting"
    r"|smiling|never)\b|(?:be|stay) (?:yourself|true|kind|happy|grateful"
    r"|positive|strong|humble|curious|there for|brave|safe|afraid|sorry|late|early|prepared|alone"
    r"|the first|a|an|my (?:friend|love|valentine))\b|keep (?:calm|going|smiling|fighting"
    r"|trying|moving|learning|dreaming|up|your (?:chin|head|eyes|friends|word|promises?|cool"
    r"|distance))\b|use your (?:head|brain|imagination|heart)\b"
    r"|assume the worst|start (?:your|the) day|end (?:your|the|a) day|talk to strangers|speak ill"
    r"|write (?:off|it off)|remind (?:us|me of (?:that|those|the|when|how|him|her|home))\b"
    r"|let me (?:go|down)\b|leave me\b|ask (?:for|why)\b|show (?:up|off|them)\b"
    r"|make (?:me (?:laugh|smile|cry|happy|feel)|sure you (?:sleep|eat|rest))|tell (?:lies|a lie"
    r"|anyone|him|her|them)\b|help others"
    r"|add (?:fuel|insult)|use (?:it|them) or|write your (?:name|own)\b|answer (?:unknown"
    r"|strangers|the phone|the door|to no)|call (?:it|the|your)\b|put (?:off|yourself)\b)",
    re.IGNORECASE,
)
"""Mottos and what is said in passing: no requests to Tau."""
_ONCE = re.compile(
    r"\b(?:this time|right now|for now|today|tonight|below|above|following|this|these)\b"
    r"(?! (?:chat|app)\b)",
    re.IGNORECASE,
)
"""About what is at hand: no standing request."""
_STANDING = re.compile(
    rf"{_PLEASE}(?:{_WHENEVER},? )?{_PLEASE}(?P<request>(?:always|never|only|don't ever"
    rf"|do not ever)(?: ever)? "
    rf"(?:please )?(?:{_TALKS}(?<!use)(?<!write)(?<!avoid)(?<!quote)(?<!round)(?<!spell)\b(?!"
    rf" (?:the|unknown|any|every|his|her|to) (?:phone|door|number|call|his|her|strangers))\w*.*"
    rf"|(?:use|avoid|write|quote|round|spell)\b.*(?:{_ABOUT_REPLIES}"
    rf"|{alternatives(words.LANGUAGES)}|python|numbers|dates|everything).*"
    rf"|{_ACTS}\b.*{_ABOUT_REPLIES}.*))$",
    re.IGNORECASE,
)
_FROM_NOW_ON = re.compile(
    rf"{_PLEASE}{_WHENEVER},? (?:and )?{_PLEASE}(?P<request>(?:don't |do not |only |always |never "
    rf"|no |no more )?"
    rf"(?:{_TALKS}\b.*|{_ACTS}\b.*|{_STYLE}\b.*))$"
    rf"|{_PLEASE}(?P<late>(?:don't |do not |only )?(?:{_TALKS}\b|{_ACTS}\b)[^,;]*,? (?:{_WHENEVER}"
    rf"|always|each time))$",
    re.IGNORECASE,
)
_ON_STYLE = re.compile(
    rf"{_PLEASE}(?P<request>"
    r"(?:don't ever|don't|do not|stop|avoid|no more|quit|skip|drop|omit|leave out|spare me|less"
    r"|fewer|no) "
    r"(?:(?:use|using|add|adding|write|writing|include|including|put|putting|send|sending"
    r"|answer with|reply with|say|give me|giving me) )?"
    rf"(?:any |so many |so much |with |all |the |your |too many ){{0,2}}{_STYLE}\b.*"
    r"|(?:don't|do not|stop) (?:call|calling) me [^,]*"
    r"|(?:don't|do not|stop) (?:apologi[sz](?:e|ing)|lectur(?:e|ing)|sugarcoat(?:ing)?"
    r"|flatter(?:ing)?|patroni[sz](?:e|ing)|repeat(?:ing)? (?:yourself|my)"
    r"|ask(?:ing)? (?:me )?(?:so many |follow-up )?questions|interrupt(?:ing)?"
    r"|remind(?:ing)? me (?:about|of|to)|giv(?:e|ing) me [\w -]{3,30}(?:advice|tips|warnings"
    r"|options)|correct(?:ing)? my|bring(?:ing)? up|compliment(?:ing)?|prais(?:e|ing)"
    r"|sign(?:ing)? off|end(?:ing)? (?:with|your|every|each)|start(?:ing)? (?:with|your|every"
    r"|each))\b.*"
    rf"|(?:don't|do) {_TALKS}\b.* when(?:ever)? "
    r"(?:you (?:reply|answer|respond|talk|write)|I ask)\b.*"
    r"|(?:keep|make) (?:all |all of )?(?:your|(?:the|every|each)(?= (?:answers?|repl)))"
    r" (?:answers?|repl(?:y|ies)|responses?"
    r"|messages?|explanations?)\b.*"
    rf"|(?:use|only use|stick to|prefer|switch to|stick with) (?:only )?{_STYLE}\b.*"
    rf"|(?:only )?(?:answer|reply|respond|speak|talk|write)(?: to me| me"
    rf"| back)?(?: only)? (?:in {alternatives(words.LANGUAGES)}|{_MANNER})(?: to me)?(?: only)?"
    r"|address me .*|explain (?:things|everything|concepts|it all) .*"
    r"|give me (?:short|brief|concise|detailed|honest|direct|long|simple|longer"
    r"|shorter) (?:answers|replies|responses|explanations)\b.*"
    r"|(?:be|stay) (?:more |less |very |always )?\w+(?: and \w+)? (?:with me|in your (?:answers"
    r"|replies|responses)|when you (?:answer|reply|talk))\b.*"
    r"|remind me (?:to|of|about) .* (?:every|each) (?:day|morning|evening|night|week|month|year"
    r"|sunday|monday|tuesday|wednesday|thursday|friday|saturday)\b.*"
    rf")$",
    re.IGNORECASE,
)
_UNITS = (
    r"(?:celsius|fahrenheit|euros?|dollars|pounds|yen|francs|metric(?: units)?|imperial(?: units)?"
    r"|kilomet(?:re|er)s|km|miles|grams|kilos|kilograms|lit(?:re|er)s|ounces|cups|(?:24|12)[- ]hour"
    r"(?: time| format| clock)?|british english|american english|iso format|lower ?case|upper ?case"
    r"|day[- ]month[- ]year|my time ?zone|local time|gmt|utc|plain text|bullet points"
    r"|short paragraphs)"
)
_FLUFF = (
    r"(?:small talk|pleasantries|intros?|introductions?|preambles?|fluff|filler|disclaimers?"
    r"|caveats"
    r"|apologies|compliments|praise|sales pitch|jargon|emojis?|repetition|niceties|flattery"
    r"|summary at the end|warnings|follow-up questions|moralizing|lecture|lectures|platitudes)"
)
_ANSWERS = r"(?:answers?|repl(?:y|ies)|responses?|messages?|explanations?)"
_ON_FORMAT = re.compile(
    rf"{_PLEASE}(?P<request>"
    rf"(?:use|give|quote|write|put|list|format|state|express|convert|measure|count|tell|say"
    rf"|keep)\b[^,]{{0,50}} in {_UNITS}"
    rf"|(?:use|stick to|prefer|default to|switch to) (?:only )?(?:{_UNITS}|my first name"
    rf"|my nickname|they/them(?: for me)?|she/her(?: for me)?|he/him(?: for me)?)\b[^,]{{0,40}}"
    rf"|(?:speak|talk|write|answer|reply|respond)(?: to me)? (?:more |very )?(?:plainly|slowly"
    rf"|simply|formally|informally|briefly|casually|politely|directly|honestly|concisely)"
    rf"|(?:skip|drop|leave out|omit|cut|cut out|spare me|lose|no|ditch|hold) (?:all )?(?:the "
    rf"|your |any )?{_FLUFF}\b[^,]{{0,30}}"
    rf"|(?:limit|restrict|cap|shorten|format|start|begin|open|end|close|finish"
    rf"|sign) (?:all )?(?:of )?(?:your|every|each) {_ANSWERS}\b.*"
    rf"|(?:answer|reply|respond|write)(?: to me)? (?:in|with|using) (?:at most|under|no more than"
    rf"|less than|fewer than|only|about|just|max(?:imum)?)? ?(?:one|two|three|four|five"
    rf"|\d+)(?: or \w+)? (?:words?|sentences?|lines?|paragraphs?|bullet points?)"
    rf"|(?:don't|do not) (?:ever )?(?:give|offer|use|ask|suggest|recommend|remind|mention"
    rf"|talk about|bring up|assume|compare|include|add|repeat|apologi[sz]e|lecture|judge|translate"
    rf"|correct|send|interrupt|explain|praise|thank|wish|start|end)\b.*{_ABOUT_REPLIES}.*"
    rf"|(?:you (?:don't|do not) (?:need|have) to|no need to|there's no need to) (?:{_TALKS}"
    rf"|{_ACTS}|praise|thank|greet)\b.*"
    rf"|feel free to (?:swear|curse|joke|be (?:blunt|direct|honest|critical)|disagree|correct me"
    rf"|challenge me|interrupt)\b.*"
    rf"|assume (?:that )?(?:I|we) (?:know|don't know|have|am|understand|don't)\b.*"
    rf"|treat me (?:like|as)\b.*"
    rf"|(?:in|for|with) (?:all |my |your )?(?:recipes?|code|dates?|times?|prices?|{_ANSWERS}"
    rf"|e-?mails?|distances?|temperatures?|lists|measurements|weights?|numbers?|schedules?"
    rf"|summaries|drafts?|workouts?|meal plans?),? (?:please )?(?:always |never "
    rf"|only )?(?:{_TALKS}|{_ACTS})\b.*"
    rf"|(?:I'd|I would) (?:appreciate it if|prefer it if|prefer|like it if|love it if|be happy if"
    rf"|rather) you (?:always |never |didn't |would |could |don't |only )?\w+.*{_ABOUT_REPLIES}.*"
    rf"|I (?:really )?(?:want|prefer|like|need|would like|would prefer|'d like)(?: all)?(?: your"
    rf"| to get| to have)? (?:(?:short|long|brief|concise|detailed|honest|direct|simple|plain"
    rf"|quick|blunt|in-depth|thorough|friendly|formal|informal|funny"
    rf"|critical) )(?:and \w+ )?{_ANSWERS}\b.*"
    rf"|I(?:'d| would)? (?:want|prefer|like|need) (?:all )?(?:your|my) {_ANSWERS} (?:in|to be|with"
    rf"|without|short|brief)\b.*"
    rf"|I (?:don't want|hate it when|don't like it when) you (?:to )?(?:{_TALKS}|{_ACTS}|using"
    rf"|ending|starting)\b.*"
    rf")$",
    re.IGNORECASE,
)
_LASTING = re.compile(
    rf"{_PLEASE}(?P<request>(?:always |never |don't |do not |only )?(?:{_TALKS}|{_ACTS}|describe"
    r"|drop|double check|slip|keep|spare|default|order|sort|round)\b[^;!?]*\b(?:always|forever"
    r"|for good|in general|every time|each time|from (?:now|today|here)(?: on)?"
    r"|every (?:answer|reply|message|file|letter|e-?mail)|in all my|whenever I"
    r"|for everything|when(?:ever)? I'm)\b.*)$",
    re.IGNORECASE,
)
_ON_OCCASION = re.compile(
    rf"(?P<request>(?:whenever|every time|each time|any time|when) (?:I|you) (?:ask|mention|say"
    rf"|talk|send|share|write|want|reply|answer|recommend|suggest|respond|give|explain|tell"
    rf"|greet)\b[^,]{{0,60}}, "
    rf"(?:please )?(?:always |never |don't |only )?(?:{_TALKS}|{_ACTS}|compare|prefer|sort|pick"
    rf"|choose)\b.*)$"
    rf"|{_PLEASE}(?P<late>(?:always |never |don't |only )?(?:{_TALKS}|{_ACTS})\b[^,]* (?:whenever"
    rf"|every time|each time) (?:I|you) \w+.*)$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    rf"(?:can|could|would|will) you (?:please )?(?:always|never|only|{_WHENEVER})\b[^?]*\?$"
    rf"|(?:can|could|would|will) you [^?]*(?:{_WHENEVER}|always)(?:, please| please)?\?$",
    re.IGNORECASE,
)
_CALL_ME = re.compile(
    rf"{_PLEASE}(?:(?:{_WHENEVER}"
    rf"|always),? )?(?:please )?(?:just )?(?:always )?call me (?P<name>[^,.;!?…\n]{{1,40}})",
    re.IGNORECASE,
)
_REMEMBER = re.compile(
    rf"{_PLEASE}(?:remember|keep in mind|don't forget|note down|make a note)"
    r"(?: that|,|:)? (?P<what>(?:my|our|I|I'm|I've|we|we're)\b.{3,})$",
    re.IGNORECASE,
)
_STATES_A_FACT = re.compile(
    r"\b(?:is|are|was|were|has|have|had|am|parked|keep|kept|left|put)\b|'s |I'm |I've "
)
_LANGUAGE = re.compile(rf"\bin {alternatives(words.LANGUAGES)}\b", re.IGNORECASE)
_POLITE_END = re.compile(
    r"(?:[,\s]+(?:please|pls|thanks|thank you|ok|okay))?[\s.!?]*$", re.IGNORECASE
)
_TRAILING_FILLER = re.compile(
    r"[,\s]+(?:please|pls|ok|okay|thanks|thank you|from now on|in (?:the )?future|going forward)"
    r"(?=[\s,.!]*$)",
    re.IGNORECASE,
)


def asks_for_always(sentence: str) -> bool:
    """Return whether a question asks Tau to do something always: "Can you always ...?"."""
    return _ASKED.match(sentence) is not None


def find_requests(sentence: str, start: int) -> Iterator[Claim]:
    """Yield what a clause asks Tau to do always, or to remember, unless it is suspicious."""
    called = _CALL_ME.match(sentence, start)
    if called:
        yield from _name_claims(called["name"], sentence[called.end() :])
        return
    bare = _POLITE_END.sub("", sentence)
    for pattern in (_STANDING, _FROM_NOW_ON, _ON_OCCASION, _ON_STYLE, _ON_FORMAT, _LASTING):
        standing = pattern.match(bare, start)
        if standing:
            yield from _instruction_claims(standing[standing.lastgroup or 0])
            return
    found = _REMEMBER.match(sentence, start)
    if found and _STATES_A_FACT.search(found["what"]) and not sentence.endswith("?"):
        what = found["what"].strip(" .!")
        if len(what) <= MAX_REQUEST_CHARACTERS and not is_suspicious(what, instruction=True):
            text = what[0].upper() + what[1:]
            yield Claim(topic="other", text=text, value=fold_text(what))


def _name_claims(caught: str, after: str) -> Iterator[Claim]:
    wanted = re.sub(r"\s(?:from|instead|please|for|when|and|not|now|as|because)\b.*$", "", caught)
    ends = caught != wanted or after[:1] in {"", ",", ".", "!", ";"}
    for one in name(wanted) if ends else ():
        yield Claim(
            topic="name",
            text=f"Wants to be called {one}",
            slot="name:called",
            value=fold_text(one),
        )


def _instruction_claims(caught: str) -> Iterator[Claim]:
    request = caught.strip(" .!?")
    while (shorter := _TRAILING_FILLER.sub("", request)) != request:
        request = shorter
    if _IDIOM.match(request) or _ONCE.search(request) or len(request) > MAX_REQUEST_CHARACTERS:
        return
    if is_suspicious(request, instruction=True):
        return
    slot = "instruction:language" if _LANGUAGE.search(request) else ""
    text = request[0].upper() + request[1:]
    yield Claim(topic="instruction", text=text, slot=slot, value=fold_text(request))
