"""Looks of paragraphs in new Word files: where the parts of a letter stand on its page."""

from typing import Literal

ParagraphLook = Literal["address", "center", "indent", "flush", "right", "signed", "subject"]
"""`address` is the field behind the window of an envelope (DIN 5008, form B), `signed` has room for
a signature, `indent` is a Chinese paragraph that begins two characters in."""

_FIELD = (
    '<w:framePr w:w="4819" w:h="2551" w:hRule="exact" w:hSpace="0" w:wrap="notBeside" '
    'w:vAnchor="page" w:hAnchor="page" w:x="1417" w:y="2551"/>'
)
"""85 by 45 mm, 25 mm from the left and 45 mm from the top, in twentieths of a point."""
_LOOKS: dict[ParagraphLook, tuple[str, str]] = {
    "address": (_FIELD, ""),
    "center": ("", '<w:jc w:val="center"/>'),
    "indent": ("", '<w:ind w:firstLineChars="200" w:firstLine="440"/>'),
    "flush": ("", ""),
    "right": ("", '<w:jc w:val="right"/>'),
    "signed": ("", '<w:spacing w:before="720"/>'),
    "subject": ("", '<w:spacing w:before="480" w:after="240"/>'),
}


def look_properties(look: ParagraphLook | None) -> tuple[str, str]:
    """Return the properties of a look: those before a list's or border's, and those after."""
    return _LOOKS[look] if look is not None else ("", "")
