"""One typed table of settings: name, default, help.

Every setting can be given on the command line (`--name`), in the environment (`TAU_NAME`) or in
`settings.toml` in Tau's home; the first of these wins. The environment is read only here.
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


def _setting(
    default: Any, help_text: str, *, secret: bool = False, choices: tuple[str, ...] = ()
) -> Any:
    metadata = {"help": help_text, "secret": secret, "choices": choices}
    return field(default=default, metadata=metadata)


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("tau", appauthor=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of this Tau."""

    home: Path = field(
        default_factory=_default_home,
        metadata={"help": "Folder for the database, the server key, logs and models."},
    )
    host: str = _setting(
        "127.0.0.1", "Address to listen on; the default accepts connections from this machine only."
    )
    port: int = _setting(6283, "Port to listen on; 0: any free port.")
    public_url: str = _setting(
        "", "Address that people open if Tau runs behind a proxy, e.g. https://tau.example."
    )
    database_url: str = _setting(
        "", "postgresql://user:password@host/name; empty: a SQLite file in `home`.", secret=True
    )
    listen_url: str = _setting(
        "",
        "Address of the same PostgreSQL without a pooler such as PgBouncer, to listen for "
        "notifications; empty: `database_url`.",
        secret=True,
    )
    node_host: str = _setting(
        "127.0.0.1",
        "Address at which other nodes of this Tau reach this one; used with PostgreSQL only.",
    )
    node_port: int = _setting(0, "Port at which other nodes reach this one; 0: any free port.")
    drain_seconds: float = _setting(
        25.0, "Let replies in progress end for this many seconds after SIGTERM."
    )
    workers: int = _setting(
        1, "Processes that serve people, on the cores of this machine; several need PostgreSQL."
    )
    model: str = _setting("", "Model or alias to chat with; empty: the alias `companion`.")
    model_url: str = _setting("", "OpenAI-compatible endpoint to chat with, e.g. https://host/v1.")
    model_key: str = _setting("", "API key for that endpoint.", secret=True)
    builtin: str = _setting(
        "best",
        "Built-in chat model: best (the best that fits this machine), small or none.",
        choices=("best", "small", "none"),
    )
    embedder: str = _setting("", "Model for embeddings; empty: the alias `embedder`.")
    models_folder: str = _setting("", "Folder for downloaded models; empty: `models` in `home`.")
    studio_models: str = _setting(
        "",
        "Models to tune under names that jobs give them: gpt-4o-mini=MODEL, separated by commas.",
    )
    threads: int = _setting(
        0, "Threads of the local engine; 0: measured, so that they fit the cores that are free."
    )
    model_idle_seconds: float = _setting(
        1800.0, "Unload the local chat model after this many idle seconds; 0: never."
    )
    context_tokens: int = _setting(4096, "Context window of the local engine, in tokens.")
    model_timeout_seconds: float = _setting(
        60.0, "Give up on a model that sends nothing for this many seconds."
    )
    recall_tokens: int = _setting(
        0, "Token budget for recalled text in a prompt; 0: chosen from the model's context."
    )
    private_hosts: str = _setting(
        "localhost,127.0.0.1,::1",
        "Hosts with private addresses that Tau may connect to, separated by commas.",
    )
    country: str = _setting(
        "", "Country of the help lines that Tau names, e.g. DE; empty: from the time zone."
    )
    care_notice_hours: float = _setting(
        -1.0, "Hours of talk between reminders that Tau is an AI; -1: as usual there; 0: never."
    )
    max_message_bytes: int = _setting(1_000_000, "Largest message that Tau accepts, in bytes.")
    max_request_bytes: int = _setting(
        8_000_000, "Largest request body that the server accepts, in bytes."
    )
    max_import_bytes: int = _setting(4_000_000_000, "Largest file that can be imported, in bytes.")
    idle_seconds: float = _setting(900.0, "Unload a person's memory after this many idle seconds.")
    currency: str = _setting("USD", "Currency of the prices of models, such as USD or CNY.")
    session_days: int = _setting(90, "Sign a browser out after this many days without use.")
    server_slot: bool = _setting(
        True,
        "Give the server a key slot of each new person, so that Tau can learn while they are away.",
    )
    oidc_issuer: str = _setting(
        "", "OpenID provider that may sign people in, e.g. https://login.example; empty: none."
    )
    oidc_client_id: str = _setting("", "What Tau is called at that provider.")
    oidc_client_secret: str = _setting("", "Tau's secret at that provider.", secret=True)
    oidc_name: str = _setting("", "Name of the provider on the sign-in page; empty: its host.")
    oidc_join: str = _setting(
        "invited",
        "Who becomes a person of this Tau with it: invited (by a link) or anyone it signs in.",
        choices=("invited", "anyone"),
    )
    studio_python: str = _setting(
        "", "Python that trains models; empty: the environment that `tau studio setup` makes."
    )
    offline: bool = _setting(False, "Never download anything.")
    log_level: str = _setting("info", "debug, info, warning or error; logs never contain messages.")

    @property
    def settings_file(self) -> Path:
        """The file that keeps settings between starts."""
        return self.home / FILE_NAME

    @property
    def models_path(self) -> Path:
        """The folder of downloaded models."""
        return Path(self.models_folder).expanduser() if self.models_folder else self.home / "models"


def table() -> tuple[Field[Any], ...]:
    """Return the fields of the settings table, in order, each with its `metadata["help"]`."""
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

    `given` are the options of the command line (`None` values count as not given). Raises
    `SettingsError` if a value cannot be converted to its type, or if a name is unknown.
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
        raise SettingsError(
            f"There is no setting named {unknown[0]!r}; `tau doctor` lists all settings."
        )
    converted = {name: _convert(name, value, types[name]) for name, value in values.items()}
    _check_choices(converted)
    return Settings(**converted)


def _check_choices(values: Mapping[str, Any]) -> None:
    for setting in table():
        choices = setting.metadata.get("choices")
        if choices and values.get(setting.name, setting.default) not in choices:
            listed = ", ".join(choices)
            raise SettingsError(f"The setting {setting.name!r} must be one of: {listed}.")


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
    values.pop("home", None)  # the file is in home: it cannot set home
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
