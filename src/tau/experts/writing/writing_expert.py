"""The writing specialist: checks documents against a person's memory, and has models propose edits.

What it may read of the memory is what the person's scope for `writing` says.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from tau.clock import date_time
from tau.errors import TooManyRequests, WorkerError
from tau.experts.skills.library import built_in_skills
from tau.experts.worker_process import ExpertWorker
from tau.experts.writing.blocks import TextDocument
from tau.experts.writing.checks import CheckOptions, DocumentChecker
from tau.experts.writing.claim_checks import check_claims
from tau.experts.writing.document_editor import DocumentEditor
from tau.experts.writing.documents import Documents, KeptDocument, edits_of_findings
from tau.experts.writing.edits import DroppedEdit, Edit
from tau.experts.writing.findings import TextFinding
from tau.experts.writing.review import Review, propose
from tau.experts.writing.sentences import split_sentences
from tau.experts.writing.statements import (
    KnownStatement,
    content_terms,
    day_of,
    find_names,
)
from tau.experts.writing.style import StyleFact, WritingStyle, read_style
from tau.experts.writing.style_forms import check_forms
from tau.experts.writing.templates import FilledSlot, SlotFact, fill_template, find_template
from tau.facts import Fact
from tau.life.life import Life
from tau.memory.scope import Scope
from tau.models import Models

EXPERT = "writing"
_HARPER_SECONDS = 20.0
_SLOT_TOPICS = frozenset({"name", "home", "work"})


class DocumentReport(msgspec.Struct, frozen=True):
    """What was found, and why English wasn't checked by Harper if it wasn't."""

    findings: list[TextFinding]
    english_unchecked: str = ""


class ProposedReview(msgspec.Struct, frozen=True):
    """A document with the edits that a model proposed, and those that don't count."""

    review: Review
    edits: list[Edit]
    dropped: list[DroppedEdit]
    model: str
    unread: int


class WritingExpert:
    """Checks, proposals and templates for one person at a time."""

    def __init__(self, models: Models, worker: ExpertWorker, model: str = "") -> None:
        self.editor = DocumentEditor(models, model)
        self._worker = worker
        self._checkers: WeakKeyDictionary[Life, tuple[CheckOptions, DocumentChecker]] = (
            WeakKeyDictionary()
        )

    async def check(
        self, life: Life, document: TextDocument, *, audience: str = "", dialect: str = ""
    ) -> DocumentReport:
        """Check a document against the rules, the person's style and what they said before."""
        options, checker = self._checker(life, self._options(life, audience, dialect))
        unchecked = ""
        texts = checker.english_texts(document, options)
        if texts:
            try:
                found = await self._harper(texts, options)
                checker.add_english(texts, found["lints"], options)
            except WorkerError as error:
                unchecked = str(error)
        return DocumentReport(checker.check(document, options), unchecked)

    async def prepare(self, life: Life) -> None:
        """Start the program that checks English, which takes seconds, before it's needed."""
        arguments = {"texts": [], "dialect": self.style(life).dialect or "american"}
        with suppress(WorkerError, TooManyRequests):
            await self._worker.call("writing.english", arguments, seconds=_HARPER_SECONDS)

    async def propose(
        self, life: Life, review: Review, instruction: str, *, audience: str = ""
    ) -> ProposedReview:
        """Have a model propose edits. Raises `BadInput` without a capable one, and `ModelError`."""
        style = self.style(life, audience)
        asked = f"{instruction} (The readers: {audience})" if audience else instruction
        answer = await self.editor.propose(review.document, asked, style)
        revised, dropped = propose(review, answer.edits)
        return ProposedReview(revised, answer.edits, dropped, answer.model, answer.unread)

    async def revise(
        self,
        life: Life,
        documents: Documents,
        document: str,
        instruction: str,
        *,
        audience: str = "",
    ) -> tuple[KeptDocument, list[DroppedEdit]]:
        """Propose edits for a document that is kept, and keep them with it.

        With an instruction a model does; without one, what the checks would change is proposed. The
        person may change the document meanwhile: edits are placed in what it's then.
        """
        kept, dropped = documents.get(document), list[DroppedEdit]()
        if not instruction.strip():
            report = await self.check(life, kept.review.document, audience=audience)
            found = edits_of_findings(kept.review, report.findings)
        else:
            found = (await self.propose(life, kept.review, instruction, audience=audience)).edits

        def proposed(review: Review) -> Review:
            revised, left_out = propose(review, found)
            dropped[:] = left_out
            return revised

        return await documents.change(document, proposed, "proposed"), dropped

    def style(self, life: Life, audience: str = "") -> WritingStyle:
        """Return the person's style, as far as it may be read."""
        facts = (StyleFact(one.id, one.text, one.last_said_on) for one in readable_facts(life))
        return read_style(facts, audience=audience)

    def fill(
        self, life: Life, template: str, given: dict[str, str], today: date | None = None
    ) -> tuple[TextDocument, list[FilledSlot]]:
        """Return a document made from a template, in the person's style. Raises `NotFound`."""
        facts = [
            SlotFact(one.id, one.topic, one.text, one.last_said_on)
            for one in readable_facts(life)
            if one.topic in _SLOT_TOPICS and not one.about
        ]
        day = today or date_time(time.time()).date()
        made, filled = fill_template(find_template(template), facts, today=day, given=given)
        return _in_style(made, filled, self.style(life))

    async def _harper(self, texts: list[str], options: CheckOptions) -> dict[str, Any]:
        arguments = {"texts": texts, "dialect": options.dialect, "words": list(options.words)}
        return await self._worker.call("writing.english", arguments, seconds=_HARPER_SECONDS)

    def _options(self, life: Life, audience: str, dialect: str) -> CheckOptions:
        style = self.style(life, audience)
        facts = list(readable_facts(life))
        names = {word.title() for fact in facts for word in find_names(fact.text)}
        return CheckOptions(
            rules=style.rules,
            forms=style.forms,
            statements=tuple(_statement(life, fact) for fact in facts),
            dialect=dialect or style.dialect or "american",
            words=tuple(sorted(names | style.kept)),
        )

    def _checker(self, life: Life, options: CheckOptions) -> tuple[CheckOptions, DocumentChecker]:
        """Return the checker of a person, with the options that it has prepared.

        It's a new one, which remembers nothing, if facts changed.
        """
        known = self._checkers.get(life)
        if known is None or known[0].digest != options.digest:
            facts, scope = life.memory.facts, _scope(life)

            def held(text: str) -> Iterator[TextFinding]:
                if scope.enabled:
                    yield from check_claims(text, facts, scope, time.time())

            checker = DocumentChecker(held)
            known = self._checkers[life] = (options, checker)
        return known


def _in_style(
    document: TextDocument, filled: list[FilledSlot], style: WritingStyle
) -> tuple[TextDocument, list[FilledSlot]]:
    """Return a document that begins, ends and writes dates as the person does, with sources."""
    for block in document.blocks:
        text = block.text
        last_first = sorted(check_forms(text, style.forms), key=lambda one: -one.start)
        for found in last_first:
            put = found.replacements[0]
            text = text[: found.start] + put + text[found.end :]
            filled = [
                *filled,
                FilledSlot(found.rule.removeprefix("style: "), put, found.fact, found.said_on),
            ]
        document = document.replace(block.id, text)
    return document, filled


def readable_facts(life: Life) -> Iterator[Fact]:
    """Yield the facts that are believed now and that `writing` may read."""
    scope = _scope(life)
    current = life.memory.facts.current(time.time()) if scope.enabled else []
    return (fact for fact in current if scope.reads_fact(fact))


def _scope(life: Life) -> Scope:
    return life.memory.scopes.of(EXPERT, built_in_skills()[EXPERT].scope)


def _statement(life: Life, fact: Fact) -> KnownStatement:
    return KnownStatement(
        fact.id,
        f"{fact.about}: {fact.text}" if fact.about and fact.about not in fact.text else fact.text,
        fact.last_said_on,
        due=day_of(fact.due) if fact.due is not None else None,
        words=_said(life, fact) if fact.due is not None else "",
    )


def _said(life: Life, fact: Fact) -> str:
    """Return the sentence that a plan was said in, as far as it may be read: it has the time."""
    scope, about = _scope(life), content_terms(fact.text)
    for source in reversed(fact.sources):
        message = life.memory.messages.find(source)
        if message is not None and scope.reads_from(message.expert):
            sentences = (one.text for one in split_sentences(message.text))
            return next((one for one in sentences if about <= content_terms(one)), "")
    return ""
