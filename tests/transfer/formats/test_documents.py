"""Whatever a file is packed and written in, what can be read of it is read."""

import codecs
import contextlib
import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.transfer.formats import ImportedConversation, SkippedItem

from ..exports import as_json, as_lines, as_zip, chatgpt, many, node, said
from .reading import notes, of, pieces, reasons, talk, texts

WORDS = "Café, 绿茶 und Öl 🍵"


def raw_text() -> str:
    return json.dumps([chatgpt("a", ("user", WORDS))], ensure_ascii=False)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_words_are_the_same_in_every_encoding(mark: bytes, encoding: str, packed: bool) -> None:
    raw = mark + raw_text().encode(encoding)
    assert texts(talk(as_zip({"conversations.json": raw}) if packed else raw)) == [WORDS]


def test_other_letters_are_read_as_latin_1_and_it_is_said() -> None:
    raw = json.dumps([chatgpt("a", ("user", "Café"))], ensure_ascii=False).encode("latin-1")
    assert texts(talk(raw)) == ["Café"]
    assert notes(raw) == ["the file: it is not UTF-8; it was read as Latin-1"]


def test_halves_of_letters_are_joined_or_replaced() -> None:
    raw = rb'[{"id":"a","mapping":{"x":{"message":{"author":{"role":"user"},"content":'
    raw += rb'{"content_type":"text","parts":["\ud83c\udf75 \ud83c!"]}}}}}]'
    assert texts(talk(raw)) == ["🍵 \ufffd!"]


def test_control_characters_and_numbers_that_are_none_harm_nothing() -> None:
    raw = b'[{"id":"a","create_time":NaN,"mapping":{"x":{"message":{"author":{"role":"user"},'
    raw += b'"create_time":Infinity,"content":{"content_type":"text","parts":["a\tb\nc"]}}}}}]'
    one = talk(raw)
    assert texts(one) == ["a\tb\nc"]
    assert one.at == 5.0


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_packed_in_any_way(method: int) -> None:
    assert (
        len(of(ImportedConversation, as_zip({"conversations.json": as_json(many(3))}, method))) == 3
    )


def test_what_unpacks_to_far_more_is_left_alone() -> None:
    bomb = b'[{"title":"' + b"a" * 60_000_000 + b'"}]'
    raw = as_zip({"bomb.json": bomb, "conversations.json": as_json(many(1))})
    assert len(raw) < 100_000
    assert reasons(raw) == ["bomb.json: it is compressed far more than conversations are"]
    assert len(of(ImportedConversation, raw)) == 1


@pytest.mark.parametrize("is_whole", [True, False])
def test_many_documents_together_unpack_to_no_more_than_one(is_whole: bool) -> None:
    lines = b'{"messages":[{"role":"user","content":"a"}]}\n' * 20_000
    raw = as_zip({f"{number}.jsonl": lines for number in range(40)})
    raw = raw if is_whole else raw[:-40]
    assert len(raw) < 150_000
    assert len(of(ImportedConversation, raw)) * 45 <= 100 * len(raw) + (1 << 20)


def test_what_is_locked_is_named() -> None:
    raw = bytearray(as_zip({"a.json": as_json(many(1)), "b.json": as_json(many(2))}))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        raw[raw.index(mark) + offset] |= 1  # the flag of a.json
    assert reasons(bytes(raw)) == ["a.json: it is protected by a password"]
    assert len(of(ImportedConversation, bytes(raw))) == 2


def test_packed_bytes_that_are_damaged_cost_only_what_is_behind_them() -> None:
    packed = bytearray(as_zip({"conversations.json": as_json(many(400))}, zipfile.ZIP_STORED))
    packed[len(packed) // 2] ^= 0xFF  # the sum does not fit at the end
    found = pieces(bytes(packed))
    assert sum(isinstance(piece, ImportedConversation) for piece in found) >= 350
    assert any(isinstance(p, SkippedItem) and "damaged" in p.reason for p in found)


def test_a_zip_that_lost_its_end_is_read_up_to_there() -> None:
    raw = as_zip({"conversations.json": as_json(many(50)), "z.json": as_json({})})
    assert len(of(ImportedConversation, raw[:-60])) == 50


def test_a_zip_written_in_one_go_that_lost_its_end_too() -> None:
    class OneWay(io.RawIOBase):
        """A place that can only be written to, so that sizes stand behind the data."""

        def __init__(self) -> None:
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: bytes) -> int:  # type: ignore[override]
            self.written += piece
            return len(piece)

    place = OneWay()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        archive.writestr("a.json", as_json(many(3)))
        archive.writestr("b.json", as_json([chatgpt("z", ("user", "last"))]))
    assert (
        len(
            of(
                ImportedConversation,
                bytes(place.written[: place.written.index(b"PK\x01\x02") + 10]),
            )
        )
        == 4
    )


def test_lines_of_chats_one_of_which_is_damaged() -> None:
    chat = {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "kept"}]}
    parts = {"messages": [{"role": "user", "content": [{"type": "text", "text": "in parts"}]}]}
    raw = as_lines(chat) + b'{"messages": [{"role":\n' + as_lines(parts, {"other": 1})
    assert [texts(one) for one in of(ImportedConversation, raw)] == [["kept"], ["in parts"]]
    assert reasons(raw) == [
        "item 2: it is not valid JSON",
        "item 4: it is neither a conversation nor a memory",
    ]


def test_unnamed_chats_that_begin_alike_are_told_apart_and_dates_are_found() -> None:
    chat = {"messages": [{"role": "user", "content": "hi", "timestamp": "2024-06-01T10:00:00Z"}]}
    one, two = of(ImportedConversation, as_lines(chat, chat))
    assert one.id != two.id
    assert one.messages[0].at == 1_717_236_000.0


def test_a_conversation_alone_or_in_a_wrapper() -> None:
    one = chatgpt("a", ("user", "kept"))
    assert texts(talk(as_json(one))) == ["kept"]
    assert texts(talk(as_json({"user": {"x": []}, "conversations": [one]}))) == ["kept"]


@pytest.mark.parametrize(
    "raw", [b"", b"x", b"[", b"{", b"[[[", b'"', b"null", b"PK\x03\x04", b"\0"]
)
def test_what_is_no_export_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        pieces(raw)


def test_no_reason_quotes_what_was_said() -> None:
    secret = "secret words"
    mapping = {"a": node(None, said("user", secret)), "b": secret}
    broken = {**chatgpt("x"), "mapping": mapping}
    raw = as_json([broken, {"mapping": secret}, secret])[:-3]
    assert all(secret not in each for each in [*reasons(raw), *notes(raw)])


_SCRAP = st.none() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})
_NAMES = (
    "messages mapping chat_messages memories schema content provenance seq entry erased tau_export "
    "conversations_memory docs prompt_template uuid id title name role status provider temporal "
    "metadata kind at"
)
_KEYS = st.sampled_from(_NAMES.split())
_ANYTHING = st.recursive(
    _SCRAP | st.sampled_from(["portable-ai-memory", "portable-ai-memory-conversation", "user"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=25,
)


@given(st.lists(_ANYTHING, max_size=4), st.booleans())
def test_no_shape_of_any_kind_makes_it_stumble(found: list[Any], lines: bool) -> None:
    raw = as_lines(*found) if lines else as_json(found)
    with contextlib.suppress(BadInput):
        for piece in pieces(raw):
            if isinstance(piece, ImportedConversation):
                assert all(line.text for line in piece.messages)
