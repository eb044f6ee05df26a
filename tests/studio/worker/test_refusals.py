"""What can't be trained is refused, with its line and a reason that quotes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from tau.studio.tuning.run_events import RunFailed, RunPaused
from tau.studio.tuning.run_folder import TRAIN
from tests.studio.worker.tiny_base import (
    LINES,
    RunOnDisk,
    chat_line,
    in_training_environment,
    json_lines,
)

_READ = """
import json, sys
from pathlib import Path
from tau.studio.worker.base_file import BaseFile
from tau.studio.worker.chat_examples import read_examples
from tau.studio.worker.chat_template import ChatTemplate
from tau.studio.worker.failures import RunRefused
base = BaseFile(Path(sys.argv[1]))
template = ChatTemplate(base.path, base.metadata)
def refusal(raw, is_paired):
    try:
        read_examples(raw, template, is_paired=is_paired, window=80, param="training_file")
    except RunRefused as refused:
        return [refused.code, refused.line, refused.message]
    return []
cases = json.loads(Path(sys.argv[2]).read_text())
print(json.dumps([refusal(bytes.fromhex(raw), is_paired) for raw, is_paired in cases]))
"""
_SECRET = "Zanzibar"


def _chat(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"messages": list(messages)}


def _said(role: str, content: Any = _SECRET, **fields: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **fields}


def _pair(**changes: Any) -> dict[str, Any]:
    whole = {
        "input": {"messages": [_said("user")]},
        "preferred_output": [_said("assistant", "yes")],
        "non_preferred_output": [_said("assistant", "no")],
    }
    return {**whole, **changes}


_GOOD = json.dumps(chat_line("hi", "yes")).encode() + b"\n"
_CASES: list[tuple[bytes, str]] = [
    (b"", "The file has no examples."),
    (b"\n\n", "The file has no examples."),
    (b'{"messages": [\n', "it isn't valid JSON in UTF-8."),
    (b'{"a": "\xff"}\n', "it isn't valid JSON in UTF-8."),
    (b"[" * 100_000, "it isn't valid JSON in UTF-8."),
    (b"[1]\n", "it isn't an object with messages."),
    (json_lines([{}]), "messages must be a list of messages."),
    (json_lines([_chat(_said("user"))]), "the last message must be the assistant's."),
    (json_lines([_chat(_said("boss"))]), "messages[0] must be an object with a role and content."),
    (json_lines([_chat(_said("user", "")), {}]), "messages[0].content is empty."),
    (json_lines([_chat(_said("user", 7))]), "messages[0].content must be text."),
    (
        json_lines([_chat(_said("user", [{"type": "image_url"}]))]),
        "messages[0].content must be text.",
    ),
    (
        json_lines([_chat(_said("user"), _said("assistant", weight=2))]),
        "messages[1].weight must be 0 or 1.",
    ),
    (
        json_lines([_chat(_said("user"), _said("assistant", weight=0))]),
        "no answer in it has a weight, so there's nothing to learn.",
    ),
    (
        json_lines([_chat(_said("user", "word " * 90), _said("assistant"))]),
        "and at most 80 can be learned from.",
    ),
]
_PAIRED: list[tuple[bytes, str]] = [
    (json_lines([chat_line("hi", "yes")]), "input.messages must be a list of messages."),
    (
        json_lines([_pair(non_preferred_output=[])]),
        "non_preferred_output must be a list of messages.",
    ),
    (
        json_lines([_pair(preferred_output=[_said("user")])]),
        "the last message must be the assistant's.",
    ),
    (
        json_lines([_pair(preferred_output=[_said("assistant", "no")])]),
        "both answers are the same, so neither can be preferred.",
    ),
]


def test_bad_lines_are_named_and_not_quoted(tiny_base: Path, tmp_path: Path) -> None:
    before = [(raw, False, reason) for raw, reason in _CASES]
    before += [(raw, True, reason) for raw, reason in _PAIRED]
    good = {False: _GOOD, True: json_lines([_pair()])}
    cases = [(raw if not raw.strip() else good[kind] + raw, kind) for raw, kind, _ in before]
    cases += [(_GOOD, False), (b"\xef\xbb\xbf" + _GOOD, False), (good[True], True)]
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([(raw.hex(), kind) for raw, kind in cases]))
    *found, plain, marked, pair = in_training_environment(_READ, str(tiny_base), str(path))
    assert plain == marked == pair == []
    for (raw, _, reason), (code, line, message) in zip(before, found, strict=True):
        assert code == "invalid_training_file"
        assert message.endswith(reason)
        assert "Line" not in message, "whoever shows it says the line"
        assert line == (2 if raw.strip() else 0)
        assert _SECRET not in message


def test_a_changed_base_is_noticed(tiny_base: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(tiny_base.read_bytes()[:-4] + b"\0\0\0\0")
    run = RunOnDisk(tmp_path / "run", tiny_base)
    run.base = other
    assert run.run("--unsealed") == 65
    (failed,) = run.events(RunFailed)
    assert (failed.code, failed.param) == ("base_changed", "model")


def test_changed_examples_are_noticed(tiny_base: Path, tmp_path: Path) -> None:
    run = RunOnDisk(tmp_path, tiny_base)
    run.folder.write(TRAIN, json_lines(LINES[1:]))
    assert run.run("--unsealed") == 65
    (failed,) = run.events(RunFailed)
    assert (failed.code, failed.param) == ("data_changed", "training_file")


def test_another_key_opens_nothing(tiny_base: Path, tmp_path: Path) -> None:
    run = RunOnDisk(tmp_path, tiny_base, key=bytes(32))
    assert run.run(TAU_RUN_KEY="11" * 32) == 65
    (failed,) = run.events(RunFailed)
    assert failed.code == "data_changed"


def test_a_run_that_diverges_fails(tiny_base: Path, tmp_path: Path) -> None:
    run = RunOnDisk(tmp_path, tiny_base, {"adapter": {"rank": 4, "alpha": 3e38}})
    assert run.run("--unsealed") == 65
    failed = run.events()[-1]
    assert (type(failed), failed.code) == (RunFailed, "diverged")
    assert not (tmp_path / "checkpoints").exists()


def test_it_stops_at_its_limit_of_memory(tiny_base: Path, tmp_path: Path) -> None:
    run = RunOnDisk(tmp_path, tiny_base, {"limits": {"memory_bytes": 1_000_000}})
    assert run.run("--unsealed") == 75
    (paused,) = run.events(RunPaused)
    assert (paused.step, paused.reason) == (0, "It reached its limit of 1 MB of memory.")


@pytest.mark.parametrize("kept", [0, 2])
def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    tiny_base: Path, tmp_path: Path, kept: int
) -> None:
    """The folder's files are written through a function that finds no space after a few."""
    script = """
import errno, sys
from pathlib import Path
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.worker.processes import ProcessRanks
from tau.studio.worker.program import run_program
whole, left = RunFolder.write_plain, [int(sys.argv[3])]
def full(self, name, content):
    if not left[0]:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).with_name(f".{Path(name).name}.partial").write_bytes(content[:99])
        raise OSError(errno.ENOSPC, "No space left on device")
    left[0] -= 1
    whole(self, name, content)
RunFolder.write_plain = full
print(run_program(RunFolder(Path(sys.argv[1])), Path(sys.argv[2]), ProcessRanks(), None,
                  is_estimate=False))
"""
    run = RunOnDisk(tmp_path, tiny_base)
    code = in_training_environment(script, str(tmp_path), str(tiny_base), str(kept))
    assert code == 65
    assert run.events()[-1].code == "no_space"
    assert list(tmp_path.rglob(".*.partial")) == []
    assert len(list((tmp_path / "adapters").glob("*.gguf"))) == (1 if kept else 0)
