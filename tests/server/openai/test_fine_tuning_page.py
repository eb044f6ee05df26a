"""What docs/fine-tuning-api.md shows works as it stands there."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Person

pytestmark = pytest.mark.anyio
PAGE = Path(__file__).resolve().parents[3] / "docs" / "fine-tuning-api.md"


async def test_the_pages_code_runs(
    owner: Person, served: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    snippets = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    lines = [{"message": "Hello", "queue": "Name the queue: Hello"}, {"message": "x", "queue": "y"}]
    file = tmp_path / "queues.jsonl"
    file.write_text("\n".join(json.dumps({"item": each}) for each in lines))
    code = (
        "\n".join(snippets)
        .replace("http://127.0.0.1:6283", served)
        .replace("tau-...", owner.key)
        .replace("queues.jsonl", str(file))
        .replace('"companion"', '"scripted"')
    )
    names: dict[str, Any] = {}
    await asyncio.to_thread(exec, code, names)
    counts = names["run"].result_counts
    assert (counts.total, counts.errored) == (2, 0)
    assert str(counts) in capsys.readouterr().out
    names["client"].close()
