"""Sockets to listen on, and the addresses that lead to them."""

import errno
import socket

from tau.errors import BadInput

_BACKLOG = 2048


class PortTaken(BadInput):
    """Another program listens on the port."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port`. Raises `PortTaken` or `BadInput`."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"Port {port} on {host} is in use by another program.") from error
        reason = error.strerror or type(error).__name__
        raise BadInput(f"Tau can't listen on {host}, port {port}: {reason}.") from error


def url_of(listener: socket.socket) -> str:
    """Return the address under which this machine reaches `listener`."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 (compared with, never bound here)
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
