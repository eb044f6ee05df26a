"""Tables of replacements are found in by llama.cpp as SentencePiece's own are."""

import base64
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.models.bert_gguf import convert
from tau.models.unigram import compile_replacements, read_unigram, with_compositions

from . import bert

KEYS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1)
TABLES = st.dictionaries(KEYS, st.text(st.sampled_from("abc é猫"), max_size=3), max_size=40)


def longest_match(table: bytes, text: bytes) -> tuple[int, str] | None:
    """Look up as llama.cpp does: length of the longest match and what stands for it."""
    size = int.from_bytes(table[:4], "little")
    units = np.frombuffer(table[4 : 4 + size], "<u4").tolist()
    texts = table[4 + size :]
    found, index = None, _base(units[0])
    for place, byte in enumerate(text):
        index ^= byte
        if units[index] & (1 << 31 | 0xFF) != byte:
            break
        leaf = units[index] >> 8 & 1
        index ^= _base(units[index])
        if leaf:
            start = units[index] & (1 << 31) - 1
            found = place + 1, texts[start : texts.index(b"\0", start)].decode()
    return found


def _base(unit: int) -> int:
    return unit >> 10 << ((unit & 1 << 9) >> 6)


@given(TABLES, st.text(min_size=1))
def test_the_longest_key_that_a_text_begins_with_is_found(
    replacements: dict[str, str], text: str
) -> None:
    table = compile_replacements(replacements)
    texts = [text, *replacements, *(key + text for key in replacements)]
    for each in texts:
        raw = each.encode("utf-8", "ignore").replace(b"\0", b" ")
        keys = [key for key in replacements if raw.startswith(key.encode())]
        best = max(keys, key=len, default=None)
        wanted = None if best is None else (len(best.encode()), replacements[best])
        assert longest_match(table, raw) == wanted


def test_letters_and_their_marks_are_one() -> None:
    known = with_compositions({"A": "a", "e\N{COMBINING ACUTE ACCENT}": "E"})
    assert known["u\N{COMBINING DIAERESIS}"] == "ü"
    assert known["e\N{COMBINING ACUTE ACCENT}"] == "E", "what the table says stands"
    assert known["\N{HANGUL CHOSEONG KIYEOK}\N{HANGUL JUNGSEONG A}"] == "가"
    assert known["A"] == "a"


def tokenizer_json(normalizer: dict[str, object]) -> bytes:
    vocab = [["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], ["▁a", -1.5]]
    model = {"type": "Unigram", "unk_id": 3, "vocab": vocab}
    return msgspec.json.encode({"version": "1.0", "normalizer": normalizer, "model": model})


def test_a_tokenizer_of_the_hugging_face_layout_is_read(tmp_path: Path) -> None:
    table = compile_replacements({"A": "a"})
    precompiled = {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(table).decode()}
    path = tmp_path / "tokenizer.json"
    for normalizer in (precompiled, {"type": "Sequence", "normalizers": [precompiled]}):
        path.write_bytes(tokenizer_json(normalizer))
        found, charsmap = read_unigram(path)
        assert (found.pieces[4], found.scores[4], charsmap) == ("▁a".encode(), -1.5, table)
        assert (found.bos, found.pad, found.eos, found.unk) == (0, 1, 2, 3)


def test_a_model_with_a_unigram_tokenizer_is_converted_from_the_hugging_face_layout(
    tmp_path: Path,
) -> None:
    from gguf import GGUFReader

    weights, config, _ = bert.write_model(tmp_path, bert.tiny_tensors())
    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_bytes(
        tokenizer_json(
            {
                "type": "Precompiled",
                "precompiled_charsmap": base64.b64encode(compile_replacements({"A": "a"})).decode(),
            }
        )
    )
    convert(weights, config, tokenizer, tmp_path / "model.gguf", "tiny")
    reader = GGUFReader(tmp_path / "model.gguf")
    words = next(t for t in reader.tensors if t.name == "token_embd.weight")
    assert len(words.data) == 5, "rows without a piece are left out"
    assert reader.fields["tokenizer.ggml.model"].contents() == "t5"


def test_another_kind_of_tokenizer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    for text in (b"{}", b'{"normalizer": {"type": "x"}, "model": {"type": "BPE"}}'):
        path.write_bytes(text)
        with pytest.raises(ValueError, match=r"Object|value"):
            read_unigram(path)
