"""Before Tau ends: replies in progress may end, and each person is handed to another node.

Nobody else's work is waited for: learning goes on where the person is opened next, and an import
that is cut off says so.
"""

import asyncio
import logging

from tau.app import App
from tau.errors import TauError
from tau.server.state import AppState

logger = logging.getLogger(__name__)


async def drain(app: App, state: AppState, seconds: float) -> None:
    """Return when nobody is busy any more, or after `seconds`.

    New turns are refused, `/status` says so to balancers, and devices that only watch are sent
    elsewhere. Whoever isn't busy is saved and released at once.
    """
    state.draining.set()
    app.companion.turns.refuse_new()
    if app.homes is not None:
        try:
            await app.homes.start_draining()
        except TauError as error:
            logger.warning("this node still counts as one that stays: %s", error)
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    await _release_idle(app)
    while (left := until - loop.time()) > 0:
        if not await app.companion.turns.wait_for_an_end(left):
            return
        await _release_idle(app)


async def _release_idle(app: App) -> None:
    """Save and release the people who get no reply at the moment."""
    homes = app.homes
    if homes is None:
        return
    for person in homes.held():
        if not app.companion.turns.is_working_on(person):
            await app.lives.unload(person)
            await homes.release(person)
    for person in app.lives.people():  # whom a request opened while they were released
        if not homes.holds(person):
            app.lives.lose(person)
