"""Log-probabilities of trained tokens under a frozen output layer, and the losses made of them.

Logits are computed only where a token is trained, a few rows at a time, and never kept: since the
output layer is frozen, the gradient of a row's log-probability is known as soon as its logits are.
So the memory doesn't grow with the vocabulary times the length.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

_ROWS = 128  # of logits at once


class TokenScores(NamedTuple):
    """Of N trained tokens: their log-probabilities, and whether each was the likeliest."""

    logprobs: Tensor
    correct: Tensor


class _FrozenHead(torch.autograd.Function):
    """Log-probability of a token for each row of hidden states, with its gradient."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return log-probabilities in float32, and whether each target has the largest logit."""
        logprobs = torch.empty(len(targets), dtype=torch.float32, device=hidden.device)
        correct = torch.empty(len(targets), dtype=torch.bool, device=hidden.device)
        gradient = torch.empty_like(hidden) if hidden.requires_grad else None
        for begin in range(0, len(targets), _ROWS):
            part = slice(begin, begin + _ROWS)
            logits = (hidden[part] @ weight.T).float()
            wanted = targets[part, None]
            correct[part] = logits.argmax(dim=-1) == targets[part]
            logits = logits.log_softmax(dim=-1)
            logprobs[part] = logits.gather(1, wanted)[:, 0]
            if gradient is not None:
                shares = (
                    logits.exp_().neg_().scatter_add_(1, wanted, torch.ones_like(wanted).float())
                )
                gradient[part] = shares.to(hidden.dtype) @ weight
        ctx.save_for_backward(gradient)
        ctx.mark_non_differentiable(correct)
        return logprobs, correct

    @staticmethod
    def backward(ctx: Any, upstream: Tensor, _: Any) -> tuple[Tensor, None, None]:
        """Return the gradient of the hidden states."""
        (gradient,) = ctx.saved_tensors
        return (upstream[:, None] * gradient).to(gradient.dtype), None, None


def score_tokens(hidden: Tensor, weight: Tensor, targets: Tensor) -> TokenScores:
    """Return the scores of `targets` (N) after `hidden` states (N x width)."""
    return TokenScores(*_FrozenHead.apply(hidden, weight, targets))


def preference_losses(tuned: Tensor, base: Tensor, beta: float) -> tuple[Tensor, Tensor]:
    """Return the loss of each pair and whether the better answer gained more (DPO).

    `tuned` and `base` hold log-probabilities of whole answers: 2 x pairs, preferred ones first.
    Source: https://arxiv.org/abs/2305.18290.
    """
    gains = tuned - base
    margins = beta * (gains[0] - gains[1])
    return -functional.logsigmoid(margins), margins.detach() > 0
