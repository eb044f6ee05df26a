"""Small made-up files in the official shapes of LoCoMo and LongMemEval."""

import gzip
import json
from pathlib import Path
from typing import Any

LOCOMO: list[dict[str, Any]] = [
    {
        "sample_id": "conv-1",
        "conversation": {
            "speaker_a": "Ann",
            "speaker_b": "Bob",
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_1": [
                {"dia_id": "D1:1", "speaker": "Ann", "text": "I planted a pear tree today."},
                {"dia_id": "D1:2", "speaker": "Bob", "text": "Lovely! I went sailing."},
            ],
            "session_2_date_time": "9:10 am on 3 June, 2023",
            "session_2": [
                {"dia_id": "D2:1", "speaker": "Ann", "text": "My dentist was kind."},
                {"dia_id": "D2:2", "speaker": "Bob", "text": "My kayak has a leak."},
                {"dia_id": "D2:3", "speaker": "Ann", "text": "Then mend the kayak first."},
            ],
        },
        "qa": [
            {"question": "What did Ann plant?", "evidence": ["D1:1"], "category": 4},
            {"question": "What has a leak?", "evidence": ["D2:2; D2:3"], "category": 1},
            {"question": "When did Bob go sailing?", "evidence": ["D1:2"], "category": 2},
            {"question": "Would Bob row?", "evidence": ["D2:2"], "category": 3},
            {"question": "What did Bob plant?", "evidence": ["D1:1"], "category": 5},
            {"question": "Whose is the moon?", "evidence": [], "category": 5},
        ],
    }
]


def haystack_question(name: str, kind: str, question: str) -> dict[str, Any]:
    """One question of LongMemEval whose answer is in the first of three sessions."""
    return {
        "question_id": name,
        "question_type": kind,
        "question": question,
        "question_date": "2023/03/01 (Wed) 08:00",
        "answer": "A heron",
        "answer_session_ids": ["s1"],
        "haystack_dates": [
            "2023/01/25 (Wed) 23:28",
            "2023/02/01 (Wed) 10:00",
            "2023/02/02 (Thu) 10:00",
        ],
        "haystack_session_ids": ["s1", "s2", "s3"],
        "haystack_sessions": [
            [
                {"role": "user", "content": "I saw a heron by the lake.", "has_answer": True},
                {"role": "assistant", "content": "How still they stand!"},
            ],
            [
                {"role": "user", "content": "What is a haiku?"},
                {"role": "assistant", "content": "A short poem."},
            ],
            [{"role": "user", "content": "Bread recipe, please."}],
        ],
    }


LONGMEMEVAL = [
    haystack_question("q1", "single-session-user", "Which bird, a heron, did I see by the lake?"),
    haystack_question("q2", "multi-session", "What did I see by the lake?"),
    haystack_question("q3_abs", "multi-session", "Which fish did I see?"),
]


def write(path: Path, content: object) -> Path:
    """Write `content` as JSON, gzipped where the name says so."""
    raw = json.dumps(content).encode()
    path.write_bytes(gzip.compress(raw) if path.name.endswith(".gz") else raw)
    return path
