"""What the sketch specialist does in a talk: it draws a plan from words, and changes the open one.

No model is needed. What a plan would change because of memory is asked first
(`tau.experts.acting.plan_questions`).
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

import msgspec

from tau.errors import BadInput, Conflict, NotFound, TooManyRequests, WorkerError, WorkerMissing
from tau.experts.acting import sketch_replies
from tau.experts.acting.acting_experts import Occasion, SpecialistAct
from tau.experts.acting.known_facts import readable_facts
from tau.experts.acting.plan_questions import (
    PlanQuestion,
    asked_question,
    next_question,
    plan_questions,
)
from tau.experts.acting.sketch_requests import (
    ChangePlan,
    DrawPlan,
    read_request,
    says_no,
    says_yes,
)
from tau.experts.artifacts import CREATED, ArtifactDraft, version_entry
from tau.experts.plans import EXPERT, SOLVING_SECONDS
from tau.experts.sketch.brief import Brief, BriefError, Language
from tau.experts.sketch.downloads import read_plan
from tau.experts.sketch.edits import PlanEdit, check_edit, moved_rooms
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.refusals import refusal
from tau.experts.sketch.titles import plan_title
from tau.experts.worker_process import ExpertWorker
from tau.ids import new_id
from tau.journal.entries import ArtifactRevised
from tau.life.life import Life
from tau.memory import Message
from tau.text.languages import is_chinese

_SPARE_SECONDS = 5.0
_MOST_BYTES = 1_500_000


class OpenPlan(NamedTuple):
    """The plan that words may be about: the version of an artifact."""

    artifact: str
    version: str
    parent: str | None
    plan: Plan


class SketchAct:
    """Draws and changes plans in a talk."""

    def __init__(self, worker: ExpertWorker) -> None:
        self._worker = worker

    async def act(self, occasion: Occasion) -> AsyncIterator[SpecialistAct]:
        """Draw or change a plan if the words ask for it; else tell the model of the open one."""
        talk = _Talk(occasion)
        asked = talk.request()
        if asked is None:
            if talk.open is not None:
                yield SpecialistAct(context=sketch_replies.schedule_of(talk.open.plan))
            return
        if occasion.private:
            yield SpecialistAct(text=sketch_replies.PRIVATE[talk.language])
            return
        try:
            if isinstance(asked, DrawPlan):
                yield await self._drawn(talk, asked)
            else:
                yield await self._changed(talk, asked)
        except WorkerMissing:
            yield SpecialistAct(text=sketch_replies.MISSING[talk.language])
        except (WorkerError, TooManyRequests):
            yield SpecialistAct(text=sketch_replies.FAILED[talk.language])

    async def _drawn(self, talk: "_Talk", asked: DrawPlan) -> SpecialistAct:
        if asked.brief is None:
            return SpecialistAct(text=asked.problem)
        replaced = talk.replaced()
        talk.occasion.progress(sketch_replies.DRAWING[talk.language])
        try:
            plans, advice = await self._solve(asked.brief, 3 if talk.is_again else 1)
        except BadInput as refused:
            return SpecialistAct(text=str(refused))
        if not plans:
            return SpecialistAct(text=refusal("no plan", talk.language, advice=advice).strip())
        plan = plans[0]
        if replaced is not None and talk.is_again:
            others = [each for each in plans if each.rooms != replaced.plan.rooms]
            if not others:
                return _named_again(talk, replaced)
            plan = others[0]
        question = talk.question(plan, [])
        text = sketch_replies.drawn(plan, talk.language, question.text if question else "")
        return _step(talk, plan, text, replaced, question)

    async def _changed(self, talk: "_Talk", asked: ChangePlan) -> SpecialistAct:
        opened = talk.open
        if opened is None or not asked.edits:
            return SpecialistAct(text=asked.problem or sketch_replies.UNCHANGED[talk.language])
        talk.occasion.progress(sketch_replies.CHANGING[talk.language])
        try:
            plan = await self._edit(opened.plan, asked.edits)
        except (BadInput, BriefError) as refused:
            return SpecialistAct(text=sketch_replies.impossible(str(refused), talk.language))
        moved = moved_rooms(opened.plan, plan)
        text = sketch_replies.changed(opened.plan, plan, asked.edits, moved, talk.language)
        question = talk.question(plan, talk.replies())
        if question:
            text = f"{text}\n\n{question.text}"
        return _step(talk, plan, text, opened, question, agreed=talk.agreed)

    async def _solve(self, brief: Brief, variants: int) -> tuple[list[Plan], str]:
        arguments = {
            "brief": msgspec.to_builtins(brief),
            "variants": variants,
            "seconds": SOLVING_SECONDS,
        }
        solved = await self._call("sketch.solve", arguments)
        return msgspec.convert(solved["plans"], list[Plan]), str(solved["advice"])

    async def _edit(self, plan: Plan, edits: Sequence[PlanEdit]) -> Plan:
        for edit in edits:
            check_edit(edit, plan)
            arguments = {
                "plan": msgspec.to_builtins(plan),
                "edit": msgspec.to_builtins(edit),
                "seconds": SOLVING_SECONDS / len(edits),
            }
            plan = msgspec.convert((await self._call("sketch.edit", arguments))["plan"], Plan)
        return plan

    async def _call(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return await self._worker.call(name, arguments, seconds=SOLVING_SECONDS + _SPARE_SECONDS)


class _Talk:
    """What is known when words come: the open plan, what was asked, the language."""

    def __init__(self, occasion: Occasion) -> None:
        self.occasion = occasion
        self.words = occasion.words.text
        self.open = self._as_before(self._opened())
        self.agreed: PlanQuestion | None = None
        """The question that the words say yes to."""
        self.language: Language = self._language()

    @property
    def is_again(self) -> bool:
        """Whether another reply to the same words is asked for."""
        reply = self.occasion.replaced
        return reply is not None and reply.parent == self.occasion.words.id

    def request(self) -> DrawPlan | ChangePlan | None:
        """Return what the words ask for; a yes asks for what Tau proposed."""
        plan = self.open.plan if self.open else None
        last = next((each for each in reversed(self.occasion.before) if each.by == "tau"), None)
        if plan is not None and last is not None and last.expert == EXPERT:
            both = (*self._questions(plan, "en"), *self._questions(plan, "zh"))
            question = asked_question(both, last.text)
            if question and says_yes(self.words):
                self.agreed = question
                return ChangePlan(question.edits)
            if question and says_no(self.words):
                return ChangePlan()
        return read_request(self.words, plan)

    def question(self, plan: Plan, replies: Sequence[str]) -> PlanQuestion | None:
        """Return what memory has Tau ask about a plan, and no earlier reply asked."""
        return next_question(self._questions(plan, self.language), replies)

    def replies(self) -> list[str]:
        """Return what Tau said here before."""
        return [each.text for each in self.occasion.before if each.by == "tau"]

    def replaced(self) -> OpenPlan | None:
        """Return the plan of an earlier reply to these words, if it's still as it was drawn."""
        reply = self.occasion.replaced
        if reply is None or reply.artifact is None:
            return None
        made = _read(self.occasion.life, reply.artifact)
        if made is None or made.version != reply.revision or made.parent is not None:
            return None
        return made

    def _as_before(self, opened: OpenPlan | None) -> OpenPlan | None:
        """Return the plan as it was before an earlier reply to the same words changed it."""
        reply = self.occasion.replaced
        if reply is None or opened is None or opened.version != reply.revision:
            return opened
        before = _read(self.occasion.life, opened.artifact, opened.parent)
        return opened._replace(plan=before.plan) if before else opened

    def _opened(self) -> OpenPlan | None:
        """Return the open plan, else the last one that was made here."""
        life, named = self.occasion.life, self.occasion.artifact
        if named is not None and (found := _read(life, named)):
            return found
        made = (each.artifact for each in reversed(self.occasion.before) if _made_plan(each))
        last = next(made, None)
        return _read(life, last) if last else None

    def _questions(self, plan: Plan, language: Language) -> list[PlanQuestion]:
        return plan_questions(readable_facts(self.occasion.life, EXPERT), plan, language)

    def _language(self) -> Language:
        if is_chinese(self.words):
            return "zh"
        return "en"


def _made_plan(message: Message) -> bool:
    return message.by == "tau" and message.expert == EXPERT and message.artifact is not None


def _read(life: Life, artifact: str, version: str | None = None) -> OpenPlan | None:
    """Return a version of a plan, the newest without `version`; none if it isn't one."""
    known = life.memory.artifacts
    try:
        found = known.version(artifact, version)
        if found.type != "plan" or len(found.content) > _MOST_BYTES:
            return None
        return OpenPlan(artifact, found.id, found.parent, read_plan(found.content.encode()))
    except (NotFound, BriefError):
        return None


def _named_again(talk: _Talk, kept: OpenPlan) -> SpecialistAct:
    """Return the step that says that there's no other plan, and names the one that there is."""
    known = talk.occasion.life.memory.artifacts

    def version() -> ArtifactRevised | None:
        return known.version(kept.artifact, kept.version)

    return SpecialistAct(text=sketch_replies.NO_OTHER[talk.language], version=version)


def _step(
    talk: _Talk,
    plan: Plan,
    text: str,
    before: OpenPlan | None,
    question: PlanQuestion | None,
    agreed: PlanQuestion | None = None,
) -> SpecialistAct:
    """Return the step that writes a plan: a new one, or a new version of `before`."""
    life, conversation = talk.occasion.life, talk.occasion.words.conversation
    artifact = before.artifact if before else new_id()
    known = life.memory.artifacts

    def version() -> ArtifactRevised | None:
        draft = ArtifactDraft(
            content=msgspec.json.encode(plan).decode(),
            type="plan",
            title=plan_title(plan),
            expert=EXPERT,
            conversation=conversation,
            by="tau",
            cause="edited" if before else CREATED,
        )
        if before is None:
            return version_entry(artifact, draft, None)
        last = known.version(artifact)
        if last.id != before.version:
            raise Conflict("The plan has a newer version.")
        own = known.get(artifact).title != plan_title(before.plan)
        draft = msgspec.structs.replace(
            draft,
            title="" if own else draft.title,
            expert=last.expert,
            conversation=last.conversation,
        )
        return version_entry(artifact, draft, last.id)

    facts = tuple(one.fact for one in (agreed, question) if one)
    return SpecialistAct(text=text, version=version, facts=facts)
