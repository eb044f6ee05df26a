"""Sandbox for programs: each attack ends within its bound with a plain error and finds nothing."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tau.bench.graders import sandbox_attacks
from tau.studio.graders import sandbox as sandbox_module
from tau.studio.graders.grade import GradingFailed
from tau.studio.graders.sandbox import PythonSandbox

from ...patience import patient
from ...processes import is_running

pytestmark = [pytest.mark.anyio]

CANARY = "canary-5f2c"
EQUAL = "def grade(sample, item):\n    return float(sample['output_text'] == item['answer'])"
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PythonSandbox]:
    monkeypatch.setattr(sandbox_module, "LIMIT_SECONDS", 0.5)
    monkeypatch.setattr(sandbox_module, "LIMIT_BYTES", 32 * 2**20)
    monkeypatch.setenv("TAU_CANARY", CANARY)
    async with PythonSandbox(processes=1) as opened:
        yield opened


def _body(*lines: str, before: str = "") -> str:
    inside = "\n".join(f"    {line}" for line in lines)
    return f"{before}\ndef grade(sample, item):\n{inside}"


ATTACKS = sandbox_attacks() | {
    "deep source": _body("return " + "(" * 50_000 + "1" + ")" * 50_000),
    "long source": _body("return " + "+".join(["1"] * 100_000)),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_an_attack_ends_with_a_plain_error(
    attack: str, sandbox: PythonSandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(GradingFailed) as caught:
        await sandbox.run(ATTACKS[attack], {"output_text": "x"}, {"answer": "x"})
    assert caught.value.kind == "python_runtime"
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert len(sentence) < 150
    assert CANARY not in sentence + caught.value.details
    assert capfd.readouterr().out == ""
    assert await sandbox.run(EQUAL, {"output_text": "x"}, {"answer": "x"}) == 1  # it goes on


async def test_a_catastrophic_pattern_returns(sandbox: PythonSandbox) -> None:
    source = _body("return bool(re.match(r'(a+)+$', 'a' * 50 + 'b'))", before="import re")
    assert await sandbox.run(source, {}, {}) == 0


async def test_a_file_is_not_written(sandbox: PythonSandbox, tmp_path: Path) -> None:
    target = tmp_path / "written"
    for write in (f"open({str(target)!r}, 'w').write('x')", f"Path({str(target)!r}).touch()"):
        source = _body(write, "return 1", before="from pathlib import Path")
        with pytest.raises(GradingFailed):
            await sandbox.run(source, {}, {})
    assert not target.exists()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = 1\ndef grade(s, i):\n\n    return i['b']", "The program raised KeyError in line 4."),
        ("def grade(s, i):\n    return 1 / 0", "The program raised ZeroDivisionError in line 2."),
        (_body("while True: pass"), "The program took longer than 2 seconds."),
        (_body("return None"), "The function `grade` didn't return a number."),
    ],
)
async def test_an_error_says_what_to_look_at(
    source: str, sentence: str, sandbox: PythonSandbox
) -> None:
    with pytest.raises(GradingFailed) as caught:
        await sandbox.run(source, {}, {"a": CANARY})
    assert str(caught.value) == sentence


async def test_programs_get_json_and_the_usual_modules(sandbox: PythonSandbox) -> None:
    source = _body(
        "found = re.findall(r'[0-9]+', sample['output_text'])",
        "same = json.loads(item['json']) == item['value']",
        "near = fuzz.ratio('abcd', 'abce') / 100",
        "return same * near * math.sqrt(float(found[0]))",
        before="import json, math, re\nfrom rapidfuzz import fuzz",
    )
    item = {"json": '{"a": [1, null]}', "value": {"a": [1, None]}}
    assert await sandbox.run(source, {"output_text": "n = 16"}, item) == pytest.approx(3)


@pytest.mark.parametrize("value", [True, 1, 0.5, -2])
async def test_numbers_are_returned(value: float, sandbox: PythonSandbox) -> None:
    assert await sandbox.run(_body(f"return {value}"), {}, {}) == value


async def test_nothing_is_kept_between_grades(sandbox: PythonSandbox) -> None:
    first = _body("global kept", "kept = sample", "return 1")
    assert await sandbox.run(first, {"output_text": CANARY}, {}) == 1
    with pytest.raises(GradingFailed, match="NameError"):
        await sandbox.run(_body("return len(kept)"), {}, {})
    counting = _body("counts.append(1)", "return len(counts)", before="counts = []")
    assert [await sandbox.run(counting, {}, {}) for _ in range(3)] == [1, 1, 1]


async def test_arguments_are_not_changed(sandbox: PythonSandbox) -> None:
    item = {"list": [1]}
    await sandbox.run(_body("item['list'].append(2)", "return 1"), {}, item)
    assert item == {"list": [1]}


async def test_what_cannot_be_given_to_a_program_is_an_error(sandbox: PythonSandbox) -> None:
    for item in ({"x": object()}, {"x": "\ud800"}):
        with pytest.raises(GradingFailed):
            await sandbox.run(_body("return 1"), {}, item)


async def test_many_grades_run_at_once() -> None:
    async with PythonSandbox(processes=2) as sandbox:
        runs = [sandbox.run(EQUAL, {"output_text": str(n)}, {"answer": "7"}) for n in range(50)]
        assert sum(await asyncio.gather(*runs)) == 1


async def test_without_the_library_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_monty", None)
    async with PythonSandbox() as sandbox:
        with pytest.raises(GradingFailed, match=r"pip install 'tau-companion\[studio\]'"):
            await sandbox.run(EQUAL, {}, {})


async def test_a_sandbox_that_does_not_start_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MONTY_BIN", str(tmp_path / "missing"))
    async with PythonSandbox() as sandbox:
        with pytest.raises(GradingFailed, match="doesn't start"):
            await sandbox.run(EQUAL, {}, {})


def _interpreters(parent: int) -> set[int]:
    """The processes of the sandbox that a process has started."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue  # it has just ended
        name, rest = stat.split("(", 1)[1].rsplit(")", 1)
        if name == "monty" and int(rest.split()[1]) == parent and rest.split()[0] != "Z":
            found.add(int(folder.name))
    return found


def _environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


@on_linux
async def test_the_processes_know_no_secrets_and_end_with_the_sandbox(
    sandbox: PythonSandbox,
) -> None:
    before = _interpreters(os.getpid())
    await sandbox.run(EQUAL, {"output_text": ""}, {"answer": ""})
    started = _interpreters(os.getpid()) - before
    assert started
    assert not any(map(_environment, started))
    await sandbox.close()
    assert not started & _interpreters(os.getpid())


@on_linux
def test_the_processes_end_when_the_server_is_killed() -> None:
    program = (
        "import asyncio\nfrom tau.studio.graders.sandbox import PythonSandbox\n"
        "asyncio.run(PythonSandbox().run('def grade(s, i):\\n while True: pass', {}, {}))"
    )
    server = subprocess.Popen([sys.executable, "-c", program])
    deadline = time.monotonic() + patient(20)
    while not (started := _interpreters(server.pid)):
        assert time.monotonic() < deadline
    server.kill()
    server.wait()
    while any(map(is_running, started)):
        assert time.monotonic() < deadline
