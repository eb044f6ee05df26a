"""LongMemEval: one sample for each question, in order, as a file, gzipped or as a folder."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tau.bench import longmemeval
from tau.bench.datasets import DatasetSample
from tau.errors import BadInput

SESSIONS = [
    [
        {"role": "user", "content": "I bought a kayak.", "has_answer": True},
        {"role": "assistant", "content": "Where will you paddle?", "has_answer": False},
    ],
    [{"role": "user", "content": "What is a haiku?"}, {"role": "assistant", "content": "A poem."}],
]


def _asked(name: str = "q1", **changes: Any) -> dict[str, Any]:
    return {
        "question_id": name,
        "question_type": "single-session-user",
        "question": "What did I buy?",
        "question_date": "2023/03/01 (Wed) 08:00",
        "answer": "A kayak",
        "answer_session_ids": ["s1"],
        "haystack_dates": ["2023/01/25 (Wed) 23:28", "2023/02/01 (Wed) 10:00"],
        "haystack_session_ids": ["s1", "s2"],
        "haystack_sessions": SESSIONS,
        **changes,
    }


def _write(path: Path, content: object) -> Path:
    raw = json.dumps(content).encode()
    path.write_bytes(gzip.compress(raw) if path.name.endswith(".gz") else raw)
    return path


def _read(folder: Path, *questions: dict[str, Any]) -> list[DatasetSample]:
    return list(longmemeval.read(_write(folder / "s.json", questions)))


def test_a_question_brings_its_haystack_and_its_evidence(tmp_path: Path) -> None:
    (sample,) = _read(tmp_path, _asked())
    assert [(told.name, told.conversation, told.by, told.text) for told in sample.messages] == [
        ("s1:1", "s1", "person", "I bought a kayak."),
        ("s1:2", "s1", "tau", "Where will you paddle?"),
        ("s2:1", "s2", "person", "What is a haiku?"),
        ("s2:2", "s2", "tau", "A poem."),
    ]
    (question,) = sample.questions
    assert (question.id, question.kind, question.text) == (
        "q1",
        "single-session-user",
        "What did I buy?",
    )
    assert (question.turns, question.sessions) == (("s1:1",), ("s1",))


def test_nobody_has_a_name_in_a_chat_with_an_assistant(tmp_path: Path) -> None:
    (sample,) = _read(tmp_path, _asked())
    assert {told.speaker for told in sample.messages} == {None}


def test_dates_are_the_files_own(tmp_path: Path) -> None:
    (sample,) = _read(tmp_path, _asked())
    first, second, *_ = sample.messages
    assert datetime.fromtimestamp(first.at, UTC) == datetime(2023, 1, 25, 23, 28, tzinfo=UTC)
    assert second.at > first.at
    asked = datetime.fromtimestamp(sample.questions[0].now, UTC)
    assert asked == datetime(2023, 3, 1, 8, 0, tzinfo=UTC)


def test_sessions_are_told_in_the_order_in_which_they_were_had(tmp_path: Path) -> None:
    dates = ["2023/02/02 (Thu) 09:00", "2023/02/01 (Wed) 10:00"]
    (sample,) = _read(tmp_path, _asked(haystack_dates=dates))
    assert [messages[0].conversation for messages in sample.conversations()] == ["s2", "s1"]


def test_a_session_that_stands_there_twice_is_one_conversation(tmp_path: Path) -> None:
    (sample,) = _read(
        tmp_path,
        _asked(
            haystack_dates=["2023/01/25 (Wed) 23:28", "2023/02/01 (Wed) 10:00"],
            haystack_session_ids=["s1", "s1"],
            haystack_sessions=[SESSIONS[0], SESSIONS[0]],
        ),
    )
    assert [told.name for told in sample.messages] == ["s1:1", "s1:2", "s1:3", "s1:4"]
    assert sample.questions[0].turns == ("s1:1", "s1:3")
    assert sample.questions[0].sessions == ("s1",)


@pytest.mark.parametrize(
    "changes",
    [
        {"question_id": "q1_abs"},
        {"question_id": "gpt4_q1_abs_2"},
        {"answer_session_ids": []},
        {"answer_session_ids": ["elsewhere"]},
    ],
)
def test_what_cannot_be_found_is_left_out_and_counted(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    left, kept = _read(tmp_path, _asked(**changes), _asked("q2"))
    assert (left.questions, left.left_out) == ((), 1)
    assert (len(kept.questions), kept.left_out) == (1, 0)


def test_a_question_may_name_its_sessions_without_their_turns(tmp_path: Path) -> None:
    (sample,) = _read(tmp_path, _asked(answer_session_ids=["s2"]))
    assert (sample.questions[0].turns, sample.questions[0].sessions) == ((), ("s2",))


def test_a_gzipped_file_and_a_folder_read_as_the_plain_file(tmp_path: Path) -> None:
    questions = [_asked("a"), _asked("b")]
    plain = _read(tmp_path, *questions)
    assert list(longmemeval.read(_write(tmp_path / "s.json.gz", questions))) == plain
    folder = tmp_path / "folder"
    folder.mkdir()
    _write(folder / "2.json", questions[1])
    _write(folder / "1.json.gz", questions[0])
    (folder / "README.md").write_text("Not a question.")
    assert list(longmemeval.read(folder)) == plain


def test_a_file_is_read_question_by_question(tmp_path: Path) -> None:
    broken = _asked("b", question_date="some day")
    reading = longmemeval.read(_write(tmp_path / "s.json", [_asked("a"), broken]))
    assert next(reading).name == "a"
    with pytest.raises(BadInput, match=r"s\.json is no LongMemEval file"):
        next(reading)


@pytest.mark.parametrize(
    "changes",
    [
        {"question_date": "2023-03-01"},
        {"haystack_dates": ["2023/01/25 (Wed) 23:28"]},
        {"haystack_session_ids": ["s1"]},
        {"haystack_sessions": "none"},
        {"haystack_sessions": [[{"role": "narrator", "content": "Once"}], []]},
        {"haystack_sessions": [[{"role": "user"}], []]},
        {"question": None},
    ],
)
def test_a_broken_question_is_told_by_the_files_name(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadInput, match=r"s\.json is no LongMemEval file"):
        _read(tmp_path, _asked(**changes))


@pytest.mark.parametrize("missing", sorted(set(_asked()) - {"answer"}))
def test_a_question_without_one_of_its_parts_is_told(tmp_path: Path, missing: str) -> None:
    asked = _asked()
    del asked[missing]
    with pytest.raises(BadInput, match=missing):
        _read(tmp_path, asked)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[1]", b'{"a": 1}', b"\xff\xfe", b"kayak"])
def test_what_is_no_longmemeval_is_told_not_raised(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"other\.json is no LongMemEval file"):
        list(longmemeval.read(path))


def test_a_gzipped_file_that_breaks_off_is_told(tmp_path: Path) -> None:
    path = _write(tmp_path / "s.json.gz", [_asked(str(number)) for number in range(20)])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match="to its end"):
        list(longmemeval.read(path))


def test_a_file_that_only_calls_itself_gzipped_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s.json.gz"
    path.write_text(json.dumps([_asked()]))
    with pytest.raises(BadInput, match=r"s\.json\.gz is no LongMemEval file"):
        list(longmemeval.read(path))


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="empty"):
        list(longmemeval.read(tmp_path))
