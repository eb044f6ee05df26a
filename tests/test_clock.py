"""The time zone of this machine, found where systems keep it."""

from pathlib import Path

import pytest

from tau.clock import local_zone_name


@pytest.fixture
def link(tmp_path: Path) -> Path:
    for name in ("Asia/Kolkata", "Europe/Lisbon"):
        file = tmp_path / "zoneinfo" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "zoneinfo" / "Asia" / "Calcutta").symlink_to("Kolkata")
    return tmp_path / "localtime"


def test_the_zone_is_what_the_link_leads_to_at_last(link: Path) -> None:
    link.symlink_to("zoneinfo/Asia/Calcutta")
    assert local_zone_name({}, link) == "Asia/Kolkata"


def test_a_machine_that_moves_is_in_its_new_zone(link: Path) -> None:
    link.symlink_to("zoneinfo/Asia/Kolkata")
    assert local_zone_name({}, link) == "Asia/Kolkata"
    link.unlink()
    link.symlink_to("zoneinfo/Europe/Lisbon")
    assert local_zone_name({}, link) == "Europe/Lisbon"


def test_a_variable_decides_and_without_any_sign_no_zone_is_known(link: Path) -> None:
    assert local_zone_name({"TZ": ":America/Lima"}, link) == "America/Lima"
    assert local_zone_name({}, link) == ""
    link.write_bytes(b"TZif")
    assert local_zone_name({}, link) == ""
