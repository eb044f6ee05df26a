"""The training program as an archive."""

import ast
import io
import zipfile
from pathlib import Path

from tau.studio.tuning.bundle import stored_bundle, worker_bundle
from tests.studio.worker.tiny_base import in_training_environment

SOURCE = Path(__file__).parents[3] / "src"
TORCH = {"torch", "transformers", "safetensors", "tokenizers"}


def _imported(text: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(text)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_it_imports_nothing_of_tau_but_what_is_in_it() -> None:
    with zipfile.ZipFile(io.BytesIO(worker_bundle())) as archive:
        held = {name: archive.read(name).decode() for name in archive.namelist()}
    modules = {name.removesuffix(".py").replace("/", ".") for name in held}
    wanted = {one for text in held.values() for one in _imported(text) if one.startswith("tau")}
    assert wanted - modules == set()
    program = {each for each in modules if each.startswith("tau.studio.worker.")}
    assert modules - program - {each for each in modules if each.endswith("__init__")} == {
        "tau.models.control_strings",
        "tau.models.gguf_reader",
        "tau.studio.tuning.run_events",
        "tau.studio.tuning.run_folder",
        "tau.studio.tuning.run_spec",
    }


def test_it_runs_where_tau_is_not_and_loads_nothing_else_of_it() -> None:
    script = """
import json, sys
import tau.studio.worker.program, tau.studio.worker.__main__
print(json.dumps({name: module.__file__ for name, module in sys.modules.items()
                  if name.partition(".")[0] == "tau"}))
"""
    loaded = in_training_environment(script)
    assert "tau.studio.worker.training_run" in loaded
    assert {path.partition(".zip")[1] for path in loaded.values()} == {".zip"}


def test_equal_sources_are_one_file(tmp_path: Path) -> None:
    assert worker_bundle() == worker_bundle()
    path = stored_bundle(tmp_path / "bundles")
    written = path.stat().st_mtime_ns
    assert stored_bundle(tmp_path / "bundles") == path
    assert path.stat().st_mtime_ns == written
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_nothing_else_of_tau_imports_torch() -> None:
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if {one.partition(".")[0] for one in _imported(path.read_text("utf-8"))} & TORCH
    }
    assert found
    assert {name for name in found if not name.startswith("tau/studio/worker/")} == set()
