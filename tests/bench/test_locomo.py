"""Reading LoCoMo's file: what it tells, when it was said, and what it gets wrong."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tau.bench import locomo
from tau.bench.datasets import DatasetSample
from tau.errors import BadInput

DATE = "1:56 pm on 8 May, 2023"


def _turn(name: str, text: str = "Hello", speaker: str = "Ann", **more: Any) -> dict[str, Any]:
    return {"dia_id": name, "speaker": speaker, "text": text, **more}


def _question(evidence: Any, category: Any = 1) -> dict[str, Any]:
    return {"question": "What was said?", "category": category, "evidence": evidence}


def _sample(**changes: Any) -> dict[str, Any]:
    conversation = {
        "speaker_a": "Ann",
        "speaker_b": "Bob",
        "session_1": [_turn("D1:1"), _turn("D1:2", "Hi", "Bob")],
        "session_1_date_time": DATE,
    }
    return {
        "sample_id": "conv-1",
        "conversation": conversation | changes.pop("conversation", {}),
        "qa": [_question(["D1:1"])],
        **changes,
    }


def _read(folder: Path, *samples: dict[str, Any]) -> list[DatasetSample]:
    path = folder / "locomo.json"
    path.write_text(json.dumps(samples), "utf-8")
    return list(locomo.read(path))


def test_a_conversation_is_read_with_its_people_sessions_and_questions(tmp_path: Path) -> None:
    (read,) = _read(tmp_path, _sample())
    assert (read.name, read.left_out) == ("conv-1", 0)
    assert [(told.name, told.conversation, told.speaker, told.text) for told in read.messages] == [
        ("D1:1", "session_1", "Ann", "Hello"),
        ("D1:2", "session_1", "Bob", "Hi"),
    ]
    (question,) = read.questions
    assert (question.id, question.text, question.kind) == ("conv-1:1", "What was said?", "1")
    assert (question.turns, question.sessions) == (("D1:1",), ("session_1",))


def test_the_first_speaker_is_the_person_whoever_begins(tmp_path: Path) -> None:
    turns = [_turn("D1:1", speaker="Bob"), _turn("D1:2", speaker="Ann")]
    (read,) = _read(tmp_path, _sample(conversation={"session_1": turns}))
    assert [told.by for told in read.messages] == ["tau", "person"]


def test_questions_come_a_day_after_the_last_message(tmp_path: Path) -> None:
    more = {
        "session_2": [_turn("D2:1")],
        "session_2_date_time": "9:00 am on 1 June, 2023",
    }
    (read,) = _read(tmp_path, _sample(conversation=more))
    asked = datetime.fromtimestamp(read.questions[0].now, UTC)
    assert asked == datetime(2023, 6, 2, 9, 0, tzinfo=UTC)


def test_messages_stand_at_the_sessions_date_one_after_the_other(tmp_path: Path) -> None:
    (read,) = _read(tmp_path, _sample())
    first, second = read.messages
    assert datetime.fromtimestamp(first.at, UTC) == datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
    assert second.at > first.at


def test_sessions_are_ordered_by_number_not_by_letter(tmp_path: Path) -> None:
    more = {}
    for number in (10, 2):
        more[f"session_{number}"] = [_turn(f"D{number}:1")]
        more[f"session_{number}_date_time"] = DATE
    (read,) = _read(tmp_path, _sample(conversation=more))
    assert [told[0].name for told in read.conversations()] == ["D1:1", "D2:1", "D10:1"]


def test_a_date_without_a_session_and_other_keys_are_passed_over(tmp_path: Path) -> None:
    more = {
        "session_9_date_time": DATE,
        "session_8": "not a list",
        "session_1_summary": ["a summary"],
        "events_session_1": [],
    }
    (read,) = _read(tmp_path, _sample(conversation=more))
    assert {told.conversation for told in read.messages} == {"session_1"}


def test_a_session_in_which_nobody_spoke_tells_nothing(tmp_path: Path) -> None:
    more = {"session_2": [], "session_2_date_time": DATE}
    (read,) = _read(tmp_path, _sample(conversation=more))
    assert [len(told) for told in read.conversations()] == [2]


def test_a_shared_picture_is_told_by_its_caption(tmp_path: Path) -> None:
    turns = [_turn("D1:1", "Look!", blip_caption="a photo of a heron", img_url=["x"])]
    (read,) = _read(tmp_path, _sample(conversation={"session_1": turns}))
    assert read.messages[0].text == "Look! [shared a photo of a heron]"


@pytest.mark.parametrize(
    ("evidence", "kept"),
    [
        (["D1:1", "D1:2"], ("D1:1", "D1:2")),
        (["D1:2", "D1:1"], ("D1:2", "D1:1")),
        (["D1:1; D1:2"], ("D1:1", "D1:2")),
        (["D1:1 D1:2"], ("D1:1", "D1:2")),
        (["(D1:1)"], ("D1:1",)),
        (["D1:1", "D1:1"], ("D1:1",)),
        (["D1:1", "D9:9"], ("D1:1",)),
        (["D1:1", "D"], ("D1:1",)),
        (["D1:1", None, 7], ("D1:1",)),
        (["D:1:2"], ("D1:2",)),
        (["D1:02"], ("D1:2",)),
        (["D1:1; D:1:2"], ("D1:1", "D1:2")),
    ],
)
def test_evidence_is_taken_apart_and_unknown_names_dropped(
    tmp_path: Path, evidence: list[Any], kept: tuple[str, ...]
) -> None:
    (read,) = _read(tmp_path, _sample(qa=[_question(evidence)]))
    assert read.questions[0].turns == kept


@pytest.mark.parametrize("evidence", [[], None, ["D9:9"], ["nothing"], ["D:1"]])
def test_a_question_without_evidence_is_left_out_and_counted(tmp_path: Path, evidence: Any) -> None:
    (read,) = _read(tmp_path, _sample(qa=[_question(evidence), _question(["D1:2"])]))
    assert [(question.id, question.turns) for question in read.questions] == [
        ("conv-1:2", ("D1:2",))
    ]
    assert read.left_out == 1


def test_evidence_of_several_sessions_names_each_session_once(tmp_path: Path) -> None:
    more = {"session_2": [_turn("D2:1")], "session_2_date_time": DATE}
    asked = [_question(["D2:1", "D1:1", "D1:2"])]
    (read,) = _read(tmp_path, _sample(conversation=more, qa=asked))
    assert read.questions[0].sessions == ("session_2", "session_1")


def test_categories_are_numbers_even_where_they_were_written_as_text(tmp_path: Path) -> None:
    asked = [_question(["D1:1"], category) for category in (1, 5, "3")]
    (read,) = _read(tmp_path, _sample(qa=asked))
    assert [question.kind for question in read.questions] == ["1", "5", "3"]


def test_text_of_any_script_is_kept(tmp_path: Path) -> None:
    (read,) = _read(
        tmp_path, _sample(conversation={"session_1": [_turn("D1:1", "我种了一棵梨树")]})
    )
    assert read.messages[0].text == "我种了一棵梨树"


def test_a_file_holds_several_conversations(tmp_path: Path) -> None:
    read = _read(tmp_path, _sample(), _sample(sample_id="conv-2"))
    assert [each.name for each in read] == ["conv-1", "conv-2"]


@pytest.mark.parametrize(
    "broken",
    [
        {"conversation": {"session_1_date_time": "yesterday"}},
        {"conversation": {"session_1_date_time": None}},
        {"conversation": {"session_1": [{"speaker": "Ann", "text": "no name"}]}},
        {"conversation": {"session_1": ["not a turn"]}},
        {"qa": [{"category": 1, "evidence": ["D1:1"]}]},
        {"qa": [_question(["D1:1"], "first")]},
        {"qa": [_question(7)]},
        {"qa": None},
    ],
)
def test_a_broken_sample_is_told_by_the_files_name(tmp_path: Path, broken: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r"locomo\.json is no LoCoMo file"):
        _read(tmp_path, _sample(**broken))


@pytest.mark.parametrize("missing", ["sample_id", "conversation", "qa"])
def test_a_sample_without_one_of_its_parts_is_told(tmp_path: Path, missing: str) -> None:
    sample = _sample()
    del sample[missing]
    with pytest.raises(BadInput, match=missing):
        _read(tmp_path, sample)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": 1}', b"\xff\xfe"])
def test_what_is_no_locomo_file_is_told_not_raised(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"other\.json is no LoCoMo file"):
        list(locomo.read(path))


def test_a_file_without_conversations_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="empty"):
        _read(tmp_path)


def test_a_gzipped_file_reads_as_the_plain_one(tmp_path: Path) -> None:
    plain = _read(tmp_path, _sample(), _sample(sample_id="conv-2"))
    path = tmp_path / "locomo.json.gz"
    path.write_bytes(gzip.compress((tmp_path / "locomo.json").read_bytes()))
    assert list(locomo.read(path)) == plain
