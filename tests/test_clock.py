"""The time zone of this machine, found where systems keep it, and times as dates."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tau.clock import date_time, is_in_calendar, local_zone_name, nearest_time

ZONES = (None, UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))


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


@given(st.floats(), st.sampled_from(ZONES))
@example(float("nan"), None)
@example(-62_135_596_800.0, None)
@example(1e18, timezone(timedelta(hours=14)))
def test_every_number_has_a_date(at: float, zone: timezone | None) -> None:
    found = date_time(at, zone)
    assert 999 <= found.year <= 9000
    assert is_in_calendar(nearest_time(at))
    if is_in_calendar(at):
        assert nearest_time(at) == at
        assert abs(found.timestamp() - at) < 1e-3


def test_a_date_is_that_of_the_zone_also_where_clocks_change() -> None:
    for text in ("2026-03-29T00:59:59+00:00", "2026-10-25T01:30:00+00:00"):
        at = datetime.fromisoformat(text).timestamp()
        zone = ZoneInfo("Europe/Berlin")
        assert date_time(at, zone) == datetime.fromtimestamp(at, zone)
        assert date_time(at, zone).utcoffset() == datetime.fromtimestamp(at, zone).utcoffset()
