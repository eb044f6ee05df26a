"""Releases, shares and rollbacks: what an alias means at every moment."""

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tau.app import App, open_app
from tau.errors import BadInput, Conflict, NotFound, NotPermitted, TauError, UnknownModel
from tau.models.caller import Caller, current_caller
from tau.people import Unlocked
from tau.settings import Settings
from tau.studio.releases.release_events import AliasModels
from tau.studio.tuning.log_events import ModelMade

from .made_releases import compared_project, invited, kept_classifier

pytestmark = pytest.mark.anyio
ASKED = {"messages": [{"role": "user", "content": "where is my parcel"}]}


async def answered_by(app: App, alias: str = "desk", person: str = "somebody") -> str:
    """Return which model answers a caller under an alias."""
    token = current_caller.set(Caller(person))
    try:
        return str((await app.models.complete(alias, ASKED))["model"])
    finally:
        current_caller.reset(token)


async def two_models(app: App, owner: Unlocked) -> tuple[str, str, str]:
    """Return a project with two models that differ in what they're called."""
    project = await compared_project(app, owner)
    first = await kept_classifier(app, owner, project, "first")
    return project, first, await kept_classifier(app, owner, project, "second")


async def test_a_release_a_share_and_a_rollback(app: App, owner: Unlocked) -> None:
    project, first, second = await two_models(app, owner)
    releases = app.studio.releases
    with pytest.raises(Conflict, match="leave out the share"):
        await releases.release(owner, project, first, "desk", 10)
    await releases.release(owner, project, first, "desk")
    assert await answered_by(app) == first
    await releases.release(owner, project, second, "desk", 30)
    callers = {f"person-{number}" for number in range(40)}
    by_share = {each for each in callers if await answered_by(app, person=each) == second}
    assert 0 < len(by_share) < 30
    await releases.change_share(owner, project, second, "desk", 60)
    assert by_share < {each for each in callers if await answered_by(app, person=each) == second}
    await releases.change_share(owner, project, second, "desk", 0)
    assert await answered_by(app) == second
    state = (await releases.all(owner, project)).releases
    assert [state.standing(each) for each in state.releases] == ["standby", "live"]
    await releases.roll_back(owner, "desk")
    assert await answered_by(app) == first
    assert [state.standing(each) for each in state.releases] == ["live", "rolled back"]
    with pytest.raises(UnknownModel):
        await answered_by(app, second)  # it's its owner's alone again
    await releases.roll_back(owner, "desk")
    with pytest.raises(UnknownModel):
        await answered_by(app)
    with pytest.raises(NotFound):
        await releases.roll_back(owner, "desk")


async def test_a_release_that_cannot_be_served_for_a_while_stays(
    app: App, owner: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, first, second = await two_models(app, owner)
    releases, served = app.studio.releases, app.studio.served
    await releases.release(owner, project, first, "desk")
    made = served._backend

    def unreadable(each: ModelMade, *given: Any) -> Any:
        if each.name == first:
            raise BadInput("This model can't be read.")
        return made(each, *given)

    monkeypatch.setattr(served, "_backend", unreadable)
    served.withdraw(first)
    await releases.release(owner, project, second, "other")
    monkeypatch.undo()
    await served.refresh()
    assert await answered_by(app) == first


async def test_a_release_that_is_refused_publishes_nothing(app: App, owner: Unlocked) -> None:
    project, first, _ = await two_models(app, owner)
    releases = app.studio.releases
    for alias in ("Not an alias", "scripted-embedder"):
        with pytest.raises(BadInput):
            await releases.release(owner, project, first, alias)
        assert app.studio.served.released == {}
        with pytest.raises(UnknownModel):
            await answered_by(app, first)
    await releases.release(owner, project, first, "desk")
    assert await answered_by(app) == first


async def test_a_model_that_is_deleted_is_taken_back(app: App, owner: Unlocked) -> None:
    project, first, second = await two_models(app, owner)
    releases = app.studio.releases
    await releases.release(owner, project, first, "desk")
    await releases.release(owner, project, second, "desk")
    await app.studio.runs.delete_model(owner, second)
    assert await answered_by(app) == first
    state = (await releases.all(owner, project)).releases
    assert state.releases[-1].ended is not None
    await app.studio.remove(owner, project)
    with pytest.raises(UnknownModel):
        await answered_by(app)
    assert app.studio.served.released == {}


async def test_the_gate_must_be_passed(app: App, owner: Unlocked) -> None:
    project = await compared_project(app, owner)
    log = await app.studio.projects.open(owner, project)
    name = await kept_classifier(app, owner, project)
    report = await app.studio.releases.gate(owner, project, name)
    assert report.passed, report.failed
    learned = log.project.train[0].id
    await app.studio.withdraw(owner, project, [learned])
    report = await app.studio.releases.gate(owner, project, name)
    assert "permitted" in {each.kind for each in report.failed}
    with pytest.raises(Conflict, match="withdrawn since"):
        await app.studio.releases.release(owner, project, name, "desk")


async def test_tau_takes_back_a_share_that_fails(app: App, owner: Unlocked) -> None:
    project, first, second = await two_models(app, owner)
    releases = app.studio.releases
    await releases.release(owner, project, first, "desk")
    await releases.release(owner, project, second, "desk", 30)
    assert await releases.aliases.take_back("desk", second, "It failed too often.")
    for person in range(20):
        assert await answered_by(app, person=f"person-{person}") == first
    with pytest.raises(UnknownModel):
        await answered_by(app, second)
    state = (await releases.all(owner, project)).releases  # now its owner is told
    ended = state.releases[-1].ended
    assert ended is not None
    assert (ended.automatic, ended.reason) == (True, "It failed too often.")
    assert list(app.studio.served.released) == [first]
    assert not await releases.aliases.take_back("desk", second, "Again.")


async def test_aliases_of_others_are_not_touched(app: App, owner: Unlocked) -> None:
    project, first, _ = await two_models(app, owner)
    other = await compared_project(app, owner, "Other", first=100)
    elsewhere = await kept_classifier(app, owner, other, "other")
    releases = app.studio.releases
    await releases.release(owner, project, first, "desk")
    with pytest.raises(Conflict, match="another project"):
        await releases.release(owner, other, elsewhere, "desk")
    with pytest.raises(Conflict, match="already"):
        await releases.release(owner, project, first, "second-desk")
    with pytest.raises(BadInput, match="another project"):
        await releases.release(owner, other, first, "desk")
    with pytest.raises(BadInput, match="embeds"):
        await releases.release(owner, other, elsewhere, "embedder")
    person = await invited(app, owner)
    with pytest.raises(NotFound):
        await releases.roll_back(person, "desk")
    theirs = await compared_project(app, person, "Desk", first=200)
    made = await kept_classifier(app, person, theirs)
    for alias in ("desk", "companion"):
        with pytest.raises(NotPermitted):
            await releases.release(person, theirs, made, alias)
    await releases.release(person, theirs, made, "bobs-desk")
    await app.remove_person(person.person.id)
    with pytest.raises(UnknownModel):
        await answered_by(app, "bobs-desk")
    assert await answered_by(app) == first


async def test_the_companion_gets_its_own_models_back(app: App, owner: Unlocked) -> None:
    project, first, _ = await two_models(app, owner)
    before = await app.models.aliases.all()
    await app.studio.releases.release(owner, project, first, "companion")
    assert await answered_by(app, "companion") == first
    await app.studio.releases.roll_back(owner, "companion")
    assert await app.models.aliases.all() == before
    assert app.models.aliases.uses_builtin() or app.settings.model


async def test_no_request_fails_while_models_are_released_and_rolled_back(
    app: App, owner: Unlocked
) -> None:
    project, first, second = await two_models(app, owner)
    releases = app.studio.releases
    await releases.release(owner, project, first, "desk")
    done = asyncio.Event()
    seen: list[str] = []

    async def ask(number: int) -> None:
        while not done.is_set():
            seen.append(await answered_by(app, person=f"person-{number}"))
            await asyncio.sleep(0)  # the scripted model never waits

    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(ask(number))
        for share in (50, 0):
            await releases.release(owner, project, second, "desk", share)
            await releases.roll_back(owner, "desk")
        done.set()
    assert set(seen) == {first, second}


async def _make_home(home: Path) -> None:
    settings = Settings(home=home, model="scripted", embedder="scripted-embedder")
    async with open_app(settings, environ={}) as app:
        owner = await app.people.owner()
        project = await compared_project(app, owner, count=75)
        for name in "abc":
            await kept_classifier(app, owner, project, name)


class ReleaseSteps(RuleBasedStateMachine):
    """Three models of a project, released, shared, rolled back and deleted in any order."""

    made: Path | None = None

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(prefix="tau-releases-")
        self.stack = AsyncExitStack()
        self.deleted: set[str] = set()

    @classmethod
    def template(cls) -> Path:
        """Return a home with the project and its models, made once."""
        if cls.made is None:
            cls.made = Path(tempfile.mkdtemp(prefix="tau-releases-"))
            asyncio.run(_make_home(cls.made / "home"))
            atexit.register(shutil.rmtree, cls.made, ignore_errors=True)
        return cls.made / "home"

    @initialize()
    def start(self) -> None:
        home = Path(self.folder.name) / "home"
        shutil.copytree(self.template(), home)
        self.runner.run(self._start(home))

    async def _start(self, home: Path) -> None:
        settings = Settings(home=home, model="scripted", embedder="scripted-embedder")
        self.app = await self.stack.enter_async_context(open_app(settings, environ={}))
        self.owner = await self.app.people.owner()
        (project,) = await self.app.studio.projects.all(self.owner)
        self.project = project.id
        self.names = [each.name for each in await self.app.studio.served.runs.all(self.owner)]

    @rule(number=st.integers(0, 2), share=st.sampled_from([0, 0, 10, 50]))
    def release(self, number: int, share: int) -> None:
        name = self.names[number]
        self._try(self.app.studio.releases.release(self.owner, self.project, name, "desk", share))

    @rule(number=st.integers(0, 2), share=st.sampled_from([0, 30]))
    def change_share(self, number: int, share: int) -> None:
        work = self.app.studio.releases.change_share
        self._try(work(self.owner, self.project, self.names[number], "desk", share))

    @rule()
    def roll_back(self) -> None:
        self._try(self.app.studio.releases.roll_back(self.owner, "desk"))

    @rule(number=st.integers(0, 2))
    def take_back(self, number: int) -> None:
        self._try(self.app.studio.releases.aliases.take_back("desk", self.names[number], "Failed."))

    @rule(number=st.integers(0, 2))
    def delete(self, number: int) -> None:
        self._try(self._delete(self.names[number]))

    async def _delete(self, name: str) -> None:
        await self.app.studio.runs.delete_model(self.owner, name)
        self.deleted.add(name)

    def _try(self, work: Coroutine[Any, Any, object]) -> None:
        with suppress(TauError):  # refused: then nothing has changed
            self.runner.run(work)

    @invariant()
    def whoever_the_alias_names_answers(self) -> None:
        if hasattr(self, "names"):
            self.runner.run(self._check())

    async def _check(self) -> None:
        releases, served = self.app.studio.releases, self.app.studio.served
        state = (await releases.all(self.owner, self.project)).releases
        meaning = await releases.aliases.meaning("desk")
        assert state.aliases.get("desk", AliasModels()) == meaning
        assert set(served.released) == set(meaning.models)
        assert self.deleted.isdisjoint(meaning.models)
        answering = {
            await answered_by(self.app, person=f"p{n}") for n in range(3 * bool(meaning.models))
        }
        assert answering <= set(meaning.models)
        for release in state.releases:
            if state.standing(release) in ("live", "share"):
                assert release.event.model in meaning.models

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()


TestReleaseSteps = ReleaseSteps.TestCase
TestReleaseSteps.settings = hypothesis_settings(max_examples=10, stateful_step_count=10)
