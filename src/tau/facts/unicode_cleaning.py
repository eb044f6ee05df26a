"""Cleaning of Unicode: hidden characters are removed, look-alike letters are detected.

Hidden characters are how a text says one thing to a person and another to a machine. This module
knows nothing of claims and trust.
"""

import re
import unicodedata

_INVISIBLE = re.compile(
    "["
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]+"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]+")
_STYLED_LETTERS = re.compile(
    "[\u00aa\u00ba\u2070-\u209c\u2100-\u214f\u2460-\u24ff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\ufb00-\ufb06"
    "\U0001d400-\U0001d7ff\U0001f130-\U0001f189]+"
)
_PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("\ua789\u2236\u02d0\ufe55\ufe13\u05c3\u0589\u1362", ":"),
        **dict.fromkeys("\u2019\u02bc\uff07\u00b4\u2032\u275c", "'"),
        **dict.fromkeys("\uff02\u2033\u301d\u301e\u301f\u275d\u275e", '"'),
        **dict.fromkeys("\uff1e\u203a\u276f\u2771", ">"),
        "\u017f": "s",
    }
)
_DOUBLED_QUOTES = re.compile("''|(?<!`)``(?!`)|,,(?=\\w)")
_DIRECTION_OVERRIDE = re.compile("[\u202d\u202e]")
_LATIN = "A-Za-z\u00c0-\u024f"
_LOOKALIKE_SCRIPTS = "\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff\ua4d0-\ua4ff"
_MIXED_SCRIPTS = re.compile(rf"[{_LATIN}][{_LOOKALIKE_SCRIPTS}]|[{_LOOKALIKE_SCRIPTS}][{_LATIN}]")


def clean_unicode(text: str) -> str:
    """Return `text` without hidden characters, with styled letters (𝐛𝐨𝐥𝐝, ｗｉｄｅ) plain.

    Line breaks and tabs stay; other control characters become spaces.
    """
    if text.isascii():
        return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return _STYLED_LETTERS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def fold_punctuation(text: str) -> str:
    """Return `text` with colons, apostrophes and quotation marks of one form each.

    Chinese colons and quotation marks stay.
    """
    return _DOUBLED_QUOTES.sub('"', text.translate(_PUNCTUATION))


def is_disguised(text: str) -> bool:
    """Return whether a text is disguised: reversed, or mixed from look-alike letters.

    Reversed is text under a right-to-left override. Mixed is a word with letters of Latin and
    of a script whose letters look alike (Cyrillic, Greek, Armenian, Cherokee, Lisu).
    """
    if text.isascii():
        return False
    return bool(_DIRECTION_OVERRIDE.search(text) or _MIXED_SCRIPTS.search(_INVISIBLE.sub("", text)))
