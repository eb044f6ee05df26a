"""`tau studio import` and `tau studio export`, as somebody types them."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.studio.desk import as_lines, requests
from tests.studio.openai_import.scripted_openai import KEY, serve, stranded

from .conftest import Command

pytestmark = pytest.mark.slow  # these open a Tau of their own


@pytest.fixture
def address() -> Iterator[str]:
    """A scripted OpenAI, served from a thread: commands have event loops of their own."""
    loop = asyncio.new_event_loop()
    serving = serve(stranded())
    url = loop.run_until_complete(serving.__aenter__())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield url
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.run_until_complete(serving.__aexit__(None, None, None))
    loop.close()


def test_everything_is_brought_over_once(
    tau: Command, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = tau("studio", "import", "openai", "--url", address)
    assert without.exit_code == 1
    assert "--ask-key" in without.stderr
    refused = tau("studio", "import", "openai", "--url", address, "--key", "sk-other")
    assert refused.exit_code == 1
    assert "doesn't accept the key" in refused.stderr
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    done = tau("studio", "import", "openai", "--url", address)
    assert done.exit_code == 0
    first, *notes = done.stdout.splitlines()
    assert first == "Imported 5 files, 1 jobs, 2 evals, 1 runs with 5 results."
    assert any("weights" in note for note in notes)
    again = tau("studio", "import", "openai", "--url", address)
    assert "Imported 0 files" in again.stdout
    assert "9 were here already." in again.stdout


def test_a_project_is_exported_into_a_new_folder(tau: Command, tmp_path: Path) -> None:
    file = tmp_path / "desk.jsonl"
    file.write_bytes(as_lines(requests(60)))
    tau("studio", "new", "Front desk")
    tau("studio", "add", "Front desk", str(file))
    tau("studio", "freeze", "Front desk", "--test", "20")
    folder = tmp_path / "out"
    done = tau("studio", "export", "front desk", "--as", "promptfoo", "--output", str(folder))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == f"Wrote promptfooconfig.json to {folder}."
    assert "Put the model that you test" in done.stdout
    config = json.loads((folder / "promptfooconfig.json").read_text())
    assert len(config["tests"]) == 20
    again = tau("studio", "export", "front desk", "--as", "openai", "--output", str(folder))
    assert again.exit_code == 1
    assert "there already" in again.stderr
    none = tau("studio", "export", "other", "--as", "openai", "--output", str(tmp_path / "none"))
    assert none.exit_code == 1
    assert not (tmp_path / "none").exists()
