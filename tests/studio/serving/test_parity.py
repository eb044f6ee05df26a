"""Parity of an engine with a reference: scripted engines, the real one, and hostile references."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.studio.serving.parity import (
    MOST_DIFFERENCES,
    ParityReference,
    ReferencePrompt,
    measure_parity,
    read_reference,
)
from tau.studio.serving.token_answers import TokenAnswer, TokenPlace

pytestmark = pytest.mark.anyio
END = 0


class ScriptedTokens:
    """An engine that goes on with the next number, except at the positions in `wrong`.

    It ends at a number that ten divides. Every log-probability is -1 + `shift`.
    """

    name = "scripted"

    def __init__(self, wrong: Sequence[int] = (), shift: float = 0.0, reports_end: bool = True):
        self.wrong = set(wrong)
        self.shift = shift
        self.reports_end = reports_end
        self.asked = 0

    async def answer(self, tokens: Sequence[int], most: int) -> TokenAnswer:
        self.asked += 1
        places: list[TokenPlace] = []
        last, position = tokens[-1], len(tokens)
        while len(places) < most:
            right = END if last % 10 == 9 else last + 1
            token = right + 1000 if position in self.wrong else right
            if token == END and not self.reports_end:
                return TokenAnswer(places, True)
            places.append(TokenPlace(token, {token: -1.0 + self.shift, right: -1.0 + self.shift}))
            if token == END:
                return TokenAnswer(places, True)
            last, position = token, position + 1
        return TokenAnswer(places, False)


def answers_of(count: int = 4) -> ParityReference:
    """Prompts of one token, and the tokens that follow it when nothing is wrong."""
    answer = [*range(11, 20), END]
    prompt = ReferencePrompt([10], answer, [-1.0] * 10, [7, END])
    return ParityReference([prompt] * count)


@pytest.mark.parametrize("reports_end", [True, False])
async def test_the_same_answers_pass(reports_end: bool) -> None:
    engine = ScriptedTokens(reports_end=reports_end)
    result = await measure_parity(engine, answers_of())
    assert result.passed, result.sentence
    assert result.figures["next_token"] == result.figures["whole_answers"] == 1
    assert result.figures["places"] == 40
    assert engine.asked == 4


async def test_one_difference_counts_once_and_the_rest_is_compared_from_behind_it() -> None:
    engine = ScriptedTokens(wrong=[5])
    result = await measure_parity(engine, answers_of(1))
    assert result.figures["next_token"] == 0.9
    assert result.figures["places"] == 10
    assert result.figures["whole_answers"] == 0
    assert engine.asked == 2
    assert not result.passed
    assert "90.0% of places" in result.sentence


async def test_an_engine_that_is_always_wrong_is_not_asked_for_ever() -> None:
    engine = ScriptedTokens(wrong=range(100))
    result = await measure_parity(engine, answers_of(1))
    assert engine.asked == 1 + MOST_DIFFERENCES
    assert result.figures["next_token"] == 0
    assert result.figures["ends_turn"] == 0


@pytest.mark.parametrize(
    ("engine", "given", "sentence"),
    [
        (ScriptedTokens(shift=-0.05), answers_of(), "differ by 0.050 on average"),
        (ScriptedTokens(wrong=range(10, 100, 10)), answers_of(), "ends its turn in only 0.0%"),
        (
            ScriptedTokens(),
            ParityReference(
                [
                    msgspec.structs.replace(each, base_answer=each.answer)
                    for each in answers_of().prompts
                ]
            ),
            "those of its base",
        ),
    ],
)
async def test_each_aim_that_is_missed_has_a_sentence(
    engine: ScriptedTokens, given: ParityReference, sentence: str
) -> None:
    result = await measure_parity(engine, given)
    assert not result.passed
    assert sentence in result.sentence


_token = st.integers(0, 50_000)
_prompt = st.integers(1, 5).flatmap(
    lambda length: st.fixed_dictionaries(
        {
            "tokens": st.lists(_token, min_size=1),
            "answer": st.lists(_token, min_size=length, max_size=length),
            "logprobs": st.lists(st.floats(-50, 0), min_size=length, max_size=length),
            "base_answer": st.lists(_token, min_size=1),
        }
    )
)


@settings(max_examples=40)
@given(st.lists(_prompt, min_size=1), st.data())
def test_a_reference_is_read_as_it_was_written_and_damaged_ones_are_refused(
    prompts: list[dict[str, Any]], data: st.DataObject
) -> None:
    raw = msgspec.json.encode({"prompts": prompts})
    assert msgspec.to_builtins(read_reference(raw)) == {"prompts": prompts}
    damage = data.draw(st.sampled_from(["cut", "NaN", "length", "negative", "positive", "empty"]))
    broken = dict(prompts[0])
    if damage == "cut":
        raw = raw[: data.draw(st.integers(0, len(raw) - 1))]
    elif damage == "empty":
        raw = b'{"prompts": []}'
    else:
        other: dict[str, Any] = {
            "NaN": {"logprobs": [None] * len(broken["answer"])},
            "length": {"logprobs": [*broken["logprobs"], -1.0]},
            "negative": {"tokens": [-1]},
            "positive": {"logprobs": [1.0] * len(broken["answer"])},
        }[damage]
        raw = msgspec.json.encode({"prompts": [*prompts, broken | other]})
    with pytest.raises(BadInput, match="can't be read"):
        read_reference(raw)
