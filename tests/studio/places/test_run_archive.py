"""What travels of a rendered run: out into a folder, sealed or not, and back into Tau."""

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.errors import BadInput, Conflict
from tau.studio.places import run_archive
from tau.studio.places.run_archive import (
    MARK,
    PlacedMark,
    pack_run,
    read_mark,
    unpack_run,
)
from tau.studio.tuning.run_events import CheckpointSaved, RunFinished, RunPaused, decode_reports
from tau.studio.tuning.run_folder import RunFolder

KEY = bytes(range(32))
SAID = b'{"messages": "a table for Ana"}\n'
SENT = {
    "run.json": b"{}\n",
    "train.jsonl": SAID,
    "valid.jsonl": SAID,
    "launch.sh": b"#!/bin/bash\n",
    MARK: msgspec.json.encode(PlacedMark(run="r1", kind="slurm", sealed=True)),
}


def pack_collected(folder: RunFolder, target: Path) -> None:
    with target.open("wb") as file:
        run_archive.pack_collected(folder, file)


def receive_collected(path: Path, folder: RunFolder) -> None:
    with path.open("rb") as file:
        run_archive.receive_collected(file, folder)


def _saved(step: int, content: bytes) -> CheckpointSaved:
    return CheckpointSaved(
        at=1.0,
        step=step,
        state=f"checkpoints/step-{step}",
        adapter=f"adapters/step-{step}.gguf",
        adapter_sha256=hashlib.sha256(content).hexdigest(),
        answers=f"answers/step-{step}.jsonl",
    )


def _finished(step: int, content: bytes) -> RunFinished:
    return RunFinished(
        at=2.0,
        step=step,
        adapter=f"adapters/step-{step}.gguf",
        adapter_sha256=hashlib.sha256(content).hexdigest(),
        parity="parity.json",
        seconds=1.0,
        peak_memory_bytes=1,
        trained_tokens=1,
    )


def _trained(path: Path, key: bytes | None, *events: msgspec.Struct) -> RunFolder:
    """A rendered folder in which two checkpoints were written."""
    unpack_run(pack_run(SENT), path, key)
    folder = RunFolder(path, key)
    for step in (10, 20):
        folder.write(f"checkpoints/step-{step}", b"state %d" % step)
        folder.write(f"adapters/step-{step}.gguf", b"adapter %d" % step)
        folder.write(f"answers/step-{step}.jsonl", b"answers %d" % step)
    folder.write("parity.json", b"parity")
    lines = [_saved(10, b"adapter 10"), _saved(20, b"adapter 20"), *events]
    folder.write_plain(
        "events.jsonl", b"".join(msgspec.json.encode(each) + b"\n" for each in lines)
    )
    return folder


@contextmanager
def _folder() -> Iterator[tuple[RunFolder, Path]]:
    """A run's own folder, and a path beside it for what came back."""
    with tempfile.TemporaryDirectory() as made:
        folder = RunFolder(Path(made) / "own", b"k" * 32)
        folder.write_plain("run.json", SENT["run.json"])
        yield folder, Path(made) / "back.zip"


@pytest.fixture
def own(tmp_path: Path) -> RunFolder:
    """The run's folder in Tau's home, sealed with the run's own key."""
    folder = RunFolder(tmp_path / "own", b"k" * 32)
    folder.write_plain("run.json", SENT["run.json"])
    return folder


def test_data_is_sealed_with_the_key_and_only_with_it(tmp_path: Path) -> None:
    mark = unpack_run(pack_run(SENT), tmp_path / "sealed", KEY)
    assert mark == read_mark(tmp_path / "sealed")
    held = b"".join(path.read_bytes() for path in (tmp_path / "sealed").iterdir())
    assert b"table for Ana" not in held
    assert KEY not in held
    assert RunFolder(tmp_path / "sealed", KEY).read("train.jsonl") == SAID
    assert (tmp_path / "sealed" / "launch.sh").read_bytes() == SENT["launch.sh"]
    unpack_run(pack_run(SENT), tmp_path / "plain", None)
    assert (tmp_path / "plain" / "train.jsonl").read_bytes() == SAID
    assert (tmp_path / "plain").stat().st_mode & 0o777 == 0o700


def test_nothing_is_overwritten_and_nothing_leaves_the_folder(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    for output in (tmp_path, tmp_path / "there"):
        with pytest.raises(BadInput, match="is there already"):
            unpack_run(pack_run(SENT), output, None)
    for name in ("../x.sh", "/tmp/x.sh", "a/b.sh", ".bashrc"):
        with pytest.raises(BadInput, match="isn't a rendered run"):
            unpack_run(pack_run({**SENT, name: b""}), tmp_path / f"o{len(name)}", None)
    with pytest.raises(BadInput, match="isn't a rendered run"):
        unpack_run(b"PK", tmp_path / "p", None)
    with pytest.raises(BadInput, match="tau studio render"):
        read_mark(tmp_path)


@pytest.mark.parametrize("key", [KEY, None])
def test_a_finished_run_comes_back_without_checkpoints(
    tmp_path: Path, own: RunFolder, key: bytes | None
) -> None:
    there = _trained(tmp_path / "there", key, _finished(20, b"adapter 20"))
    pack_collected(there, tmp_path / "back.zip")
    receive_collected(tmp_path / "back.zip", own)
    assert own.read("adapters/step-20.gguf") == b"adapter 20"
    assert own.read("answers/step-10.jsonl") == b"answers 10"
    assert own.read("parity.json") == b"parity"
    assert not own.has("checkpoints/step-20")
    assert b"adapter 20" not in (own.path / "adapters/step-20.gguf").read_bytes()
    assert len(decode_reports((own.path / "events.jsonl").read_bytes())) == 3


def test_a_paused_run_brings_its_newest_checkpoint(tmp_path: Path, own: RunFolder) -> None:
    there = _trained(tmp_path / "there", KEY, RunPaused(at=3.0, step=20))
    pack_collected(there, tmp_path / "back.zip")
    receive_collected(tmp_path / "back.zip", own)
    assert own.read("checkpoints/step-20") == b"state 20"
    assert not own.has("checkpoints/step-10")
    with (there.path / "events.jsonl").open("ab") as file:
        file.write(msgspec.json.encode(_finished(20, b"adapter 20")) + b'\n{"kind":"st')
    pack_collected(there, tmp_path / "later.zip")
    receive_collected(tmp_path / "later.zip", own)
    with pytest.raises(Conflict, match="older copy"):
        receive_collected(tmp_path / "back.zip", own)


def test_another_runs_folder_and_a_changed_adapter_are_refused(
    tmp_path: Path, own: RunFolder
) -> None:
    there = _trained(tmp_path / "there", None, _finished(20, b"another adapter"))
    pack_collected(there, tmp_path / "back.zip")
    with pytest.raises(BadInput, match=r"adapters/step-20\.gguf isn't what the run reported"):
        receive_collected(tmp_path / "back.zip", own)
    own.write_plain("run.json", b'{"seed": 8}\n')
    with pytest.raises(Conflict, match="another run"):
        receive_collected(tmp_path / "back.zip", own)
    assert sorted(path.name for path in own.path.iterdir()) == ["run.json"]


@pytest.mark.parametrize("name", ["../adapters/step-9.gguf", "/dev/zero", "train.jsonl"])
@pytest.mark.parametrize("field", ["adapter", "answers", "parity"])
def test_a_run_reports_no_files_but_its_own(
    tmp_path: Path, own: RunFolder, field: str, name: str
) -> None:
    event = _finished(20, b"") if field == "parity" else _saved(20, b"")
    reported = msgspec.structs.replace(event, **{field: name})
    path = tmp_path / "back.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("run.json", SENT["run.json"])
        archive.writestr("events.jsonl", msgspec.json.encode(reported) + b"\n")
    with pytest.raises(BadInput, match="isn't what came back of a run"):
        receive_collected(path, own)
    assert not own.has("events.jsonl")


def test_what_cannot_be_collected_is_said(tmp_path: Path) -> None:
    unpack_run(pack_run(SENT), tmp_path / "there", KEY)
    with pytest.raises(BadInput, match="hasn't reported"):
        pack_collected(RunFolder(tmp_path / "there", KEY), tmp_path / "back.zip")
    _trained(tmp_path / "other", KEY, _finished(20, b"adapter 20"))
    with pytest.raises(BadInput, match="the key is another one"):
        pack_collected(RunFolder(tmp_path / "other", b"x" * 32), tmp_path / "back.zip")


@settings(max_examples=30)
@given(st.binary(max_size=60) | st.sampled_from(["../e", "train.jsonl", "a.py", "adapters/x"]))
def test_garbage_is_refused_and_nothing_is_written(given_: bytes | str) -> None:
    held = io.BytesIO()
    if isinstance(given_, str):
        with zipfile.ZipFile(held, "w") as archive:
            for name in ("run.json", "events.jsonl", given_):
                archive.writestr(name, SENT["run.json"])
    else:
        held.write(given_)
    with _folder() as (folder, path):
        path.write_bytes(held.getvalue())
        with pytest.raises(BadInput):
            receive_collected(path, folder)
        assert [each.name for each in folder.path.iterdir()] == ["run.json"]


@settings(max_examples=40)
@given(st.integers(0, 5_000), st.binary(min_size=1, max_size=4))
def test_a_damaged_archive_never_changes_what_is_believed(at: int, damage: bytes) -> None:
    with _folder() as (folder, path):
        there = _trained(path.parent / "there", None, _finished(20, b"adapter 20"))
        pack_collected(there, path)
        raw = bytearray(path.read_bytes())
        at %= len(raw)
        raw[at : at + len(damage)] = damage
        path.write_bytes(raw)
        try:
            receive_collected(path, folder)
        except (BadInput, Conflict):
            assert not folder.has("events.jsonl")
        else:
            if folder.has("adapters/step-20.gguf"):
                assert folder.read("adapters/step-20.gguf") == b"adapter 20"
