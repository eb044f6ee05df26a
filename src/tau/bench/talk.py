"""Talk benchmark: conversations with the real companion and a real model, judged by rules.

Each conversation begins in an empty home, in this process, with the built-in embedder. The rules
find faults that a newcomer would be annoyed by; they don't find every fault.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from tau.app import App, open_app
from tau.bench import machine
from tau.bench.progress import Progress
from tau.bench.talk_judging import Talk, TalkSet, judge, read_talks
from tau.companion.events import Answering, Failed
from tau.errors import BadInput, ModelError
from tau.life.life import Life
from tau.models.types import Size
from tau.settings import Settings
from tau.settings import load as load_settings

_UNANSWERED = ("model_unavailable", "unknown_model", "pack_error")


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkPlan:
    """What is measured: the model, where models are, and the conversations."""

    model: str
    embedder: str = ""
    models_folder: str = ""
    model_url: str = ""
    size: Size = "capable"
    """The prompts for the model behind `model_url`; packs know their size."""
    conversations: Path | None = None
    """Another file than Tau's own."""
    only: str = ""
    show: bool = False
    """Whether each dialogue is reported when it ends."""


@dataclass(slots=True)
class TalkResult:
    """One conversation: what was said, and the faults of each reply."""

    name: str
    dialogue: list[dict[str, Any]] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether no reply has a fault."""
        return not any(turn["faults"] for turn in self.dialogue)


async def measure(plan: TalkPlan, progress: Progress) -> dict[str, Any]:
    """Return what each conversation was like. Raises `BadInput`, `ModelError`."""
    talks = read_talks(plan.conversations or resources.files("tau.bench.data") / "talk.toml")
    chosen = [talk for talk in talks.conversations if plan.only in talk.name]
    if not chosen:
        raise BadInput(f"No conversation has {plan.only!r} in its name.")
    results = []
    for talk in chosen:
        result = await _hold(plan, talks, talk)
        results.append(result)
        for line in dialogue_lines(result, whole=plan.show):
            progress(line)
    turns = [turn for result in results for turn in result.dialogue]
    return {
        "model": plan.model,
        "passed": sum(result.passed for result in results),
        "conversations": len(results),
        "turns_passed": sum(not turn["faults"] for turn in turns),
        "turns": len(turns),
        "results": [
            {"name": each.name, "passed": each.passed, "dialogue": each.dialogue}
            for each in results
        ],
        "machine": machine.describe(),
    }


def dialogue_lines(result: TalkResult, *, whole: bool) -> Iterator[str]:
    """Yield how a conversation went; as a `whole` with what was said and the faults of replies."""
    yield f"{result.name}: {'pass' if result.passed else 'fail'}"
    for turn in result.dialogue if whole else ():
        yield f"> {turn['user']}"
        yield turn["reply"]
        yield from (f"  ! {fault}" for fault in turn["faults"])
        yield ""


async def _hold(plan: TalkPlan, talks: TalkSet, talk: Talk) -> TalkResult:
    """Hold one conversation in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="tau-bench-") as folder:
        here = Settings(
            home=Path(folder),
            model="" if plan.model_url else plan.model,
            models_folder=plan.models_folder or str(load_settings().models_path),
            embedder=plan.embedder,
            offline=True,
        )
        async with open_app(here, environ={}) as app:
            if plan.model_url:
                await app.models.directory.add("bench", plan.model_url, plan.model, size=plan.size)
            life = await app.lives.open(await app.people.owner())
            return await _converse(app, life, talks, talk, "bench" if plan.model_url else None)


async def _converse(
    app: App, life: Life, talks: TalkSet, talk: Talk, model: str | None
) -> TalkResult:
    result = TalkResult(talk.name)
    replies: list[str] = []
    conversation: str | None = None
    for turn in talk.turns:
        await app.embedding.wait_until_idle()
        said = await app.companion.turn(
            life, None if turn.new_conversation else conversation, turn.user, model=model
        )
        conversation = said.conversation
        answered_by = ""
        async for event in said.events():
            if isinstance(event, Answering):
                answered_by = event.model
            elif isinstance(event, Failed) and event.code in _UNANSWERED:
                raise ModelError(event.sentence)
        replies.append(said.text)
        faults = judge(turn, replies, forbidden=talks.must_not, language=talk.language)
        result.dialogue.append(
            {"user": turn.user, "reply": said.text, "faults": faults, "model": answered_by}
        )
    return result
