"""Serving of tuned models by vLLM, where there's a GPU: its command, and a manifest for Kubernetes.

vLLM answers requests for different adapters at once, which llama.cpp doesn't. Each adapter has the
name that its model has at Tau, which ends in the hash of its content and is never used again: so
nothing that vLLM keeps of an adapter can be taken for another one's.
"""

import re
from shlex import join
from typing import Annotated, Any

import msgspec

from tau.errors import BadInput
from tau.studio.places.place import DnsLabel, OneLine, SomeOf, TextPath
from tau.studio.places.trainjob import as_argument
from tau.studio.places.yaml_text import to_yaml

VLLM_SCRIPT, VLLM_MANIFEST = "vllm.sh", "vllm.yaml"
KEY_VARIABLE = "VLLM_API_KEY"
PORT = 8000
_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM accepts as the highest rank."""
_MODEL_NAME = re.compile(r"ft:[A-Za-z0-9._:/-]{1,100}:[0-9a-f]{8}(?::ckpt-step-\d{1,9})?\Z")


class VllmAdapter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tuned model: its name at Tau, and the PEFT folder that vLLM reads its adapter from."""

    name: str
    path: TextPath


class VllmPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where and how vLLM serves, as an operator describes it in a TOML file."""

    base: OneLine
    """The base as vLLM loads it: a folder, a GGUF file, or a name at its hub."""
    tokenizer: OneLine = ""
    """For a GGUF file, where its tokenizer is."""
    adapters: tuple[VllmAdapter, ...] = ()
    rank: Annotated[int, msgspec.Meta(ge=1, le=512)] = 16
    """The highest rank of the adapters."""
    gpus: SomeOf = 1
    loading: bool = False
    """Allow adapters to be loaded while it serves. Whoever reaches the server can then load any
    folder that it can read, so keep everybody else from it."""
    image: OneLine = ""
    """The container image of vLLM, for Kubernetes."""
    namespace: DnsLabel = ""
    volume_claim: DnsLabel = ""
    mount: TextPath = "/tau"
    key_secret: DnsLabel = "tau-vllm-key"  # noqa: S105 - a name, not a secret
    """The Secret with the key `VLLM_API_KEY`, which requests must carry."""


def check_model_name(name: str) -> None:
    """Raise `BadInput` if a name isn't one that a model of the studio has."""
    if not _MODEL_NAME.fullmatch(name):
        raise BadInput(f"{name!r} isn't the name of a tuned model, such as ft:BASE:tau:NAME:HASH.")


def decode_vllm(raw: bytes) -> VllmPlace:
    """Return what a TOML file describes. Raises `BadInput`, which names the field."""
    try:
        place = msgspec.toml.decode(raw, type=VllmPlace)
    except (UnicodeDecodeError, msgspec.DecodeError) as error:
        raise BadInput(f"The settings for vLLM can't be used: {error}") from error
    for adapter in place.adapters:
        check_model_name(adapter.name)
    return place


def vllm_command(place: VllmPlace) -> list[str]:
    """Return the command that serves the base with its adapters."""
    adapters = [
        msgspec.json.encode({"name": each.name, "path": each.path}).decode()
        for each in place.adapters
    ]
    return [
        *("vllm", "serve", place.base, "--port", str(PORT)),
        *(("--tokenizer", place.tokenizer) if place.tokenizer else ()),
        *(("--tensor-parallel-size", str(place.gpus)) if place.gpus > 1 else ()),
        *("--enable-lora", "--max-lora-rank", str(_rank(place.rank))),
        *("--max-loras", str(max(1, len(adapters)))),
        *(("--lora-modules", *adapters) if adapters else ()),
    ]


def render_vllm_script(place: VllmPlace) -> str:
    """Return a script that serves on this machine. Requests must carry `VLLM_API_KEY`."""
    loading = "export VLLM_ALLOW_RUNTIME_LORA_UPDATING=True\n" if place.loading else ""
    return (
        "#!/bin/bash\nset -euo pipefail\n"
        f': "${{{KEY_VARIABLE}:?Set {KEY_VARIABLE} to a key that requests must carry}}"\n'
        f"{loading}export {KEY_VARIABLE}\nexec {join(vllm_command(place))}\n"
    )


def render_vllm_manifest(name: str, place: VllmPlace) -> str:
    """Return the manifest of the server: only pods with the label `tau.client` reach it.

    `name` is a DNS label. Raises `BadInput` if settings are missing.
    """
    if not place.volume_claim or not place.image:
        raise BadInput("vLLM in Kubernetes needs `image`, and `volume_claim` for the adapters.")
    labels = {"app": name}
    port = [{"port": PORT, "protocol": "TCP"}]
    allowed = {"from": [{"podSelector": {"matchLabels": {"tau.client": "yes"}}}], "ports": port}
    policy = {
        "podSelector": {"matchLabels": labels},
        "policyTypes": ["Ingress"],
        "ingress": [allowed],
    }
    deployment = {
        "replicas": 1,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": _pod(place)},
    }
    service = {"selector": labels, "ports": [{"port": PORT, "targetPort": PORT}]}
    documents: list[tuple[str, str, dict[str, Any]]] = [
        ("apps/v1", "Deployment", deployment),
        ("v1", "Service", service),
        ("networking.k8s.io/v1", "NetworkPolicy", policy),
    ]
    metadata = {"name": name, **({"namespace": place.namespace} if place.namespace else {})}
    made: list[dict[str, Any]] = [
        {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}
        for api, kind, spec in documents
    ]
    return to_yaml(*made)


def _rank(rank: int) -> int:
    return next(each for each in _RANKS if each >= rank)


def _pod(place: VllmPlace) -> dict[str, Any]:
    secret = {"name": place.key_secret, "key": KEY_VARIABLE}
    variables: list[dict[str, Any]] = [
        {"name": KEY_VARIABLE, "valueFrom": {"secretKeyRef": secret}}
    ]
    if place.loading:
        variables.append({"name": "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "value": "True"})
    container = {
        "name": "vllm",
        "image": place.image,
        "command": [as_argument(each) for each in vllm_command(place)],
        "env": variables,
        "ports": [{"containerPort": PORT}],
        "readinessProbe": {"httpGet": {"path": "/health", "port": PORT}},
        "resources": {"limits": {"nvidia.com/gpu": str(place.gpus)}} if place.gpus else {},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [
            {"name": "models", "mountPath": place.mount, "readOnly": True},
            {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108 - for NCCL
        ],
    }
    claim = {"claimName": place.volume_claim, "readOnly": True}
    return {
        "automountServiceAccountToken": False,
        "containers": [container],
        "volumes": [
            {"name": "models", "persistentVolumeClaim": claim},
            {"name": "shared-memory", "emptyDir": {"medium": "Memory"}},
        ],
    }
