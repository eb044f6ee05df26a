"""Edits of a document: which count, and what deciding them in any order does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput, NotFound
from tau.experts.writing.blocks import TextDocument, parse_markdown
from tau.experts.writing.edits import Edit
from tau.experts.writing.review import (
    AlreadyDecided,
    Review,
    TextChanged,
    decide,
    decide_many,
    propose,
    revise,
    undo,
)

RENT = "We will pay the rent soon. The rent is 900 EUR."
TEXT = f"{RENT}\n\nPlease utilise the enclosed form.\n"


def _review(*edits: Edit) -> Review:
    review, dropped = propose(Review(parse_markdown(TEXT)), edits)
    assert dropped == []
    return review


def _soon(edit_id: str = "e1") -> Edit:
    return Edit(edit_id, "b1", "soon", "by 14 May", why="say when", by="style", rule="vague")


def _utilise(edit_id: str = "e2") -> Edit:
    return Edit(edit_id, "b2", "utilise", "use", why="shorter", by="rule", rule="utilise")


def _texts(review: Review) -> list[str]:
    return [block.text for block in review.document.blocks]


@pytest.mark.parametrize(
    ("block", "find", "replace", "reason"),
    [
        ("b9", "soon", "now", "there is no such paragraph"),
        ("b1", "later", "now", "its text isn't in the paragraph"),
        ("b1", "rent", "price", "its text is in the paragraph more than once"),
        ("b1", "", "now", "it doesn't say what to replace"),
        ("b1", "soon", "soon", "it changes nothing"),
        ("b1", "soon", "so\x00on", "it has characters that no document can have"),
        ("b1", "soon", "\u202enoos", "it has characters that no document can have"),
        ("b1", "soon", "x" * 9_000, "it is too long"),
    ],
)
def test_an_edit_that_cant_be_placed_is_dropped_with_the_reason(
    block: str, find: str, replace: str, reason: str
) -> None:
    edit = Edit("e1", block, find, replace)
    review, dropped = propose(Review(parse_markdown(TEXT)), [edit])
    assert review.edits == ()
    assert [(one.edit, one.reason) for one in dropped] == [(edit, reason)]


def test_edits_that_touch_the_same_words_or_have_one_id_are_dropped() -> None:
    other = Edit("e3", "b1", "rent soon", "rent now")
    review, dropped = propose(Review(parse_markdown(TEXT)), [_soon(), other, _utilise("e1")])
    assert [placed.edit.id for placed in review.edits] == ["e1"]
    assert [one.reason for one in dropped] == [
        "another change touches the same words",
        "another change has this id",
    ]


def test_a_rewritten_sentence_is_decided_change_by_change() -> None:
    edit = Edit(
        "e", "b1", TEXT.split("\n", maxsplit=1)[0], "We'll pay the rent soon. The rent is 950 EUR."
    )
    review = _review(edit)
    assert [placed.edit.id for placed in review.edits] == ["e.1", "e.2"]
    review = decide(decide(review, "e.2", "accepted"), "e.1", "rejected")
    assert _texts(review)[0] == "We will pay the rent soon. The rent is 950 EUR."


def test_everything_a_paragraph_a_rule_or_a_proposer_is_decided_at_once() -> None:
    review = _review(_soon(), _utilise())
    changed = [
        "We will pay the rent by 14 May. The rent is 900 EUR.",
        "Please use the enclosed form.",
    ]
    before = _texts(review)
    assert _texts(decide_many(review, "accepted")) == changed
    assert _texts(decide_many(review, "accepted", block="b1")) == [changed[0], before[1]]
    assert _texts(decide_many(review, "accepted", rule="utilise")) == [before[0], changed[1]]
    assert _texts(decide_many(review, "accepted", by="style")) == [changed[0], before[1]]
    assert _texts(decide_many(review, "rejected")) == before


@given(st.permutations(["e1", "e2", "e3", "e4"]), st.lists(st.booleans(), min_size=4, max_size=4))
def test_any_order_of_decisions_gives_the_same_text_and_undo_gives_it_back(
    order: list[str], accepted: list[bool]
) -> None:
    edits = [
        _soon(),
        _utilise(),
        Edit("e3", "b1", "We will", "We shall", by="m"),
        Edit("e4", "b1", "900 EUR", "EUR 900", by="m"),
    ]
    review = _review(*edits)
    chosen = dict(zip(["e1", "e2", "e3", "e4"], accepted, strict=True))
    for name in order:
        review = decide(review, name, "accepted" if chosen[name] else "rejected")
    expected = parse_markdown(TEXT)
    for edit in edits:
        block = expected.find(edit.block)
        if chosen[edit.id] and block:
            expected = expected.replace(edit.block, block.text.replace(edit.find, edit.replace))
    assert review.document == expected
    for _ in order:
        review = undo(review)
    assert review.document == parse_markdown(TEXT)
    assert len(review.open) == 4
    with pytest.raises(BadInput):
        undo(review)


def test_two_devices_deciding_one_change() -> None:
    review = decide(_review(_soon()), "e1", "accepted")
    assert decide(review, "e1", "accepted") == review
    with pytest.raises(AlreadyDecided, match="already been accepted"):
        decide(review, "e1", "rejected")
    assert decide(undo(review, "e1"), "e1", "rejected").state("e1") == "rejected"


def _by_hand(review: Review, block: str, text: str) -> Review:
    return revise(review, review.document.replace(block, text))


def test_a_change_whose_words_are_gone_says_that_the_text_has_changed() -> None:
    review = _by_hand(_review(_soon(), _utilise()), "b1", "We will pay tomorrow.")
    assert (review.state("e1"), review.state("e2")) == ("stale", "open")
    with pytest.raises(TextChanged, match="The text has changed"):
        decide(review, "e1", "accepted")
    assert decide(review, "e1", "rejected").document == review.document
    assert _texts(decide(review, "e2", "accepted"))[1] == "Please use the enclosed form."


def test_a_change_whose_words_are_still_there_is_applied_to_the_new_text() -> None:
    review = _by_hand(_review(_soon()), "b1", "Sir, we will pay it soon.")
    accepted = decide(review, "e1", "accepted")
    assert _texts(accepted)[0] == "Sir, we will pay it by 14 May."
    assert _texts(undo(accepted))[0] == "Sir, we will pay it soon."


def test_undo_loses_nothing_that_was_written_since() -> None:
    review = decide(_review(_soon()), "e1", "accepted")
    rewritten = _by_hand(review, "b1", "All was paid.")
    with pytest.raises(TextChanged):
        undo(rewritten)
    extended = _by_hand(review, "b1", "Sir, " + _texts(review)[0])
    assert _texts(undo(extended))[0] == "Sir, " + _texts(_review())[0]


def test_open_changes_stay_when_more_is_proposed() -> None:
    review = decide(_review(_soon(), Edit("e3", "b1", "900 EUR", "950 EUR")), "e1", "accepted")
    review, dropped = propose(review, [_utilise()])
    assert dropped == []
    assert [edit.id for edit in review.open] == ["e3", "e2"]
    assert _texts(decide_many(review, "accepted")) == [
        "We will pay the rent by 14 May. The rent is 950 EUR.",
        "Please use the enclosed form.",
    ]


def test_every_change_has_an_id_of_its_own_however_often_more_is_proposed() -> None:
    """Models count from `m1` each time: a late decision must not meet another change."""
    rewritten = TEXT.partition("\n")[0].replace("will", "shall").replace("900", "950")
    review = decide(_review(Edit("m1", "b1", RENT, rewritten)), "m1.1", "accepted")
    form = "Please utilise the enclosed form."
    review, dropped = propose(review, [Edit("m1", "b2", form, "Do utilise the enclosed paper.")])
    assert dropped == []
    ids = [placed.edit.id for placed in review.edits]
    assert len(set(ids)) == len(ids) == 3
    with pytest.raises(NotFound):
        decide(review, "m1.1", "rejected")
    assert _texts(decide_many(review, "accepted")) == [rewritten, "Do utilise the enclosed paper."]


def test_a_deleted_paragraph_leaves_its_changes_stale() -> None:
    review = _review(_soon(), _utilise())
    review = revise(review, TextDocument(review.document.blocks[1:]))
    assert review.state("e1") == "stale"
    assert [edit.id for edit in review.open] == ["e2"]
