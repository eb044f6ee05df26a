"""Unigram tokenizers (SentencePiece) as a GGUF holds them for llama.cpp.

A vocabulary is pieces with scores; before a text is cut into them, some characters are replaced.
llama.cpp takes the replacements as SentencePiece's own table: a double array (Aoe, 1989, in the
layout of darts-clone) over the UTF-8 bytes of what is replaced, then the replacements, each ended
by a zero byte. This module knows nothing of weights and of files.
"""

import base64
import itertools
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from gguf import GGUFWriter

_LEAF = 1 << 8  # a unit: label in bits 0-7, "a key ends here" in bit 8, offset from bit 10
_VALUE = 1 << 31  # marks a unit that holds a value instead
_OFFSET_SHIFT = 10
_SEARCHED = 256  # units before the last one in which room is looked for


class _Node:
    """What the bytes so far may go on with, and the value of the key that they are."""

    def __init__(self) -> None:
        self.children: dict[int, _Node] = {}
        self.value: int | None = None

    def labels(self) -> list[int]:
        """Return the labels of its units; the value is under 0, which no text contains."""
        return [*self.children, *([] if self.value is None else [0])]


class UnigramVocabulary(msgspec.Struct, frozen=True):
    """Pieces in the order of their ids with log probabilities, and the pieces with a role."""

    pieces: list[bytes]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int


class _Normalizer(msgspec.Struct):
    type: str
    normalizers: list["_Normalizer"] = []
    precompiled_charsmap: str = ""


class _UnigramModel(msgspec.Struct, tag_field="type", tag="Unigram"):
    vocab: list[tuple[str, float]]
    unk_id: int


class _Tokenizer(msgspec.Struct):
    normalizer: _Normalizer
    model: _UnigramModel


def read_unigram(path: Path) -> tuple[UnigramVocabulary, bytes]:
    """Return the vocabulary and the table of replacements of a Hugging Face `tokenizer.json`.

    Raises `ValueError` if it isn't a unigram tokenizer with SentencePiece's replacements.
    """
    tokenizer = msgspec.json.decode(path.read_bytes(), type=_Tokenizer)
    normalizers = [tokenizer.normalizer, *tokenizer.normalizer.normalizers]
    charsmap = next(
        (each.precompiled_charsmap for each in normalizers if each.precompiled_charsmap), ""
    )
    pieces = [piece for piece, _ in tokenizer.model.vocab]
    vocabulary = UnigramVocabulary(
        pieces=[piece.encode() for piece in pieces],
        scores=[score for _, score in tokenizer.model.vocab],
        bos=pieces.index("<s>"),
        eos=pieces.index("</s>"),
        pad=pieces.index("<pad>"),
        unk=tokenizer.model.unk_id,
    )
    return vocabulary, base64.b64decode(charsmap)


def write_unigram(writer: "GGUFWriter", vocabulary: UnigramVocabulary, charsmap: bytes) -> None:
    """Write a vocabulary and SentencePiece's table of replacements into a GGUF."""
    from gguf import TokenType

    writer.add_tokenizer_model("t5")  # llama.cpp's name for unigram tokenizers
    writer.add_tokenizer_pre("default")
    writer.add_token_list(vocabulary.pieces)
    writer.add_token_scores(vocabulary.scores)
    kinds = [TokenType.NORMAL] * len(vocabulary.pieces)
    for control in (vocabulary.bos, vocabulary.eos, vocabulary.pad):
        kinds[control] = TokenType.CONTROL
    if b"<mask>" in vocabulary.pieces:
        kinds[vocabulary.pieces.index(b"<mask>")] = TokenType.CONTROL
    kinds[vocabulary.unk] = TokenType.UNKNOWN
    writer.add_token_types(kinds)
    writer.add_bos_token_id(vocabulary.bos)
    writer.add_eos_token_id(vocabulary.eos)
    writer.add_sep_token_id(vocabulary.eos)
    writer.add_pad_token_id(vocabulary.pad)
    writer.add_unk_token_id(vocabulary.unk)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    writer.add_add_space_prefix(True)
    writer.add_remove_extra_whitespaces(True)
    writer.add_precompiled_charsmap(charsmap)


def with_compositions(replacements: Mapping[str, str]) -> dict[str, str]:
    """Return replacements to which letters with combining marks are added (NFC).

    Tables of single characters lack them: "e" and an accent are two characters.
    """
    composed = {
        decomposed: replacements.get(letter, letter)
        for letter in map(chr, range(0xC0, 0x30000))
        if len(decomposed := unicodedata.normalize("NFD", letter)) > 1
        and unicodedata.normalize("NFC", decomposed) == letter
    }
    return composed | dict(replacements)


def compile_replacements(replacements: Mapping[str, str]) -> bytes:
    """Return SentencePiece's table of replacements."""
    texts, place = bytearray(), dict[str, int]()
    root = _Node()
    for found, replacement in replacements.items():
        if replacement not in place:
            place[replacement] = len(texts)
            texts += replacement.encode() + b"\0"
        node = root
        for byte in found.encode():
            node = node.children.setdefault(byte, _Node())
        node.value = place[replacement]
    array = np.array(_double_array(root), "<u4").tobytes()
    return len(array).to_bytes(4, "little") + array + bytes(texts)


def _double_array(root: _Node) -> list[int]:
    """Return the units of a double array: the child `c` of a node at `i` is at `i ^ offset ^ c`."""
    units: dict[int, int] = {0: 0}
    bases: set[int] = {0}
    last = 0
    waiting = [(0, root)]
    while waiting:
        index, node = waiting.pop()
        base = _free_base(node.labels(), units, bases, max(last - _SEARCHED, 1))
        bases.add(base)
        last = max(last, base | 0xFF)
        units[index] |= (index ^ base) << _OFFSET_SHIFT
        if node.value is not None:
            units[index] |= _LEAF
            units[base] = _VALUE | node.value
        for label, child in node.children.items():
            units[base ^ label] = label
            waiting.append((base ^ label, child))
    return [units.get(index, 0) for index in range(last + 1)]


def _free_base(labels: Sequence[int], units: Mapping[int, int], bases: set[int], start: int) -> int:
    """Return a base of its own at which units with all labels are free."""
    return next(
        base
        for base in itertools.count(start)
        if base not in bases and not any(base ^ label in units for label in labels)
    )
