"""What the chart, compose and a machine read: `values.yaml`, `tau.env`, and the docs' table."""

import json
from typing import Any

from spec import Value, chart_only, values

from tau.settings import default_of, table

_BEGIN, _END = "<!-- values: begin -->", "<!-- values: end -->"
_WIDTH = 98


def values_yaml(schema: dict[str, Any]) -> str:
    """Return `values.yaml`: each default, below its description."""
    lines = [
        "# Rendered from values.schema.json by `python scripts/deploy render`; change that file."
    ]
    current = ""
    for value in values(schema):
        above, _, name = value.path.rpartition(".")
        if above != current:
            lines.append("")
            lines += [f"{above}:"] if above else []
            current = above
        lines += _line(name, value.default, value.schema["description"], "  " if above else "")
    lines.append("")
    for name, one in chart_only(schema).items():
        lines += _line(name, one["default"], one["description"], "")
    return "\n".join(lines) + "\n"


def _line(name: str, default: Any, description: str, indent: str) -> list[str]:
    words, lines = description.split(), [f"{indent}#"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _WIDTH:
            lines.append(f"{indent}#")
        lines[-1] += f" {word}"
    return [*lines, f"{indent}{name}: {json.dumps(default, ensure_ascii=False)}"]


def environment_file() -> str:
    """Return `tau.env`: every setting as a variable, with its default, as a comment."""
    lines = [
        "# Tau's settings for compose and systemd: remove the # of a line to change it.",
        "# Rendered from the table of settings by `python scripts/deploy render`.",
    ]
    for setting in table():
        default = default_of(setting) if setting.name != "home" else "/var/lib/tau"
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        lines += ["", f"# {setting.metadata['help']}", f"#TAU_{setting.name.upper()}={shown}"]
    return "\n".join(lines) + "\n"


def documentation(schema: dict[str, Any], page: str) -> str:
    """Return the page with its table of values replaced."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    rows = ["| Value | Default | What it does |", "|---|---|---|"]
    rows += [_row(value) for value in values(schema)]
    for name, one in chart_only(schema).items():
        rows.append(f"| `{name}` | `{json.dumps(one['default'])}` | {one['description']} |")
    for name, where in schema["x-settings-elsewhere"].items():
        rows.append(f"| the setting `{name}` | | {where}. |")
    return "\n".join([f"{before}{_BEGIN}", "", *rows, "", f"{_END}{after}"])


def _row(value: Value) -> str:
    default = json.dumps(value.default) if value.kind != "string" else value.default
    shown = f"`{default}`" if default != "" else "empty"
    return f"| `{value.path}` | {shown} | {value.schema['description']} |"
