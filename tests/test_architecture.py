"""What keeps the house easy to walk through: sizes, names, imports and what may be read where.

Which package may import which is written in `pyproject.toml` and checked by import-linter.
"""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "tau"

MOST_LINES_IN_A_FILE = 600
MOST_LINES_IN_A_FUNCTION = 60
MOST_NESTING = 4
MOST_PARAMETERS = 8
MOST_FOLDER_LEVELS = 2
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "services", "misc"}

# What breaks a budget today, as "file:function budget". Lines may only be taken away.
OFFENDERS: set[str] = set()

# What a function may import when it is called, with the reason it is not loaded at the start.
LAZY_IMPORTS = {
    "alembic": "only where there is something to migrate; costs 100 ms and 10 MB",
    "gguf": "only when a downloaded pack is converted",
    "prompt_toolkit": "only the terminal chat edits lines",
    "rich": "only commands that draw; `tau --help` must not wait",
    "uvicorn": "only `tau run` serves",
    "uvloop": "not there on every platform",
    "xllamacpp": "the local engine: tens of megabytes, and not every install has a local model",
}
# Tau's own modules that a function may import when it is called: {importing file: imported}.
LAZY_TAU_IMPORTS: dict[str, set[str]] = {}
IMPORT_BY_NAME = {"cli/group.py"}  # loads a command when it is called

# Where the environment is read. Everybody else is given what they need.
READS_ENVIRONMENT = {
    "settings.py": "the table of settings",
    "app.py": "the server's key may come from there; it is no setting, so that no page shows it",
    "bench/processes.py": "what is measured runs without the person's own settings",
}

_BLOCKS = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.TryStar,
    ast.Match,
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """A source file, read once."""

    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def _modules() -> list[Module]:
    paths = sorted(SOURCE.rglob("*.py"))
    texts = [(path.relative_to(SOURCE).as_posix(), path.read_text("utf-8")) for path in paths]
    return [Module(name, text, ast.parse(text)) for name, text in texts]


MODULES = _modules()


def _functions(tree: ast.AST, path: str = "") -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(tree):
        name = f"{path}.{child.name}" if isinstance(child, Function | ast.ClassDef) else path
        if isinstance(child, Function):
            yield name.removeprefix("."), child
        yield from _functions(child, name)


def _nesting(node: ast.AST) -> int:
    """How deep blocks stand within each other below `node`; `elif` is no deeper than its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef | ast.Lambda):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        own = 1 if isinstance(child, _BLOCKS) and not (is_elif and len(node.orelse) == 1) else 0
        deepest = max(deepest, own + _nesting(child))
    return deepest


def _parameters(function: Function) -> int:
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def _broken_budgets() -> set[str]:
    found = {
        f"{module.name} lines" for module in MODULES if len(module.lines) > MOST_LINES_IN_A_FILE
    }
    for module in MODULES:
        for name, function in _functions(module.tree):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            measures = {
                "lines": lines > MOST_LINES_IN_A_FUNCTION,
                "nesting": _nesting(function) > MOST_NESTING,
                "parameters": _parameters(function) > MOST_PARAMETERS,
            }
            found |= {f"{module.name}:{name} {what}" for what, broken in measures.items() if broken}
    return found


def test_nothing_breaks_a_size_budget() -> None:
    assert _broken_budgets() - OFFENDERS == set(), "make it smaller rather than listing it"


def test_the_list_of_offenders_only_shrinks() -> None:
    assert OFFENDERS - _broken_budgets() == set(), "it keeps the budget now: take it off the list"


@pytest.mark.parametrize(
    ("code", "depth"),
    [
        ("def f():\n  return 1", 0),
        ("def f():\n  if a: pass\n  elif b: pass\n  elif c: pass", 1),
        ("def f():\n  for x in y:\n    if a:\n      with b: pass", 3),
        ("def f():\n  if a: pass\n  else:\n    for x in y: pass", 2),
        ("def f():\n  try:\n    if a: pass\n  except E:\n    pass", 2),
        ("def f():\n  if a:\n    def g():\n      if b: pass", 1),
    ],
)
def test_nesting_is_counted_as_a_reader_counts_it(code: str, depth: int) -> None:
    assert _nesting(ast.parse(code).body[0]) == depth


def test_packages_and_modules_are_named_by_what_they_are() -> None:
    parts = {part for module in MODULES for part in Path(module.name).with_suffix("").parts}
    assert parts & VAGUE_NAMES == set()


def test_folders_are_at_most_two_levels_deep() -> None:
    deep = {
        module.name
        for module in MODULES
        if len(Path(module.name).parent.parts) > MOST_FOLDER_LEVELS
        and not module.name.startswith("storage/migrations/")  # as Alembic lays them out
    }
    assert deep == set()


def _lazy_imports(module: Module) -> Iterator[str]:
    for _, function in _functions(module.tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module or "."


def _allowed_lazily(module: Module, imported: str) -> bool:
    package = imported.partition(".")[0]
    return package in LAZY_IMPORTS or imported in LAZY_TAU_IMPORTS.get(module.name, set())


def test_imports_stand_at_the_top_but_for_those_with_a_reason() -> None:
    found = {
        f"{module.name} imports {imported}"
        for module in MODULES
        for imported in _lazy_imports(module)
        if not _allowed_lazily(module, imported)
    }
    assert found == set()


def test_modules_are_imported_by_name_in_one_place() -> None:
    found = {module.name for module in MODULES if "import_module(" in module.text}
    assert found <= IMPORT_BY_NAME


def _reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id == "os" and node.attr in {"environ", "environb", "getenv"}
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == "os"
        and any(alias.name in {"environ", "environb", "getenv"} for alias in node.names)
    )


def test_the_environment_is_read_in_one_place() -> None:
    found = {
        module.name
        for module in MODULES
        if any(_reads_environment(node) for node in ast.walk(module.tree))
    }
    assert found <= set(READS_ENVIRONMENT)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return caught is None or any(
        isinstance(name, ast.Name) and name.id == "Exception" for name in names
    )


def _has_reason(module: Module, line: int) -> bool:
    """Whether a comment on the line, on the next one, or alone before it, says something."""
    before = module.lines[line - 2]
    around = [before if before.strip().startswith("#") else "", *module.lines[line - 1 : line + 1]]
    comments = [text.partition("#")[2] for text in around if "#" in text]
    words = [word for comment in comments for word in comment.split()]
    return len([word for word in words if word not in {"noqa:", "BLE001", "-", "#"}]) >= 2


def test_whatever_catches_everything_says_which_boundary_it_is() -> None:
    found = {
        f"{module.name}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and _is_broad(node)
        and not _has_reason(module, node.lineno)
    }
    assert found == set()


def test_logs_come_from_loggers_that_modules_are_known_by() -> None:
    found = {
        module.name
        for module in MODULES
        if "logging.getLogger(" in module.text
        and not module.name.startswith("cli/")
        and "logging.getLogger(__name__)" not in module.text
    }
    assert found == set()


def test_there_is_as_much_test_as_source() -> None:
    def lines(folder: Path) -> int:
        return sum(len(path.read_text("utf-8").splitlines()) for path in folder.rglob("*.py"))

    assert lines(ROOT / "tests") >= lines(SOURCE)


def _import_names_of_dependencies() -> set[str]:
    names = {"pystemmer": "Stemmer", "argon2-cffi": "argon2"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    plain = [line.split(">=")[0].strip() for line in project["dependencies"]]
    return {names.get(name, name.replace("-", "_")) for name in plain}


def _loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(told.stdout.split())


def test_importing_tau_loads_no_dependency() -> None:
    assert _loaded_by("import tau") & _import_names_of_dependencies() == set()


def test_importing_the_command_line_loads_only_what_every_command_needs() -> None:
    everyday = {"click", "msgspec", "platformdirs"}
    assert _loaded_by("import tau.cli") & _import_names_of_dependencies() <= everyday


def test_memory_is_a_library_without_sockets_and_databases() -> None:
    loaded = _loaded_by("import tau.memory") & _import_names_of_dependencies()
    assert loaded & {"aiohttp", "fastapi", "sqlalchemy", "uvicorn", "xllamacpp"} == set()
