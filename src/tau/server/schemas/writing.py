"""Documents: what checks find, proposed edits, templates."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MarkOut:
    """A place that a check marks: the characters `start` to `end` of a block.

    `block` is empty for what concerns the whole document. `by` is `harper`, `rule`, `style` or
    `memory`; for the last two `fact` is what it rests on, and `said_on` when that was said.
    """

    rule: str
    kind: str
    message: str
    block: str
    start: int
    end: int
    replacements: list[str]
    by: str
    fact: str
    said_on: float | None


@dataclass(frozen=True, slots=True)
class CheckedDocumentOut:
    """What the checks found. `english_unchecked` says why English grammar wasn't checked."""

    findings: list[MarkOut]
    english_unchecked: str


@dataclass(frozen=True, slots=True)
class ProposedEditOut:
    """A proposed edit: it replaces `find`, which begins at `start` of the block's text."""

    id: str
    block: str
    start: int
    find: str
    replace: str
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class DroppedEditOut:
    """An edit that doesn't count, and the reason."""

    block: str
    find: str
    replace: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProposedEditsOut:
    """What a model proposes. `unread` counts parts of the document without a usable answer."""

    edits: list[ProposedEditOut]
    dropped: list[DroppedEditOut]
    model: str
    unread: int


@dataclass(frozen=True, slots=True)
class TemplateSlotOut:
    """A slot of a template. `fill` is the kind of fact that fills it, or `today`."""

    name: str
    label: str
    fill: str


@dataclass(frozen=True, slots=True)
class TemplateOut:
    """A template of a document."""

    name: str
    title: str
    language: str
    slots: list[TemplateSlotOut]


@dataclass(frozen=True, slots=True)
class TemplateList:
    """All templates, and whether a model is there that can propose edits."""

    templates: list[TemplateOut]
    can_propose: bool


@dataclass(frozen=True, slots=True)
class FilledSlotOut:
    """What a slot was filled with, and the fact that it comes from."""

    slot: str
    value: str
    fact: str
    said_on: float | None


@dataclass(frozen=True, slots=True)
class FilledDocumentOut:
    """A document made from a template: Markdown, and where what fills it comes from."""

    markdown: str
    slots: list[FilledSlotOut]


@dataclass(frozen=True, slots=True)
class BlockOut:
    """A block of a document."""

    id: str
    text: str
    kind: str
    level: int
    marker: str


@dataclass(frozen=True, slots=True)
class DecidedEditOut:
    """An edit of a document. `state` is `open`, `accepted`, `rejected` or `stale`.

    `start` is where the words of an open one are now; -1 for others. A stale one can't be applied
    any more, because the person changed the text.
    """

    id: str
    block: str
    start: int
    find: str
    replace: str
    why: str
    by: str
    rule: str
    state: str


@dataclass(frozen=True, slots=True)
class DocumentOut:
    """A document. `format` is that of the file it began as: `md`, `txt` or `docx`.

    `question` is asked after the same kind of change was rejected several times: a yes adds
    `statement` to memory.
    """

    id: str
    version: str
    title: str
    format: str
    markdown: str
    blocks: list[BlockOut]
    edits: list[DecidedEditOut]
    slots: list[FilledSlotOut]
    dropped: list[DroppedEditOut]
    question: str
    statement: str
