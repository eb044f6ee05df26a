"""Names that look alike: which characters a reader takes for others, and which nobody sees.

The table holds the letters of other alphabets that fonts draw like Latin ones, and the signs that
stand for each other in any hand. It's a part of what Unicode lists (UTS 39), by which programs
compare names; rare letters are missing. Knows nothing of people or databases.
"""

import unicodedata

_PAIRS = """
аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw кk мm нh тt вb ьb гr пn лn ѵv үy ӏl ӕæ
АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ҮY ѴV ԌG ԚQ ԜW ҺH ӔÆ
αa οo νv ρp υu ιi κk γy τt χx ωw ηn ϲc ϳj σo βß μu
ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ϹC ϺM
օo սu ոn հh ցg զq աw ՍU ՕO ԼL ՏS
ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎫJ ᏦK ᏞL ᎷM ᏢP ᏒR ᏚS ᎢT ᏙV ᎳW ᏃZ
ɑa ɡg ıi ɩi ꞁl ʋv ᴏo ᴠv ᴡw ᴢz ᴄc ꜱs ƅb øo
0o 1l Il |l ’' ‘' `' ´' ʼ' ′' ‐- ‑- ‒- –- —- −-
"""
_DRAWN_AS = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
_DRAWN_TOGETHER = (("rn", "m"), ("vv", "w"))
_JOINERS = {"\u200c", "\u200d"}
_BLANKS = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U0001d159")
_UNASSIGNED_BLANKS = range(0xE0000, 0xE1000)
_EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "LATIN"}
_NEVER_JOINED = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CJK", "HANGUL", "DIGIT"}


def skeleton(text: str) -> str:
    """Return a form of `text` that is equal for texts that look alike."""
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", text) if not _is_unseen(sign))
    drawn = seen.translate(_DRAWN_AS).casefold().translate(_DRAWN_AS)
    for pair, one in _DRAWN_TOGETHER:
        drawn = drawn.replace(pair, one)
    return " ".join(unicodedata.normalize("NFKC", drawn).split())


def has_unseen(text: str) -> bool:
    """Return whether `text` holds a character that nobody sees.

    Joiners are seen in the scripts whose letters they join or part, and in emoji; so are the
    selectors of an emoji's form.
    """
    return any(
        _is_unseen(sign) and not _shapes(text[:place], sign, text[place + 1 :])
        for place, sign in enumerate(text)
    )


def mixes_alphabets(text: str) -> bool:
    """Return whether one word of `text` mixes alphabets, as in a Latin word with a Cyrillic a."""
    return any(_mixes(word) for word in unicodedata.normalize("NFKC", text).split())


def _mixes(word: str) -> bool:
    letters = (sign for sign in word if unicodedata.category(sign) in {"Lu", "Ll", "Lt", "Lo"})
    alphabets = {_alphabet(sign) for sign in letters}
    return len(alphabets) > 1 and not alphabets <= _EAST_ASIAN


def _alphabet(sign: str) -> str:
    """Return the first word of a character's name in Unicode: for a letter, its alphabet."""
    return unicodedata.name(sign, "").partition(" ")[0]


def _is_unseen(sign: str) -> bool:
    return (
        unicodedata.category(sign) == "Cf"
        or sign in _BLANKS
        or _is_selector(sign)
        or ord(sign) in _UNASSIGNED_BLANKS
    )


def _is_selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f"


def _shapes(before: str, sign: str, after: str) -> bool:
    """Return whether a character shapes what it stands beside."""
    if sign in _JOINERS:
        return _can_join(before[-1:]) and _can_join(after[:1])
    return _is_selector(sign) and unicodedata.category(before[-1:] or "a") in {"So", "Po", "Nd"}


def _can_join(sign: str) -> bool:
    if not sign or sign.isspace() or sign in _JOINERS:
        return False
    return _is_selector(sign) or _alphabet(sign) not in _NEVER_JOINED
