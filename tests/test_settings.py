"""Settings come from the command line, the environment and a file, in that order."""

from pathlib import Path

import pytest

from tau.errors import SettingsError
from tau.settings import FILE_NAME, Settings, load, table


def write(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / FILE_NAME).write_text(text, "utf-8")


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'port = 1\nhost = "from-file"\nmodel = "from-file"\n')
    environ = {"TAU_HOME": str(tmp_path), "TAU_PORT": "2", "TAU_MODEL": "from-environment"}
    settings = load({"port": 3, "model": None}, environ)
    assert (settings.port, settings.model, settings.host) == (3, "from-environment", "from-file")
    assert settings.home == tmp_path


def test_nothing_given_means_the_defaults(tmp_path: Path) -> None:
    settings = load(environ={"TAU_HOME": str(tmp_path)})
    assert settings == Settings(home=tmp_path)
    assert settings.host == "127.0.0.1"
    assert settings.models_path == tmp_path / "models"


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("Yes", True), ("off", False), (" false ", False)]
)
def test_yes_and_no_are_understood(tmp_path: Path, text: str, value: bool) -> None:
    settings = load(environ={"TAU_HOME": str(tmp_path), "TAU_OFFLINE": text})
    assert settings.offline is value


@pytest.mark.parametrize(
    ("name", "text"),
    [("PORT", "many"), ("OFFLINE", "perhaps"), ("MODEL_TIMEOUT_SECONDS", ""), ("PORT", "1.5")],
)
def test_a_value_of_the_wrong_type_is_named_but_not_repeated(
    tmp_path: Path, name: str, text: str
) -> None:
    with pytest.raises(SettingsError, match=name.lower()):
        load(environ={"TAU_HOME": str(tmp_path), f"TAU_{name}": text})


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, "prot = 1\n")
    with pytest.raises(SettingsError, match="prot"):
        load(environ={"TAU_HOME": str(tmp_path)})


@pytest.mark.parametrize("text", ["port = = 1", "\x00", 'model = "unclosed'])
def test_a_broken_file_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    with pytest.raises(SettingsError, match="cannot be read"):
        load(environ={"TAU_HOME": str(tmp_path)})


def test_a_home_that_is_a_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.write_text("not a folder")
    with pytest.raises(SettingsError, match="cannot be read: Not a directory"):
        load(environ={"TAU_HOME": str(home)})


def test_a_boolean_is_no_number(tmp_path: Path) -> None:
    write(tmp_path, "port = true\n")
    with pytest.raises(SettingsError, match="port"):
        load(environ={"TAU_HOME": str(tmp_path)})


def test_the_file_cannot_move_the_folder_it_lies_in(tmp_path: Path) -> None:
    write(tmp_path, 'home = "/elsewhere"\n')
    assert load(environ={"TAU_HOME": str(tmp_path)}).home == tmp_path


def test_every_setting_has_a_help_text() -> None:
    assert all(len(setting.metadata["help"]) > 10 for setting in table())
