"""Edits proposed by a model: what it is asked, and what of its answer counts.

Pure. A model may be wrong or hostile, and so may the document: an edit counts only where its text
is found (`tau.experts.writing.edits`), and what a document says is data to the model, never a
request.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from tau.experts.writing.blocks import Block, TextDocument
from tau.experts.writing.edits import Edit
from tau.experts.writing.style import WritingStyle

MAX_PIECE_CHARACTERS = 12_000
"""Characters of a document that a model reads at once."""
MAX_EDITS_OF_A_PIECE = 40
MAX_ANSWER_TOKENS = 4_000
MAX_WHY_CHARACTERS = 300
MAX_INSTRUCTION_CHARACTERS = 2_000

_FORMS = {
    "salutation": "Begin letters with",
    "closing": "End letters with",
    "date": "Write dates as",
}


class UnreadableProposal(ValueError):
    """An answer that isn't what was asked for. Its text says nothing of the document."""


class _ProposedEdit(msgspec.Struct, frozen=True):
    block: str
    find: str
    replace: str
    why: str = ""


class _Answer(msgspec.Struct, frozen=True):
    edits: list[msgspec.Raw]


def split_document(document: TextDocument) -> Iterator[list[Block]]:
    """Yield the blocks of a document in pieces that a model reads at once."""
    piece: list[Block] = []
    size = 0
    for block in document.blocks:
        if not block.text.strip() or block.kind in {"code", "rule"}:
            continue
        if piece and size + len(block.text) > MAX_PIECE_CHARACTERS:
            yield piece
            piece, size = [], 0
        piece.append(block)
        size += len(block.text)
    if piece:
        yield piece


def build_request(
    piece: Sequence[Block], instruction: str, style: WritingStyle, *, schema: bool = True
) -> dict[str, Any]:
    """Return the OpenAI-shaped request for edits of some blocks."""
    shown = [{"block": block.id, "text": block.text} for block in piece]
    asked = [
        instruction[:MAX_INSTRUCTION_CHARACTERS],
        "\n".join(style_sentences(style)),
        f"Paragraphs:\n{msgspec.json.encode(shown).decode()}",
    ]
    body: dict[str, Any] = {
        "messages": [
            {"role": "system", "content": _system_prompt()},
            {"role": "user", "content": "\n\n".join(filter(None, asked))},
        ],
        "max_tokens": MAX_ANSWER_TOKENS,
        "temperature": 0.0,
        "stream": True,
    }
    if schema:
        form = {"name": "edits", "schema": _schema([block.id for block in piece])}
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    return body


def parse_edits(answer: str, model: str, first: int = 1) -> list[Edit]:
    """Return the edits of an answer, with ids counted from `first`. Raises `UnreadableProposal`.

    One that isn't of the form is left out: the others may be good.
    """
    start, end = answer.find("{"), answer.rfind("}")
    try:
        raw = msgspec.json.decode(answer[start : end + 1].encode(), type=_Answer).edits
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise UnreadableProposal("it isn't the JSON that was asked for") from error
    found: list[Edit] = []
    for each in raw[:MAX_EDITS_OF_A_PIECE]:
        try:
            edit = msgspec.json.decode(each, type=_ProposedEdit)
        except msgspec.DecodeError:
            continue
        why = " ".join(edit.why.split())[:MAX_WHY_CHARACTERS]
        name = f"m{first + len(found)}"
        found.append(Edit(name, edit.block, edit.find, edit.replace, why, model))
    return found


def style_sentences(style: WritingStyle) -> list[str]:
    """Return a style as sentences for a model."""
    said = [
        f"Use {style.dialect} spelling." if style.dialect else "",
        *(f"{_FORMS[one.part]} “{one.wanted}”." for one in style.forms),
        *(f"Keep “{word}”." for word in sorted(style.kept)),
    ]
    for rule in style.rules:
        if rule.extends == "existence":
            said.append(f"Never write “{rule.name.removeprefix('style: ')}”.")
        elif rule.name == "style: contractions":
            said.append("Don't use contractions.")
        elif rule.extends == "substitution":
            unwanted, wanted = rule.name.removeprefix("style: "), next(iter(rule.swap.values()))
            instead = f" instead of “{unwanted}”" if unwanted != wanted.lower() else ""
            said.append(f"Write “{wanted}”{instead}.")
        elif rule.extends == "occurrence" and rule.max:
            said.append(f"Keep sentences under {rule.max} words.")
    return [sentence for sentence in said if sentence]


@cache
def _system_prompt() -> str:
    return files("tau.experts.writing").joinpath("proposals.md").read_text("utf-8")


def _schema(blocks: Sequence[str]) -> dict[str, Any]:
    edit = {
        "type": "object",
        "properties": {
            "block": {"enum": list(blocks)},
            "find": {"type": "string"},
            "replace": {"type": "string"},
            "why": {"type": "string"},
        },
        "required": ["block", "find", "replace", "why"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"edits": {"type": "array", "items": edit, "maxItems": MAX_EDITS_OF_A_PIECE}},
        "required": ["edits"],
        "additionalProperties": False,
    }
