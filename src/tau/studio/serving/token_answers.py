"""Greedy answers in tokens with log-probabilities, from the engines that serve tuned models.

Each answer is computed anew: a prompt that an engine has kept from before moves log-probabilities
by up to 0.1.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from tau.errors import ModelInvalidAnswer
from tau.ids import new_id
from tau.models.adapters import AdapterModel
from tau.models.remote import RemoteModel

CANDIDATES = 5
"""Tokens at each place whose log-probabilities are asked for: OpenAI's API gives no more."""
_PLAIN = {"temperature": 0.0, "presence_penalty": 0.0, "frequency_penalty": 0.0}
"""Greedy and without penalties, which engines may take from a model's files if nothing is said."""
_TOKEN_PREFIX = "token_id:"  # noqa: S105 - how vLLM writes a token


class TokenPlace(NamedTuple):
    """The token that an engine chose, and log-probabilities of the likeliest ones."""

    token: int
    logprobs: dict[int, float]


class TokenAnswer(NamedTuple):
    """A greedy answer; `ended` if the model ended its turn, rather than reached a limit."""

    places: list[TokenPlace]
    ended: bool

    @property
    def tokens(self) -> list[int]:
        """The tokens alone."""
        return [place.token for place in self.places]


class TokenEngine(Protocol):
    """An engine that continues tokens."""

    @property
    def name(self) -> str:
        """The engine's name, for people."""
        ...

    async def answer(self, tokens: Sequence[int], most: int) -> TokenAnswer:
        """Return at most `most` tokens that follow. Raises `ModelError`."""
        ...


class LlamaTokens:
    """An adapter in the local engine."""

    name = "llama.cpp"

    def __init__(self, model: AdapterModel) -> None:
        self._model = model

    async def answer(self, tokens: Sequence[int], most: int) -> TokenAnswer:
        """Return the answer of llama.cpp's own API. See `TokenEngine`."""
        asked = {
            "prompt": list(tokens),
            "n_predict": most,
            **_PLAIN,
            "repeat_penalty": 1.0,
            "n_probs": CANDIDATES,
            "cache_prompt": False,
        }
        answer = await self._model.continue_tokens(asked)
        try:
            places = [_llama_place(each) for each in answer.get("completion_probabilities", ())]
        except (KeyError, TypeError, ValueError) as error:
            raise _unusable(self._model.info.name) from error
        return TokenAnswer(places, answer.get("stop_type") == "eos")


class EndpointTokens:
    """A model of vLLM, or of another endpoint that names tokens as vLLM does."""

    name = "endpoint"

    def __init__(self, model: RemoteModel) -> None:
        self._model = model

    async def answer(self, tokens: Sequence[int], most: int) -> TokenAnswer:
        """Return the answer of `/v1/completions`. See `TokenEngine`."""
        asked = {
            "prompt": list(tokens),
            "max_tokens": most,
            **_PLAIN,
            "repetition_penalty": 1.0,
            "logprobs": CANDIDATES,
            "return_tokens_as_token_ids": True,
            "cache_salt": new_id(),  # so that vLLM has nothing kept for it
        }
        answer = await self._model.ask("/completions", asked)
        try:
            (choice,) = answer["choices"]
            listed = choice["logprobs"]
            places = [
                _endpoint_place(*each)
                for each in zip(
                    listed["tokens"], listed["token_logprobs"], listed["top_logprobs"], strict=True
                )
            ]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _unusable(self._model.info.name) from error
        return TokenAnswer(places, choice.get("finish_reason") == "stop")


def _llama_place(described: dict[str, Any]) -> TokenPlace:
    likely = {each["id"]: _finite(each["logprob"]) for each in described["top_logprobs"]}
    return TokenPlace(described["id"], {**likely, described["id"]: _finite(described["logprob"])})


def _endpoint_place(token: str, logprob: float, likely: dict[str, float]) -> TokenPlace:
    logprobs = {_number(each): _finite(value) for each, value in likely.items()}
    return TokenPlace(_number(token), {**logprobs, _number(token): _finite(logprob)})


def _number(token: str) -> int:
    if not token.startswith(_TOKEN_PREFIX):
        raise ValueError("a token without its number")
    return int(token.removeprefix(_TOKEN_PREFIX))


def _finite(value: Any) -> float:
    if not math.isfinite(value):
        raise ValueError("a log-probability that is no number")
    return float(value)


def _unusable(model: str) -> ModelInvalidAnswer:
    return ModelInvalidAnswer(
        f"The model {model!r} doesn't say which tokens it chose, and with what probability."
    )
