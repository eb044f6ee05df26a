"""What docs/fine-tuning-api.md shows works as it stands there."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tau.app import App
from tau.settings import Settings
from tests.studio.examples.files import chat_line
from tests.studio.tuning.made_runs import SHORT, put_base, scripted

from ..conftest import Person

pytestmark = pytest.mark.anyio
PAGE = Path(__file__).resolve().parents[3] / "docs" / "fine-tuning-api.md"


async def test_the_pages_code_runs(
    app: App,
    settings: Settings,
    owner: Person,
    served: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    put_base(settings.models_path)
    app.studio.runs.parts.find_program = lambda: scripted(SHORT)
    app.studio.runs.parts.poll_seconds = 0.02
    app.studio.runs.start()
    snippets = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    lines = [{"message": "Hello", "queue": "Name the queue: Hello"}, {"message": "x", "queue": "y"}]
    file = tmp_path / "queues.jsonl"
    file.write_text("\n".join(json.dumps({"item": each}) for each in lines))
    chats = tmp_path / "desk.jsonl"
    chats.write_text("\n".join(chat_line(f"Question {at}", "Answer") for at in range(10)))
    code = (
        "\n".join(snippets)
        .replace("http://127.0.0.1:6283", served)
        .replace("tau-...", owner.key)
        .replace("queues.jsonl", str(file))
        .replace("desk.jsonl", str(chats))
        .replace('"companion"', '"scripted"')
    )
    names: dict[str, Any] = {}
    await asyncio.to_thread(exec, code, names)
    counts = names["run"].result_counts
    assert (counts.total, counts.errored) == (2, 0)
    printed = capsys.readouterr().out
    assert str(counts) in printed
    assert f"succeeded {names['job'].fine_tuned_model}" in printed
    assert names["job"].fine_tuned_model.startswith("ft:smollm2-135m-instruct:tau:desk:")
    names["client"].close()
