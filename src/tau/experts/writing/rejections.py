"""Learning from what is rejected: after three of a kind, the person is asked once."""

from collections.abc import Iterable
from typing import NamedTuple

from tau.experts.writing.edits import Edit
from tau.experts.writing.style_sentences import say_keep

REJECTIONS = 3
_SHORT_WORDS = 4


class DecidedEdit(NamedTuple):
    """A decision about an edit of that kind (`kind_of`)."""

    kind: str
    accepted: bool


class StyleQuestion(NamedTuple):
    """A question, and the style fact that a yes adds."""

    question: str
    statement: str


def kind_of(edit: Edit) -> str:
    """Return what makes two edits the same kind: their rule, or the words they exchange."""
    if edit.rule:
        return edit.rule
    words = (edit.find.strip().lower(), edit.replace.strip().lower())
    short = all(len(text.split()) <= _SHORT_WORDS for text in words)
    return f"{words[0]} > {words[1]}" if short and any(words) else ""


def question_after(decided: Iterable[DecidedEdit], edit: Edit) -> StyleQuestion | None:
    """Return what to ask once `edit` was rejected and its kind has been rejected thrice in a row.

    `decided` are all decisions, the newest last, this one included. It's asked at the third
    rejection only, so that a no isn't asked again.
    """
    kind = kind_of(edit)
    in_a_row = 0
    for one in decided:
        if one.kind == kind:
            in_a_row = 0 if one.accepted else in_a_row + 1
    word = edit.find.strip()
    if not kind or not word or in_a_row != REJECTIONS:
        return None
    return StyleQuestion(
        f"You've kept “{word}” {REJECTIONS} times. Shall I stop suggesting something else?",
        say_keep(word),
    )
