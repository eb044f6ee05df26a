"""Forms of one person: exercises as they're being filled in, each kept as an artifact.

Every save is a version, so a form that was left half-way is found as it was. A form has no title:
nothing of it appears outside of the care space.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tau.errors import BadInput, Conflict, NotFound
from tau.experts.space.exercises import SAFETY_PLAN
from tau.experts.space.forms import FilledForm, decode_form, encode_form, filled, planned
from tau.facts.resolution import CARE
from tau.ids import new_id
from tau.journal.entries import ArtifactRevised, Claim, ClaimLearned
from tau.life.life import Life
from tau.memory.artifacts import Artifact


class CareForm(msgspec.Struct, frozen=True):
    """A form and what is in it; `version` is the id of its newest version."""

    id: str
    version: str
    content: FilledForm
    created_at: float
    updated_at: float


class CareForms:
    """The forms of one person."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def all(self) -> list[CareForm]:
        """Return the forms in which something is written, the last changed first."""
        artifacts = self._life.memory.artifacts.all()
        forms = [self._form(each) for each in artifacts if _is_form(each)]
        return [form for form in forms if not form.content.is_empty]

    def get(self, form: str) -> CareForm:
        """Return a form. Raises `NotFound`."""
        artifact = self._life.memory.artifacts.get(form)
        if not _is_form(artifact):
            raise NotFound("There is no such form.")
        return self._form(artifact)

    def safety_plan(self) -> CareForm | None:
        """Return the person's safety plan: the form that was changed last."""
        return next((form for form in self.all() if form.content.exercise == SAFETY_PLAN), None)

    async def start(
        self, exercise: str, values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
    ) -> CareForm:
        """Keep a new form. Raises `NotFound` for an exercise, `BadInput` for what doesn't fit."""
        content = filled(exercise, values, rows)
        form = new_id()
        await self._life.append(_version(form, content, None))
        return self.get(form)

    async def save(
        self,
        form: str,
        version: str,
        values: Mapping[str, Any],
        rows: Sequence[Mapping[str, Any]],
    ) -> CareForm:
        """Keep what is in a form now; `version` is what it was made from.

        Raises `NotFound`, `BadInput`, and `Conflict` if it was changed elsewhere since.
        """
        async with self._life.transaction() as transaction:
            before = self.get(form)
            content = filled(before.content.exercise, values, rows)
            if content == before.content:
                return before
            if before.version != version:
                raise Conflict("This form was changed on another device in the meantime.")
            await transaction.append(_version(form, content, version))
        return self.get(form)

    async def remember_plans(self, form: str) -> int:
        """Put the dated activities of a form into memory, as plans; return how many.

        Only the person's own yes may lead here: plans are known outside of care too. Raises
        `NotFound`, and `BadInput` if nothing has a day.
        """
        plans = planned(self.get(form).content)
        if not plans:
            raise BadInput("None of the activities has a day yet.")
        now = time.time()
        await self._life.append(
            *(
                ClaimLearned(
                    at=now,
                    id=new_id(),
                    claim=Claim(topic="plan", text=what, due=due),
                    by="person",
                )
                for what, due in plans
            )
        )
        return len(plans)

    def _form(self, artifact: Artifact) -> CareForm:
        version = self._life.memory.artifacts.version(artifact.id)
        return CareForm(
            id=artifact.id,
            version=artifact.newest,
            content=decode_form(version.content),
            created_at=artifact.created_at,
            updated_at=artifact.updated_at,
        )


def _is_form(artifact: Artifact) -> bool:
    return artifact.type == "form" and artifact.expert == CARE


def _version(form: str, content: FilledForm, parent: str | None) -> ArtifactRevised:
    return ArtifactRevised(
        at=time.time(),
        id=new_id(),
        artifact=form,
        type="form",
        content=encode_form(content),
        expert=CARE,
        parent=parent,
        cause="edited" if parent else "created",
    )
