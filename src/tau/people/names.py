"""Rules for the names of people and the labels of devices. Knows nothing of databases."""

import unicodedata

from tau.errors import BadInput
from tau.people.lookalikes import has_unseen, mixes_alphabets, skeleton

LONGEST_NAME = 80
LONGEST_LABEL = 80
_LONGEST_TYPED = 5 * LONGEST_NAME  # the same name, typed with separate accents
_REFUSED_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
# Characters that change the direction of text can make one name look like another.
_BIDI_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE_CATEGORIES = {"C", "M", "Z"}


def clean_name(text: str) -> str:
    """Return `text` as a name: NFC, trimmed, single spaces. Raises `BadInput`."""
    _refuse_long(text)
    name = unicodedata.normalize("NFC", text).strip()
    if any(_is_control(sign) for sign in name):
        raise BadInput("A name can't contain line breaks or control characters.")
    name = " ".join(name.split())
    if not any(
        unicodedata.category(sign)[0] not in _INVISIBLE_CATEGORIES or _is_new(sign) for sign in name
    ):
        raise BadInput("A name needs at least one visible character.")
    if len(name) > LONGEST_NAME:
        raise BadInput(f"A name can have at most {LONGEST_NAME} characters.")
    if has_unseen(name):
        raise BadInput("A name can't contain invisible characters.")
    if mixes_alphabets(name):
        raise BadInput("A name can't mix the letters of different alphabets in one word.")
    return name


def name_key(text: str) -> str:
    """Return a key that is equal for names that differ only in case or width."""
    _refuse_long(text)
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def look_alike(one: str, other: str) -> bool:
    """Return whether people would take two names for the same."""
    first, second = name_key(one), name_key(other)
    if first == second or skeleton(one) == skeleton(other):
        return True
    return skeleton(first) == skeleton(second)


def clean_label(text: str) -> str:
    """Return `text` as the label of a slot, without control characters and cut to length."""
    seen = "".join(" " if _is_control(sign) else sign for sign in text[: 4 * LONGEST_LABEL])
    return " ".join(unicodedata.normalize("NFC", seen).split())[:LONGEST_LABEL].strip()


def _refuse_long(text: str) -> None:
    if len(text) > _LONGEST_TYPED:
        raise BadInput(f"A name can have at most {LONGEST_NAME} characters.")


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in _REFUSED_CATEGORIES or sign in _BIDI_CONTROLS


def _is_new(sign: str) -> bool:
    # Letters and emoji newer than this Python have no category yet.
    return unicodedata.category(sign) == "Cn"
