"""Recovery codes: 128 random bits that a person writes on paper and types years later.

28 characters of Crockford's base 32 in seven groups: 128 bits of secret, then a CRC of 12 bits. The
CRC detects every single wrong character and every pair of neighbours typed in the wrong order, so
a typing mistake is recognised without asking the database.
"""

import os
import unicodedata

from tau.errors import BadInput

SECRET_BYTES = 16
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {sign: value for value, sign in enumerate(_ALPHABET)}
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_CHARACTERS, _GROUP = 28, 4
_CHECK_BITS = 12
_POLYNOMIAL = 0x180F  # CRC-12: x^12 + x^11 + x^3 + x^2 + x + 1
_CHECKSUM_SEED = 0x6A5  # so that a code of only zeros is invalid
_LONGEST_TYPED = 200


def new_secret() -> bytes:
    """Return 128 random bits."""
    return os.urandom(SECRET_BYTES)


def format_code(secret: bytes) -> str:
    """Return `secret` (16 bytes) as a code to write down: `XXXX-XXXX-...`."""
    word = int.from_bytes(secret) << _CHECK_BITS
    word |= _checksum(word) ^ _CHECKSUM_SEED
    signs = [_ALPHABET[word >> 5 * place & 31] for place in reversed(range(_CHARACTERS))]
    return "-".join("".join(signs[at : at + _GROUP]) for at in range(0, _CHARACTERS, _GROUP))


def parse_code(text: str) -> bytes:
    """Return the secret of a typed code, ignoring case, spaces, dashes and look-alikes.

    Raises `BadInput` with a sentence that says what is wrong.
    """
    if len(text) > _LONGEST_TYPED:
        raise BadInput(
            f"A recovery code has {_CHARACTERS} letters and digits; this is much longer."
        )
    plain = unicodedata.normalize("NFKC", text).upper().translate(_LOOKALIKES)
    signs = [sign for sign in plain if unicodedata.category(sign)[0] not in "CPZ"]
    if any(sign not in _VALUES for sign in signs):
        raise BadInput("A recovery code has only the letters A to Z and the digits 0 to 9.")
    if len(signs) != _CHARACTERS:
        raise BadInput(
            f"A recovery code has {_CHARACTERS} letters and digits; this one has {len(signs)}."
        )
    word = 0
    for sign in signs:
        word = word << 5 | _VALUES[sign]
    if _checksum(word) != _CHECKSUM_SEED:
        raise BadInput("This recovery code has a typing mistake; please check it again.")
    return (word >> _CHECK_BITS).to_bytes(SECRET_BYTES)


def _checksum(word: int) -> int:
    while word.bit_length() > _CHECK_BITS:
        word ^= _POLYNOMIAL << (word.bit_length() - _CHECK_BITS - 1)
    return word
