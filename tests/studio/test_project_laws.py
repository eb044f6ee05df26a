"""The laws of a project, for any interleaving of what two processes do to it at once.

What was added is there until it's withdrawn, in its order. What was withdrawn is in no record, and
results that were made with it are marked. Whoever opens the project reads the same.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tau.app import open_app
from tau.errors import Conflict, NotFound
from tau.journal.entries import Record
from tau.settings import Settings
from tau.studio.comparison_jobs import ReportAnswers
from tau.studio.examples.example import ExampleMessage, ExampleSource
from tau.studio.project import Project
from tau.studio.projects import Projects
from tau.studio.results import ComparisonResult
from tau.studio.studio import Studio

from .made_examples import example
from .made_projects import comparison, ended, shown

delays = st.integers(0, 8)
"""How many rounds of the event loop a process lets pass before it acts."""
processes = st.integers(0, 1)
numbers = st.lists(st.integers(1, 12), min_size=1, max_size=5, unique=True)
sources = st.sampled_from(("desk", "shop"))


class Processes(RuleBasedStateMachine):
    """Two processes with one project. Rules collect what they do; `at_once` lets them do it."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.home = Path(tempfile.mkdtemp(prefix="tau-project-"))
        self.stack = AsyncExitStack()
        self.waiting: list[Callable[[], Awaitable[None]]] = []
        self.comparing: list[Callable[[], Awaitable[None]]] = []
        self.added: set[str] = set()
        self.withdrawn: set[str] = set()
        self.edits: dict[str, set[str]] = {}
        self.decided: set[str] = set()
        self.made_with: dict[str, set[str]] = {}
        """By comparison: the examples it was made with."""
        self.number = 0

    @initialize()
    def start(self) -> None:
        async def start() -> None:
            settings = Settings(home=self.home, model="scripted", embedder="scripted-embedder")
            self.app = await self.stack.enter_async_context(open_app(settings, environ={}))
            self.owner = await self.app.people.owner()
            self.studios = [self._process(), self._process()]
            self.id = (await self.studios[0].projects.create(self.owner, "Desk")).project.id

        self.runner.run(start())

    def teardown(self) -> None:
        async def end() -> None:
            for studio in self.studios:
                await studio.projects.close()
            await self.stack.aclose()

        self.runner.run(end())
        self.runner.close()
        shutil.rmtree(self.home)

    # --- what processes do --------------------------------------------------------------------

    @rule(delay=delays, process=processes, which=numbers, source=sources)
    def add(self, delay: int, process: int, which: list[int], source: str) -> None:
        async def add() -> None:
            log = await self.studios[process].projects.open(self.owner, self.id)
            made = [example(number, source, source) for number in sorted(which)]
            self.added.update(each.id for each in made)
            await log.add_examples(ExampleSource(id=source, name=source), made)

        self._do(delay, add)

    @rule(delay=delays, process=processes, number=st.integers(1, 12), source=sources)
    def edit(self, delay: int, process: int, number: int, source: str) -> None:
        self.number += 1
        words = f"edit {self.number} of question{number:05} from {source}"
        messages = (ExampleMessage("user", words), ExampleMessage("assistant", "fine"))

        async def edit() -> None:
            name = f"{source}-{number}"
            with suppress(NotFound):
                await self.studios[process].edit(self.owner, self.id, name, messages)
                self.edits.setdefault(name, set()).add(words)

        self._do(delay, edit)

    @rule(delay=delays, process=processes, which=numbers, source=sources)
    def leave_out(self, delay: int, process: int, which: list[int], source: str) -> None:
        async def leave_out() -> None:
            names = [f"{source}-{number}" for number in which]
            with suppress(NotFound):
                await self.studios[process].decide(self.owner, self.id, names, "leave out")
                self.decided.update(names)

        self._do(delay, leave_out)

    @rule(delay=delays, process=processes, which=numbers, source=sources)
    def withdraw(self, delay: int, process: int, which: list[int], source: str) -> None:
        async def withdraw() -> None:
            names = {f"{source}-{number}" for number in which} & self.added
            with suppress(NotFound):
                await self.studios[process].withdraw(self.owner, self.id, sorted(names))
                self.withdrawn |= names

        self._do(delay, withdraw)

    @rule(delay=delays, process=processes, late=st.booleans())
    def compare(self, delay: int, process: int, late: bool) -> None:
        async def compare() -> None:
            log = await self.studios[process].projects.open(self.owner, self.id)
            known = list(log.project.examples)
            half = len(known) // 2
            result = comparison(*known[:half], trained_on=tuple(known[half:])).result

            async def work(_: ReportAnswers) -> ComparisonResult:
                if late:
                    await self.others_ended.wait()
                return result

            with suppress(Conflict):
                jobs = self.studios[process].comparisons
                job = await ended(self.app.jobs, await jobs.start(self.owner, log, work))
                assert job.state == "done", job.message
                self.made_with[job.id] = set(known)

        self._do(delay, compare, compares=True)

    @rule()
    def at_once(self) -> None:
        async def run() -> None:
            self.others_ended = asyncio.Event()
            comparing = asyncio.gather(*(act() for act in self.comparing))
            await asyncio.gather(*(act() for act in self.waiting))
            self.others_ended.set()
            await comparing

        self.runner.run(run())
        self.waiting.clear()
        self.comparing.clear()

    # --- the laws -----------------------------------------------------------------------------

    @invariant()
    def all_read_the_same(self) -> None:
        first, second, fresh = (shown(each) for each in self._read())
        assert first == second == fresh

    @invariant()
    def only_what_was_withdrawn_is_gone(self) -> None:
        (*_, project) = self._read()
        assert set(project.examples) == self.added - self.withdrawn
        assert project.left_out == self.decided - self.withdrawn
        places = [
            (list(project.sources).index(each.source), each.line or 0)
            for each in project.examples.values()
        ]
        assert places == sorted(places)

    @invariant()
    def an_edit_is_kept(self) -> None:
        (*_, project) = self._read()
        for name, edits in self.edits.items():
            if name not in self.withdrawn:
                assert project.examples[name].input in edits
                assert project.examples[name].trust == "own"

    @invariant()
    def results_are_kept_and_marked(self) -> None:
        (*_, project) = self._read()
        results = [each.result for each in project.comparisons]
        assert len(results) == len(self.made_with)
        for result in results:
            assert set(result.withdrawn) <= self.withdrawn
            assert self.withdrawn.isdisjoint(result.examples())
        found = sorted(sorted({*each.examples(), *each.withdrawn}) for each in results)
        assert found == sorted(map(sorted, self.made_with.values()))

    @invariant()
    def no_record_repeats_what_was_withdrawn(self) -> None:
        records = self.runner.run(self._records())
        for name in self.withdrawn:
            source, number = name.split("-")
            for words in (
                f"question{int(number):05} from {source}",  # of an edit
                f"{source}{int(number):05}",  # the answer as it was added
                f"said of {name}.",
            ):
                assert words.encode() not in records, words

    # --- helpers ------------------------------------------------------------------------------

    def _process(self) -> Studio:
        app, known = self.app, self.app.studio
        return Studio(
            Projects(app.database, 3600),
            *(known.files, known.evals, known.served),
            *(app.models, app.jobs, known.runs),
        )

    def _do(
        self, delay: int, act: Callable[[], Awaitable[None]], *, compares: bool = False
    ) -> None:
        async def later() -> None:
            for _ in range(delay):
                await asyncio.sleep(0)
            await act()

        (self.comparing if compares else self.waiting).append(later)

    def _read(self) -> list[Project]:
        """Return the project as each process reads it, and as a new one does."""

        async def read_all() -> list[Project]:
            fresh = Projects(self.app.database, 3600)
            all_projects = [*(each.projects for each in self.studios), fresh]
            read = [(await each.open(self.owner, self.id)).project for each in all_projects]
            await fresh.close()
            return read

        return self.runner.run(read_all())

    async def _records(self) -> bytes:
        log = await self.studios[0].projects.open(self.owner, self.id)
        read = log._journal.read()
        return b"\n".join([each.raw async for each in read if isinstance(each, Record)])


TestProcesses = pytest.mark.slow(Processes.TestCase)
TestProcesses.settings = hypothesis_settings(max_examples=15, stateful_step_count=20)
