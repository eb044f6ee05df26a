"""The origin of each setting's value. Keys and passwords are not shown."""

from typing import Any

import msgspec

from tau.cli.options import given
from tau.settings import Settings, default_of, load, table


class SettingRow(msgspec.Struct, frozen=True):
    """One setting as the doctor lists it."""

    name: str
    value: str
    origin: str


def settings_with_origins(settings: Settings) -> list[SettingRow]:
    """Return every setting with its value and origin.

    Only `tau.settings` reads the environment, so its part is found by comparing with the settings
    without it: a variable that changes nothing is not reported as an origin.
    """
    said = given()
    without_environment = load({**said, "home": settings.home}, environ={})
    return [
        SettingRow(
            name=setting.name,
            value=_display_value(
                getattr(settings, setting.name), secret=setting.metadata.get("secret")
            ),
            origin=_origin(setting.name, said, settings, without_environment),
        )
        for setting in table()
    ]


def _origin(name: str, said: dict[str, Any], settings: Settings, bare: Settings) -> str:
    if name in said:
        return "command line"
    value = getattr(settings, name)
    defaults = {setting.name: default_of(setting) for setting in table()}
    if name == "home":
        return "default" if value == defaults[name] else "environment"
    if value != getattr(bare, name):
        return "environment"
    return "default" if value == defaults[name] else "settings.toml"


def _display_value(value: Any, *, secret: bool | None) -> str:
    if secret and value:
        return "(set, not shown)"
    return str(value)
