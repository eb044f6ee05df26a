"""Reader of LongMemEval's official files: chats with an assistant, and a question at their end.

Wu et al., "LongMemEval: Benchmarking Chat Assistants on Long-Term Interactive Memory", 2024. Each
question has a haystack of its own; some sessions of it hold the answer. The data is not part of
Tau and its licence is its own.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from tau.bench.dataset_reading import dataset_error, decode_items
from tau.bench.datasets import DatasetMessage, DatasetQuestion, DatasetSample

_CALLED = "LongMemEval file"
_DATE_FORMAT = "%Y/%m/%d (%a) %H:%M"
_ABSTENTION = "_abs"  # a question whose answer was never said: there is nothing to find
_SECONDS_BETWEEN_TURNS = 30.0  # LongMemEval dates sessions, not turns


class _Turn(msgspec.Struct):
    role: Literal["user", "assistant"]
    content: str
    has_answer: bool | None = None


class _RawItem(msgspec.Struct):
    question_id: str
    question_type: str
    question: str
    question_date: str
    answer_session_ids: list[str]
    haystack_dates: list[str]
    haystack_session_ids: list[str]
    haystack_sessions: list[list[_Turn]]


def read(path: Path) -> Iterator[DatasetSample]:
    """Yield one sample for each question of a file, or of a folder with a file for each.

    A question about what was never said has no evidence and is left out. Raises
    `BadInput` if it is no LongMemEval.
    """
    for name, asked in decode_items(path, _RawItem, _CALLED):
        try:
            yield _dataset_sample(asked)
        except ValueError as error:
            raise dataset_error(name, _CALLED, f"{error} in {asked.question_id}") from error


def _dataset_sample(asked: _RawItem) -> DatasetSample:
    haystack = set(asked.haystack_session_ids)
    sessions = tuple(name for name in dict.fromkeys(asked.answer_session_ids) if name in haystack)
    if _ABSTENTION in asked.question_id or not sessions:
        return DatasetSample(name=asked.question_id, messages=(), questions=(), left_out=1)
    messages, turns = [], []
    for message, has_answer in _messages(asked):
        messages.append(message)
        if has_answer and message.conversation in sessions:
            turns.append(message.name)
    question = DatasetQuestion(
        id=asked.question_id,
        text=asked.question,
        kind=asked.question_type,
        now=_seconds(asked.question_date),
        turns=tuple(turns),
        sessions=sessions,
    )
    return DatasetSample(name=asked.question_id, messages=tuple(messages), questions=(question,))


def _messages(asked: _RawItem) -> Iterator[tuple[DatasetMessage, bool]]:
    """Yield the messages, oldest session first, and whether they hold the answer.

    A session that is listed twice is one conversation on two days.
    """
    dates = [_seconds(date) for date in asked.haystack_dates]
    haystack = zip(dates, asked.haystack_session_ids, asked.haystack_sessions, strict=True)
    said: Counter[str] = Counter()
    for start, session, turns in sorted(haystack, key=lambda dated: dated[0]):
        for place, turn in enumerate(turns):
            said[session] += 1
            message = DatasetMessage(
                name=f"{session}:{said[session]}",
                conversation=session,
                by="person" if turn.role == "user" else "tau",
                speaker=None,
                text=turn.content,
                at=start + place * _SECONDS_BETWEEN_TURNS,
            )
            yield message, bool(turn.has_answer)


def _seconds(date: str) -> float:
    return datetime.strptime(date, _DATE_FORMAT).replace(tzinfo=UTC).timestamp()
