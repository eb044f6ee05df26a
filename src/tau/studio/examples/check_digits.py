"""Check digits of numbers that stand for a card, an account or a person."""

import datetime
import re
import string

_CHINESE_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHINESE_DIGITS = "10X98765432"
_CHINESE_PROVINCES = {
    *range(11, 16),
    *range(21, 24),
    *range(31, 38),
    *range(41, 47),
    *range(50, 55),
    *range(61, 66),
    71,
    *range(81, 84),
}
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_ITALIAN_ODD = (
    1,
    0,
    5,
    7,
    9,
    13,
    15,
    17,
    19,
    21,
    2,
    4,
    18,
    20,
    11,
    3,
    6,
    8,
    12,
    14,
    16,
    10,
    22,
    25,
    24,
    23,
)
_CARD_LENGTHS = {"3": (14, 15, 16), "4": (13, 16, 19), "5": (16,), "2": (16,), "6": range(16, 20)}


def is_card_number(text: str) -> bool:
    """Return whether a number is a payment card's: network, length and Luhn (ISO/IEC 7812-1)."""
    digits = _digits(text)
    if len(digits) not in _CARD_LENGTHS.get(digits[:1], ()) or len(set(digits)) == 1:
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """Return whether a text is an IBAN: MOD 97-10 (ISO 13616)."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1


def is_chinese_id(text: str) -> bool:
    """Return whether 18 characters are a resident's number (GB 11643): place, birth date, digit."""
    try:
        datetime.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    if int(text[:2]) not in _CHINESE_PROVINCES:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _CHINESE_WEIGHTS, strict=False))
    return _CHINESE_DIGITS[total % 11] == text[17].upper()


def is_cpf(text: str) -> bool:
    """Return whether a number is a Brazilian CPF: both check digits."""
    digits = [int(digit) for digit in _digits(text)]
    if len(set(digits)) == 1:
        return False
    for place in (9, 10):
        weighted = sum(digits[at] * (place + 1 - at) for at in range(place))
        if weighted * 10 % 11 % 10 != digits[place]:
            return False
    return True


def is_dni(text: str) -> bool:
    """Return whether a text is a Spanish DNI or NIE: the letter."""
    plain = text.replace("-", "")
    first = {"X": "0", "Y": "1", "Z": "2"}.get(plain[0], plain[0])
    return _DNI_LETTERS[int(first + plain[1:8]) % 23] == plain[8]


def is_french_id(text: str) -> bool:
    """Return whether 15 digits are a French social security number: its key."""
    digits = _digits(text)
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def is_italian_id(text: str) -> bool:
    """Return whether 16 characters are a codice fiscale: the last letter."""
    values = [int(each, 36) if each.isdigit() else ord(each) - ord("A") for each in text[:15]]
    total = sum(
        _ITALIAN_ODD[value] if place % 2 == 0 else value for place, value in enumerate(values)
    )
    return string.ascii_uppercase[total % 26] == text[15]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
