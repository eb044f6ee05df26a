"""Parity of serving with training: the engine must answer as the training program did.

An adapter can be served wrongly without any error: applied to the wrong rows of a matrix, to
another version of its base, or not at all. So the training program leaves a reference, its own
greedy answers in tokens with log-probabilities, and the engine continues the same prompts.

At each place of a reference answer the engine's next token is compared. Where it's another one,
the engine is asked again from behind that place, so that one difference counts once.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from tau.errors import BadInput
from tau.studio.serving.token_answers import TokenAnswer, TokenEngine, TokenPlace

NEXT_TOKEN_AIM = 0.99
"""Least share of places with the same next token."""
LOG_PROBABILITY_AIM = 0.03
"""Largest mean difference of the log-probabilities of the reference's tokens."""
ENDS_AIM = 0.99
"""Least share of answers in which the model ends its turn."""
MOST_DIFFERENCES = 8
"""Differences in one answer after which the rest of it isn't compared."""

_Token = Annotated[int, msgspec.Meta(ge=0)]
_LogProbability = Annotated[float, msgspec.Meta(le=0.001)]
_Tokens = Annotated[list[_Token], msgspec.Meta(min_length=1, max_length=200_000)]


class ReferencePrompt(msgspec.Struct, frozen=True):
    """A prompt, and what the trained model and its base answered, with the end tokens."""

    tokens: _Tokens
    answer: _Tokens
    logprobs: list[_LogProbability]
    base_answer: _Tokens

    def __post_init__(self) -> None:
        if len(self.logprobs) != len(self.answer):
            raise ValueError("`logprobs` has another length than `answer`")


class ParityReference(msgspec.Struct, frozen=True):
    """What the training program's `parity.json` says."""

    prompts: Annotated[list[ReferencePrompt], msgspec.Meta(min_length=1, max_length=1000)]


class ParityResult(msgspec.Struct, frozen=True, kw_only=True):
    """How an engine's answers compare; for the log event `ModelMeasured`."""

    engine: str
    figures: dict[str, float]
    """`prompts` and `places` compared; shares `next_token`, `whole_answers`, `ends_turn` and
    `differs_from_base`; of log-probabilities the mean (`log_probability`) and the largest
    difference (`largest_difference`)."""
    passed: bool
    sentence: str = ""
    """What failed."""


def read_reference(raw: bytes) -> ParityReference:
    """Return the reference in `parity.json`. Raises `BadInput`."""
    try:
        return msgspec.json.decode(raw, type=ParityReference)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("The reference of the parity check can't be read.") from error


async def measure_parity(engine: TokenEngine, reference: ParityReference) -> ParityResult:
    """Compare an engine's answers with a reference. Raises `ModelError` if it gives none."""
    longest = max(len(prompt.answer) for prompt in reference.prompts)
    compared = [
        await _compare(engine, prompt, most=2 * longest + 16) for prompt in reference.prompts
    ]
    figures = _figures(compared)
    failures = _failures(figures)
    return ParityResult(
        engine=engine.name,
        figures=figures,
        passed=not failures,
        sentence=" ".join(failures),
    )


class _Compared(msgspec.Struct):
    """How the answer to one prompt compares."""

    whole: bool
    ends: bool
    differs: bool
    same: int = 0
    """Places with the same next token."""
    places: int = 0
    differences: list[float] = msgspec.field(default_factory=list)
    """Of log-probabilities."""


async def _compare(engine: TokenEngine, prompt: ReferencePrompt, most: int) -> _Compared:
    answer = await engine.answer(prompt.tokens, most)
    found = _Compared(
        whole=_is_whole(answer, prompt.answer),
        ends=answer.ended,
        differs=not _is_whole(answer, prompt.base_answer),
    )
    begin = _compare_places(found, prompt, 0, answer)
    for _ in range(MOST_DIFFERENCES):
        if begin == len(prompt.answer):
            break
        tokens = [*prompt.tokens, *prompt.answer[:begin]]
        answer = await engine.answer(tokens, len(prompt.answer) - begin)
        begin = _compare_places(found, prompt, begin, answer)
    return found


def _compare_places(
    found: _Compared, prompt: ReferencePrompt, begin: int, answer: TokenAnswer
) -> int:
    """Compare an answer from the place `begin` on; return the place behind the first difference."""
    for number in range(begin, len(prompt.answer)):
        token, offset = prompt.answer[number], number - begin
        found.places += 1
        if offset >= len(answer.places):  # some engines don't report the end token
            is_end = answer.ended and number == len(prompt.answer) - 1
            found.same += is_end
            return number + 1
        place = answer.places[offset]
        found.differences.append(abs(_logprob(place, token) - prompt.logprobs[number]))
        if place.token != token:
            return number + 1
        found.same += 1
    return len(prompt.answer)


def _logprob(place: TokenPlace, token: int) -> float:
    """Return a token's log-probability; the least that is known if it isn't among the likeliest."""
    return place.logprobs.get(token, min(place.logprobs.values()))


def _is_whole(answer: TokenAnswer, expected: Sequence[int]) -> bool:
    """Return whether an answer is `expected`, which may have been cut at a limit."""
    tokens = answer.tokens
    if answer.ended and tokens == list(expected[:-1]):
        return True  # without the end token
    return tokens[: len(expected)] == list(expected)


def _figures(compared: Sequence[_Compared]) -> dict[str, float]:
    count = len(compared)
    differences = [each for one in compared for each in one.differences]
    places = sum(one.places for one in compared)
    return {
        "prompts": float(count),
        "places": float(places),
        "next_token": sum(one.same for one in compared) / places,
        "log_probability": sum(differences) / max(1, len(differences)),
        "largest_difference": max(differences, default=0.0),
        "whole_answers": sum(one.whole for one in compared) / count,
        "ends_turn": sum(one.ends for one in compared) / count,
        "differs_from_base": sum(one.differs for one in compared) / count,
    }


def _failures(figures: dict[str, Any]) -> list[str]:
    """Return a sentence for each aim that was missed."""
    found = []
    if figures["next_token"] < NEXT_TOKEN_AIM:
        found.append(
            f"The engine chooses the next token as training did in only "
            f"{figures['next_token']:.1%} of places; {NEXT_TOKEN_AIM:.0%} are needed."
        )
    if figures["log_probability"] > LOG_PROBABILITY_AIM:
        found.append(
            f"Its log-probabilities differ by {figures['log_probability']:.3f} on average; "
            f"at most {LOG_PROBABILITY_AIM} is allowed."
        )
    if figures["ends_turn"] < ENDS_AIM:
        found.append(
            f"It ends its turn in only {figures['ends_turn']:.1%} of answers; "
            f"{ENDS_AIM:.0%} are needed."
        )
    if not figures["differs_from_base"]:
        found.append("All its answers are those of its base.")
    return found
