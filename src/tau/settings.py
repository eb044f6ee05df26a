"""One typed table of settings: name, default, help.

Every setting can be given on the command line (`--name`), in the environment (`TAU_NAME`) or in
`settings.toml` of Tau's home; the first of these wins. The environment is read here and nowhere
else.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import platformdirs

from tau.errors import SettingsError

FILE_NAME = "settings.toml"
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def _setting(default: Any, help_text: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"help": help_text, "secret": secret})


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("tau", appauthor=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a person may change about Tau without touching code."""

    home: Path = field(
        default_factory=_default_home,
        metadata={"help": "Folder of the database, the server's key, logs and models."},
    )
    host: str = _setting("127.0.0.1", "Address to listen on; anything but loopback is a choice.")
    port: int = _setting(6283, "Port to listen on; 0 takes a free one.")
    public_url: str = _setting(
        "", "The address people type, when Tau stands behind a proxy: https://tau.example."
    )
    database_url: str = _setting(
        "", "postgresql://user:password@host/name; empty: the SQLite file in home.", secret=True
    )
    model: str = _setting("", "Model or alias to talk with; empty: the alias `companion`.")
    model_url: str = _setting("", "OpenAI-shaped endpoint to talk with, e.g. https://host/v1.")
    model_key: str = _setting("", "Key of that endpoint.", secret=True)
    embedder: str = _setting("", "Model that embeds; empty: the alias `embedder`.")
    models_folder: str = _setting("", "Where downloaded models lie; empty: `models` in home.")
    threads: int = _setting(0, "Threads of the local engine; 0: the cores of this machine.")
    context_tokens: int = _setting(4096, "Context window of the local engine, in tokens.")
    model_timeout_seconds: float = _setting(
        60.0, "How long a model may stay silent before Tau gives up on it."
    )
    recall_tokens: int = _setting(0, "Budget of recalled text in a prompt; 0: as the model bears.")
    private_hosts: str = _setting(
        "localhost,127.0.0.1,::1",
        "Hosts with private addresses that may be fetched, separated by commas.",
    )
    max_message_bytes: int = _setting(1_000_000, "Longest message a person may send, in bytes.")
    max_request_bytes: int = _setting(8_000_000, "Longest request body the server reads.")
    max_import_bytes: int = _setting(4_000_000_000, "Longest file that may be brought to Tau.")
    idle_seconds: float = _setting(900.0, "When the memory of a person who is away is put away.")
    session_days: int = _setting(90, "How long a browser stays signed in without being used.")
    server_slot: bool = _setting(
        True, "Whether the server keeps a key slot of its own for each new person."
    )
    offline: bool = _setting(False, "Never download anything.")
    log_level: str = _setting("info", "debug, info, warning or error; logs never hold messages.")

    @property
    def settings_file(self) -> Path:
        """The file that keeps settings between starts."""
        return self.home / FILE_NAME

    @property
    def models_path(self) -> Path:
        """The folder of downloaded models."""
        return Path(self.models_folder).expanduser() if self.models_folder else self.home / "models"


def table() -> tuple[Field[Any], ...]:
    """Return the fields of the settings table, in order; `metadata["help"]` tells each."""
    return fields(Settings)


def default_of(setting: Field[Any]) -> Any:
    """Return the default value of one row of the table."""
    if setting.default is not MISSING:
        return setting.default
    return setting.default_factory() if setting.default_factory is not MISSING else None


def load(
    given: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Return the settings: `given` over the environment over the file over the defaults.

    `given` holds what the command line said (`None` values count as not given). Raises
    `SettingsError` when a value cannot be read as its type, or the file names no known setting.
    """
    environ = os.environ if environ is None else environ
    said = {name: value for name, value in (given or {}).items() if value is not None}
    from_environ = {
        setting.name: environ[f"TAU_{setting.name.upper()}"]
        for setting in table()
        if f"TAU_{setting.name.upper()}" in environ
    }
    home = said.get("home") or from_environ.get("home") or _default_home()
    home = Path(home).expanduser().absolute()
    values = {**_read_file(home / FILE_NAME), **from_environ, **said, "home": home}
    types = get_type_hints(Settings)
    unknown = sorted(set(values) - set(types))
    if unknown:
        raise SettingsError(f"There is no setting named {unknown[0]!r}; `tau doctor` lists them.")
    return Settings(**{name: _convert(name, value, types[name]) for name, value in values.items()})


def _read_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            values = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{FILE_NAME} cannot be read: {error}") from error
    except OSError as error:
        raise SettingsError(f"{FILE_NAME} cannot be read: {error.strerror}.") from error
    values.pop("home", None)  # the file lies in home: it cannot say where home is
    return values


def _convert(name: str, value: Any, kind: type) -> Any:
    try:
        if kind is bool and isinstance(value, str):
            return _parse_bool(value)
        if kind is Path:
            return Path(value)
        return msgspec.convert(value, kind, strict=isinstance(value, bool))
    except (msgspec.ValidationError, ValueError, TypeError) as error:
        raise SettingsError(
            f"The setting {name!r} needs a value of type {kind.__name__}."
        ) from error


def _parse_bool(text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(word)
    return word in _TRUE
