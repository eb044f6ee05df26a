"""Every row of the settings table can be said in every place, and is what it says."""

from pathlib import Path
from typing import Any, get_type_hints

import platformdirs
import pytest

from tau.errors import SettingsError
from tau.settings import FILE_NAME, Settings, default_of, load, table

KINDS = get_type_hints(Settings)
OTHERS: dict[type, Any] = {int: 7, float: 2.5, str: "said", bool: None, Path: None}
ROWS = [row.name for row in table() if row.name != "home"]


def another(name: str) -> Any:
    """A value of the right type that is not the default."""
    kind = KINDS[name]
    (row,) = [row for row in table() if row.name == name]
    if row.metadata.get("choices"):
        return next(word for word in row.metadata["choices"] if word != row.default)
    return not getattr(Settings(), name) if kind is bool else OTHERS[kind]


def in_toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


@pytest.mark.parametrize("name", ROWS)
def test_a_setting_can_be_said_in_the_file_the_environment_and_the_command(
    tmp_path: Path, name: str
) -> None:
    value, home = another(name), {"TAU_HOME": str(tmp_path)}
    (tmp_path / FILE_NAME).write_text(f"{name} = {in_toml(value)}\n", "utf-8")
    from_file = load(environ=home)
    (tmp_path / FILE_NAME).unlink()
    from_environment = load(environ={**home, f"TAU_{name.upper()}": str(value)})
    from_command = load({name: value}, home)
    assert from_file == from_environment == from_command
    assert getattr(from_file, name) == value
    assert getattr(load(environ=home), name) != value


@pytest.mark.parametrize("name", ROWS)
def test_a_default_is_of_its_settings_type(name: str) -> None:
    (row,) = [row for row in table() if row.name == name]
    assert type(default_of(row)) is KINDS[name]


@pytest.mark.parametrize("name", [name for name in ROWS if KINDS[name] is not str])
def test_a_wrong_value_is_told_by_name_and_type_and_not_repeated(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as told:
        load({name: "a secret"}, {"TAU_HOME": str(tmp_path)})
    assert repr(name) in str(told.value)
    assert KINDS[name].__name__ in str(told.value)
    assert "secret" not in str(told.value)


def test_what_holds_a_password_or_a_key_is_marked_as_secret() -> None:
    secret = {row.name for row in table() if row.metadata.get("secret")}
    assert secret == {"database_url", "listen_url", "model_key", "oidc_client_secret"}


def test_a_whole_number_will_do_for_seconds_and_a_text_for_a_number(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('idle_seconds = 30\nport = "80"\n', "utf-8")
    settings = load(environ={"TAU_HOME": str(tmp_path)})
    assert (settings.idle_seconds, settings.port) == (30.0, 80)
    assert isinstance(settings.idle_seconds, float)


@pytest.mark.parametrize("text", ["port = 1.5", "port = []", 'offline = "perhaps"', "model = 7"])
def test_a_value_of_another_shape_in_the_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=text.split(maxsplit=1)[0]):
        load(environ={"TAU_HOME": str(tmp_path)})


def test_a_table_in_the_file_is_no_setting(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("[server]\nport = 1\n", "utf-8")
    with pytest.raises(SettingsError, match=r"'server'; `tau doctor`"):
        load(environ={"TAU_HOME": str(tmp_path)})


def test_a_file_that_is_no_text_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b'model = "\xff"')
    with pytest.raises(SettingsError, match="cannot be read"):
        load(environ={"TAU_HOME": str(tmp_path)})


def test_an_unknown_setting_on_the_command_line_is_named() -> None:
    with pytest.raises(SettingsError, match="prot"):
        load({"prot": 1}, {})


def test_other_words_of_the_environment_are_no_settings(tmp_path: Path) -> None:
    environ = {"TAU_HOME": str(tmp_path), "TAU_PROT": "1", "PORT": "1", "tau_port": "1"}
    assert load(environ=environ) == Settings(home=tmp_path)


def test_a_home_is_made_whole_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert load({"home": Path("here")}, {}).home == tmp_path / "here"
    assert load({}, {"TAU_HOME": "~/there"}).home == tmp_path / "me" / "there"


def test_without_a_home_the_systems_place_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda *_, **__: tmp_path)
    for environ in ({}, {"TAU_HOME": ""}):
        settings = load(environ=environ)
        assert settings.home == tmp_path
        assert settings.settings_file == tmp_path / FILE_NAME


def test_the_folder_of_models_may_lie_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings(home=tmp_path).models_path == tmp_path / "models"
    assert Settings(home=tmp_path, models_folder="~/m").models_path == tmp_path / "m"


def test_the_real_environment_is_read_when_none_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAU_HOME", str(tmp_path))
    monkeypatch.setenv("TAU_PORT", "4711")
    assert load().port == 4711
