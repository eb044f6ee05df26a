"""Names as labels: a speaker's name stands before their words in prompts, exports and terminals.

A name from a file or a program is anyone's text. As a label it is one short line, without what
moves a cursor, turns the direction of text, or ends the label early.
"""

import re

MAX_LABEL_CHARACTERS = 80
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ufeff]+")
_MARKS = re.compile(r'["“”\[\]{}<>|:：*`#]+')
"""Marks that end a name where it is a label, or begin something else."""


def as_line(text: str) -> str:
    """Return `text` on one line, without control characters."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def as_label(name: str) -> str:
    """Return a name as a label; nothing if it consists of marks."""
    return " ".join(_MARKS.sub(" ", as_line(name)).split())[:MAX_LABEL_CHARACTERS].strip()
