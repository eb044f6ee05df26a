"""A person's style: style facts listed, added and removed, and those that documents suggest.

What documents suggest is kept as an artifact, with quotations, until it's decided. None of it
counts before: documents may be other people's words. What is approved becomes a fact, and the
artifact goes on saying which documents it came from.
"""

import time
from collections.abc import Mapping, Sequence

import anyio.to_thread
import msgspec

from tau.errors import BadInput, NotFound
from tau.experts.artifacts import ArtifactDraft, ArtifactWriter
from tau.experts.writing.style import StyleFact, read_style
from tau.experts.writing.style_sampling import LEAST_DOCUMENTS, StyleSample, sample_style
from tau.experts.writing.style_sentences import audience_of, is_about_style
from tau.experts.writing.writing_expert import EXPERT, readable_facts
from tau.facts import Fact
from tau.ids import new_id
from tau.journal.entries import ArtifactRevised, Claim, ClaimLearned
from tau.life.fact_editing import FactEditor
from tau.life.life import Life
from tau.text.tokenization import fold_text

MAX_STATEMENT_CHARACTERS = 300
_TITLE = "Style of documents"
_NOT_UNDERSTOOD = (
    "Tau doesn't understand this as a rule of style. Say it like one of these: "
    "Never write “leverage”. Write “use” instead of “utilise”. We write e-mail with a hyphen. "
    "Use British spelling. End letters with “Kind regards”. 不要用“赋能”这个词。"
)


class SampledStyle(msgspec.Struct, frozen=True, omit_defaults=True):
    """What documents suggest: what waits for a decision, and what was approved."""

    waiting: tuple[StyleSample, ...] = ()
    approved: tuple[StyleSample, ...] = ()


class PersonalStyleRule(msgspec.Struct, frozen=True):
    """A style fact. `applies` is false if a newer one says otherwise.

    `audience` is who it's for; empty for everybody. `sample` is what it was approved from, and
    `messages` are those that it was said in.
    """

    fact: str
    text: str
    audience: str
    applies: bool
    said_on: float
    messages: tuple[str, ...]
    sample: StyleSample | None


class PersonalStyle:
    """The style of one person."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def rules(self) -> list[PersonalStyleRule]:
        """Return what is known of the person's style, the newest first."""
        facts = [one for one in readable_facts(self._life) if is_about_style(one.text)]
        audiences = {one.id: audience_of(one.text) for one in facts}
        applied = _applied(facts, audiences)
        approved = {one.statement: one for one in self._sampled()[1].approved}
        found = [
            PersonalStyleRule(
                one.id,
                one.text,
                audiences[one.id],
                one.id in applied,
                one.last_said_on,
                one.sources,
                approved.get(one.text),
            )
            for one in facts
        ]
        return sorted(found, key=lambda one: -one.said_on)

    def waiting(self) -> tuple[StyleSample, ...]:
        """Return what documents suggest and nobody has decided."""
        return self._sampled()[1].waiting

    async def add(self, statement: str) -> None:
        """Remember a rule in words. Raises `BadInput` if it isn't understood."""
        text = " ".join(statement.split()).rstrip(".。")
        if len(text) > MAX_STATEMENT_CHARACTERS or not is_about_style(text):
            raise BadInput(_NOT_UNDERSTOOD)
        await self._life.append(*await self._believe_again([text]))

    async def remove(self, fact: str) -> None:
        """Stop applying a rule; in memory that can be undone. Raises `NotFound`."""
        if all(one.fact != fact for one in self.rules()):
            raise NotFound("There is no such rule of style.")
        await FactEditor(self._life).reject([fact])

    async def sample(self, documents: Mapping[str, str]) -> None:
        """Look for what documents, given by name, agree on; it waits for a decision.

        It takes the place of what waited before. Raises `BadInput` for too few documents.
        """
        if len(documents) < LEAST_DOCUMENTS:
            raise BadInput(f"Give {LEAST_DOCUMENTS} documents or more, with different names.")
        sampled = await anyio.to_thread.run_sync(sample_style, documents)
        known = {one.text for one in self.rules() if one.applies}
        found = tuple(one for one in sampled if one.statement not in known)
        await self._keep(msgspec.structs.replace(self._sampled()[1], waiting=found))

    async def decide(self, features: Sequence[str], *, accepted: bool) -> None:
        """Approve or reject what documents suggest; without features, all. Raises `NotFound`."""
        sampled = self._sampled()[1]
        chosen = [one for one in sampled.waiting if not features or one.feature in features]
        if not chosen or set(features) - {one.feature for one in chosen}:
            raise NotFound("There is no such suggestion, or it has been decided.")
        waiting = tuple(one for one in sampled.waiting if one not in chosen)
        approved = sampled.approved
        new: tuple[ClaimLearned, ...] = ()
        if accepted:
            said = [one.statement for one in chosen]
            new = await self._believe_again(said)
            approved = (*(one for one in approved if one.statement not in said), *chosen)
        await self._keep(SampledStyle(waiting, approved), new)

    async def _believe_again(self, statements: Sequence[str]) -> tuple[ClaimLearned, ...]:
        """Confirm the rules that were removed from memory before; return claims of the others."""
        facts = (one for one in self._life.memory.facts.all() if one.state == "rejected")
        removed = {one.text: one.id for one in facts}
        for one in statements:
            if one in removed:
                await FactEditor(self._life).confirm(removed[one])
        return tuple(_claim(one) for one in statements if one not in removed)

    def _sampled(self) -> tuple[ArtifactRevised | None, SampledStyle]:
        """Return the newest version of what documents suggest."""
        artifacts = self._life.memory.artifacts
        for one in artifacts.all():
            if one.type == "form" and one.expert == EXPERT and not one.archived:
                version = artifacts.version(one.id)
                try:
                    return version, msgspec.json.decode(version.content, type=SampledStyle)
                except msgspec.DecodeError:
                    continue
        return None, SampledStyle()

    async def _keep(self, sampled: SampledStyle, new: Sequence[ClaimLearned] = ()) -> None:
        """Store what documents suggest, together with the claims of what was approved."""
        writer, (before, _) = ArtifactWriter(self._life), self._sampled()
        content = msgspec.json.encode(sampled).decode()
        draft = ArtifactDraft(content=content, type="form", title=_TITLE, expert=EXPERT)
        if before is None:
            await writer.create(draft)
        else:
            await writer.revise(before.artifact, draft, after=before.id, decided=new)


def _applied(facts: Sequence[Fact], audiences: Mapping[str, str]) -> set[str]:
    """Return the ids of the facts that count, among those for the same readers."""
    applied: set[str] = set()
    for audience in {"", *audiences.values()}:
        known = [
            StyleFact(one.id, one.text, one.last_said_on)
            for one in facts
            if audiences[one.id] == audience
        ]
        applied |= set(read_style(known, audience=audience).sources.values())
    return applied


def _claim(statement: str) -> ClaimLearned:
    claim = Claim(topic="instruction", text=statement, value=fold_text(statement))
    return ClaimLearned(at=time.time(), id=new_id(), claim=claim, by="person", expert=EXPERT)
