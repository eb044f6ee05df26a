"""Personal data in texts, found by its form: addresses, and numbers that stand for a person.

Cautious: where a number has a check digit it must be right, and dates, prices and order numbers
aren't taken for phone numbers. Names and postal addresses aren't found, because no form marks them.
Digits and signs of full width count as the usual ones.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal, NamedTuple

import msgspec

from tau.studio.examples.check_digits import (
    is_card_number,
    is_chinese_id,
    is_cpf,
    is_dni,
    is_french_id,
    is_iban,
    is_italian_id,
)
from tau.studio.examples.example import ExampleMessage
from tau.text.scripts import CJK

PersonalDataKind = Literal[
    "e-mail", "phone", "card", "bank account", "identity number", "IP address"
]

LONGEST_TEXT = 1_000_000
"""Characters of a text that are looked at."""
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class PersonalData(NamedTuple):
    """A place in a text that has personal data."""

    start: int
    end: int
    kind: PersonalDataKind


class _Form(NamedTuple):
    kind: PersonalDataKind
    source: str
    accept: Callable[[str], bool]

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of the form, compiled when it's first needed."""
        return _compiled(self.source)


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)


def find_personal_data(text: str) -> tuple[PersonalData, ...]:
    """Return the places with personal data, in their order; none overlaps another."""
    plain = text[:LONGEST_TEXT].translate(_WIDE)
    found: list[PersonalData] = []
    taken = 0
    for place in sorted(_places(plain), key=lambda each: (each.start, -each.end)):
        if place.start >= taken:
            found.append(place)
            taken = place.end
    return tuple(found)


def mask_personal_data(text: str) -> str:
    """Return a text with the kind in brackets where personal data was: `[phone]`."""
    while places := find_personal_data(text):
        for place in reversed(places):
            text = f"{text[: place.start]}[{place.kind}]{text[place.end :]}"
    return text


def mask_messages(messages: tuple[ExampleMessage, ...]) -> tuple[ExampleMessage, ...]:
    """Return a chat with personal data masked, except in what the system says."""
    return tuple(
        each
        if each.role == "system"
        else msgspec.structs.replace(each, content=mask_personal_data(each.content))
        for each in messages
    )


def _places(text: str) -> Iterator[PersonalData]:
    forms = _NUMBERS if _SOME_DIGITS.match(text) else ()
    for form in (*forms, _EMAIL) if "@" in text else forms:
        for match in form.pattern.finditer(text):
            if form.accept(match[0]):
                yield PersonalData(match.start(), match.end(), form.kind)


def _always(_: str) -> bool:
    return True


def _is_public_ip(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False


def _is_phone(text: str) -> bool:
    """Return whether a number has as many digits as E.164 allows, and isn't a round amount."""
    groups = re.findall(r"\d+", text)
    return (
        8 <= sum(map(len, groups)) <= 15
        and len(groups) <= _MOST_PHONE_GROUPS
        and groups[-2:] != ["000", "000"]
    )


_MOST_PHONE_GROUPS = 7
_LETTER = rf"[^\W{CJK}]"
"""A letter or digit, but none of scripts that put no spaces around numbers."""
_ALONE = rf"(?<!{_LETTER})(?<![@#+])(?<!\d[.:/\-])"
"""Not within a word, a decimal, a date or a longer number."""
_END = rf"(?!{_LETTER}|@|[.:/\-]\d)"
_PHONES = (
    # Mainland China: 138 1234 5678; 010-12345678
    r"1[3-9]\d(?:[ \-]?\d{4}){2}",
    r"(?:\(0[1-9]\d{1,2}\)[ \-]?|0[1-9]\d{1,2}[ \-])\d{7,8}",
    # North America: (415) 555-2671, 415-555-2671
    r"\([2-9]\d{2}\) ?[2-9]\d{2}[ .\-]\d{4}",
    r"[2-9]\d{2}([ .\-])[2-9]\d{2}\1\d{4}",
    # Britain, Germany and others with a zero before the area: 020 7946 0958, 0151/12345678
    r"(?:\(0[1-9]\d{1,3}\)|0[1-9]\d{1,3})[ /\-]\d{3,4}[ \-]?\d{3,5}(?:[ \-]?\d{1,4})?",
    r"07\d{3} ?\d{6}",
    # France: 06 12 34 56 78; Switzerland: 079 123 45 67; the Netherlands: 06-12345678
    r"0[1-9]([ .\-]?)\d{2}(?:\1\d{2}){3}",
    r"0[1-9]\d \d{3}(?: \d{2}){2}",
    r"0[1-9]-\d{8}",
    # Spain: 612 34 56 78; Italy: 333 1234567; India: 98765 43210; Brazil: (11) 91234-5678
    r"[67]\d{2}(?: \d{2}){3}",
    r"3\d{2} \d{7}",
    r"[6-9]\d{4} \d{5}",
    r"\(\d{2}\) ?9?\d{4}-\d{4}",
)


def _form(kind: PersonalDataKind, pattern: str, accept: Callable[[str], bool] = _always) -> _Form:
    return _Form(kind, f"{_ALONE}(?:{pattern}){_END}", accept)


_SOME_DIGITS = re.compile(r"(?:\D*+\d){4}")
_EMAIL = _Form(
    "e-mail",
    rf"(?<!{_LETTER})(?<![.+\-%])(?:{_LETTER}|[.+\-%]){{1,64}}"
    r"@(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.){1,8}"
    r"(?:[A-Za-z]{2,24}(?![A-Za-z\d_@])|[^\W\d_A-Za-z]{2,24}(?![\w@]))",
    _always,
)
_NUMBERS = (
    _form("card", r"\d(?:[ \-]?\d){12,18}", is_card_number),
    _form("bank account", r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", is_iban),
    _form("bank account", r"[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?", is_iban),
    _form("identity number", r"\d{17}[\dXx]", is_chinese_id),
    _form("identity number", r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}"),  # US: SSN
    _form("identity number", r"\d{3}\.\d{3}\.\d{3}-\d{2}", is_cpf),  # Brazil
    _form("identity number", r"[XYZ\d]\d{7}-?[A-Z]", is_dni),  # Spain: DNI, NIE
    _form("identity number", r"[12]\d{2}(?:0[1-9]|1[0-2])\d{8}(?: ?\d{2})", is_french_id),
    _form("identity number", r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", is_italian_id),
    _form(
        "identity number",
        r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d{2}){3} ?[A-D]",
    ),  # Britain: NINO
    # +44 20 7946 0958, 0049 (0)30 123456, +1 (415) 555-2671
    _form(
        "phone",
        r"(?:\+|(?<!\d )00)(?:1(?=[ .\-]?\(?[2-9])|[2-9])(?:[ .\-/()\u00a0]{0,3}\d){7,14}",
        _is_phone,
    ),
    *(_form("phone", pattern) for pattern in _PHONES),
    _form("IP address", r"\d{1,3}(?:\.\d{1,3}){3}", _is_public_ip),
    _form("IP address", r"[23][0-9A-Fa-f]{3}(?::[0-9A-Fa-f]{0,4}){2,7}", _is_public_ip),
)
