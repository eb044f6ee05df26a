"""Plans of dwellings of one person: each an artifact whose content is a `Plan`, in versions.

A brief is solved and a plan is changed in the program of the specialists. Variants of a new plan
are versions too: to choose one makes it the newest, and an undo takes that back.
"""

from collections.abc import Sequence
from typing import Any

import anyio.to_thread
import msgspec

from tau.errors import BadInput, NotFound, WorkerMissing, WorkerTimedOut
from tau.experts.acting.sketch_requests import read_changes
from tau.experts.artifacts import CREATED, VARIANT, ArtifactDraft, ArtifactWriter
from tau.experts.sketch.brief import Brief, BriefError, Language, check_brief
from tau.experts.sketch.downloads import (
    PlanFormat,
    PlanPicture,
    check_picture,
    plan_file,
    read_plan,
)
from tau.experts.sketch.edit_words import read_edit
from tau.experts.sketch.edits import PlanEdit, check_edit, moved_rooms
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.refusals import refusal
from tau.experts.sketch.titles import plan_title
from tau.experts.sketch.words import read_words
from tau.experts.worker_process import ExpertWorker
from tau.facts.resolution import CARE
from tau.journal.entries import ArtifactRevised
from tau.life.life import Life

EXPERT = "sketch"
MOST_VARIANTS = 3
MOST_WORDS = 1_000
"""Characters of the words that change a plan."""
SOLVING_SECONDS = 10.0
_SPARE_SECONDS = 10.0
"""What the program may take longer than that before it's ended."""


class KeptPlan(msgspec.Struct, frozen=True):
    """A plan in one of its versions; `moved` are the rooms that the edit before it moved."""

    id: str
    version: str
    title: str
    plan: Plan
    moved: tuple[str, ...] = ()


class Plans:
    """The plans of one person."""

    def __init__(self, life: Life, worker: ExpertWorker) -> None:
        self._life = life
        self._worker = worker
        self._writer = ArtifactWriter(life)

    def get(self, plan: str, version: str | None = None) -> KeptPlan:
        """Return a plan: its newest version unless one is named.

        Raises `NotFound`, and `BadInput` if what is kept isn't a plan.
        """
        artifact = self._life.memory.artifacts.get(plan)
        if artifact.type != "plan" or artifact.expert == CARE:
            raise NotFound("There is no such plan.")
        kept = self._life.memory.artifacts.version(plan, version)
        read = _read(kept)
        return KeptPlan(plan, kept.id, artifact.title, read, self._moved(kept, read))

    def variants(self, plan: str) -> list[ArtifactRevised]:
        """Return the versions that a plan began with, best first. Raises `NotFound`."""
        versions = self._life.memory.artifacts.versions(plan)
        return [each for each in reversed(versions) if each.cause in (CREATED, VARIANT)]

    async def create(
        self,
        asked: str | Brief,
        *,
        variants: int = 1,
        title: str = "",
        conversation: str | None = None,
    ) -> KeptPlan:
        """Solve what words or a brief ask for, and keep it.

        Raises `BadInput` with what to change if there's no such plan, and `WorkerError`.
        """
        brief = _understood(asked)
        plans = await self._solved(brief, variants)
        drafts = [
            ArtifactDraft(
                content=msgspec.json.encode(plan).decode(),
                type="plan",
                title=title or plan_title(plan),
                expert=EXPERT,
                conversation=conversation,
            )
            for plan in plans
        ]
        return self.get((await self._writer.create(drafts[0], *reversed(drafts[1:]))).id)

    async def edit(
        self, plan: str, change: str | PlanEdit, *, after: str | None = None
    ) -> KeptPlan:
        """Apply an edit, or all that words ask for, to the version `after`: else to the newest.

        Raises `NotFound`, `BadInput` with the reason if it can't be, `WorkerError`, and `Conflict`
        if there is a newer version.
        """
        kept = self.get(plan)
        after = kept.version if after is None else after
        self._writer.require_newest(plan, after)
        changed = kept.plan
        edits = edits_in(change, kept.plan) if isinstance(change, str) else (change,)
        for edit in edits:
            changed = await self._edited(changed, edit, SOLVING_SECONDS / len(edits))
        draft = ArtifactDraft(
            content=msgspec.json.encode(changed).decode(),
            title=plan_title(changed) if kept.title == plan_title(kept.plan) else "",
            cause="edited",
        )
        await self._writer.revise(plan, draft, after=after)
        return self.get(plan)

    async def choose(self, plan: str, version: str, *, after: str) -> KeptPlan:
        """Make a variant, or any earlier version, the newest. Raises `NotFound` and `Conflict`."""
        self.get(plan, version)
        await self._writer.restore(plan, version, after=after)
        return self.get(plan)

    async def file(
        self, plan: str, kind: PlanFormat, picture: PlanPicture, version: str | None = None
    ) -> bytes:
        """Return a plan as a file. Raises `NotFound`, `BadInput` and `WorkerError`."""
        kept = self.get(plan, version)
        try:
            check_picture(kind, picture, kept.plan)
        except BriefError as wrong:
            raise BadInput(str(wrong)) from wrong
        if kind == "dxf":
            arguments = {"plan": msgspec.to_builtins(kept.plan)}
            made = await self._call("sketch.dxf", arguments, kept.plan.brief.language)
            return str(made["dxf"]).encode()
        return await anyio.to_thread.run_sync(plan_file, kept.plan, kind, picture)

    def _moved(self, version: ArtifactRevised, plan: Plan) -> tuple[str, ...]:
        """Return the rooms that an edit moved."""
        if version.cause != "edited" or version.parent is None:
            return ()
        try:
            before = self._life.memory.artifacts.version(version.artifact, version.parent)
            return moved_rooms(_read(before), plan)
        except (NotFound, BadInput):  # it was forgotten
            return ()

    async def _solved(self, brief: Brief, variants: int) -> list[Plan]:
        count = max(1, min(variants, MOST_VARIANTS))
        arguments = {"brief": msgspec.to_builtins(brief), "variants": count}
        solved = await self._call("sketch.solve", arguments, brief.language)
        plans = msgspec.convert(solved["plans"], list[Plan])
        if not plans:
            raise BadInput(refusal("no plan", brief.language, advice=solved["advice"]))
        return plans

    async def _edited(self, plan: Plan, edit: PlanEdit, seconds: float) -> Plan:
        try:
            check_edit(edit, plan)
        except BriefError as wrong:
            raise BadInput(str(wrong)) from wrong
        arguments = {"plan": msgspec.to_builtins(plan), "edit": msgspec.to_builtins(edit)}
        done = await self._call("sketch.edit", arguments, plan.brief.language, seconds)
        return msgspec.convert(done["plan"], Plan)

    async def _call(
        self,
        name: str,
        arguments: dict[str, Any],
        language: Language,
        seconds: float = SOLVING_SECONDS,
    ) -> dict[str, Any]:
        arguments["seconds"] = seconds
        try:
            return await self._worker.call(name, arguments, seconds=seconds + _SPARE_SECONDS)
        except WorkerTimedOut as error:
            raise WorkerTimedOut(refusal("slow", language)) from error
        except WorkerMissing as error:
            raise WorkerMissing(refusal("missing", language)) from error


def _understood(asked: str | Brief) -> Brief:
    try:
        return read_words(asked) if isinstance(asked, str) else check_brief(asked)
    except BriefError as wrong:
        raise BadInput(str(wrong)) from wrong


def edits_in(words: str, plan: Plan) -> Sequence[PlanEdit]:
    """Return what words ask for, all of it or nothing. Raises `BadInput`."""
    if len(words) > MOST_WORDS:
        raise BadInput(refusal("words", plan.brief.language, most=MOST_WORDS))
    asked = read_changes(words, plan)
    try:
        if asked is None:
            return (read_edit(words, plan),)
    except BriefError as wrong:
        raise BadInput(str(wrong)) from wrong
    if asked.problem:
        raise BadInput(asked.problem)
    return asked.edits


def _read(version: ArtifactRevised) -> Plan:
    try:
        return read_plan(version.content.encode())
    except BriefError as wrong:
        raise BadInput(str(wrong)) from wrong
