"""The specialists of a Tau: what each is, what it may read, and the person's changes of that."""

import time
from collections.abc import Mapping
from pathlib import Path

import anyio.to_thread
import msgspec

from tau.errors import BadInput, Conflict, NotFound
from tau.experts.message_vectors import MessageVectors
from tau.experts.own_routing import suggested_skill
from tau.experts.routing import suggested_expert
from tau.experts.skill_vectors import SkillVectors
from tau.experts.skills.library import BrokenSkill, SkillLibrary, built_in_skills
from tau.experts.skills.skill import Skill
from tau.facts.resolution import CARE, TALK
from tau.facts.unicode_cleaning import clean_unicode
from tau.journal.entries import ScopeChanged, SkillJudged, Topic
from tau.life.life import Life
from tau.memory import Memory
from tau.memory.scope import EXPERTS, Scope

_CARE_ALONE = (
    "What is said to reflective support stays there. Approve single facts for the others instead."
)


class Expert(msgspec.Struct, frozen=True, kw_only=True):
    """A specialist for one person: its skill, its scope, and whether it can be used.

    Plain talk has no skill. `problem` says why a skill of the person's own is broken.
    """

    name: str
    scope: Scope
    skill: Skill | None = None
    approved: bool = True
    problem: str = ""

    @property
    def instructions(self) -> str:
        """How it's to behave, as prompts contain it."""
        return clean_unicode(self.skill.body) if self.skill else ""


class Experts:
    """The specialists: those that ship with Tau, and the skills in its home."""

    def __init__(
        self,
        home: Path,
        vectors: MessageVectors | None = None,
        skill_vectors: SkillVectors | None = None,
    ) -> None:
        """Without `vectors`, specialists of Tau are suggested by words alone, and no others are."""
        self.library = SkillLibrary(home)
        self._vectors = vectors
        self._skill_vectors = skill_vectors

    async def all(self, memory: Memory) -> list[Expert]:
        """Return plain talk, the built-in specialists and the person's own ones."""
        own = await anyio.to_thread.run_sync(self.library.own)
        talk = Expert(name=TALK, scope=memory.scopes.of(TALK))
        skills = [built_in_skills()[name] for name in EXPERTS]
        return [talk, *(_expert(memory, each) for each in (*skills, *own))]

    async def find(self, memory: Memory, name: str) -> Expert:
        """Return a specialist, usable or not. Raises `NotFound`, `BadInput` for a broken skill."""
        if name == TALK:
            return Expert(name=TALK, scope=memory.scopes.of(TALK))
        return _expert(memory, await anyio.to_thread.run_sync(self.library.get, name))

    async def get(self, memory: Memory, name: str) -> Expert:
        """Return a specialist that can reply.

        Raises `NotFound`, and `BadInput` if it's switched off or waits for approval.
        """
        expert = await self.find(memory, name)
        if not expert.approved:
            raise BadInput(f"The skill {name} waits for your approval; look at it first.")
        if not expert.scope.enabled:
            raise BadInput(f"The specialist {name} is switched off.")
        return expert

    async def suggest(self, memory: Memory, words: str) -> str | None:
        """Return the specialist that words in plain talk ask for, if one clearly is.

        A skill of the person's own is suggested where they don't ask for one of Tau's.
        """
        vector = await self._vectors.of(words) if self._vectors else None
        name = suggested_expert(words, vector)
        if name is not None:
            return name if memory.scopes.of(name).enabled else None
        if vector is None or self._skill_vectors is None:
            return None
        own = await anyio.to_thread.run_sync(self.library.own)
        usable = (_expert(memory, each) for each in own)
        skills = [e.skill for e in usable if e.skill and e.approved and e.scope.enabled]
        return suggested_skill(words, vector, self._skill_vectors.of(skills))

    async def close(self) -> None:
        """Stop what is made in the background."""
        if self._skill_vectors is not None:
            await self._skill_vectors.close()

    async def change_scope(self, life: Life, name: str, wanted: Scope) -> Expert:
        """Change what a specialist may read and learn. Raises `NotFound` and `BadInput`."""
        await self.find(life.memory, name)
        if name != CARE and CARE in wanted.experts:
            raise BadInput(_CARE_ALONE)
        known = {each.name for each in await self.all(life.memory)}
        if unknown := sorted(set(wanted.experts) - known):
            raise NotFound(f"There is no specialist named {unknown[0]}.")
        if name == TALK and not wanted.enabled:
            raise BadInput("Plain talk can't be switched off.")
        entry = ScopeChanged(
            at=time.time(),
            expert=name,
            topics=None if wanted.topics is None else _in_order(wanted.topics),
            experts=tuple(dict.fromkeys(wanted.experts)),
            learns=wanted.learns,
            enabled=wanted.enabled,
        )
        await life.append(entry)
        return await self.find(life.memory, name)

    async def judge(self, life: Life, name: str, digest: str, *, approved: bool) -> Expert:
        """Approve a skill of the person's own as it was shown, or take the approval back.

        Raises `NotFound`, and `Conflict` if its files have changed since they were shown.
        """
        expert = await self.find(life.memory, name)
        if expert.skill is None or not expert.skill.own:
            raise BadInput("Only skills of your own are approved.")
        if approved and expert.skill.digest != digest:
            raise Conflict("The skill has changed in the meantime; look at it again, then decide.")
        entry = SkillJudged(at=time.time(), skill=name, digest=digest, approved=approved)
        await life.append(entry)
        return await self.find(life.memory, name)

    async def add(self, memory: Memory, name: str, files: Mapping[str, bytes]) -> Expert:
        """Keep a skill of the person's own; it waits for approval. Raises `BadInput`."""
        skill = await anyio.to_thread.run_sync(self.library.add, name, files)
        return _expert(memory, skill)

    async def remove(self, name: str) -> None:
        """Delete a skill of the person's own. Raises `NotFound`."""
        await anyio.to_thread.run_sync(self.library.remove, name)


def _expert(memory: Memory, skill: Skill | BrokenSkill) -> Expert:
    if isinstance(skill, BrokenSkill):
        scope = memory.scopes.of(skill.name)
        return Expert(name=skill.name, scope=scope, approved=False, problem=skill.problem)
    return Expert(
        name=skill.name,
        scope=memory.scopes.of(skill.name, skill.scope),
        skill=skill,
        approved=not skill.own or memory.scopes.is_approved(skill.name, skill.digest),
    )


def _in_order(topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    return tuple(dict.fromkeys(topics))
