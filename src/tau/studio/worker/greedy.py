"""Greedy answers of a model, a few requests at a time, with a cache of keys and values."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from tau.studio.worker.base_model import BaseModel

_TOGETHER = 8  # requests
Tokens = Sequence[int]


class GreedyAnswer(NamedTuple):
    """The tokens of an answer, with the one that ended it, and their log-probabilities."""

    tokens: list[int]
    logprobs: list[float]


def greedy_answers(
    base: BaseModel,
    requests: Sequence[Tokens],
    turn_ends: frozenset[int],
    max_tokens: int,
    check: Callable[[], None],
) -> list[GreedyAnswer]:
    """Return the answer to each request; `check` is called between tokens and may raise."""
    answers: list[GreedyAnswer] = []
    with torch.no_grad():
        for begin in range(0, len(requests), _TOGETHER):
            part = requests[begin : begin + _TOGETHER]
            answers += _answer_together(base, part, turn_ends, max_tokens, check)
    return answers


def _answer_together(
    base: BaseModel,
    requests: Sequence[Tokens],
    turn_ends: frozenset[int],
    max_tokens: int,
    check: Callable[[], None],
) -> list[GreedyAnswer]:
    answers = [GreedyAnswer([], []) for _ in requests]
    tokens, seen = _padded(requests, base.head.device)
    cache = None
    for _ in range(max_tokens):
        check()
        positions = (seen.cumsum(dim=1) - 1).clamp(min=0)[:, -tokens.shape[1] :]
        found = base.model.model(
            input_ids=tokens, attention_mask=seen, position_ids=positions,
            cache=cache, use_cache=True,
        )  # fmt: skip
        cache = found.past_key_values
        logprobs = (found.last_hidden_state[:, -1] @ base.head.T).float().log_softmax(dim=-1)
        best, chosen = logprobs.max(dim=-1)
        for answer, token, logprob in zip(answers, chosen.tolist(), best.tolist(), strict=True):
            if not answer.tokens or answer.tokens[-1] not in turn_ends:
                answer.tokens.append(token)
                answer.logprobs.append(logprob)
        if all(each.tokens[-1] in turn_ends for each in answers):
            break
        tokens = chosen[:, None]
        seen = torch.cat([seen, torch.ones_like(tokens)], dim=1)
    return answers


def _padded(requests: Sequence[Tokens], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return requests filled up on the left, and where they are."""
    longest = max(len(each) for each in requests)
    tokens = torch.zeros(len(requests), longest, dtype=torch.long)
    seen = torch.zeros(len(requests), longest, dtype=torch.long)
    for at, request in enumerate(requests):
        tokens[at, longest - len(request) :] = torch.tensor(request)
        seen[at, longest - len(request) :] = 1
    return tokens.to(device), seen.to(device)
