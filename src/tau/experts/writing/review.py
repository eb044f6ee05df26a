"""Review of a document: the edits proposed for it, and what deciding them does.

Pure: a `Review` is never changed, each operation returns a new one.
"""

from collections.abc import Iterable, Mapping
from itertools import chain, count
from typing import Literal

import msgspec

from tau.errors import BadInput, Conflict, NotFound
from tau.experts.writing.blocks import TextDocument
from tau.experts.writing.diff import apply_hunks
from tau.experts.writing.edits import DroppedEdit, Edit, PlacedEdit, place_edit, split_edit

Decision = Literal["accepted", "rejected"]
EditState = Literal["open", "accepted", "rejected", "stale"]
"""`stale`: the person changed the text under it, so that it can't be applied any more."""

MAX_EDITS = 200


class TextChanged(Conflict):
    """The text under an edit isn't what it was proposed for."""

    def __init__(self) -> None:
        super().__init__("The text has changed since this was proposed.")


class AlreadyDecided(Conflict):
    """Somebody else, perhaps on another device, decided an edit the other way."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"This change has already been {decision}.")


class Review(msgspec.Struct, frozen=True, omit_defaults=True):
    """A document with the edits proposed for it.

    `base` holds the texts that the edits were proposed for, by block. `order` lists decided edits,
    the newest last, for undo.
    """

    document: TextDocument
    edits: tuple[PlacedEdit, ...] = ()
    base: dict[str, str] = {}
    decisions: dict[str, Decision] = {}
    order: tuple[str, ...] = ()

    def find(self, edit_id: str) -> PlacedEdit:
        """Return the edit of that id. Raises `NotFound`."""
        for placed in self.edits:
            if placed.edit.id == edit_id:
                return placed
        raise NotFound("There is no such change.")

    def state(self, edit_id: str) -> EditState:
        """Return the state of an edit. Raises `NotFound`."""
        placed, decision = self.find(edit_id), self.decisions.get(edit_id)
        if decision is not None:
            return decision
        return "open" if _applied(self, placed, "accepted") is not None else "stale"

    def place(self, edit_id: str) -> int:
        """Return where an open edit's words are now, or -1. Raises `NotFound`."""
        placed = self.find(edit_id)
        return _present(self, placed) if self.state(edit_id) == "open" else -1

    @property
    def open(self) -> list[Edit]:
        """The edits that wait for a decision, and can be applied."""
        edits = (placed.edit for placed in self.edits)
        return [edit for edit in edits if self.state(edit.id) == "open"]


# --- proposing ------------------------------------------------------------------------------------


def propose(review: Review, edits: Iterable[Edit]) -> tuple[Review, list[DroppedEdit]]:
    """Return the review with new edits, and those that can't be placed.

    Edits decided before go, with the texts that they were proposed for; open ones stay, and those
    whose text has changed are among the dropped. A new edit gets another id if an edit of the
    review has its id, so that a late decision never meets it.
    """
    used = {placed.edit.id.partition(".")[0] for placed in review.edits}
    stale = (one.edit for one in review.edits if review.state(one.edit.id) == "stale")
    dropped = [DroppedEdit(edit, "the text has changed since it was proposed") for edit in stale]
    review = _without_decided(review)
    placed = list(review.edits)
    taken: set[str] = set()
    for edit in edits:
        found = place_edit(review.document, edit, placed)
        reason = found if isinstance(found, str) else ""
        if len(placed) >= MAX_EDITS:
            reason = "there are too many changes"
        if edit.id in taken:
            reason = "another change has this id"
        if reason or isinstance(found, str):
            dropped.append(DroppedEdit(edit, reason))
            continue
        taken.add(edit.id)
        placed += split_edit(_with_unused_id(edit, used), found)
    blocks = {block.id: block.text for block in review.document.blocks}
    base = {one.edit.block: blocks[one.edit.block] for one in placed if one.edit.block in blocks}
    kept = tuple(placed)
    return msgspec.structs.replace(review, edits=kept, base=base, decisions={}, order=()), dropped


def _with_unused_id(edit: Edit, used: set[str]) -> Edit:
    """Return an edit with an id that isn't used, and add that to those used."""
    names = chain([edit.id], (f"{edit.id}-{number}" for number in count(2)))
    name = next(one for one in names if one not in used)
    used.add(name)
    return msgspec.structs.replace(edit, id=name)


def _without_decided(review: Review) -> Review:
    """Return a review whose open edits are placed anew in the present text."""
    document = review.document
    open_edits = [placed for placed in review.edits if review.state(placed.edit.id) == "open"]
    moved = [
        PlacedEdit(one.edit, start) for one in open_edits if (start := _present(review, one)) >= 0
    ]
    return Review(document, tuple(moved))


def _present(review: Review, placed: PlacedEdit) -> int:
    """Return where an open edit's text begins in the present text, or -1."""
    block = review.document.find(placed.edit.block)
    if block is None:
        return -1
    if _expected(review, placed.edit.block) == block.text:
        before = [
            one.hunk
            for one in review.edits
            if one.edit.block == placed.edit.block
            and review.decisions.get(one.edit.id) == "accepted"
            and one.start < placed.start
        ]
        return placed.start + sum(len(hunk.text) - (hunk.end - hunk.start) for hunk in before)
    return _only(block.text, placed.edit.find)


# --- deciding -------------------------------------------------------------------------------------


def decide(review: Review, edit_id: str, decision: Decision) -> Review:
    """Return the review with one edit decided; deciding it the same way again changes nothing.

    Raises `NotFound`, `AlreadyDecided`, and `TextChanged` if the edit can't be applied any more.
    """
    placed, before = review.find(edit_id), review.decisions.get(edit_id)
    if before == decision:
        return review
    if before is not None:
        raise AlreadyDecided(before)
    document = review.document
    if decision == "accepted":
        text = _applied(review, placed, "accepted")
        if text is None:
            raise TextChanged
        document = document.replace(placed.edit.block, text)
    return msgspec.structs.replace(
        review,
        document=document,
        decisions=review.decisions | {edit_id: decision},
        order=(*review.order, edit_id),
    )


def decide_many(
    review: Review,
    decision: Decision,
    *,
    block: str | None = None,
    rule: str | None = None,
    by: str | None = None,
) -> Review:
    """Decide every open edit, or those of a paragraph, a rule or a proposer."""
    for edit in review.open:
        fits = (
            (block in {None, edit.block})
            and (rule in {None, edit.rule})
            and (by in {None, edit.by})
        )
        if fits and review.state(edit.id) == "open":
            review = decide(review, edit.id, decision)
    return review


def undo(review: Review, edit_id: str | None = None) -> Review:
    """Return the review with one decision undone: that of `edit_id`, or the newest.

    Raises `BadInput` if there is none, and `TextChanged` if its text isn't there any more.
    """
    edit_id = edit_id or (review.order[-1] if review.order else "")
    decision = review.decisions.get(edit_id)
    if decision is None:
        raise BadInput("There's no decision to undo.")
    document = review.document
    if decision == "accepted":
        placed = review.find(edit_id)
        text = _applied(review, placed, None)
        if text is None:
            raise TextChanged
        document = document.replace(placed.edit.block, text)
    left = {name: one for name, one in review.decisions.items() if name != edit_id}
    order = tuple(name for name in review.order if name != edit_id)
    return msgspec.structs.replace(review, document=document, decisions=left, order=order)


def revise(review: Review, document: TextDocument) -> Review:
    """Return the review of a document that the person changed by hand. No edit is lost."""
    return msgspec.structs.replace(review, document=document)


def _applied(review: Review, placed: PlacedEdit, decision: Decision | None) -> str | None:
    """Return its block's text with an edit decided so, or None if the text has changed.

    Where the block is as the decisions made it, the place is known. Where the person changed it,
    the words must be there exactly once.
    """
    block = review.document.find(placed.edit.block)
    if block is None:
        return None
    edit = placed.edit
    if _expected(review, edit.block) == block.text:
        return _with_decisions(review, edit.block, review.decisions | {edit.id: decision})
    find, put = (edit.find, edit.replace) if decision else (edit.replace, edit.find)
    start = _only(block.text, find)
    return None if start < 0 else block.text[:start] + put + block.text[start + len(find) :]


def _only(text: str, find: str) -> int:
    """Return where `find` begins if it's in the text exactly once, else -1."""
    start = text.find(find) if find else -1
    return start if start >= 0 and text.find(find, start + 1) < 0 else -1


def _expected(review: Review, block_id: str) -> str | None:
    """Return the text that the decisions made of a block, if an edit was proposed for it."""
    return _with_decisions(review, block_id, review.decisions)


def _with_decisions(
    review: Review, block_id: str, decisions: Mapping[str, Decision | None]
) -> str | None:
    base = review.base.get(block_id)
    if base is None:
        return None
    accepted = [
        placed.hunk
        for placed in review.edits
        if placed.edit.block == block_id and decisions.get(placed.edit.id) == "accepted"
    ]
    return apply_hunks(base, accepted)
