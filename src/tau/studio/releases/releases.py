"""Releases: a model of a project answers under an alias, for everybody or for a share of callers.

What is decided here, pure functions beside this module decide. An alias moves in one transaction,
and what answered before stays behind it; so no request fails while a release or a rollback happens.
"""

import time
from collections.abc import Collection
from contextlib import suppress

from tau.errors import BadInput, Conflict, NotFound, NotPermitted
from tau.models import Models, catalog
from tau.models.directory import ALIASES, COMPANION, EMBEDDER
from tau.people import Unlocked
from tau.studio.project import Project
from tau.studio.project_log import ProjectLog
from tau.studio.projects import Projects
from tau.studio.releases.alias_changes import released, with_share
from tau.studio.releases.gate import GateReport, check_gate
from tau.studio.releases.gate_facts import collect_facts
from tau.studio.releases.model_card import ModelCard, make_card
from tau.studio.releases.preferences import PreferencePairs
from tau.studio.releases.probing import probe_model
from tau.studio.releases.release_aliases import ReleaseAliases
from tau.studio.releases.release_events import (
    AliasModels,
    ModelReleased,
    ReleaseRolledBack,
    ShareChanged,
)
from tau.studio.releases.release_state import ModelRelease
from tau.studio.releases.reviews import Reviews
from tau.studio.releases.share_watch import ShareWatch
from tau.studio.serving.made_model import MadeModel
from tau.studio.serving.measuring import measure_model
from tau.studio.serving.model_names import is_studio_name
from tau.studio.serving.released_models import ReleasedModel
from tau.studio.serving.served_models import ServedModels

_DELETED = "The model was deleted."
_GREETING = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}


class Releases:
    """The releases of everybody."""

    def __init__(self, projects: Projects, served: ServedModels, models: Models) -> None:
        self.aliases = ReleaseAliases(models, served)
        self.watch = ShareWatch(models, self.aliases)
        self.reviews = Reviews(projects)
        self.pairs = PreferencePairs(projects, served, models)
        self._projects = projects
        self._served = served
        self._models = models

    async def gate(self, unlocked: Unlocked, project_id: str, name: str) -> GateReport:
        """Return whether a model may be released, condition by condition.

        Raises `NotFound`, and `UnknownModel`.
        """
        log = await self._projects.open(unlocked, project_id)
        model = await self.model_of(unlocked, log.project, name)
        live = [each.event.model for each in log.releases.releases if _answers(log, each)]
        facts = collect_facts(
            log.project,
            log.releases,
            model,
            base_licence=_licence_of(model),
            live=[each for each in live if each != name],
        )
        return check_gate(facts)

    async def try_model(self, unlocked: Unlocked, project_id: str, name: str) -> GateReport:
        """Try what the gate needs to know and can be tried, and return what it says.

        Raises `NotFound`, `UnknownModel`, and `ModelError` if the model can't answer.
        """
        log = await self._projects.open(unlocked, project_id)
        model = await self.model_of(unlocked, log.project, name)
        if model.made.model_kind != "classifier" and name not in log.releases.probes:
            await probe_model(unlocked, log, model, self._served, self._models)
        is_measured = model.made.model_kind != "adapter" or model.measured is not None
        if not is_measured:
            with suppress(BadInput):  # the gate says that it isn't measured
                await measure_model(unlocked, model, self._served)
        return await self.gate(unlocked, project_id, name)

    async def model_of(self, unlocked: Unlocked, project: Project, name: str) -> MadeModel:
        """Return a model that learned from a project. Raises `UnknownModel` and `BadInput`."""
        model = await self._served.runs.find(unlocked, name)
        if model.created.project not in ("", project.id):
            raise BadInput("This model learned from another project.")
        return model

    async def release(
        self, unlocked: Unlocked, project_id: str, name: str, alias: str, share: int = 0
    ) -> ModelRelease:
        """Let a model answer under an alias: everybody, or `share` percent of the callers.

        From then on it's usable by everybody on this Tau. Raises `Conflict` with what the gate
        refuses, `NotPermitted` for an alias that isn't theirs, `BadInput`, `NotFound`,
        `UnknownModel`, and `ModelUnavailable` if the model can't answer.
        """
        log = await self._reconciled(unlocked, project_id)
        model = await self.model_of(unlocked, log.project, name)
        await self._require_alias(unlocked, project_id, name, alias)
        report = await self.gate(unlocked, project_id, name)
        if not report.passed:
            refused = " ".join(each.sentence for each in report.failed)
            raise Conflict(f"{name} can't be released yet. {refused}")
        await self._served.allow(unlocked, name)
        await self._models.complete(name, _GREETING)  # it's loaded before anybody depends on it
        async with self.aliases.moving:
            before = await self.aliases.meaning(alias)
            after = released(before, name, share, alias)
            await self.aliases.move(alias, after, [await self._public(unlocked, model, log, alias)])
            event = ModelReleased(
                at=time.time(),
                model=name,
                alias=alias,
                share=share,
                before=before,
                after=after,
                gate=report.conditions,
            )
            await log.append(event)
        return ModelRelease(event=event)

    async def change_share(
        self, unlocked: Unlocked, project_id: str, name: str, alias: str, share: int
    ) -> AliasModels:
        """Give a released model another share of the callers; 0: everybody.

        Raises `Conflict` if it isn't released there, `NotFound` and `BadInput`.
        """
        log = await self._reconciled(unlocked, project_id)
        await self._require_alias(unlocked, project_id, name, alias)
        async with self.aliases.moving:
            now = await self.aliases.meaning(alias)
            after = with_share(now, name, share, alias)
            await self.aliases.move(alias, after, [])
            event = ShareChanged(at=time.time(), model=name, alias=alias, share=share, after=after)
            await log.append(event)
        return after

    async def roll_back(
        self,
        unlocked: Unlocked,
        alias: str,
        model: str = "",
        reason: str = "",
        gone: Collection[str] = (),
    ) -> str:
        """Take back the last release of an alias, or that of a model; what was before answers.

        None of those that are `gone` does. Returns the id of the project that it was released from.
        Raises `NotFound` if there is none of this person's.
        """
        project_id = self._project_of(unlocked, alias, model)
        log = await self._reconciled(unlocked, project_id)
        async with self.aliases.moving:
            newest = log.releases.newest(alias)
            name = model or (newest.event.model if newest else "")
            now = await self.aliases.meaning(alias)
            if name not in now.models:
                raise NotFound(f"No model of yours is released as {alias!r}.")
            there = [
                each for each in await self._served.runs.all(unlocked) if each.name not in gone
            ]
            made = {each.name: each for each in there}
            after = log.releases.without(alias, now, name, self._available(now, log, made))
            again = [made[each] for each in after.models if each in made]
            public = [await self._public(unlocked, each, log, alias) for each in again]
            await self.aliases.move(alias, after, public)
            event = ReleaseRolledBack(
                at=time.time(), model=name, alias=alias, after=after, reason=reason
            )
            await log.append(event)
        return project_id

    async def card(self, unlocked: Unlocked, project_id: str, name: str) -> ModelCard:
        """Return the card of a model. Raises `NotFound`, `UnknownModel` and `BadInput`."""
        log = await self._reconciled(unlocked, project_id)
        model = await self.model_of(unlocked, log.project, name)
        report = await self.gate(unlocked, project_id, name)
        return make_card(log.project, log.releases, model, report, _licence_of(model))

    async def all(self, unlocked: Unlocked, project_id: str) -> ProjectLog:
        """Return a project with its releases, up to date with what Tau took back itself."""
        return await self._reconciled(unlocked, project_id)

    async def let_go(self, unlocked: Unlocked, names: Collection[str]) -> None:
        """Take models back wherever they're released, before they're deleted.

        Where something answered before one, that answers again.
        """
        others = self._served.released_by_others(unlocked.person.id)
        mine = [name for name in names if name not in others]
        for name in mine:
            if self._served.is_released(name):
                alias = self._served.released[name].alias
                await self.roll_back(unlocked, alias, name, _DELETED, gone=names)
        await self.aliases.drop(mine)

    async def project_removed(self, unlocked: Unlocked, project_id: str) -> None:
        """Take back all models of a project, which is being erased."""
        models = await self._served.runs.of_project(unlocked, project_id)
        names = {each.name for each in models}
        await self.aliases.drop(names - self._served.released_by_others(unlocked.person.id))

    async def remove_person(self, person: str) -> None:
        """Take back all models of a person who is being removed."""
        await self._served.refresh()
        await self.aliases.drop(self._served.of_person(person))

    async def _reconciled(self, unlocked: Unlocked, project_id: str) -> ProjectLog:
        """Return a project, in whose log what Tau took back meanwhile is written."""
        log = await self._projects.open(unlocked, project_id)
        for name, each in self._served.released.items():
            if each.taken_back is None or each.project != project_id:
                continue
            noted = each.taken_back
            await log.append(
                ReleaseRolledBack(
                    at=noted.at,
                    model=name,
                    alias=noted.alias,
                    after=await self.aliases.meaning(noted.alias),
                    reason=noted.reason,
                    automatic=True,
                )
            )
            await self._served.retract(name)
        return log

    async def _require_alias(
        self, unlocked: Unlocked, project_id: str, name: str, alias: str
    ) -> None:
        """Raise unless this person may release a model of this project under an alias."""
        await self._served.refresh()
        known = self._served.released.get(name)
        if known is not None and known.alias != alias:
            raise Conflict(f"{name} is released as {known.alias!r} already; roll it back first.")
        if alias == EMBEDDER:
            raise BadInput(f"Models that answer can't be {alias!r}, which embeds.")
        if alias == COMPANION and self._models.directory.configured is not None:
            raise BadInput("The setting `model_url` decides what answers as 'companion'.")
        holders = [each for each in self._served.released.values() if each.alias == alias]
        if holders:
            if any(each.person != unlocked.person.id for each in holders):
                raise NotPermitted(f"Somebody else's model is released as {alias!r}.")
            if any(each.project != project_id for each in holders):
                raise Conflict(f"A model of another project is released as {alias!r}.")
            return
        is_taken = alias in ALIASES or alias in await self._models.aliases.all()
        if is_taken and not (unlocked.person.owner and unlocked.slot.kind != "api_key"):
            raise NotPermitted(f"Only the owner of this Tau can change what {alias!r} means.")

    def _project_of(self, unlocked: Unlocked, alias: str, model: str) -> str:
        for name, each in self._served.released.items():
            is_theirs = each.person == unlocked.person.id and each.alias == alias
            if is_theirs and model in ("", name):
                return each.project
        raise NotFound(f"No model of yours is released as {alias!r}.")

    def _available(self, now: AliasModels, log: ProjectLog, made: dict[str, MadeModel]) -> set[str]:
        """Return the models that an alias may name: those that are there."""
        earlier = {name for each in log.releases.releases for name in each.event.before.models}
        released_here = {each.event.model for each in log.releases.releases}
        known = {*now.models, *earlier, *released_here}
        return {
            name
            for name in known
            if name in made or (not is_studio_name(name) and self._models.directory.knows(name))
        }

    async def _public(
        self, unlocked: Unlocked, model: MadeModel, log: ProjectLog, alias: str
    ) -> ReleasedModel:
        return ReleasedModel(
            person=unlocked.person.id,
            project=log.project.id,
            alias=alias,
            run=model.run.id,
            keys=await self._served.runs.keys(unlocked, model.run.id),
            made=model.made,
        )


def _licence_of(model: MadeModel) -> str:
    pack = catalog.packs().get(model.made.base)
    return pack.licence if pack else ""


def _answers(log: ProjectLog, release: ModelRelease) -> bool:
    return log.releases.standing(release) == "live"
