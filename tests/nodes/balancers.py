"""Where requests enter: HAProxy, where it's installed."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tau.bench.nodes_processes import free_port
from tests.patience import patient

_CONFIGURATION = """
global
    maxconn 500
    stats socket {folder}/haproxy.sock mode 600
defaults
    mode http
    maxconn 500
    timeout connect 1s
    timeout client 10m
    timeout server 10m
    retries 3
    option redispatch 1
    retry-on conn-failure
frontend tau
    bind 127.0.0.1:{port}
    acl has_key req.hdr(Authorization) -m found
    http-request set-var(txn.tag) req.hdr(Authorization),bytes(11,3) if has_key
    http-request set-var(txn.tag) req.cook(tau_session),bytes(0,3) unless has_key
    default_backend nodes
backend nodes
    balance hash var(txn.tag)
    hash-type consistent
    option httpchk GET /status
    http-check send hdr Host 127.0.0.1
    default-server check inter 500ms fall 2 rise 1
{servers}
"""


@contextmanager
def balancing(program: str, urls: Sequence[str], folder: Path) -> Iterator[str]:
    """Run HAProxy in front of the nodes while the context lasts; yields its address."""
    port = free_port()
    servers = "\n".join(
        f"    server node{number} {url.removeprefix('http://')}" for number, url in enumerate(urls)
    )
    file = folder / "haproxy.cfg"
    file.write_text(_CONFIGURATION.format(folder=folder, port=port, servers=servers))
    with (folder / "haproxy.log").open("ab") as log:
        process = subprocess.Popen(
            [program, "-db", "-f", file], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(url, process, folder)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_until_up(url: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + patient(30)
    while time.monotonic() < deadline:
        assert process.poll() is None, (folder / "haproxy.log").read_text()
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/status", timeout=10).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError((folder / "haproxy.log").read_text())
