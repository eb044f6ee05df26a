"""Acts in a turn: whatever is stopped, repeated, changed or forgotten, a reply has what it made."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.app import App, open_app
from tau.companion.acts import ActOccasion
from tau.companion.events import ArtifactMade, Done, Working
from tau.companion.turn import Turn
from tau.companion.turn_input import TurnInput
from tau.errors import Conflict
from tau.ids import new_id
from tau.journal.entries import ArtifactRevised
from tau.life.life import Life
from tau.memory import Memory
from tau.memory.erasure_request import ErasureRequest
from tau.memory.scope import Scope
from tau.settings import Settings

from .talking import events

pytestmark = pytest.mark.anyio
EXPERT = "gardener"


@dataclass(frozen=True)
class Step:
    text: str = ""
    context: str = ""
    version: Callable[[], ArtifactRevised | None] | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gardener:
    name: str = EXPERT
    instructions: str = "Speak of soil."
    scope: Scope = field(default_factory=lambda: Scope(expert=EXPERT))


class Gardeners:
    """A specialist who plants beds: each is an artifact, and each more row a version of it."""

    def __init__(self) -> None:
        self.open_gate = asyncio.Event()
        self.open_gate.set()

    async def get(self, memory: Memory, name: str) -> Gardener:
        return Gardener()

    async def suggest(self, memory: Memory, words: str) -> str | None:
        return None

    async def act(self, name: str, occasion: ActOccasion) -> AsyncIterator[Step]:
        words = occasion.words.text
        if "plant" not in words:
            yield Step(context="A bed of roses.")
            return
        known = occasion.life.memory.artifacts
        before = known.version(occasion.artifact).id if occasion.artifact else None
        artifact = occasion.artifact or new_id()

        def version(rows: int) -> Callable[[], ArtifactRevised]:
            def made() -> ArtifactRevised:
                if before is not None and known.version(artifact).id != before:
                    raise Conflict("It has a newer version.")
                return revised(artifact, rows, before)

            return made

        occasion.progress("Digging…")
        yield Step(text=f"One row by {name}.", version=version(1))
        await self.open_gate.wait()
        if "two" in words:
            yield Step(text=" And another.", version=version(2))


def revised(artifact: str, rows: int, parent: str | None) -> ArtifactRevised:
    return ArtifactRevised(
        at=time.time(),
        id=new_id(),
        artifact=artifact,
        type="document",
        content=f'{{"rows": {rows}}}',
        title="Bed",
        parent=parent,
        by="tau",
    )


@pytest.fixture
def gardeners(app: App) -> Gardeners:
    found = Gardeners()
    app.companion._specialists = found
    return found


async def plant(app: App, life: Life, words: str = "plant two rows", **more: str | None) -> Turn:
    request = TurnInput(words=words, turn_id=more.pop("turn_id", None) or new_id(), expert=EXPERT)
    for name, value in more.items():
        request = TurnInput(**{**_fields(request), name: value})  # type: ignore[arg-type]
    return await app.companion.begin(life, request)


def _fields(request: TurnInput) -> dict[str, object]:
    return {name: getattr(request, name) for name in request.__struct_fields__}


async def test_the_steps_are_one_reply_and_the_last_version_one_write(
    app: App, life: Life, gardeners: Gardeners
) -> None:
    turn = await plant(app, life)
    found = await events(turn)
    assert turn.text == "One row by gardener. And another."
    assert [type(each) for each in found[-2:]] == [ArtifactMade, Done]
    (artifact,) = life.memory.artifacts.all()
    assert life.memory.artifacts.version(artifact.id).content == '{"rows": 2}'
    version = life.memory.artifacts.versions(artifact.id)[-1]
    (seq,) = [seq for seq, one in life.memory.artifacts.entries() if one is version]
    assert life.memory.messages.of_turn(turn.id)[-1].seq == seq + 1


async def test_where_it_only_talks_the_model_has_what_is_open(
    app: App, life: Life, gardeners: Gardeners
) -> None:
    turn = await plant(app, life, "How is it?")
    found = await events(turn)
    assert isinstance(found[-1], Done)
    assert "A bed of roses." in turn.text  # the scripted model repeats its last message


async def test_in_private_nothing_is_written_whatever_an_act_says(
    app: App, life: Life, gardeners: Gardeners
) -> None:
    private = await life.create_conversation(private=True)
    found = await events(await plant(app, life, conversation=private.id))
    assert isinstance(found[-1], Done)
    assert not [each for each in found if isinstance(each, ArtifactMade)]
    for memory in (life.memory, life.private.get(private.id).memory):
        assert memory.artifacts.all() == []


OPERATIONS = st.lists(
    st.sampled_from(("plant", "row", "twice", "stop", "again", "elsewhere", "forget")),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25)
@given(operations=OPERATIONS)
async def test_a_reply_has_what_it_made_whatever_happens(
    operations: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home: Path = tmp_path_factory.mktemp("acts") / "home"
    chosen = Settings(home=home, model="scripted", embedder="scripted-embedder")
    async with open_app(chosen, environ={}) as app:
        app.companion._specialists = gardeners = Gardeners()
        life = await app.lives.open(await app.people.owner())
        conversation = (await life.create_conversation()).id
        for operation in operations:
            await _do(operation, app, life, gardeners, conversation)
        _check(life, conversation)
    async with open_app(replace(chosen), environ={}) as app:  # as another start finds it
        _check(await app.lives.open(await app.people.owner()), conversation)


async def _do(
    operation: str, app: App, life: Life, gardeners: Gardeners, conversation: str
) -> None:
    beds = [each.id for each in life.memory.artifacts.all()]
    bed = beds[0] if beds else None
    match operation:
        case "plant":
            await events(await plant(app, life, conversation=conversation))
        case "row":
            await events(await plant(app, life, conversation=conversation, artifact=bed))
        case "twice":
            name = new_id()
            sent = (plant(app, life, conversation=conversation, turn_id=name) for _ in "ab")
            for turn in await asyncio.gather(*sent):
                await events(turn)
        case "stop" | "elsewhere":
            gardeners.open_gate.clear()
            turn = await plant(app, life, conversation=conversation, artifact=bed)
            await _disturb(operation, life, gardeners, turn, bed)
        case "again":
            await _ask_again(app, life, conversation)
        case "forget" if bed is not None:
            await app.companion.forget(life, ErasureRequest(artifacts=(bed,)))


async def _disturb(
    operation: str, life: Life, gardeners: Gardeners, turn: Turn, bed: str | None
) -> None:
    """Stop a turn at work, or change what it works on."""
    async for event in turn.events():
        if isinstance(event, Working):
            break
    if operation == "stop":
        turn.stop()
    elif bed is not None:
        await life.append(revised(bed, 9, life.memory.artifacts.version(bed).id))
    gardeners.open_gate.set()
    await events(turn)


async def _ask_again(app: App, life: Life, conversation: str) -> None:
    thread = life.memory.conversations.thread(conversation)
    if words := [each for each in thread if each.by == "person"]:
        await events(await app.companion.retry(life, words[-1].id))


def _check(life: Life, conversation: str) -> None:
    """Check that versions and replies name each other, each once."""
    known = life.memory.artifacts
    replies = [each for each in life.memory.messages if each.by == "tau"]
    named = [each.revision for each in replies if each.revision is not None]
    assert len(named) == len(set(named))
    versions = {one.id: one for bed in known.all() for one in known.versions(bed.id)}
    by_tau = {name for name, one in versions.items() if '"rows": 9' not in _content(life, one)}
    assert by_tau <= set(named)  # nothing was made without a reply
    gone = set(named) - set(versions)
    forgotten = {each.artifact for each in replies if each.revision in gone}
    assert not forgotten & {bed.id for bed in known.all()}
    for each in replies:
        assert (each.artifact is None) == (each.revision is None)
        assert each.conversation == conversation
        if each.revision is None:
            assert "row" not in each.text


def _content(life: Life, version: ArtifactRevised) -> str:
    return life.memory.artifacts.version(version.artifact, version.id).content
