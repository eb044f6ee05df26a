"""Parity benchmark: do adapters answer here as they did in training, and what does a change cost.

An adapter and the reference that the training program wrote are given (`adapters/step-N.gguf` and
`parity.json` of a run that isn't sealed). Without them parity with training can't be measured; a
random adapter and the engine's own answers then show that adapters in the wrong order are noticed.
"""

import hashlib
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tau import settings
from tau.bench import machine
from tau.bench.models import open_models
from tau.bench.progress import Progress
from tau.bench.sample_text import TextGenerator
from tau.bench.studio_adapters import in_wrong_order, random_adapter
from tau.errors import BadInput
from tau.models import Models, catalog
from tau.models.adapters import Adapter, AdapterModel
from tau.models.packs import Packs
from tau.studio.serving.parity import (
    ParityReference,
    ReferencePrompt,
    measure_parity,
    read_reference,
)
from tau.studio.serving.token_answers import LlamaTokens

SWITCH_AIM = 0.1
"""Largest ratio of the time after a change of adapters, with slots of their own to without."""
_STRENGTH = 0.3
_OWN_PROMPTS, _OWN_TOKENS = 6, 40
_SWITCHES = 3
_PROMPT_CHARACTERS = 1_600


class ParityPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured."""

    base: str = catalog.CHAT_MODEL
    adapter: Path | None = None
    reference: Path | None = None
    models_folder: str = ""


async def measure(plan: ParityPlan, progress: Progress) -> dict[str, Any]:
    """Return parity, what a wrong order does to it, and the times of changes between adapters.

    Raises `BadInput` for files that can't be used.
    """
    if (plan.adapter is None) != (plan.reference is None):
        raise BadInput("An adapter and its reference are given together.")
    folder = plan.models_folder or str(settings.load().models_path)
    async with open_models(folder, offline=True) as models:
        if not models.aliases.info(plan.base).ready:
            raise BadInput(f"{plan.base} isn't downloaded: `tau models pull {plan.base}`.")
        bench = _ParityBench(models, plan, Packs(Path(folder)).path(catalog.packs()[plan.base]))
        figures = await bench.run(progress)
    return {**figures, "machine": machine.describe()}


class _ParityBench:
    """One run of the benchmark. `base` is the base's file."""

    def __init__(self, models: Models, plan: ParityPlan, base: Path) -> None:
        self._models = models
        self._plan = plan
        self._base = base

    async def run(self, progress: Progress) -> dict[str, Any]:
        plan = self._plan
        given = plan.adapter.read_bytes() if plan.adapter else None
        content = given or random_adapter(self._base, 1, _STRENGTH)
        model = self._model("right", content)
        if plan.reference:
            reference = read_reference(plan.reference.read_bytes())
            progress(f"{len(reference.prompts)} prompts with the adapter ...")
            parity: dict[str, Any] | None = await self._parity(model, reference)
        else:
            progress("Without a reference of the training program, parity isn't measured.")
            reference, parity = await self._own_reference(model), None
        progress("The same with its rows in the wrong order ...")
        wrong = self._model("wrong", in_wrong_order(content, self._base))
        in_order = await self._parity(wrong, reference)
        progress("Changes between two adapters ...")
        return {
            "adapter": "given" if given else "random",
            "reference": "training" if plan.reference else "engine",
            "parity": parity,
            "wrong_order": in_order,
            "switch": await self._switches(model, wrong),
        }

    def _model(self, name: str, content: bytes) -> AdapterModel:
        async def load() -> bytes:
            return content

        adapter = Adapter(f"ft:{name}", hashlib.sha256(content).hexdigest(), load)
        return self._models.directory.adapter_model(self._plan.base, adapter)

    @staticmethod
    async def _parity(model: AdapterModel, reference: ParityReference) -> dict[str, Any]:
        result = await measure_parity(LlamaTokens(model), reference)
        figures = {name: round(value, 4) for name, value in result.figures.items()}
        return {**figures, "passed": result.passed, "sentence": result.sentence}

    async def _own_reference(self, model: AdapterModel) -> ParityReference:
        """Return what the engine itself answers, as if training had."""
        unchanged = self._model("unchanged", random_adapter(self._base, 0, 0.0))
        return ParityReference(
            [await self._own_prompt(model, unchanged, text) for text in _texts(_OWN_PROMPTS)]
        )

    async def _own_prompt(
        self, model: AdapterModel, unchanged: AdapterModel, text: str
    ) -> ReferencePrompt:
        tokens = await _tokens_of(model, text)
        answer = await LlamaTokens(model).answer(tokens, _OWN_TOKENS)
        of_base = await LlamaTokens(unchanged).answer(tokens, _OWN_TOKENS)
        logprobs = [place.logprobs[place.token] for place in answer.places]
        return ReferencePrompt(tokens, answer.tokens, logprobs, of_base.tokens)

    async def _switches(self, first: AdapterModel, second: AdapterModel) -> dict[str, Any]:
        """Return the times of prompts that alternate between two adapters."""
        prompt = " ".join(_texts(30))[:_PROMPT_CHARACTERS]
        body = {
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": 1,
            "temperature": 0.0,
        }
        pinned, read = await self._alternate((first, second), body, is_pinned=True)
        unpinned, read_unpinned = await self._alternate((first, second), body, is_pinned=False)
        ratio = round(pinned / unpinned, 3)
        return {
            "pinned_seconds": round(pinned, 4),
            "pinned_prompt_tokens": read,
            "unpinned_seconds": round(unpinned, 4),
            "unpinned_prompt_tokens": read_unpinned,
            "ratio": ratio,
            "passed": ratio <= SWITCH_AIM,
        }

    @staticmethod
    async def _alternate(
        models: Sequence[AdapterModel], body: dict[str, Any], *, is_pinned: bool
    ) -> tuple[float, float]:
        """Return the median seconds of a request, and how many tokens of its prompt were read."""
        seconds, tokens = [], []
        for turn in range(_SWITCHES + 1):
            for model in models:
                async with model.slot() as slot:
                    fields = slot.fields()
                    if not is_pinned:
                        del fields["id_slot"]
                    client = slot.process.model(model.info, 600.0)
                    began = time.perf_counter()
                    answer = await client.complete(body | fields)
                    if turn:  # the first fills the cache
                        seconds.append(time.perf_counter() - began)
                        tokens.append(answer["timings"]["prompt_n"])
        return statistics.median(seconds), statistics.median(tokens)


async def _tokens_of(model: AdapterModel, text: str) -> list[int]:
    """Return the tokens of a chat with one message, as the base's template writes it."""
    async with model.slot() as slot:
        client = slot.process.model(model.info, 60.0, path="")
        messages = [{"role": "user", "content": text}]
        prompt = (await client.ask("/apply-template", {"messages": messages}))["prompt"]
        asked = {"content": prompt, "add_special": True, "parse_special": True}
        tokens: list[int] = (await client.ask("/tokenize", asked))["tokens"]
        return tokens


def _texts(count: int) -> list[str]:
    writer = TextGenerator(seed=5)
    return [writer.message() for _ in range(count)]
