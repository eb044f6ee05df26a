"""What `tau import` says: how far it is, what was left out and why, what is wrong with a file."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tau.cli import imports
from tau.client.client import Client
from tau.client.http import ApiError
from tau.errors import BadInput, Conflict, TauError
from tau.server.schemas.imports import ImportOut, PreviewFactOut, SkippedItemOut

from .known import brought, fact

pytestmark = pytest.mark.anyio
HOW = {"trust": False, "forgotten": True, "dry_run": False}


def told(capsys: pytest.CaptureFixture[str], one: ImportOut, *, dry_run: bool = False) -> list[str]:
    imports._print_result(one, dry_run=dry_run)
    return capsys.readouterr().err.splitlines()


# --- what came of it -------------------------------------------------------------------------


def test_a_pipe_gets_the_counts_in_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    imports._print_result(brought("i", known=3, skipped_count=1, facts=2), dry_run=False)
    assert capsys.readouterr().out == "ChatGPT\t2\t6\t2\t3\t1\n"


def test_what_was_left_out_is_named_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = [SkippedItemOut(f"“对话{n}”", "the file ends in the middle of it") for n in range(25)]
    lines = told(capsys, brought("i", skipped=skipped, skipped_count=1_250))
    assert lines[0] == "Left out: “对话0”: the file ends in the middle of it."
    assert lines[20] == "And 1230 more."
    notes = [SkippedItemOut("chats.json", "its letters were taken as Latin-1")]
    assert told(capsys, brought("i", notes=notes))[0] == (
        "chats.json: its letters were taken as Latin-1."
    )


def test_names_of_a_file_do_not_reach_the_terminal_raw(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = [SkippedItemOut("\x1b]0;evil\x07name", "why\x1b[2J")]
    (line, *_) = told(capsys, brought("i", skipped=skipped, skipped_count=1))
    assert line == "Left out: ]0;evilname: why[2J."


@pytest.mark.parametrize(
    ("more", "dry_run", "lines"),
    [
        ({}, False, ["To undo this import, find its id with: tau memory imports"]),
        ({}, True, ["Nothing was written."]),
        (
            {
                "learned": [
                    PreviewFactOut("Likes tea", "like", "waiting"),
                    PreviewFactOut("住在\x1b里斯本", "home", "own"),
                ]
            },
            True,
            [
                "Would learn: Likes tea (waits for your approval)",
                "Would learn: 住在里斯本",
                "Nothing was written.",
            ],
        ),
        (
            {"learned": [PreviewFactOut("Likes tea", "like", "own")] * 25},
            True,
            ["Would learn: Likes tea"] * 20 + ["And 5 more.", "Nothing was written."],
        ),
        (
            {"facts": 2},
            False,
            [
                "Review what it says about you: tau memory list --state waiting",
                "To undo this import, find its id with: tau memory imports",
            ],
        ),
        ({"facts": 2, "restored": True}, False, []),
        ({"messages": 0, "known": 6}, False, []),
        (
            {"messages": 0, "forgotten": 4},
            False,
            ["Left out because you had forgotten it: 4. Use --forgotten to import it."],
        ),
    ],
)
def test_what_can_be_done_next_is_told(
    capsys: pytest.CaptureFixture[str], more: dict[str, Any], dry_run: bool, lines: list[str]
) -> None:
    assert told(capsys, brought("i", **more), dry_run=dry_run) == lines


# --- what is no file -------------------------------------------------------------------------


def test_a_folder_is_told_apart_from_nothing_and_from_a_device(tmp_path: Path) -> None:
    pipe, dangling = tmp_path / "pipe", tmp_path / "dangling"
    os.mkfifo(pipe)
    dangling.symlink_to(tmp_path / "nowhere")
    for path, reason in (
        (tmp_path, "is a folder; name a file in it, such as conversations.json."),
        (tmp_path / "名字.zip", "doesn't exist"),
        (dangling, "doesn't exist"),
        (pipe, "is not a regular file; save it as one first."),
        (Path("/dev/null"), "is not a regular file; save it as one first."),
    ):
        with pytest.raises(BadInput) as raised:
            imports._check_file(path)
        assert reason in str(raised.value)
        assert str(path) in str(raised.value)


# --- by the running Tau ----------------------------------------------------------------------


class Running:
    """Stands where a Tau runs that reads files: each look at the import tells a step further."""

    def __init__(self, *states: str) -> None:
        self.steps = [
            brought(
                "i", state=state, sentence=f"It {state}.", bytes_done=n, bytes_total=len(states)
            )
            for n, state in enumerate(states, start=1)
        ]
        self.past: list[ImportOut] = []
        self.asked: dict[str, str] = {}
        self.received = b""
        self.stopped: list[str] = []
        self.looked = asyncio.Event()

    def add(self, app: web.Application) -> None:
        app.router.add_post("/api/imports", self._receive)
        app.router.add_get("/api/imports", self._list)
        app.router.add_get("/api/imports/{id}", self._look)
        app.router.add_delete("/api/imports/{id}", self._stop)

    async def _receive(self, request: web.Request) -> web.Response:
        self.asked = dict(request.query)
        self.length = request.content_length
        self.received = await request.read()
        return _json(self.steps[0])

    async def _list(self, _: web.Request) -> web.Response:
        return _json({"imports": self.past})

    async def _look(self, _: web.Request) -> web.Response:
        self.looked.set()
        if len(self.steps) > 1:
            self.steps.pop(0)
        return _json(self.steps[0])

    async def _stop(self, request: web.Request) -> web.Response:
        self.stopped.append(request.match_info["id"])
        return _json(self.steps[0])


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")


@asynccontextmanager
async def client_of(running: Running) -> AsyncIterator[Client]:
    app = web.Application(client_max_size=1 << 24)
    running.add(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with Client(f"http://127.0.0.1:{runner.addresses[0][1]}", "tau-secret") as client:
            yield client
    finally:
        await runner.cleanup()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_POLL_SECONDS", 0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "导出.zip"
    path.write_bytes(os.urandom(600_000))
    return path


async def test_sending_and_reading_tell_how_far_they_are(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = Running("running", "running", "done")
    async with client_of(running) as client:
        done = await imports._import_via_server(client, file, HOW)
    assert done.state == "done"
    assert running.received == file.read_bytes()  # noqa: ASYNC240 (a small one)
    assert running.length == 600_000
    asked = {"name": "导出.zip", "trust": "false", "forgotten": "true", "dry_run": "false"}
    assert running.asked == asked
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("Sending 导出.zip: 4")
    assert "Sending 导出.zip: 100 % of 600 kB" in lines
    assert lines[-1] == "导出.zip: 100 % of 3 bytes"


@pytest.mark.parametrize("state", ["failed", "stopped"])
async def test_what_went_wrong_there_is_told_in_its_sentence(file: Path, state: str) -> None:
    async with client_of(Running("running", state)) as client:
        with pytest.raises(TauError, match=f"It {state}."):
            await imports._import_via_server(client, file, HOW)


async def test_nothing_is_sent_while_another_file_is_read(file: Path) -> None:
    running = Running("running")
    running.past = [brought("other", state="running")]
    async with client_of(running) as client:
        with pytest.raises(Conflict, match="Another import is running"):
            await imports._import_via_server(client, file, HOW)
    assert running.received == b""


async def test_who_leaves_stops_the_import(file: Path) -> None:
    running = Running("running")
    async with client_of(running) as client:
        watching = asyncio.create_task(imports._import_via_server(client, file, HOW))
        await running.looked.wait()
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
    assert running.stopped == ["i"]


async def test_who_leaves_when_it_is_over_leaves_quietly(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = Running("running")

    async def over(*_: object) -> None:
        raise ApiError("This import has already ended.", 409)

    async with client_of(running) as client:
        monkeypatch.setattr(client.imports, "stop", over)
        watching = asyncio.create_task(imports._import_via_server(client, file, HOW))
        await running.looked.wait()
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching


async def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    async with client_of(Running("done")) as client:
        with pytest.raises(BadInput, match=r"gone\.zip can't be read: No such file"):
            await imports._import_via_server(client, tmp_path / "gone.zip", HOW)


async def test_a_file_that_shrinks_while_it_is_sent_fails_in_a_sentence(file: Path) -> None:
    def shrink(sent: int, _: int) -> None:
        if sent < 300_000:
            file.write_bytes(b"x")

    async with client_of(Running("done")) as client:
        with file.open("rb") as content, pytest.raises(BadInput, match="got shorter"):
            await client.imports.upload(content, "x", shrink, **HOW)


async def test_much_is_judged_a_thousand_at_a_time() -> None:
    asked: list[int] = []

    async def judge(request: web.Request) -> web.Response:
        ids = (await request.json())["ids"]
        asked.append(len(ids))
        return _json({"facts": [fact(name) for name in ids]})

    running = Running("done")
    add = running.add

    def add_judging(app: web.Application) -> None:
        add(app)
        app.router.add_post("/api/memory/facts/approve", judge)

    running.add = add_judging  # type: ignore[method-assign]
    async with client_of(running) as client:
        judged = await client.memory.judge("approve", [f"f{n}" for n in range(2_500)])
    assert asked == [1_000, 1_000, 500]
    assert [one.id for one in judged[::1_000]] == ["f0", "f1000", "f2000"]
