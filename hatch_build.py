"""Builds the page before Tau is packed; where Tau runs from its folder, `scripts/setup` does."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface[Any]):
    """Sees to it that what is packed holds the page of its sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the page, unless it is current or the package is only a pointer to this folder."""
        if version != "editable":
            web = _script(Path(self.root) / "scripts" / "web.py")
            try:
                web.build()
            except web.Failed as failed:
                raise SystemExit(str(failed)) from None


def _script(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("tau_web", path)
    assert spec is not None  # noqa: S101 (it is a file of Python's)
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
