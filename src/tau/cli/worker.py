"""A worker of `tau run --workers`: serves the connections that another process accepts.

    python -m tau.cli.worker CHANNEL CONTROL

takes the numbers of two inherited sockets: connections arrive through the first, and through the
second the settings, as one line of JSON. It ends when the second one does.
"""

import asyncio
import socket
import sys
from contextlib import suppress
from pathlib import Path

import msgspec
import uvloop

from tau.app import open_app
from tau.cli.interpreter import switch_threads_quickly, tune_garbage_collector
from tau.cli.options import configure_logging
from tau.cli.serving import serve, serve_until_stopped
from tau.cli.stopping import Stopping, stopping
from tau.cli.workers import READY
from tau.errors import TauError
from tau.server.node_listener import listen_for_nodes
from tau.settings import Settings

_LONGEST_LINE = 2**20


def main() -> None:
    """Serve until the process that started this one says so, or ends."""
    channel, control = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    switch_threads_quickly()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(_work(channel, control))
        except TauError as error:
            sys.exit(str(error))


async def _work(channel: socket.socket, control: socket.socket) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=control, limit=_LONGEST_LINE)
    settings = _settings_of(await reader.readline())
    configure_logging(settings.log_level)
    with listen_for_nodes(settings) as nodes, stopping() as stop:
        leaving = asyncio.create_task(_stop_with_parent(reader, stop))
        async with open_app(settings, node_url=nodes.url if nodes else "") as app:
            tune_garbage_collector()
            async with serve(app, None, nodes, channel) as serving:
                warming = asyncio.create_task(app.models.warm_up())
                writer.write(READY)
                await serve_until_stopped(app, serving, stop)
                warming.cancel()
        leaving.cancel()
    writer.close()


async def _stop_with_parent(reader: asyncio.StreamReader, stop: Stopping) -> None:
    """Stop when the process that started this one has ended, however it did."""
    with suppress(OSError):  # it was killed
        await reader.read()
    stop.terminate()


def _settings_of(line: bytes) -> Settings:
    return msgspec.json.decode(line, type=Settings, dec_hook=lambda _, value: Path(value))


if __name__ == "__main__":
    main()
