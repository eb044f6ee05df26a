"""Of several processes that train together, one writes the files of the run."""

from pathlib import Path

import pytest

from tests.studio.worker.tiny_base import in_training_environment

# An adapter without layers is enough: this is about who writes it.
SCRIPT = """
import json, sys
from pathlib import Path
from types import SimpleNamespace
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.tuning.run_spec import RunBase, RunData, RunSpec, SupervisedMethod
from tau.studio.worker.outputs import RunOutputs
from tau.studio.worker.reporter import Reporter

folder = RunFolder(Path(sys.argv[1]))
folder.path.mkdir()
spec = RunSpec(base=RunBase(name="b", sha256="0"), data=RunData(train="1"),
               method=SupervisedMethod())
base = SimpleNamespace(file=SimpleNamespace(architecture="llama"), file_names={})
adapter = SimpleNamespace(layers={}, shape=SimpleNamespace(alpha=32.0))
reporter = Reporter(folder, is_silent=sys.argv[2] == "another")
outputs = RunOutputs(folder, spec, base, adapter, None, reporter)
name, sha256 = outputs.write_adapter(3)
print(json.dumps([name, sha256, sorted(str(each.relative_to(folder.path))
                                       for each in folder.path.rglob("*.gguf"))]))
"""


@pytest.mark.parametrize(
    ("process", "written"), [("first", ["adapters/step-3.gguf"]), ("another", [])]
)
def test_one_process_writes_the_adapter_and_all_know_its_hash(
    tmp_path: Path, process: str, written: list[str]
) -> None:
    name, sha256, files = in_training_environment(SCRIPT, str(tmp_path / "run"), process)
    assert (name, files) == ("adapters/step-3.gguf", written)
    assert len(sha256) == 64
