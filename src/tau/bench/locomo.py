"""Reading LoCoMo's official file: conversations told over months, and questions about them.

Maharana et al., "Evaluating Very Long-Term Conversational Memory of LLM Agents", 2024. The data is
not part of Tau and its licence is its own.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tau.errors import BadInput

_SESSION = re.compile(r"session_(\d+)")
_EVIDENCE = re.compile(r"D\d+:\d+")
_DATE_FORMAT = "%I:%M %p on %d %B, %Y"
_SECONDS_BETWEEN_TURNS = 30.0  # LoCoMo dates sessions, not turns


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a conversation; `at` in seconds since 1970 (UTC)."""

    name: str
    speaker: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its category (1 to 5) and the names of the messages that hold its evidence."""

    text: str
    category: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Two people's messages, in order, by session, and the questions about them."""

    name: str
    speakers: tuple[str, str]
    sessions: tuple[tuple[Told, ...], ...]
    questions: tuple[Question, ...]


def read(path: Path) -> list[Conversation]:
    """Return the conversations of a LoCoMo file. Raises `BadInput` if it is none."""
    try:
        samples = json.loads(path.read_text("utf-8"))
        return [_conversation(sample) for sample in samples]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path.name} is no LoCoMo file ({type(error).__name__}).") from error


def _conversation(sample: dict[str, Any]) -> Conversation:
    told = sample["conversation"]
    numbers = sorted(
        int(found[1])
        for key, value in told.items()
        if (found := _SESSION.fullmatch(key)) and isinstance(value, list)
    )
    sessions = tuple(
        tuple(_session(told[f"session_{number}"], told[f"session_{number}_date_time"]))
        for number in numbers
    )
    known = {message.name for session in sessions for message in session}
    questions = (_question(each, known) for each in sample["qa"])
    return Conversation(
        name=str(sample["sample_id"]),
        speakers=(told["speaker_a"], told["speaker_b"]),
        sessions=sessions,
        questions=tuple(question for question in questions if question.evidence),
    )


def _session(turns: list[dict[str, Any]], date: str) -> Iterator[Told]:
    start = datetime.strptime(date, _DATE_FORMAT).replace(tzinfo=UTC).timestamp()
    for number, turn in enumerate(turns):
        caption = turn.get("blip_caption")
        text = f"{turn['text']} [shared {caption}]" if caption else turn["text"]
        at = start + number * _SECONDS_BETWEEN_TURNS
        yield Told(name=turn["dia_id"], speaker=turn["speaker"], text=text, at=at)


def _question(qa: dict[str, Any], known: set[str]) -> Question:
    """Return a question; malformed evidence such as `D8:6; D9:17` is taken apart."""
    names = _EVIDENCE.findall(" ".join(map(str, qa.get("evidence") or ())))
    kept = tuple(dict.fromkeys(name for name in names if name in known))
    return Question(text=str(qa["question"]), category=int(qa["category"]), evidence=kept)
