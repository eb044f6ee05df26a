"""Two nodes that only say who they are, and a proxy with one of our recipes in front of them."""

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from tau.cli.listening import listen
from tests.deploy.conftest import DEPLOY
from tests.deploy.programs import program
from tests.patience import patient


class Node:
    """An HTTP server that answers with its name, its state, and what it was sent."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.status = 200
        self.ending = False  # it says so when asked for its status
        self.seen: list[str] = []
        self.go_on = threading.Event()
        self.connections: list[socket.socket] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def port(self) -> int:
        """Its port."""
        return int(self._server.server_address[1])

    def status_of(self, path: str, host: str) -> int:
        """Return the status of an answer, and remember what was asked."""
        if path != "/status":
            self.seen.append(path)
        if not host:
            return 400  # as Tau answers to a name that isn't its own
        return 503 if path == "/status" and self.ending else self.status

    def stop(self) -> None:
        """Take no more connections, and close those that wait for another request."""
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _handler(node: Node) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # head and body of an answer in one packet
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            node.connections.append(self.connection)

        def do_GET(self) -> None:
            if self.path == "/stream":
                self._stream()
                return
            status = node.status_of(self.path, self.headers.get("Host", ""))
            body = f"{node.name} {self.headers.get('X-Forwarded-For', '')}".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.do_GET()

        def _stream(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._chunk(b"data: first\n\n")
            node.go_on.wait(patient(60))
            self._chunk(b"data: second\n\n")
            self._chunk(b"")

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def log_message(self, *arguments: Any) -> None:
            pass

    return Handler


def _free_port() -> int:
    with listen("127.0.0.1", 0) as listener:
        return int(listener.getsockname()[1])


def _haproxy(folder: Path, port: int, nodes: list[Node]) -> list[str | Path]:
    text = (DEPLOY / "haproxy" / "haproxy.cfg").read_text("utf-8")
    text = text.replace("bind :8080", f"bind 127.0.0.1:{port}")
    for ours, node in zip((6283, 6284), nodes, strict=True):
        text = text.replace(f"127.0.0.1:{ours}", f"127.0.0.1:{node.port}")
    (folder / "haproxy.cfg").write_text(text)
    return [program("haproxy") or "", "-db", "-f", folder / "haproxy.cfg"]


def _nginx(folder: Path, port: int, nodes: list[Node]) -> list[str | Path]:
    text = (DEPLOY / "nginx" / "tau.conf").read_text("utf-8")
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}")
    for ours, node in zip((6283, 6284), nodes, strict=True):
        text = text.replace(f"127.0.0.1:{ours}", f"127.0.0.1:{node.port}")
    (folder / "tau.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; error_log stderr; pid {folder}/pid; events {{}}\n"
        f"http {{ access_log off; {places} include {folder}/tau.conf; }}\n"
    )
    return [program("nginx") or "", "-p", folder, "-c", folder / "nginx.conf"]


def _caddy(folder: Path, port: int, nodes: list[Node]) -> list[str | Path]:
    text = (DEPLOY / "caddy" / "Caddyfile").read_text("utf-8")
    begin, end = text.index("\t\t\tdynamic a {"), text.index("\t\t\tlb_policy")
    addresses = " ".join(f"127.0.0.1:{node.port}" for node in nodes)
    text = f"{text[:begin]}\t\t\tto {addresses}\n{text[end:]}"  # their names are compose's
    text = text.replace("{$TAU_ADDRESS:localhost}", f"http://127.0.0.1:{port}")
    (folder / "Caddyfile").write_text(text)
    return [
        program("caddy") or "",
        "run",
        "--adapter",
        "caddyfile",
        "--config",
        folder / "Caddyfile",
    ]


COMMANDS = {"haproxy": _haproxy, "nginx": _nginx, "caddy": _caddy}


@contextmanager
def proxied(name: str, folder: Path) -> Iterator[tuple[httpx.Client, list[Node]]]:
    """Yield a client of the proxy, and the nodes behind it."""
    with ExitStack() as stack:
        nodes = [Node("one"), Node("two")]
        for node in nodes:
            stack.callback(node.stop)
        port = _free_port()
        log = stack.enter_context((folder / "log").open("wb"))
        process = subprocess.Popen(
            COMMANDS[name](folder, port, nodes),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"HOME": str(folder), "PATH": "/usr/bin:/bin:/usr/sbin"},
        )
        stack.callback(process.wait)
        stack.callback(process.kill)
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=patient(30))
        stack.enter_context(client)
        wait_for(client, process, folder)
        yield client, nodes


def wait_for(client: httpx.Client, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Return once the proxy answers."""
    deadline = time.monotonic() + patient(30)
    while time.monotonic() < deadline:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            if client.get("/status").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise AssertionError((folder / "log").read_text())
