"""Standing requests to Tau, in English: "always answer in German", "remember that ...".

Only requests about how Tau talks to the person are recognised; an order to do anything else is not
a standing request that may be kept without asking.
"""

import re
from collections.abc import Iterator

from tau.facts import vocabulary as words
from tau.facts.cleaning_english import name
from tau.facts.trust import is_suspicious
from tau.facts.vocabulary import alternatives
from tau.journal.entries import Claim
from tau.text.tokenization import fold_text

MAX_REQUEST_CHARACTERS = 160

_PLEASE = (
    "(?:please |pls |could you |can you |you can |you should |you must |i want you to |just |and "
    "|i'd like you to |i would like you to |i need you to |i prefer you to |then ){0,3}"
)
_REPLY_VERBS = (
    "(?:answer|reply|respond|write|speak|talk|address|greet|explain|give|keep|include|add|use|call"
    "|format|cite|treat|remind|ask|suggest|convert|show|say|assume|start|begin|end|sign|be (?:brief"
    "|concise|honest|direct|polite|formal|informal|blunt|kind|gentle|critical|short|patient|specific"
    "|precise|frank|casual))"
)
_STYLE = (
    "(?:emojis?|emoticons?|smileys|bullet points?|bullets|markdown|lists|tables|exclamation"
    " (?:marks|points)|jargon|headings|headers|abbreviations|acronyms|swear words|slang"
    "|bold(?: text)?|long (?:answers|replies|sentences)|em dashes|dashes|capital letters"
    "|all caps|my (?:full )?name|sir"
    "|metric|imperial|celsius|fahrenheit)"
)
_WHENEVER = (
    "(?:from now on|from here on|in (?:the )?future|going forward|starting now|always|never)"
)
_INSTRUCTION = re.compile(
    rf"{_PLEASE}(?P<request>"
    rf"(?:always|never) {_REPLY_VERBS}\b.*"
    rf"|(?:don't ever|don't|stop|avoid|no more|quit) (?:(?:use|using|add|adding|write|writing"
    rf"|include|including|put|putting|send|sending|answer with|reply with|say) )?"
    rf"(?:any |so many |with )?{_STYLE}\b.*"
    rf"|(?:don't|stop) (?:call|calling) me .*"
    rf"|(?:don't|do) {_REPLY_VERBS}\b.* when(?:ever)? "
    r"(?:you (?:reply|answer|respond|talk|write)|I ask)\b.*"
    rf"|keep (?:your|the|all) (?:answers|replies|responses|messages|explanations)\b.*"
    rf"|(?:use|only use|stick to) (?:metric|imperial|celsius|fahrenheit|british|american)\b.*"
    rf"|(?:answer|reply|respond|speak|talk|write)(?: to me| me| only)* in"
    rf" {alternatives(words.LANGUAGES)}\b.*\b(?:always|from now on|in (?:the )?future|every time"
    r"|by default|going forward)\b.*)$",
    re.IGNORECASE,
)
_FROM_NOW_ON = re.compile(
    rf"{_PLEASE}{_WHENEVER},? {_PLEASE}"
    rf"(?P<request>(?:don't |only |always |never )?{_REPLY_VERBS}\b.*)$",
    re.IGNORECASE,
)
_CALL_ME = re.compile(
    rf"{_PLEASE}(?:{_WHENEVER},? )?(?:please )?(?:just )?call me (?P<name>[^,.;!?…\n]{{1,40}})",
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
_TRAILING_FILLER = re.compile(
    r"[,\s]+(?:please|pls|ok|okay|thanks|thank you|from now on|in (?:the )?future|going forward)"
    r"(?=[\s,.!]*$)",
    re.IGNORECASE,
)


def find_requests(sentence: str, start: int) -> Iterator[Claim]:
    """Yield what a clause asks Tau to do always, or to remember, unless it is suspicious."""
    called = _CALL_ME.match(sentence, start)
    if called:
        yield from _name_claims(called["name"], sentence[called.end() :])
        return
    standing = _INSTRUCTION.match(sentence, start) or _FROM_NOW_ON.match(sentence, start)
    if standing:
        yield from _instruction_claims(standing["request"])
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
    request = caught.strip(" .!")
    while (shorter := _TRAILING_FILLER.sub("", request)) != request:
        request = shorter
    if len(request) > MAX_REQUEST_CHARACTERS or is_suspicious(request, instruction=True):
        return
    slot = "instruction:language" if _LANGUAGE.search(request) else ""
    text = request[0].upper() + request[1:]
    yield Claim(topic="instruction", text=text, slot=slot, value=fold_text(request))
