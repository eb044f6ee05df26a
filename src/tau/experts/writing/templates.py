"""Templates of documents: data with slots, filled from what is known, each with its source."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from tau.errors import NotFound
from tau.experts.writing.blocks import TextDocument, parse_markdown
from tau.experts.writing.docx_looks import ParagraphLook
from tau.experts.writing.docx_new import Paper

FOLDER = "templates"
MAX_VALUE_CHARACTERS = 4_000
_SLOT = re.compile(r"\{(\w+)\}")
_MARKED = re.compile(r"([\\`*_\[\]<>{}])")
_LINE_MARK = re.compile(r"^(?=[#>+-])|^(\d+)(?=[.)])")
_LEADS = {
    "home": r"lives in|lives at|home:|住在",
    "work": r"works (?:at|for)|employed (?:at|by)|在(?=.+工作$)|就职于",
    "name": r"named?:|is called|(?:my )?name is|名字(?:叫|是|：)|叫",
}


class TemplateSlot(msgspec.Struct, frozen=True):
    """A slot: its label for people, and the kind of fact that fills it, or `today`."""

    label: str
    fill: str = ""


class DocumentTemplate(msgspec.Struct, frozen=True):
    """A template: Markdown with slots in braces.

    `looks` are those of its blocks, by their numbers from the first (1) or from the last (-1);
    `paragraphs` is the look of its other paragraphs.
    """

    name: str
    title: str
    language: str
    body: str
    slots: dict[str, TemplateSlot]
    paper: Paper = "a4"
    looks: dict[str, ParagraphLook] = {}
    paragraphs: ParagraphLook | None = None

    def looks_in(self, document: TextDocument) -> dict[str, ParagraphLook]:
        """Return the looks of the blocks of a document that was just made from it, by id."""
        blocks = document.blocks
        found: dict[str, ParagraphLook] = {}
        if self.paragraphs is not None:
            found = {one.id: self.paragraphs for one in blocks if one.kind == "paragraph"}
        for number, look in self.looks.items():
            place = int(number) - 1 if int(number) > 0 else len(blocks) + int(number)
            if 0 <= place < len(blocks):
                found[blocks[place].id] = look
        return found


class SlotFact(msgspec.Struct, frozen=True):
    """A fact that may fill a slot: `topic` is `name`, `home` or `work`."""

    id: str
    topic: str
    text: str
    said_on: float


class FilledSlot(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a slot was filled with. `fact` is its source; without one, the person gave it."""

    slot: str
    value: str
    fact: str = ""
    said_on: float | None = None


@cache
def all_templates() -> dict[str, DocumentTemplate]:
    """Return the templates that come with Tau, by name."""
    folder = files("tau.experts.writing").joinpath(FOLDER)
    texts = (
        one.read_text("utf-8")
        for one in sorted(folder.iterdir(), key=lambda one: one.name)
        if one.name.endswith(".toml")
    )
    tables = (table for text in texts for table in tomllib.loads(text)["template"])
    found = (msgspec.convert(table, DocumentTemplate) for table in tables)
    return {template.name: template for template in found}


def find_template(name: str) -> DocumentTemplate:
    """Return a template. Raises `NotFound`."""
    found = all_templates().get(name)
    if found is None:
        raise NotFound("There is no such template.")
    return found


def fill_template(
    template: DocumentTemplate,
    facts: Iterable[SlotFact] = (),
    *,
    today: date,
    given: Mapping[str, str] | None = None,
) -> tuple[TextDocument, list[FilledSlot]]:
    """Return a document and what filled its slots; what isn't known stays as a placeholder.

    What is given goes before what is known. A value never adds markup.
    """
    newest = {
        fact.topic: fact for fact in sorted(facts, key=lambda one: one.said_on) if _names(fact)
    }
    values = given or {}
    filled: dict[str, FilledSlot] = {}
    for name, slot in template.slots.items():
        if values.get(name, "").strip():
            filled[name] = FilledSlot(name, values[name].strip()[:MAX_VALUE_CHARACTERS])
        elif slot.fill == "today":
            filled[name] = FilledSlot(name, written_date(today, template.language))
        elif slot.fill in newest:
            fact = newest[slot.fill]
            filled[name] = FilledSlot(name, value_of(fact), fact.id, fact.said_on)
    text = _SLOT.sub(lambda found: _shown(template, filled, found[1]), template.body)
    return parse_markdown(text), list(filled.values())


def _names(fact: SlotFact) -> bool:
    """Return whether a fact names what fills a slot: “Works from home” names no company."""
    return fact.topic != "work" or re.search(_LEADS["work"], fact.text, re.IGNORECASE) is not None


def value_of(fact: SlotFact) -> str:
    """Return what a fact says without its verb: “Lives in Porto” is “Porto”."""
    lead = rf"^(?:{_LEADS.get(fact.topic, '(?!)')})\s*"
    bare = re.sub(lead, "", fact.text.strip(), count=1, flags=re.IGNORECASE)
    return bare.removesuffix("工作") if fact.topic == "work" else bare


def written_date(day: date, language: str) -> str:
    """Return a day as it's written in letters of a language."""
    if language.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    if language == "en-US":
        return f"{day:%B} {day.day}, {day.year}"
    return f"{day.day} {day:%B} {day.year}"


def _shown(template: DocumentTemplate, filled: Mapping[str, FilledSlot], name: str) -> str:
    if name in filled:
        alone = f"\n{{{name}}}\n" in template.body
        pieces = filled[name].value.split("\n\n") if alone else [filled[name].value]
        return "\n\n".join(_plain(piece) for piece in pieces if piece.strip())
    slot = template.slots.get(name)
    return f"[{slot.label if slot else name}]"


def _plain(text: str) -> str:
    """Return a text as Markdown that shows it as it is."""
    return _LINE_MARK.sub(
        lambda found: f"{found[1] or ''}\\", _MARKED.sub(r"\\\1", " ".join(text.split()))
    )
