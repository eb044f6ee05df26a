"""How a rendered run travels: an archive that becomes a folder, and what comes back of it.

The command line writes the folder, and seals it if it's given a key, which Tau's server never sees.
What comes back is unsealed there and sent as every file is. Blocking.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from tau.errors import BadInput, Conflict, StoreFull
from tau.studio.places.place import PlaceKind
from tau.studio.tuning.run_events import (
    CheckpointSaved,
    RunEvent,
    RunFailed,
    RunFinished,
    decode_reports,
)
from tau.studio.tuning.run_folder import (
    DOCUMENT,
    EVENTS,
    TRAIN,
    VALID,
    DamagedRunFile,
    RunFolder,
)

MARK = "tau.json"
_SEALED = {TRAIN, VALID}
_RENDERED = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+\Z")
_COLLECTED = re.compile(
    r"(run\.json|events\.jsonl|parity\.json|adapters/step-\d{1,9}\.gguf"
    r"|answers/step-\d{1,9}\.jsonl|checkpoints/step-\d{1,9})\Z"
)
_MOST_FILES = 10_000
MAX_COLLECTED_BYTES = 8_000_000_000


class PlacedMark(msgspec.Struct, frozen=True, kw_only=True):
    """What `tau.json` in a rendered folder says: which run of Tau's it is."""

    run: str
    kind: PlaceKind
    sealed: bool


class Collected(NamedTuple):
    """What came back of a run, before it's believed."""

    document: bytes
    events: bytes
    files: Mapping[str, zipfile.ZipInfo]
    """Everything else, by name."""


def pack_run(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of a rendered folder; the same files give the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return held.getvalue()


def unpack_run(raw: bytes, output: Path, key: bytes | None) -> PlacedMark:
    """Write a rendered folder; with `key`, its data is sealed.

    Raises `BadInput` if something is there already or it can't be written.
    """
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise BadInput(f"{output} is there already; choose another folder.")
    folder = RunFolder(output, key)
    try:
        output.mkdir(mode=0o700, parents=True, exist_ok=True)
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        mark = msgspec.json.decode(contents[MARK], type=PlacedMark)
        for name, content in contents.items():
            if not _RENDERED.match(name):
                raise BadInput("What Tau sent isn't a rendered run.")
            (folder.write if name in _SEALED else folder.write_plain)(name, content)
    except OSError as error:
        raise BadInput(f"{output} can't be written: {error.strerror}") from error
    except (zipfile.BadZipFile, KeyError, msgspec.DecodeError) as error:
        raise BadInput("What Tau sent isn't a rendered run.") from error
    return mark


def read_mark(folder: Path) -> PlacedMark:
    """Return which run a folder belongs to. Raises `BadInput` if it isn't a rendered one."""
    try:
        return msgspec.json.decode((folder / MARK).read_bytes(), type=PlacedMark)
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(f"{folder} isn't a folder that `tau studio render` wrote.") from error


def pack_collected(folder: RunFolder, target: BinaryIO) -> None:
    """Write an archive of what a run left in its folder, unsealed.

    Checkpoints are left out but for the newest of a run that isn't over. Raises `BadInput`.
    """
    try:
        events = (folder.path / EVENTS).read_bytes()
        with zipfile.ZipFile(target, "w") as archive:
            archive.write(folder.path / DOCUMENT, DOCUMENT)
            archive.writestr(EVENTS, events)
            for name in _named(decode_reports(events)):
                if folder.has(name):
                    archive.writestr(name, folder.read(name))
    except FileNotFoundError as error:
        raise BadInput("The run hasn't reported anything yet.") from error
    except DamagedRunFile as error:
        raise BadInput(
            f"{error} can't be opened: the key is another one, or it's damaged."
        ) from error
    except OSError as error:
        raise BadInput(f"The folder can't be read: {error.strerror}") from error


def receive_collected(file: BinaryIO, folder: RunFolder) -> None:
    """Write what came back of a run, an archive, into the run's own folder; the events come last.

    Nothing is written before all of it was checked. Raises `BadInput` for what can't be read or
    isn't what the run reported, `Conflict` for another run's, and `StoreFull`.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            collected = _read(archive)
            _check(archive, collected, folder)
            try:
                for name, entry in collected.files.items():
                    folder.write(name, archive.read(entry))
                folder.write_plain(EVENTS, collected.events)
            except OSError as error:
                raise StoreFull("The run can't be written: the disk may be full.") from error
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
        raise BadInput("What came back of the run is damaged.") from error


def _read(archive: zipfile.ZipFile) -> Collected:
    entries = archive.infolist()
    if len(entries) > _MOST_FILES or sum(each.file_size for each in entries) > MAX_COLLECTED_BYTES:
        raise BadInput("The folder of the run is too large.")
    files = {each.filename: each for each in entries}
    if not all(_COLLECTED.match(name) for name in files) or not {DOCUMENT, EVENTS} <= set(files):
        raise BadInput("That isn't what came back of a run.")
    document, events = archive.read(files.pop(DOCUMENT)), archive.read(files.pop(EVENTS))
    return Collected(document, events, files)


def _check(archive: zipfile.ZipFile, collected: Collected, folder: RunFolder) -> None:
    if collected.document != (folder.path / DOCUMENT).read_bytes():
        raise Conflict("That folder belongs to another run.")
    known = (folder.path / EVENTS).read_bytes() if folder.has(EVENTS) else b""
    if not collected.events.startswith(known):
        raise Conflict("That folder is an older copy, or the run has gone on here since.")
    for event in decode_reports(collected.events):
        if not isinstance(event, CheckpointSaved | RunFinished):
            continue
        # Files are read by these names later.
        if not all(_COLLECTED.match(name) for name in _names(event)):
            raise BadInput("That isn't what came back of a run.")
        entry = collected.files.get(event.adapter)
        if entry is not None and _sha256(archive, entry) != event.adapter_sha256:
            raise BadInput(f"{event.adapter} isn't what the run reported; it may be damaged.")


def _named(events: list[RunEvent]) -> Iterator[str]:
    """Yield the names of the files that come back, each once."""
    names: dict[str, None] = {}
    checkpoints = [each for each in events if isinstance(each, CheckpointSaved)]
    for saved in checkpoints:
        names |= dict.fromkeys(_names(saved))
    last = events[-1] if events else None
    if isinstance(last, RunFinished):
        names |= dict.fromkeys(_names(last))
    elif checkpoints and not isinstance(last, RunFailed):
        names[checkpoints[-1].state] = None
    yield from (name for name in names if _COLLECTED.match(name))


def _names(event: CheckpointSaved | RunFinished) -> list[str]:
    """Return the names of the files that an event reports, but for what resuming needs."""
    other = event.answers if isinstance(event, CheckpointSaved) else event.parity
    return [event.adapter, *([other] if other else [])]


def _sha256(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    with archive.open(entry) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
