"""Content is read as it was written, and anything else is refused."""

import errno
import os
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import DamagedEntry, NotFound, StoreFull, StoreUnavailable
from tau.storage import sealed_content
from tau.storage.sealed_content import (
    SealedContentWriter,
    delete_content,
    has_content,
    read_content,
    unlocked_files,
)


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_content, "PIECE_BYTES", 16)


def write(folder: Path, file_id: str, *pieces: bytes) -> bytes:
    """Write a file and return its key."""
    writer = SealedContentWriter(folder, file_id)
    with closing(writer):
        for each in pieces:
            writer.write(each)
        writer.finish()
    assert writer.size == sum(map(len, pieces))
    return writer.key


def read(folder: Path, file_id: str, key: bytes) -> bytes:
    return b"".join(read_content(folder, file_id, key))


@given(pieces=st.lists(st.binary(max_size=50), max_size=8))
def test_content_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    key = write(folder, "a", *pieces)
    whole = b"".join(pieces)
    assert read(folder, "a", key) == whole
    assert all(len(each) <= 16 for each in read_content(folder, "a", key))


@given(cut=st.integers(0, 150), flipped=st.integers(0, 150))
def test_a_file_that_was_cut_or_altered_does_not_open(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flipped: int
) -> None:
    folder = tmp_path_factory.mktemp("files")
    key = write(folder, "a", bytes(range(50)))
    path = folder / "a"
    whole = path.read_bytes()
    flipped %= len(whole)
    altered = bytearray(whole)
    altered[flipped] ^= 1
    for content in (whole[: 1 + cut % (len(whole) - 1)], bytes(altered)):
        path.write_bytes(content)
        with pytest.raises(DamagedEntry):
            read(folder, "a", key)


def test_pieces_cannot_change_places_or_files(tmp_path: Path) -> None:
    key = write(tmp_path, "a", b"x" * 16, b"y" * 16, b"z" * 16)
    path = tmp_path / "a"
    whole = path.read_bytes()
    size = len(whole) // 3
    path.write_bytes(whole[size : 2 * size] + whole[:size] + whole[2 * size :])
    with pytest.raises(DamagedEntry):
        read(tmp_path, "a", key)
    (tmp_path / "b").write_bytes(whole)
    with pytest.raises(DamagedEntry):
        read(tmp_path, "b", key)


def test_what_is_being_written_is_locked_and_not_yet_there(tmp_path: Path) -> None:
    writer = SealedContentWriter(tmp_path, "a")
    writer.write(b"half")
    assert not has_content(tmp_path, "a")
    assert unlocked_files(tmp_path) == []
    writer.finish()
    assert unlocked_files(tmp_path) == []  # its row isn't written yet
    writer.close()
    assert unlocked_files(tmp_path) == [tmp_path / "a"]


def test_what_is_discarded_is_gone(tmp_path: Path) -> None:
    for is_finished in (False, True):
        writer = SealedContentWriter(tmp_path, "a")
        writer.write(b"some")
        if is_finished:
            writer.finish()
        writer.discard()
        writer.close()
        assert list(tmp_path.iterdir()) == []


def test_only_the_owner_of_the_process_may_read_it(tmp_path: Path) -> None:
    write(tmp_path / "files", "a", b"some")
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0
    assert (tmp_path / "files" / "a").stat().st_mode & 0o077 == 0


def test_content_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read(tmp_path, "nothing", os.urandom(32))


def test_a_full_disk_has_its_own_error(tmp_path: Path) -> None:
    """`/dev/full` fails each write as a full disk does."""
    writer = SealedContentWriter(tmp_path, "a")
    writer.close()
    with Path("/dev/full").open("wb", buffering=0) as full:
        writer._file = full
        with pytest.raises(StoreFull):
            writer.write(b"x" * 100)


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    first = SealedContentWriter(tmp_path, "a")
    with pytest.raises(StoreUnavailable):
        SealedContentWriter(tmp_path, "a")
    first.close()


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 31, 32, 33, 160])
def test_contents_that_end_at_a_piece_are_whole(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    key = write(tmp_path, "a", content)
    pieces = list(read_content(tmp_path, "a", key))
    assert b"".join(pieces) == content
    assert len(pieces) == max(1, -(-size // 16)), "no piece is empty but that of nothing"


def sealed_pieces(path: Path) -> list[bytes]:
    """Return what a file consists of, each piece with its length before it."""
    raw, pieces = path.read_bytes(), []
    while raw:
        end = 4 + int.from_bytes(raw[:4], "big")
        pieces.append(raw[:end])
        raw = raw[end:]
    return pieces


@given(
    size=st.integers(0, 70),
    order=st.lists(st.integers(0, 4), max_size=8),
    tail=st.binary(max_size=6),
)
def test_pieces_that_are_missing_repeated_or_moved_are_noticed(
    tmp_path_factory: pytest.TempPathFactory, size: int, order: list[int], tail: bytes
) -> None:
    folder = tmp_path_factory.mktemp("files")
    content = os.urandom(size)
    key = write(folder, "a", content)
    pieces = sealed_pieces(folder / "a")
    altered = b"".join(pieces[each % len(pieces)] for each in order) + tail
    (folder / "a").write_bytes(altered)
    if altered == b"".join(pieces):
        assert read(folder, "a", key) == content
        return
    with pytest.raises(DamagedEntry):
        read(folder, "a", key)


def test_a_file_that_lost_all_its_bytes_is_not_an_empty_file(tmp_path: Path) -> None:
    key = write(tmp_path, "a", b"some")
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(DamagedEntry):
        read(tmp_path, "a", key)


def test_pieces_of_two_versions_do_not_mix(tmp_path: Path) -> None:
    """Each content has a key of its own, even of the same file."""
    key = write(tmp_path, "a", b"x" * 40)
    pieces = sealed_pieces(tmp_path / "a")
    (tmp_path / "a").unlink()
    assert write(tmp_path, "a", b"x" * 40) != key
    mixed = [pieces[0], *sealed_pieces(tmp_path / "a")[1:]]
    (tmp_path / "a").write_bytes(b"".join(mixed))
    with pytest.raises(DamagedEntry):
        read(tmp_path, "a", key)


def test_a_length_that_is_a_lie_takes_no_memory(tmp_path: Path) -> None:
    """A length of four gibibytes is no reason to ask for them."""
    key = write(tmp_path, "a", b"some")
    (tmp_path / "a").write_bytes(b"\xff\xff\xff\xff" + b"x" * 100)
    tracemalloc.start()
    try:
        with pytest.raises(DamagedEntry):
            read(tmp_path, "a", key)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_what_was_read_before_the_damage_is_as_it_was_written(tmp_path: Path) -> None:
    key = write(tmp_path, "a", b"x" * 16, b"y" * 16, b"z" * 16)
    path = tmp_path / "a"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    seen: list[bytes] = []
    with pytest.raises(DamagedEntry):
        seen.extend(read_content(tmp_path, "a", key))
    content = read_content(tmp_path, "a", key)
    assert [next(content), next(content)] == [b"x" * 16, b"y" * 16]


def test_a_file_that_is_deleted_while_it_is_read_is_read_whole(tmp_path: Path) -> None:
    key = write(tmp_path, "a", b"x" * 16, b"y" * 16, b"z" * 16)
    content = read_content(tmp_path, "a", key)
    first = next(content)
    delete_content(tmp_path, "a")
    assert first + b"".join(content) == b"x" * 16 + b"y" * 16 + b"z" * 16
    with pytest.raises(NotFound):
        read(tmp_path, "a", key)
    delete_content(tmp_path, "a")  # once more is no error


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, StoreFull),
        (errno.EDQUOT, StoreFull),
        (errno.EIO, StoreUnavailable),
        (errno.EROFS, StoreUnavailable),
    ],
)
@pytest.mark.parametrize("call", ["mkdir", "open", "fsync", "rename"])
def test_a_disk_that_fails_has_a_plain_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    number: int,
    error: type[Exception],
) -> None:
    def fails(*_given: object, **_named: object) -> None:
        raise OSError(number, "no", str(tmp_path / "a-name"))

    folder = tmp_path / "files"
    with monkeypatch.context() as patch:
        patch.setattr(Path if call in {"mkdir", "rename"} else os, call, fails)
        with pytest.raises(error) as raised:
            write(folder, "a", b"some")
    assert "a-name" not in str(raised.value)
    assert not has_content(folder, "a")
