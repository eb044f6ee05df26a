"""Spelling normalisation: "i am", "im" and "I'm" become one."""

import re

_SPELLINGS = (
    (
        re.compile(
            r"\b(my|our) ((?:[a-z]+ ){0,2}[a-z-]{3,14})['’]s (?=(?:an?|called|named|from|pregnant"
            r"|expecting"
            r"|allergic|vegan|vegetarian|diabetic|autistic|deaf|retired|married|divorced|single"
            r"|engaged"
            r"|living|working|studying|lactose|been diagnosed|gluten|moving|\d\d?)\b)",
            re.IGNORECASE,
        ),
        r"\1 \2 is ",
    ),
    (
        re.compile(
            r"^(just |recently |finally )?(?=(?:moved|quit|adopted|bought|graduated|turned|became"
            r"|retired"
            r"|switched|stopped|lost my|got (?:married|engaged|divorced|diagnosed|hired|laid off"
            r"|promoted))\b)",
            re.IGNORECASE,
        ),
        r"I \1",
    ),
    (re.compile(r"^(?=born (?:and raised )?in\b)", re.IGNORECASE), "I was "),
    (
        re.compile(
            r"^(?=(?:living in|working as|working at|studying|allergic to|married|pregnant)\b)",
            re.I,
        ),
        "I'm ",
    ),
    (
        re.compile(
            r"\b(?:me and my|my) (?:wife|husband|partner|girlfriend|boyfriend|fianc[eé]e?|spouse"
            r"|family|kids|children|son|daughter|mother|mom|mum|parents|flatmate|roommate"
            r"|best friend|sister|brother) and (?:I|me)\b",
            re.IGNORECASE,
        ),
        "we",
    ),
    (re.compile(r"\b(?:i am|im|i'm|i’m)\b", re.IGNORECASE), "I'm"),
    (re.compile(r"\b(?:i have been|ive been|i've been)\b", re.IGNORECASE), "I've been"),
    (
        re.compile(
            r"\b(?:ive|i['’]ve|i have) "
            r"(?:got (?!(?:to|it|used|that|this|nothing|better|worse)\b)|(?=an? ))",
            re.IGNORECASE,
        ),
        "I have ",
    ),
    (
        re.compile(r"\b(?:ive|i've|i have(?= (?:just|recently|finally|already) been\b))\b", re.I),
        "I've",
    ),
    (re.compile(r"\bwe are\b", re.IGNORECASE), "we're"),
    (re.compile(r"\b(?:we['’]ve|we have) got (?!to\b|it\b)", re.IGNORECASE), "we have "),
    (re.compile(r"\b(?:do not|dont)\b", re.IGNORECASE), "don't"),
    (re.compile(r"\b(?:cannot|cant|can not)\b", re.IGNORECASE), "can't"),
    (re.compile(r"\b(?:any more|any longer)\b", re.IGNORECASE), "anymore"),
    (re.compile(r"\bstay at home (?=mum|mom|dad|parent|father|mother)", re.I), "stay-at-home "),
    (re.compile(r"\bfavorite\b", re.IGNORECASE), "favourite"),
    (re.compile(r"[ \t]+"), " "),
)


_SAME_SUBJECT = re.compile(
    r"\b(and|but) (?=(?:work|live|study|love|hate|like|enjoy|have|grew up|moved|used to|don't"
    r"|can't stand|drive)\b)",
    re.IGNORECASE,
)
_NEW_SUBJECT = re.compile(
    r"\b(?:who|that|which|they|he|she|it|you|people|friends|parents|kids|my|our|to)\b",
    re.IGNORECASE,
)


def normalize_spelling(sentence: str) -> str:
    """Return a sentence with variants of spelling unified."""
    for pattern, spelling in _SPELLINGS:
        sentence = pattern.sub(spelling, sentence)
    joined = _SAME_SUBJECT.search(sentence)
    if joined and sentence[:1] in "iI" and not _NEW_SUBJECT.search(sentence[: joined.start()]):
        return _SAME_SUBJECT.sub(r"\1 I ", sentence)
    return sentence
