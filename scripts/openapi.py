"""Write the OpenAPI description of Tau's API to standard output, without a server.

Usage: .venv/bin/python scripts/openapi.py
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from tau.app import open_app
from tau.server.api import create_api
from tau.settings import Settings


async def main() -> None:
    """Build the API on an empty home folder and return its description."""
    with tempfile.TemporaryDirectory(prefix="tau-openapi-") as folder:
        settings = Settings(
            home=Path(folder) / "home",
            model="scripted",
            embedder="scripted-embedder",
            offline=True,
        )
        async with open_app(settings, environ={}) as app:
            described = create_api(app).openapi()
    json.dump(described, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    asyncio.run(main())
