"""Serving by vLLM: the command and manifest, and loading of adapters on a scripted server."""

import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import yaml
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.models.errors import BackendUnavailable, InvalidAnswer, RequestRejected
from tau.models.http import AddressGuard, GuardedClient
from tau.models.scripted_server import serving
from tau.studio.places.vllm import (
    VllmAdapter,
    VllmPlace,
    decode_vllm,
    render_vllm_manifest,
    render_vllm_script,
    vllm_command,
)
from tau.studio.places.vllm_server import VllmServer

pytestmark = pytest.mark.anyio
DESK = "ft:small:tau:desk:0123abcd"
OTHER = "ft:small:tau:other:89abcdef:ckpt-step-30"
PLACE = VllmPlace(
    base="/tau/models/small",
    adapters=(VllmAdapter(name=DESK, path="/tau/desk"), VllmAdapter(name=OTHER, path="/tau/o'x")),
    rank=12,
    gpus=2,
    image="registry.example/vllm:1",
    volume_claim="models",
)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\n\r"), max_size=12)


class Vllm:
    """A server with the paths of vLLM's that concern adapters."""

    def __init__(self, *, key: str = "k", loading: bool = True) -> None:
        self.served = {"base": "", OTHER: "base"}
        self.key, self.loading = key, loading
        self.forgets = False
        self.posts: list[tuple[str, dict[str, Any]]] = []

    @asynccontextmanager
    async def running(self, key: str = "k") -> AsyncIterator[VllmServer]:
        app = web.Application(middlewares=[self._checked])
        app.router.add_get("/v1/models", self._models)
        if self.loading:
            app.router.add_post("/v1/load_lora_adapter", self._change)
            app.router.add_post("/v1/unload_lora_adapter", self._change)
        client = GuardedClient(AddressGuard("127.0.0.1"))
        try:
            async with serving(app) as url:
                yield VllmServer(client, url, key)
        finally:
            await client.close()

    @web.middleware
    async def _checked(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": "Unauthorized"}, status=401)
        response: web.StreamResponse = await handler(request)
        return response

    async def _models(self, _: web.Request) -> web.Response:
        listed = [{"id": name, "parent": of or None} for name, of in self.served.items()]
        return web.json_response({"object": "list", "data": listed})

    async def _change(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.posts.append((request.path.rpartition("/")[2], body))
        if request.path.endswith("unload_lora_adapter"):
            del self.served[body["lora_name"]]
        elif not self.forgets:
            self.served[body["lora_name"]] = "base"
        return web.Response(text="Success")


async def test_an_adapter_is_loaded_once_and_unloaded() -> None:
    vllm = Vllm()
    async with vllm.running() as server:
        await server.load(DESK, "/tau/desk", base="base")
        await server.load(DESK, "/tau/desk")
        assert await server.adapters() == {OTHER: "base", DESK: "base"}
        await server.unload(DESK)
        await server.unload(DESK)
    assert vllm.posts == [
        ("load_lora_adapter", {"lora_name": DESK, "lora_path": "/tau/desk"}),
        ("unload_lora_adapter", {"lora_name": DESK}),
    ]


async def test_success_that_is_only_claimed_is_not_believed() -> None:
    vllm = Vllm()
    vllm.forgets = True
    async with vllm.running() as server:
        with pytest.raises(BackendUnavailable, match="isn't served by vLLM"):
            await server.load(DESK, "/tau/desk")
        with pytest.raises(BackendUnavailable, match="on another base"):
            await server.load(OTHER, "/tau/other", base="small")


@pytest.mark.parametrize("name", ["base", "", "ft:small:tau:desk", "ft:a b:0123abcd", f"{DESK}\n"])
async def test_only_names_of_tuned_models_are_loaded(name: str) -> None:
    vllm = Vllm()
    async with vllm.running() as server:
        with pytest.raises(BadInput, match="name of a tuned model"):
            await server.load(name, "/tau/desk")
    assert vllm.posts == []


async def test_refusals_say_what_to_do_and_repeat_nothing() -> None:
    async with Vllm(loading=False).running() as server:
        with pytest.raises(RequestRejected, match="VLLM_ALLOW_RUNTIME_LORA_UPDATING"):
            await server.load(DESK, "/secret/path")
    async with Vllm().running(key="wrong") as server:
        with pytest.raises(RequestRejected, match="refuses the key") as refused:
            await server.adapters()
    assert "wrong" not in str(refused.value)


async def test_addresses_are_guarded_and_answers_are_checked() -> None:
    client = GuardedClient(AddressGuard())
    with pytest.raises(BackendUnavailable, match="private_hosts"):
        await VllmServer(client, "http://127.0.0.1:9/v1").adapters()
    await client.close()
    app = web.Application()
    app.router.add_get("/v1/models", _nonsense)
    client = GuardedClient(AddressGuard("127.0.0.1"))
    async with serving(app) as url:
        with pytest.raises(InvalidAnswer):
            await VllmServer(client, url).adapters()
    await client.close()


async def _nonsense(_: web.Request) -> web.Response:
    return web.json_response({"data": [1]})


def test_the_command_serves_each_adapter_under_its_name() -> None:
    command = vllm_command(PLACE)
    assert command[:3] == ["vllm", "serve", "/tau/models/small"]
    assert command[command.index("--max-lora-rank") + 1] == "16"
    assert command[command.index("--max-loras") + 1] == "2"
    assert command[command.index("--tensor-parallel-size") + 1] == "2"
    modules = command[command.index("--lora-modules") + 1 :]
    assert [json.loads(each)["name"] for each in modules] == [DESK, OTHER]
    assert "--lora-modules" not in vllm_command(VllmPlace(base="small"))


@given(TEXT, st.sampled_from(["$(touch x)", "`id`", "'\"", "$VLLM_API_KEY", "\\"]), TEXT)
def test_hostile_paths_come_through_shell_and_manifest(a: str, hostile: str, b: str) -> None:
    adapters = (VllmAdapter(name=DESK, path=f"/{a}{hostile}{b}"),)
    place = VllmPlace(base=f"{b}{hostile}", adapters=adapters, image="x", volume_claim="models")
    script = render_vllm_script(place).replace("exec vllm", "exec printf '%s\\0' vllm")
    done = subprocess.run(
        ["bash", "-c", script], env={"VLLM_API_KEY": "k"}, capture_output=True, check=True
    )
    assert done.stdout.decode().split("\0")[:-1] == vllm_command(place)
    deployment, *_ = yaml.safe_load_all(render_vllm_manifest("tau-vllm", place))
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert [each.replace("$$", "$") for each in container["command"]] == vllm_command(place)


def test_the_manifest_keeps_everybody_else_out() -> None:
    documents = list(yaml.safe_load_all(render_vllm_manifest("tau-vllm", PLACE)))
    assert [each["kind"] for each in documents] == ["Deployment", "Service", "NetworkPolicy"]
    deployment, service, policy = documents
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert labels == service["spec"]["selector"] == policy["spec"]["podSelector"]["matchLabels"]
    assert policy["spec"]["ingress"][0]["from"] == [
        {"podSelector": {"matchLabels": {"tau.client": "yes"}}}
    ]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    names = [each["name"] for each in container["env"]]
    assert names == ["VLLM_API_KEY"]  # loading while it serves is off unless it's asked for
    assert "valueFrom" in container["env"][0]
    loading = render_vllm_script(VllmPlace(base="small", loading=True))
    assert "VLLM_ALLOW_RUNTIME_LORA_UPDATING=True" in loading
    assert "VLLM_ALLOW" not in render_vllm_script(PLACE)


def test_settings_are_read_from_toml() -> None:
    text = f"base = '/m'\n[[adapters]]\nname = '{DESK}'\npath = '/p'\n"
    assert decode_vllm(text.encode()).adapters == (VllmAdapter(name=DESK, path="/p"),)
    for wrong, named in (
        (text.replace(DESK, "base"), "tuned model"),
        ("rank = 4", "base"),
        ("base = '/m'\nrank = 1000", "rank"),
        ("base = [", "settings for vLLM"),
    ):
        with pytest.raises(BadInput, match=named):
            decode_vllm(wrong.encode())
    with pytest.raises(BadInput, match="volume_claim"):
        render_vllm_manifest("tau-vllm", VllmPlace(base="small"))
