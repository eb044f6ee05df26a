"""Puts English as people write it into the few forms that the reader of briefs knows."""

import re

_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}
_UNITS: tuple[tuple[str, str], ...] = (
    (
        r"(?<![a-z])(?:square met(?:re|er)s?\b|sq\.? ?m(?:et(?:re|er)s?)?\b\.?|sqms?\b|qm\b)|m²|㎡",
        "m2",
    ),
    (r"(?<![a-z])(?:square (?:feet|foot)\b|sq\.? ?(?:ft|feet)\b\.?|sqft\b)|ft²", "ft2"),
    (r"\b(?:metres?|meters?)\b", "m"),
    (r"(?<=\d) ?m ?2\b", " m2"),
    (r"[×✕]", "x"),
    (r"\ben[- ]?suites?\b", "ensuite"),
    (r"’", "'"),
)
_WIDE_DEEP = (
    r"(\d+(?:[.,]\d+)?) ?m? (?:wide|across|broad),?(?: and| by| x)?"
    r" (\d+(?:[.,]\d+)?) ?m? (?:deep|long)"
)
_SAME: tuple[tuple[str, str], ...] = (
    (r"\bw/ ?", "with "),
    (r"(?<=[a-z]) n (?=[a-z])", " and "),
    (
        r"\b(\d+)(?: and (?:a|1) half|\.5| ?½| 1/2) (?:baths?(?:rooms?)?|ba)\b",
        r"\1 baths, 1 half bath",
    ),
    (r"\b(?:\d|double|single|a) car garage", "garage"),
    (r"\b1 of (?:which|them|these)(?: is| has| being)?(?: an?| the)? ensuite", "(1 ensuite"),
    (r"\b(bed ?rooms?|beds?|kids?|child(?:ren)?'?s? rooms?) [1-9] (?=\d)", r"\1 "),
    (_WIDE_DEEP, r"\1 x \2 m"),
)


def plain_english(words: str) -> str:
    """Return words in lower case, with digits, units as m2, ft2 and m, and no hyphens."""
    text = " ".join(words.lower().split())
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    for pattern, unit in _UNITS:
        text = re.sub(pattern, unit, text)
    text = re.sub(r"(?<=\w)-(?=\w)", " ", text)
    text = re.sub(r"(?<=\d)(?=(?:br|ba|bed|bath)s?\b)", " ", text)
    text = re.sub(r"\b(?:a )?(?:couple|pair) of\b", "2", text)
    text = re.sub(r"\bl shape(?:d)?\b", "l shaped", text)
    text = re.sub(r"[a-z]+", lambda word: _NUMBERS.get(word[0], word[0]), text)
    # A longer number would only take time to read.
    text = re.sub(r"(\d{9})\d+", r"\1", text)
    for pattern, same in _SAME:
        text = re.sub(pattern, same, text)
    return text
