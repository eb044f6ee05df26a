"""Reader of LoCoMo's official file: conversations over months, and questions about them.

Maharana et al., "Evaluating Very Long-Term Conversational Memory of LLM Agents", 2024. The data is
not part of Tau and its licence is its own.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from tau.bench.dataset_reading import dataset_error, decode_items
from tau.bench.datasets import DatasetMessage, DatasetQuestion, DatasetSample

_CALLED = "LoCoMo file"
_SESSION = re.compile(r"session_(\d+)")
_EVIDENCE = re.compile(r"D:?(\d+):(\d+)")  # some are written `D:11:26`
_DATE_FORMAT = "%I:%M %p on %d %B, %Y"
_SECONDS_BETWEEN_TURNS = 30.0  # LoCoMo dates sessions, not turns
_ASKED_AFTER_SECONDS = 86_400.0  # nor questions: they come a day after the last session


class _Turn(msgspec.Struct):
    dia_id: str
    speaker: str
    text: str
    blip_caption: str | None = None


class _RawQuestion(msgspec.Struct):
    question: str
    category: int
    evidence: Any = None


class _Sample(msgspec.Struct):
    sample_id: str
    conversation: dict[str, Any]
    qa: list[_RawQuestion]


def read(path: Path) -> Iterator[DatasetSample]:
    """Yield the conversations of a LoCoMo file. Raises `BadInput` if it is another file."""
    for name, sample in decode_items(path, _Sample, _CALLED):
        try:
            yield _dataset_sample(sample)
        except (ValueError, KeyError, TypeError) as error:  # msgspec's errors are subclasses
            raise dataset_error(
                name, _CALLED, f"{type(error).__name__} in {sample.sample_id}"
            ) from error


def _dataset_sample(sample: _Sample) -> DatasetSample:
    messages = tuple(_messages(sample.conversation))
    sessions = {message.name: message.conversation for message in messages}
    now = max((message.at for message in messages), default=0.0) + _ASKED_AFTER_SECONDS
    questions = []
    for number, asked in enumerate(sample.qa, start=1):
        turns = _evidence(asked.evidence, sessions)
        if turns:
            questions.append(
                DatasetQuestion(
                    id=f"{sample.sample_id}:{number}",
                    text=asked.question,
                    kind=str(asked.category),
                    now=now,
                    turns=turns,
                    sessions=tuple(dict.fromkeys(sessions[turn] for turn in turns)),
                )
            )
    return DatasetSample(
        name=sample.sample_id,
        messages=messages,
        questions=tuple(questions),
        left_out=len(sample.qa) - len(questions),
    )


def _messages(conversation: dict[str, Any]) -> Iterator[DatasetMessage]:
    """Yield the messages, session by session in the order of their numbers."""
    sessions = {
        int(found[1]): value
        for key, value in conversation.items()
        if (found := _SESSION.fullmatch(key)) and isinstance(value, list)
    }
    for number, turns in sorted(sessions.items()):
        name = f"session_{number}"
        start = _seconds(conversation[f"{name}_date_time"])
        for place, turn in enumerate(msgspec.convert(turns, list[_Turn])):
            yield DatasetMessage(
                name=turn.dia_id,
                conversation=name,
                by="person" if turn.speaker == conversation["speaker_a"] else "tau",
                speaker=turn.speaker,
                text=_text(turn),
                at=start + place * _SECONDS_BETWEEN_TURNS,
            )


def _seconds(date: str) -> float:
    return datetime.strptime(date, _DATE_FORMAT).replace(tzinfo=UTC).timestamp()


def _text(turn: _Turn) -> str:
    if not turn.blip_caption:
        return turn.text
    return f"{turn.text} [shared {turn.blip_caption}]"


def _evidence(given: Any, known: dict[str, str]) -> tuple[str, ...]:
    """Return names of messages that exist; `D8:6; D9:17` and `D:11:26` are repaired."""
    if given is None:
        return ()
    if not isinstance(given, list):
        raise TypeError("evidence is a list")
    found = _EVIDENCE.findall(" ".join(map(str, given)))
    names = (f"D{int(session)}:{int(turn)}" for session, turn in found)
    return tuple(dict.fromkeys(name for name in names if name in known))
