"""What the writing specialist does in a talk: it begins documents, and has edits proposed.

A document begins from a template, filled from memory with sources, without a model. A capable model
then proposes edits that fill it; a small one isn't asked.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from tau.errors import BadInput, Conflict, ModelError, NotFound, TooManyRequests
from tau.experts.acting import writing_replies
from tau.experts.acting.acting_experts import NewVersion, Occasion, SpecialistAct
from tau.experts.acting.document_requests import (
    BeginDocument,
    ChangeDocument,
    read_document_request,
)
from tau.experts.acting.known_facts import find_person, readable_facts
from tau.experts.acting.writing_replies import Language
from tau.experts.artifacts import CREATED, ArtifactDraft, version_entry
from tau.experts.writing.blocks import TextDocument, render_markdown
from tau.experts.writing.documents import (
    EXPERT,
    DocumentContent,
    Documents,
    KeptDocument,
    edits_of_findings,
)
from tau.experts.writing.edits import Edit
from tau.experts.writing.review import Review, propose
from tau.experts.writing.templates import FilledSlot, find_template
from tau.experts.writing.writing_expert import WritingExpert
from tau.ids import new_id
from tau.journal.entries import ArtifactRevised
from tau.life.life import Life
from tau.text.languages import is_chinese

_MOST_EARLIER_CHARACTERS = 1_000
_MOST_TITLE_CHARACTERS = 80
_FILL = (
    "Fill in the placeholders in square brackets with what the person says here. What they don't"
    " say stays in its brackets; invent nothing.\n\nThe person: {words}"
)


class WritingAct:
    """Begins documents and proposes edits in a talk."""

    def __init__(self, writing: WritingExpert) -> None:
        self._writing = writing

    async def act(self, occasion: Occasion) -> AsyncIterator[SpecialistAct]:
        """Begin or change a document if the words ask for it; else show the model the open one."""
        opened = _opened(occasion)
        asked = read_document_request(occasion.words.text, is_open=opened is not None)
        language: Language = "zh" if is_chinese(occasion.words.text) else "en"
        if asked is None:
            if opened is not None:
                text = render_markdown(opened.review.document)
                yield SpecialistAct(context=f"{opened.title}\n\n{text}")
        elif occasion.private:
            yield SpecialistAct(text=writing_replies.PRIVATE[language])
        elif isinstance(asked, BeginDocument):
            async for step in self._begun(_Talk(occasion, language), asked):
                yield step
        elif opened is not None:
            yield await self._changed(_Talk(occasion, language), asked, opened)

    async def _begun(self, talk: "_Talk", asked: BeginDocument) -> AsyncIterator[SpecialistAct]:
        name = self._template(talk.life, asked.template)
        template = find_template(name)
        document, filled = self._filled(talk.life, name, asked.values)
        content = DocumentContent(Review(document), name, tuple(filled))
        subject = next((asked.values[s] for s in _TITLE_SLOTS if asked.values.get(s)), "")
        colon = "：" if template.language.startswith("zh") else ": "
        title = f"{template.title}{colon if subject else ''}{subject}"[:_MOST_TITLE_CHARACTERS]
        artifact = talk.artifact()
        text = writing_replies.begun(template, title, filled, talk.language)
        yield SpecialistAct(
            text=text,
            version=talk.first(artifact, title, content),
            facts=tuple(one.fact for one in filled if one.fact),
        )
        if not self._writing.editor.is_available:
            yield SpecialistAct(text=f"\n\n{writing_replies.NOT_CAPABLE[talk.language]}")
            return
        found = await self._proposed(talk, content.review, _FILL.format(words=talk.said()))
        if isinstance(found, str):
            yield SpecialistAct(text=f"\n\n{found}")
            return
        review, _ = propose(content.review, found.edits)
        content = msgspec.structs.replace(content, review=review)
        text = writing_replies.proposed(found.model, len(review.open), talk.language)
        version = talk.first(artifact, title, content)
        yield SpecialistAct(text=f"\n\n{text}", version=version)

    async def _changed(
        self, talk: "_Talk", asked: ChangeDocument, opened: KeptDocument
    ) -> SpecialistAct:
        if asked.checks:
            return await self._checked(talk, opened)
        if not self._writing.editor.is_available:
            return SpecialistAct(text=writing_replies.NOT_CAPABLE[talk.language])
        found = await self._proposed(talk, opened.review, talk.occasion.words.text)
        if isinstance(found, str):
            return SpecialistAct(text=found)
        count = _new_edits(opened.review, found.edits)
        text = writing_replies.proposed(found.model, count, talk.language)
        version = talk.next(opened.id, found.edits) if count else None
        return SpecialistAct(text=text, version=version)

    async def _checked(self, talk: "_Talk", opened: KeptDocument) -> SpecialistAct:
        talk.occasion.progress(writing_replies.CHECKING[talk.language])
        report = await self._writing.check(talk.life, opened.review.document)
        edits = edits_of_findings(opened.review, report.findings)
        count = _new_edits(opened.review, edits)
        text = writing_replies.checked(
            report.findings, count, report.english_unchecked, talk.language
        )
        return SpecialistAct(text=text, version=talk.next(opened.id, edits) if count else None)

    async def _proposed(
        self, talk: "_Talk", review: Review, instruction: str
    ) -> "_ModelProposal | str":
        """Return the edits of a model, or why there are none."""
        talk.occasion.progress(writing_replies.WRITING[talk.language])
        try:
            proposed = await self._writing.propose(talk.life, review, instruction)
        except (ModelError, TooManyRequests):
            return writing_replies.FAILED[talk.language]
        except BadInput as refused:
            return str(refused)
        return _ModelProposal(proposed.edits, proposed.model)

    def _filled(
        self, life: Life, template: str, values: Mapping[str, str]
    ) -> tuple[TextDocument, list[FilledSlot]]:
        """Return a document filled with what is known; a role becomes the name of who has it."""
        given, recipient = dict(values), None
        if role := given.get("recipient"):
            recipient = find_person(readable_facts(life, EXPERT), role)
        if recipient is not None:
            given["recipient"] = recipient.name
        document, filled = self._writing.fill(life, template, given)
        if recipient is not None:
            known = {"fact": recipient.fact, "said_on": recipient.said_on}
            filled = [
                msgspec.structs.replace(one, **known) if one.slot == "recipient" else one
                for one in filled
            ]
        return document, filled

    def _template(self, life: Life, kind: str) -> str:
        """Return the template for a kind: of letters, that of the person's country."""
        if kind != "letter":
            return kind
        american = self._writing.style(life).dialect == "american"
        return "letter-us" if american else "letter-din"


_TITLE_SLOTS = ("subject", "position", "person", "recipient")


class _ModelProposal(NamedTuple):
    edits: list[Edit]
    model: str


class _Talk:
    """The words, and the versions of documents that they lead to."""

    def __init__(self, occasion: Occasion, language: Language) -> None:
        self.occasion = occasion
        self.language = language
        self.life = occasion.life
        self._known = occasion.life.memory.artifacts

    def said(self) -> str:
        """Return the words, below what the person said before here."""
        earlier = [one.text for one in self.occasion.before if one.is_from_person]
        before = "\n".join(earlier)[-_MOST_EARLIER_CHARACTERS:]
        return f"{before}\n{self.occasion.words.text}" if before else self.occasion.words.text

    def artifact(self) -> str:
        """Return the id of a new document: that of an earlier reply's, if it's as it was made."""
        reply = self.occasion.replaced
        if reply is None or reply.artifact is None or not self._is_untouched(reply.artifact):
            return new_id()
        return reply.artifact

    def first(self, artifact: str, title: str, content: DocumentContent) -> NewVersion:
        """Return what makes the first version, or one in place of an earlier reply's."""
        draft = ArtifactDraft(
            content=msgspec.json.encode(content).decode(),
            title=title,
            expert=EXPERT,
            conversation=self.occasion.words.conversation,
            by="tau",
            cause=CREATED,
        )

        def version() -> ArtifactRevised | None:
            reply = self.occasion.replaced
            if reply is None or reply.artifact != artifact:
                return version_entry(artifact, draft, None)
            if not self._is_untouched(artifact):
                raise Conflict("The document has a newer version.")
            return version_entry(artifact, draft, reply.revision)

        return version

    def next(self, document: str, edits: Sequence[Edit]) -> NewVersion:
        """Return what adds edits to a document, as it is when the reply is written."""

        def version() -> ArtifactRevised | None:
            kept = Documents(self.life).get(document)
            review, _ = propose(kept.review, edits)
            content = msgspec.structs.replace(kept.content, review=review, original="")
            last = self._known.version(document)
            draft = ArtifactDraft(
                content=msgspec.json.encode(content).decode(),
                type=last.type,
                expert=last.expert,
                conversation=last.conversation,
                by="tau",
                cause="proposed",
            )
            return version_entry(document, draft, last.id)

        return version

    def _is_untouched(self, artifact: str) -> bool:
        """Return whether an earlier reply's document has no newer version."""
        reply = self.occasion.replaced
        try:
            return reply is not None and self._known.version(artifact).id == reply.revision
        except NotFound:
            return False


def _opened(occasion: Occasion) -> KeptDocument | None:
    """Return the open document, else the last one that was made here."""
    documents = Documents(occasion.life)
    made = (one.artifact for one in reversed(occasion.before) if one.expert == EXPERT)
    for name in (occasion.artifact, next(filter(None, made), None)):
        try:
            if name is not None:
                return documents.get(name)
        except (NotFound, BadInput):
            continue
    return None


def _new_edits(review: Review, edits: Sequence[Edit]) -> int:
    """Return how many more changes would wait for a decision."""
    return len(propose(review, edits)[0].open) - len(review.open)
