"""Which model speaks, how one is fetched, where the server listens, and what is asked for."""

import io
import socket
import stat
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from rich.console import Console

from tau.app import App
from tau.cli import confirmation, model_downloads, model_summary, server_file
from tau.cli.accounts import find_person, open_person
from tau.cli.listening import PortTaken, listen, url_of
from tau.cli.progress import ReportProgress
from tau.cli.terminal import format_size, format_time, print_rows, shorten, strip_control
from tau.errors import BadInput, DownloadFailed, NotFound, NotSignedIn, UnknownModel
from tau.models.types import ModelInfo

pytestmark = pytest.mark.anyio


class StubModels:
    """Models as a command sees them, without any behind."""

    def __init__(self, *infos: ModelInfo, fails: bool = False, found: Sequence[str] = ()) -> None:
        self.infos = {info.name: info for info in infos}
        self.fails = fails
        self.pulled: list[str] = []
        self.aliases = self.directory = self
        self.on_loopback = [ModelInfo(name=name, origin="found") for name in found]

    def default_chat(self) -> str:
        return "companion"

    def default_embedder(self) -> str:
        return "embedder"

    def names_for(self, name: str) -> list[str]:
        wanted = "embed" if name == "embedder" else "chat"
        names = [name for name, info in self.infos.items() if wanted in info.capabilities]
        if not names:
            raise UnknownModel(f"There is no model {name!r}.")
        return names

    def info(self, name: str) -> ModelInfo:
        return next(self.infos[one] for one in self.names_for(name))

    async def list(self) -> list[ModelInfo]:
        return [*self.infos.values()]

    async def discover(self) -> Sequence[ModelInfo]:
        return self.on_loopback

    async def pull(self, name: str, progress: ReportProgress) -> None:
        if self.fails:
            raise DownloadFailed("The network is away.")
        for done in range(0, 101, 2):
            progress(done * 1_000_000, 100_000_000)
        self.pulled.append(name)


def pack(name: str, does: str = "chat", *, ready: bool = False) -> ModelInfo:
    able = frozenset({does})
    return ModelInfo(name=name, origin="pack", capabilities=able, size="small", ready=ready)  # type: ignore[arg-type]


def screen() -> Console:
    return Console(file=io.StringIO(), width=120)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def fetched(models: StubModels, *, offline: bool = False) -> tuple[bool, str]:
    console = screen()
    able = await model_downloads.download_missing_models(models, console, offline=offline)  # type: ignore[arg-type]
    return able, written(console)


async def test_missing_packs_are_fetched_with_lines_in_a_pipe() -> None:
    models = StubModels(pack("small"), pack("tiny", "embed"))
    able, told = await fetched(models)
    assert able
    assert models.pulled == ["small", "tiny"]
    assert "small: 0 % of 100 MB" in told
    assert "small: 50 % of 100 MB" in told
    assert told.count("small: ") == 11
    assert "\x1b" not in told


async def test_what_is_ready_is_left_alone() -> None:
    models = StubModels(pack("small", ready=True), pack("other"), pack("tiny", "embed", ready=True))
    assert await fetched(models) == (True, "")
    assert models.pulled == []


@pytest.mark.parametrize("offline", [True, False])
async def test_tau_goes_on_when_nothing_can_be_fetched(offline: bool) -> None:
    models = StubModels(pack("small"), pack("tiny", "embed"), fails=True)
    able, told = await fetched(models, offline=offline)
    assert not able
    assert "Tau can't chat yet" in told
    assert "tau models pull" in told
    assert ("The network is away." in told) != offline


async def test_without_an_embedder_tau_speaks_all_the_same() -> None:
    able, told = await fetched(StubModels(pack("small", ready=True)), offline=True)
    assert able
    assert "can't search by meaning" in told


async def test_a_bar_is_drawn_where_somebody_looks() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    await model_downloads.download_model(StubModels(pack("small")), "small", console)  # type: ignore[arg-type]
    assert "100.0/100.0 MB" in written(console)


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (pack("small", ready=True), "a small built-in model"),
        (pack("small"), "There's no chat model yet"),
        (ModelInfo(name="large", origin="endpoint"), "Chat model: large."),
        (ModelInfo(name="scripted", origin="scripted"), "follows a script"),
    ],
)
async def test_it_is_told_honestly_who_speaks(info: ModelInfo, words: str) -> None:
    sentences = await model_summary.describe_chat_model(StubModels(info))  # type: ignore[arg-type]
    assert words in sentences[0]
    assert any("tau models add" in one for one in sentences) == (info.size == "small")


async def test_a_stronger_model_on_this_machine_is_pointed_at() -> None:
    models = StubModels(pack("small", ready=True), found=["ollama/qwen3:8b"])
    sentences = await model_summary.describe_chat_model(models)  # type: ignore[arg-type]
    assert "`tau models use ollama/qwen3:8b`" in sentences[-1]
    assert model_summary.current_chat_model(StubModels()) is None  # type: ignore[arg-type]


def test_listening() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert url_of(first) == f"http://127.0.0.1:{port}"
        with pytest.raises(PortTaken, match=str(port)):
            listen("127.0.0.1", port)
    with listen("0.0.0.0", 0) as everywhere:
        assert url_of(everywhere).startswith("http://127.0.0.1:")
    with pytest.raises(BadInput, match="can't listen"):
        listen("no.such.host.invalid", 0)
    with pytest.raises(BadInput, match="can't listen"):
        listen("203.0.113.1", 0)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_listening_on_ipv6() -> None:
    try:
        listener = listen("::1", 0)
    except BadInput:
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        assert url_of(listener).startswith("http://[::1]:")


async def test_people_are_found_by_name_or_id(app: App) -> None:
    with pytest.raises(NotFound, match="tau people list"):
        await find_person(app.people, "Nobody")
    owner = (await app.people.owner()).person
    for name in (None, owner.name, owner.id):
        assert (await find_person(app.people, name)).id == owner.id


async def test_somebody_else_opens_with_the_servers_key_or_a_password(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = await app.people.invitations.invite(await app.people.owner())
    _, theirs = await app.people.invitations.accept(invitation, "Ines", "correct horse", "phone")
    async with open_person(app.people, "Ines") as unlocked:
        assert unlocked.data_key == theirs.data_key
    await app.people.credentials.set_server_slot(theirs, False)
    monkeypatch.setattr(confirmation, "ask_password", lambda prompt: prompt and "correct horse")
    sessions = len(await app.people.credentials.slots(theirs.person.id, "session"))
    async with open_person(app.people, "Ines") as unlocked:
        assert unlocked.data_key == theirs.data_key
    assert len(await app.people.credentials.slots(theirs.person.id, "session")) == sessions
    monkeypatch.setattr(confirmation, "ask_password", lambda prompt: prompt and "wrong")
    with pytest.raises(NotSignedIn):
        async with open_person(app.people, "Ines"):
            pass


def test_where_nobody_can_type_nothing_is_agreed_to() -> None:
    @click.command()
    def ask() -> None:
        click.echo(confirmation.ask_confirmation("Really?"))
        click.echo(confirmation.ask_new_password())
        with pytest.raises(NotSignedIn, match="password"):
            confirmation.ask_password()

    assert CliRunner().invoke(ask, input="secret\n").output == "False\nsecret\n"


def test_words_for_the_terminal() -> None:
    assert strip_control("a\x1b[31mb\x07\r\nc\td\x9b") == "a[31mb\nc\td"
    assert shorten("  many\n words ", 20) == "many words"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"
    assert (format_size(900), format_size(93_000_000), format_size(1_100_000_000)) == (
        "900 bytes",
        "93 MB",
        "1.1 GB",
    )
    assert format_time(None) == ""
    assert len(format_time(0.0)) == 16


def test_rows_in_a_pipe_have_tabs_and_one_line_each() -> None:
    @click.command()
    def show() -> None:
        print_rows(("a", "b"), [("1", "two\nlines\tand \x1b[1mmore"), ("3", "")])

    assert CliRunner().invoke(show).output == "1\ttwo lines and [1mmore\n3\t\n"


def test_the_server_s_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with server_file.published(tmp_path, "http://127.0.0.1:1"):
        assert stat.S_IMODE((tmp_path / "server.json").stat().st_mode) == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["server.json"]
    assert list(tmp_path.iterdir()) == []
