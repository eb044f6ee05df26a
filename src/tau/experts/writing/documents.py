"""Documents of one person: each an artifact whose content is a review, in versions.

The original Word file is in the first version only; later ones are laid onto it. A decision looks
at the newest version, so that two devices can decide different edits at once.
"""

import base64
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count

import msgspec

from tau.errors import BadInput, Conflict, NotFound
from tau.experts.artifacts import ArtifactDraft, ArtifactWriter
from tau.experts.writing.blocks import carry_ids, parse_markdown
from tau.experts.writing.document_files import (
    DocumentFile,
    convert_document,
    format_of,
    read_strange_document,
    write_document,
)
from tau.experts.writing.docx_looks import ParagraphLook
from tau.experts.writing.edits import Edit
from tau.experts.writing.findings import TextFinding
from tau.experts.writing.new_files import PageForm, track_new_document, write_new_document
from tau.experts.writing.rejections import DecidedEdit, StyleQuestion, kind_of, question_after
from tau.experts.writing.review import Decision, Review, decide, decide_many, revise, undo
from tau.experts.writing.templates import FilledSlot, find_template
from tau.experts.writing.text_encoding import TextEncoding
from tau.journal.entries import EditDecided
from tau.life.life import Life

EXPERT = "writing"
MAX_ORIGINAL_BYTES = 1_200_000
"""A larger Word file isn't kept as a document: every version must fit into the journal."""
_FORGOTTEN = (
    "The Word file that this document began as has been forgotten, with its letterhead and styles. "
    "Its text is still here: download it as Markdown or text."
)
_ATTEMPTS = 5
_AUTHOR = "Tau"

Revision = Callable[[Review], Review]


class DocumentContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """The content of a version. `original` is a Word file in base64, in the first version only.

    `encoding` is how the text file was written that a document began as; `looks` are those that
    its template gives to blocks, by id.
    """

    review: Review
    template: str = ""
    slots: tuple[FilledSlot, ...] = ()
    format: str = "md"
    original: str = ""
    encoding: TextEncoding = TextEncoding()
    looks: dict[str, ParagraphLook] = {}


class KeptDocument(msgspec.Struct, frozen=True):
    """A document as it is now; `version` is the id of its newest version."""

    id: str
    version: str
    title: str
    content: DocumentContent

    @property
    def review(self) -> Review:
        """The text and the edits that are proposed for it."""
        return self.content.review


class Documents:
    """The documents of one person."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._writer = ArtifactWriter(life)

    def get(self, document: str) -> KeptDocument:
        """Return a document. Raises `NotFound`."""
        artifact = self._life.memory.artifacts.get(document)
        if artifact.type != "document" or artifact.expert != EXPERT:
            raise NotFound("There is no such document.")
        version = self._life.memory.artifacts.version(document)
        try:
            content = msgspec.json.decode(version.content, type=DocumentContent)
        except msgspec.DecodeError:
            raise BadInput("This version isn't a document that Tau can read.") from None
        return KeptDocument(document, version.id, artifact.title, content)

    async def create(
        self,
        content: DocumentContent,
        *,
        title: str = "",
        conversation: str | None = None,
    ) -> KeptDocument:
        """Keep a new document. Raises `BadInput`."""
        written = content.review.document
        first = next((block.text for block in written.blocks if block.text), "")
        if content.template:
            looks = find_template(content.template).looks_in(written)
            content = msgspec.structs.replace(content, looks=looks)
        draft = ArtifactDraft(
            content=msgspec.json.encode(content).decode(),
            title=title or " ".join(first.split())[:80],
            expert=EXPERT,
            conversation=conversation,
        )
        return self.get((await self._writer.create(draft)).id)

    async def save_text(self, document: str, after: str, markdown: str) -> KeptDocument:
        """Keep the text as the person changed it; open edits stay. Raises `Conflict`."""
        kept = self.get(document)
        before = kept.review.document
        written = carry_ids(before, parse_markdown(markdown))
        if before.plain:
            raise BadInput("The paragraphs of a Word file are changed one by one.")
        return await self._save(kept, revise(kept.review, written), after, "edited")

    async def save_blocks(
        self, document: str, after: str, blocks: Sequence[tuple[str, str]]
    ) -> KeptDocument:
        """Keep other texts for some blocks, by id. Raises `Conflict` and `NotFound`."""
        kept = self.get(document)
        written = kept.review.document
        for block, text in blocks:
            if written.find(block) is None:
                raise NotFound("There is no such paragraph.")
            written = written.replace(block, text)
        return await self._save(kept, revise(kept.review, written), after, "edited")

    async def change(self, document: str, revision: Revision, cause: str) -> KeptDocument:
        """Apply a change to the newest version, however often others are faster."""
        for attempt in range(_ATTEMPTS):
            kept = self.get(document)
            try:
                return await self._save(kept, revision(kept.review), kept.version, cause)
            except Conflict:
                if attempt == _ATTEMPTS - 1 or self.get(document).version == kept.version:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def decide(
        self, document: str, edits: Sequence[str], decision: Decision
    ) -> tuple[KeptDocument, StyleQuestion | None]:
        """Decide edits; return what to ask the person after repeated rejections.

        Raises `NotFound`, `AlreadyDecided` and `TextChanged`.
        """

        def decided(review: Review) -> Review:
            for edit in edits:
                review = decide(review, edit, decision)
            return review

        before = len(self._life.memory.artifacts.decisions())
        kept = await self.change(document, decided, "decided")
        return kept, self._question(kept, before)

    async def decide_all(
        self, document: str, decision: Decision, *, block: str | None, rule: str | None
    ) -> tuple[KeptDocument, StyleQuestion | None]:
        """Decide every open edit, or those of a paragraph or of a rule."""
        review = self.get(document).review
        chosen = decide_many(review, decision, block=block, rule=rule)
        fresh = [name for name in chosen.decisions if name not in review.decisions]
        return await self.decide(document, fresh, decision)

    async def undo(self, document: str, edit: str | None) -> KeptDocument:
        """Undo a decision: that of an edit, or the newest. Raises `BadInput`, `TextChanged`."""
        return await self.change(document, lambda review: undo(review, edit), "undone")

    def file(self, document: str, format_name: str) -> bytes:
        """Return a document as a file: `docx`, `docx-tracked`, `md` or `txt`.

        Tracked are all changes: those that were accepted, and those that still wait.
        """
        kept = self.get(document)
        review, tracked = kept.review, format_name == "docx-tracked"
        if format_name in {"md", "txt"}:
            encoding = kept.content.encoding
            return convert_document(
                review.document, format_of(f"x.{format_name}"), encoding=encoding
            )
        date = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        shown = decide_many(review, "accepted").document if tracked else review.document
        original = self._original(kept)
        author = _AUTHOR if tracked else None
        if original is not None:
            return write_document(original, shown, author=author, date=date)
        form = _page_form(kept.content)
        if tracked:
            return track_new_document(review, shown, form, author=_AUTHOR, date=date)
        return write_new_document(shown, form)

    def _original(self, kept: KeptDocument) -> DocumentFile | None:
        """Return the Word file that a document began as. Raises `BadInput` if it's forgotten."""
        artifacts = self._life.memory.artifacts
        if kept.content.format != "docx":
            return None
        for one in artifacts.versions(kept.id):
            version = artifacts.version(kept.id, one.id)
            content = msgspec.json.decode(version.content, type=DocumentContent)
            if content.original:
                data = base64.b64decode(content.original)
                return DocumentFile("docx", data, content.review.document)
        raise BadInput(_FORGOTTEN)

    async def _save(
        self, kept: KeptDocument, review: Review, after: str, cause: str
    ) -> KeptDocument:
        """Keep a version, and with it what was decided since the one before."""
        content = msgspec.structs.replace(kept.content, review=review, original="")
        draft = ArtifactDraft(content=msgspec.json.encode(content).decode(), cause=cause)
        fresh = review.decisions.keys() - kept.review.decisions.keys()
        decided = [
            EditDecided(
                at=time.time(),
                artifact=kept.id,
                edit=name,
                accepted=review.decisions[name] == "accepted",
                rule=kind_of(review.find(name).edit),
                revision=kept.version,
            )
            for name in review.order
            if name in fresh
        ]
        await self._writer.revise(kept.id, draft, after=after, decided=decided)
        return self.get(kept.id)

    def _question(self, kept: KeptDocument, before: int) -> StyleQuestion | None:
        """Return what to ask after the decisions that were written since there were `before`."""
        known = self._life.memory.artifacts.decisions()
        decided = [DecidedEdit(one.rule, accepted=one.accepted) for one in known]
        edits = {placed.edit.id: placed.edit for placed in kept.review.edits}
        questions = (
            question_after(decided[: number + 1], edits[one.edit])
            for number, one in enumerate(known)
            if number >= before and one.artifact == kept.id and one.edit in edits
            if not one.accepted
        )
        return next((one for one in questions if one is not None), None)


def _page_form(content: DocumentContent) -> PageForm:
    if not content.template:
        return PageForm()
    template = find_template(content.template)
    return PageForm(template.paper, template.language, content.looks)


def content_of_file(name: str, data: bytes) -> DocumentContent:
    """Return the content of a document that begins with a file. Blocks. Raises `BadInput`."""
    is_word = format_of(name) == "docx"
    if is_word and len(data) > MAX_ORIGINAL_BYTES:
        raise BadInput("The file is too large to be kept; edit it with tau write instead.")
    file = read_strange_document(name, data)
    original = base64.b64encode(data).decode() if is_word else ""
    return DocumentContent(
        Review(file.document), format=file.format, original=original, encoding=file.encoding
    )


def edits_of_findings(review: Review, findings: Sequence[TextFinding]) -> list[Edit]:
    """Return findings that say what should be there as edits, which need no model."""
    texts = {block.id: block.text for block in review.document.blocks}
    names = map("c{}".format, count(1))
    return [
        Edit(next(names), one.block, find, put, one.message, one.by, one.rule)
        for one in findings
        if one.replacements and one.block in texts
        for find, put in [_only_once(texts[one.block], one)]
    ]


def _only_once(text: str, finding: TextFinding) -> tuple[str, str]:
    """Return what is replaced and by what, with as much around it as makes it unique."""
    start, end = finding.start, finding.end
    while text.count(text[start:end]) > 1 or start == end:
        start, end = max(0, start - 1), min(len(text), end + 1)
        if (start, end) == (0, len(text)):
            break
    before, after = text[start : finding.start], text[finding.end : end]
    return text[start:end], f"{before}{finding.replacements[0]}{after}"
