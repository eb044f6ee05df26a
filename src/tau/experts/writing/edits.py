"""Edits of a document: what is proposed for one block, and where it is.

An edit says what to find in one block and what to put there. It counts only if its text is found
exactly once; any other is dropped, with the reason. Pure.
"""

from collections.abc import Sequence

import msgspec

from tau.experts.writing.blocks import TextDocument
from tau.experts.writing.diff import Hunk, apply_hunks, diff_words

MAX_EDIT_CHARACTERS = 8_000
_KEEP_APART = 12
"""Characters that two changes of one edit must be apart to be decided one by one."""


class Edit(msgspec.Struct, frozen=True, omit_defaults=True):
    """A proposed change of one block.

    `why` is its reason in a sentence and `by` who proposes it: `rule`, `style`, `memory`, `person`
    or the name of a model. `rule` names the check or style rule, so that repeated rejections are
    noticed.
    """

    id: str
    block: str
    find: str
    replace: str
    why: str = ""
    by: str = ""
    rule: str = ""


class PlacedEdit(msgspec.Struct, frozen=True, omit_defaults=True):
    """An edit at its place: it replaces the characters from `start` in the text of its block."""

    edit: Edit
    start: int

    @property
    def hunk(self) -> Hunk:
        """The change, in the text that the edit was proposed for."""
        return Hunk(self.start, self.start + len(self.edit.find), self.edit.replace)


class DroppedEdit(msgspec.Struct, frozen=True):
    """An edit that doesn't count, and why."""

    edit: Edit
    reason: str


def place_edit(document: TextDocument, edit: Edit, placed: Sequence[PlacedEdit]) -> int | str:
    """Return where an edit's text begins, or why it can't be placed."""
    block = document.find(edit.block)
    reason = "there is no such paragraph" if block is None else _refused(edit, block.text)
    if block is None or reason:
        return reason
    start = block.text.find(edit.find)
    end = start + len(edit.find)
    others = [one.hunk for one in placed if one.edit.block == edit.block]
    if any(start == one.start or (start < one.end and one.start < end) for one in others):
        return "another change touches the same words"
    return start


def _refused(edit: Edit, text: str) -> str:
    """Return why an edit can't be applied to a text, or nothing."""
    times = text.count(edit.find) if edit.find else int(text == "")
    overlaps = text.find(edit.find, text.find(edit.find) + 1) >= 0 if edit.find and times else False
    reasons = {
        "it is too long": len(edit.find) + len(edit.replace) > MAX_EDIT_CHARACTERS,
        "it has characters that no document can have": _is_unwritable(edit.replace),
        "it changes nothing": edit.find == edit.replace,
        "it doesn't say what to replace": not edit.find and not times,
        "its text isn't in the paragraph": not times,
        "its text is in the paragraph more than once": overlaps,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _is_unwritable(text: str) -> bool:
    """Return whether a text has characters that XML can't hold, or that hide others."""
    return any(
        (ord(one) < 32 and one not in "\n\t")
        or 0x7F <= ord(one) <= 0x9F
        or 0xD800 <= ord(one) <= 0xDFFF
        or one in "\ufffc\ufffe\uffff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        for one in text
    )


def split_edit(edit: Edit, start: int) -> list[PlacedEdit]:
    """Cut an edit into the changes that it consists of, where these are far enough apart."""
    groups: list[list[Hunk]] = []
    for hunk in diff_words(edit.find, edit.replace):
        if groups and hunk.start - groups[-1][-1].end < _KEEP_APART:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return [
        _part(edit, start, group, f"{edit.id}.{number}" if len(groups) > 1 else edit.id)
        for number, group in enumerate(groups, start=1)
    ]


def _part(edit: Edit, start: int, group: Sequence[Hunk], edit_id: str) -> PlacedEdit:
    first, last = group[0].start, group[-1].end
    find = edit.find[first:last]
    moved = [Hunk(one.start - first, one.end - first, one.text) for one in group]
    part = msgspec.structs.replace(edit, id=edit_id, find=find, replace=apply_hunks(find, moved))
    return PlacedEdit(part, start + first)
