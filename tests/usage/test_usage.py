"""What the ledger names, and what it doesn't."""

import pytest

from tau.app import App
from tau.models import scripted
from tau.models.caller import Caller
from tau.models.types import AnsweredRequest

pytestmark = pytest.mark.anyio


async def test_a_private_model_has_no_name_in_the_ledger(app: App) -> None:
    directory = app.models.directory
    directory.serve("ft:ada-diary", directory.backend(scripted.CHAT))
    seen: list[str] = []
    app.usage.listeners.append(lambda model, _used: seen.append(model))

    def report(model: str) -> None:
        for listener in app.models.usage_listeners:
            listener(Caller(), AnsweredRequest(model, 1, 1))

    report("ft:ada-diary")
    report(scripted.CHAT)
    await app.models.aliases.use("diary", ["ft:ada-diary"])  # now everybody may know the name
    report("ft:ada-diary")
    assert seen == ["ft:*", scripted.CHAT, "ft:ada-diary"]
