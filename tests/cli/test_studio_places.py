"""`tau studio render`, `collect` and `vllm`, as somebody types them."""

import asyncio
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tau.models.scripted_server import serving
from tests.studio.desk import as_lines, requests
from tests.studio.tuning.made_runs import SHORT, put_base, scripted

from .conftest import Command

pytestmark = pytest.mark.slow  # these open a Tau of their own
MODEL = "ft:small:tau:desk:0123abcd"
SAID = b"Name the desk."  # in every example
PLACE = """
run_folder = "/shared/desk"
base = "/shared/base.gguf"
nodes = { count = 2, gpus = 8 }
slurm = { partition = "h100" }
"""


@pytest.fixture
def project(tau: Command, home: Path, tmp_path: Path) -> str:
    """A project with a frozen test, and a file that describes a place."""
    put_base(home / "models")
    (tmp_path / "desk.jsonl").write_bytes(as_lines(requests(60)))
    (tmp_path / "place.toml").write_text(PLACE)
    tau("studio", "new", "desk")
    tau("studio", "add", "desk", str(tmp_path / "desk.jsonl"))
    assert tau("studio", "freeze", "desk", "--test", "20").exit_code == 0
    return "desk"


def _train(folder: Path, key: str | None) -> None:
    program = scripted(SHORT)
    with subprocess.Popen(
        [program.python, *program.arguments, folder],
        stdin=subprocess.PIPE,
        env=dict(program.environment),
        text=True,
    ) as process:
        assert process.stdin
        process.stdin.write(json.dumps({"key": key}) + "\n")
        process.stdin.flush()
        process.wait(60)


def test_a_sealed_folder_goes_out_and_comes_back(
    tau: Command, project: str, tmp_path: Path
) -> None:
    output, key = tmp_path / "out", tmp_path / "key"
    options = ("--for", "slurm", "--settings", str(tmp_path / "place.toml"))
    placed = (*options, "--output", str(output))
    inside = tau("studio", "render", project, *placed, "--key-file", str(output / "key"))
    assert inside.exit_code == 1
    assert "outside the folder" in inside.stderr
    done = tau("studio", "render", project, *placed, "--key-file", str(key), "--suffix", "front")
    assert done.exit_code == 0, done.output
    assert "README.md" in done.stdout
    assert key.stat().st_mode & 0o777 == 0o600
    written = b"".join(each.read_bytes() for each in output.iterdir())
    assert key.read_bytes() not in written
    assert SAID not in written
    assert "--nodes=2" in (output / "job.sbatch").read_text()
    assert tau("studio", "render", project, *placed).exit_code == 1  # it's there already

    early = tau("studio", "collect", str(output), "--key-file", str(key))
    assert early.exit_code == 1
    assert "hasn't reported" in early.stderr
    _train(output, key.read_text())
    locked = tau("studio", "collect", str(output))
    assert locked.exit_code == 1
    assert "--key-file" in locked.stderr
    back = tau("studio", "collect", str(output), "--key-file", str(key))
    assert back.exit_code == 0, back.output
    models = back.stdout.splitlines()
    assert models[0].startswith("ft:smollm2-135m-instruct:tau:front:")
    assert "score" in models[0]
    assert tau("studio", "collect", str(output), "--key-file", str(key)).exit_code == 1


def test_a_plain_folder_is_said_to_be_plain(tau: Command, project: str, tmp_path: Path) -> None:
    options = ("--for", "local", "--output", str(tmp_path / "out"), "--settings")
    (tmp_path / "here.toml").write_text('run_folder = "/r"\nbase = "/b"\n')
    done = tau("studio", "render", project, *options, str(tmp_path / "here.toml"))
    assert done.exit_code == 0
    assert "isn't encrypted" in done.stderr
    assert SAID in (tmp_path / "out" / "train.jsonl").read_bytes()
    (tmp_path / "here.toml").write_text('run_folder = "here"\nbase = "/b"\n')
    wrong = tau("studio", "render", project, *options, str(tmp_path / "here.toml"))
    assert wrong.exit_code == 1
    assert "run_folder" in wrong.stderr
    assert "tau studio render" in tau("studio", "collect", str(tmp_path)).stderr


def test_vllm_is_rendered_from_a_file(tau: Command, tmp_path: Path) -> None:
    (tmp_path / "vllm.toml").write_text(
        f'base = "/m"\nimage = "x"\nvolume_claim = "v"\n'
        f'[[adapters]]\nname = "{MODEL}"\npath = "/a"\n'
    )
    out = tmp_path / "out"
    done = tau("studio", "vllm", "render", str(tmp_path / "vllm.toml"), "--output", str(out))
    assert done.exit_code == 0, done.output
    assert MODEL in (out / "vllm.sh").read_text()
    assert "NetworkPolicy" in (out / "vllm.yaml").read_text()


@contextmanager
def _vllm(answers: list[int]) -> Iterator[str]:
    """A server with vLLM's paths that answers every prompt with the same tokens."""
    served: list[str] = []

    async def models(_: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": each, "parent": "m"} for each in served]})

    async def loading(request: web.Request) -> web.Response:
        served.append((await request.json())["lora_name"])
        return web.Response(text="Success")

    async def completions(request: web.Request) -> web.Response:
        start = len((await request.json())["prompt"]) - 3
        tokens = [f"token_id:{each}" for each in answers[start:]]
        logprobs: dict[str, Any] = {
            "tokens": tokens,
            "token_logprobs": [-0.1 for _ in tokens],
            "top_logprobs": [{each: -0.1} for each in tokens],
        }
        return web.json_response({"choices": [{"logprobs": logprobs, "finish_reason": "stop"}]})

    app = web.Application()
    app.router.add_get("/v1/models", models)
    app.router.add_post("/v1/load_lora_adapter", loading)
    app.router.add_post("/v1/completions", completions)
    ready, ended = threading.Event(), threading.Event()
    address: list[str] = []

    async def serve() -> None:
        async with serving(app) as url:
            address.append(url)
            ready.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    try:
        yield address[0]
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize(("answers", "code"), [([7, 8, 9], 0), ([7, 5, 5], 2)])
def test_a_model_is_loaded_and_measured_on_the_server(
    tau: Command, tmp_path: Path, answers: list[int], code: int
) -> None:
    prompt = {"tokens": [1, 2, 3], "answer": [7, 8, 9], "base_answer": [4]}
    reference = {"prompts": [{**prompt, "logprobs": [-0.1, -0.1, -0.1]}]}
    (tmp_path / "parity.json").write_text(json.dumps(reference))
    with _vllm(answers) as url:
        given = (MODEL, "/tau/desk", "--url", url)
        done = tau("studio", "vllm", "load", *given, "--run-folder", str(tmp_path))
        assert done.exit_code == code, done.output
        assert f"vLLM serves {MODEL}." in done.stdout
        assert "next token: " in done.stdout
