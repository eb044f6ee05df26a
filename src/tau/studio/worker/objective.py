"""What a run makes smaller: the loss of a packed micro-batch, for answers or for preferences."""

from typing import NamedTuple

import torch
from torch import Tensor

from tau.studio.tuning.run_spec import PreferenceMethod, SupervisedMethod
from tau.studio.worker.base_model import BaseModel
from tau.studio.worker.chat_examples import TrainingExample
from tau.studio.worker.lora import LowRankAdapter
from tau.studio.worker.losses import TokenScores, preference_losses, score_tokens
from tau.studio.worker.token_tree import PackedTokens


class BatchLoss(NamedTuple):
    """Sums over what is counted: trained tokens, or pairs."""

    loss: Tensor
    correct: Tensor


class Objective:
    """The loss of a method on a model."""

    def __init__(
        self, base: BaseModel, adapter: LowRankAdapter, method: SupervisedMethod | PreferenceMethod
    ) -> None:
        self._base = base
        self._adapter = adapter
        self._method = method
        self._device = base.head.device

    def count(self, example: TrainingExample) -> int:
        """Return what an example adds to the number that the loss is a mean of."""
        return 1 if isinstance(self._method, PreferenceMethod) else example.trained_count

    def loss(self, packed: PackedTokens) -> BatchLoss:
        """Return the loss of a micro-batch, with gradients where they're enabled."""
        scores = self._scores(packed)
        if not isinstance(self._method, PreferenceMethod):
            return BatchLoss(-scores.logprobs.sum(), scores.correct.sum())
        with torch.no_grad(), self._adapter.off():
            base = self._scores(packed)
        losses, correct = preference_losses(
            self._of_answers(scores, packed), self._of_answers(base, packed), self._method.beta
        )
        return BatchLoss(losses.sum(), correct.sum())

    def _scores(self, packed: PackedTokens) -> TokenScores:
        hidden = self._base.model.model(
            input_ids=self._tensor(packed.tokens)[None],
            position_ids=self._tensor(packed.positions)[None],
            attention_mask=self._tensor(packed.mask)[None, None],
            use_cache=False,
        ).last_hidden_state[0]
        rows = hidden[self._tensor(packed.sources)]
        return score_tokens(rows, self._base.head, self._tensor(packed.targets))

    def _of_answers(self, scores: TokenScores, packed: PackedTokens) -> Tensor:
        """Return the sums of each answer: 2 x pairs, since a pair's answers follow each other."""
        owners = self._tensor(packed.owners)
        sums = torch.zeros(int(packed.owners.max()) + 1, device=self._device)
        return sums.index_add(0, owners, scores.logprobs).view(-1, 2).T

    def _tensor(self, array: object) -> Tensor:
        return torch.as_tensor(array, device=self._device)
