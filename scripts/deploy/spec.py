"""The values of the chart as a flat list of fields, read from `values.schema.json`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from tau.settings import Settings, default_of, table

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "chart"
SCHEMA = CHART / "values.schema.json"
SETTINGS = "settings"
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the chart that forms can ask for: a text, a number, or yes and no."""

    path: str
    group: str
    schema: dict[str, Any]

    @property
    def kind(self) -> str:
        """Its type: string, integer, number or boolean."""
        return str(self.schema["type"])

    @property
    def default(self) -> Any:
        """Its default."""
        return self.schema["default"]

    @property
    def setting(self) -> str:
        """The setting of Tau that it is, or an empty text."""
        return str(self.schema.get("x-tau-setting", ""))


def read_schema() -> dict[str, Any]:
    """Return the schema as it's in the file."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return schema


def with_settings(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with one value for each of Tau's settings that aren't decided elsewhere."""
    properties = dict(schema["properties"])
    elsewhere, defaults = schema["x-settings-elsewhere"], schema["x-settings-defaults"]
    types = get_type_hints(Settings)
    properties[SETTINGS] = {
        **properties[SETTINGS],
        "properties": {
            setting.name: _setting_schema(
                setting.name,
                types[setting.name],
                defaults.get(setting.name, default_of(setting)),
                setting.metadata,
            )
            for setting in table()
            if setting.name not in elsewhere
        },
    }
    return {**schema, "properties": properties}


def _setting_schema(name: str, kind: type, default: Any, metadata: Any) -> dict[str, Any]:
    choices = metadata.get("choices")
    return {
        "type": _TYPES[kind],
        "default": default,
        "title": name.replace("_", " ").capitalize(),
        "description": metadata["help"],
        **({"enum": list(choices)} if choices else {}),
        "x-tau-setting": name,
    }


def values(schema: dict[str, Any]) -> list[Value]:
    """Return every value that a form can ask for, in the order of the schema."""
    return list(_leaves(schema, "", ""))


def chart_only(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the values that no form asks for: lists and maps of Kubernetes."""
    return {
        name: value for name, value in schema["properties"].items() if value.get("x-chart-only")
    }


def _leaves(schema: dict[str, Any], path: str, group: str) -> Iterator[Value]:
    for name, below in schema["properties"].items():
        where = f"{path}.{name}" if path else name
        if "properties" in below:
            yield from _leaves(below, where, below["title"])
        elif not below.get("x-chart-only"):
            yield Value(where, group or "Tau", below)
