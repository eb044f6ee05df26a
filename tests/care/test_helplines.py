"""Help lines and emergency numbers: what is built in, and what an owner adds."""

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from tau.care.helplines import (
    FILE_NAME,
    UNKNOWN_EMERGENCY,
    WORLDWIDE,
    HelpLine,
    built_in_lines,
    country_of_time_zone,
    emergency_numbers,
    help_for,
    read_own_lines,
)
from tau.clock import local_now
from tau.errors import BadInput

LINES = [(country, line) for country, lines in built_in_lines().items() for line in lines]
OWN = """
[emergency]
DE = "110"

[[DE]]
name = "Our helper"
number = "030 1234"
"""
WITHOUT_EMERGENCY_NUMBER = {"AQ", "GN", "GQ", "GS", "IO", "PN", "TF", "TK", "UM"}


def _name(case: tuple[str, HelpLine]) -> str:
    return f"{case[0]} {case[1].number or case[1].url}"


@pytest.mark.parametrize("case", LINES, ids=_name)
def test_a_number_was_checked_within_twelve_months(case: tuple[str, HelpLine]) -> None:
    line = case[1]
    assert line.checked_on is not None
    today = local_now().date()
    assert today - timedelta(days=366) <= line.checked_on <= today + timedelta(days=1)


@pytest.mark.parametrize("case", LINES, ids=_name)
def test_a_line_can_be_reached_and_names_its_source(case: tuple[str, HelpLine]) -> None:
    country, line = case
    assert line.source.startswith(("https://", "http://"))
    assert line.number or line.url
    assert line.number is None or re.fullmatch(r"[*+]?[0-9][0-9 -]{1,15}", line.number)
    assert country == WORLDWIDE or line.languages


def test_the_numbers_of_some_countries() -> None:
    numbers = {country: help_for(country, "suicide", "en").lines[0].number for country in NUMBERS}
    assert numbers == NUMBERS
    emergency = {country: help_for(country, "suicide", "en").emergency for country in EMERGENCY}
    assert emergency == EMERGENCY


NUMBERS = {"US": "988", "CA": "988", "GB": "116 123", "CN": "12356", "AU": "13 11 14", "KR": "109"}
EMERGENCY = {"US": "911", "GB": "999", "CN": "120", "AU": "000", "DE": "112", "JP": "119"}


def test_a_country_is_found_in_either_case() -> None:
    assert help_for("us", "suicide", "en") == help_for("US", "suicide", "en")


@pytest.mark.parametrize("country", [None, "DK", "ZZ"])
def test_a_country_without_lines_gets_the_directory(country: str | None) -> None:
    found = help_for(country, "suicide", "en")
    assert [line.url for line in found.lines] == ["https://findahelpline.com"]
    assert found.country == country
    assert found.emergency == UNKNOWN_EMERGENCY


def test_lines_for_the_kind_come_first_and_others_are_left_out() -> None:
    abuse = help_for("US", "abuse", "en").lines
    assert [line.number for line in abuse] == ["1-800-799-7233", "988"]
    assert [line.number for line in help_for("US", "suicide", "en").lines] == ["988"]


@pytest.mark.parametrize(("language", "first"), [("fr", "0800 32 123"), ("nl-BE", "1813")])
def test_lines_in_the_language_come_first(language: str, first: str) -> None:
    assert help_for("BE", "suicide", language).lines[0].number == first


def test_the_owner_replaces_what_is_built_in_for_a_country(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(OWN, "utf-8")
    german = help_for("DE", "suicide", "de", tmp_path)
    assert german.emergency == "110"
    assert [line.name for line in german.lines] == ["Our helper"]
    assert help_for("FR", "suicide", "fr", tmp_path) == help_for("FR", "suicide", "fr")


@pytest.mark.parametrize("text", ["[[DE]", "[[DE]]\nnumber = 5", "\0", "DE = 5"])
def test_a_damaged_file_of_the_owner_is_ignored_and_reported(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text, "utf-8")
    assert help_for("DE", "suicide", "de", tmp_path) == help_for("DE", "suicide", "de")
    assert FILE_NAME in caplog.text
    with pytest.raises(BadInput):
        read_own_lines(path)


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Berlin", "DE"),
        ("America/New_York", "US"),
        ("Asia/Shanghai", "CN"),
        ("Asia/Calcutta", "IN"),
        ("Europe/Kiev", "UA"),
        ("Iceland", "IS"),
        ("UTC", None),
        ("CET", None),
        ("Nowhere/Town", None),
    ],
)
def test_the_country_of_a_time_zone(zone: str, country: str | None) -> None:
    assert country_of_time_zone(zone) == country


def test_every_place_with_a_time_zone_has_a_country() -> None:
    places = {zone for zone in available_timezones() if "/" in zone and zone[:3] != "Etc"}
    assert {zone for zone in places if country_of_time_zone(zone) is None} == set()


def test_nearly_every_country_has_its_emergency_number() -> None:
    countries = {country_of_time_zone(zone) for zone in available_timezones()} - {None}
    numbers = emergency_numbers()
    assert all(re.fullmatch(r"\d{2,5}", number) for number in numbers.values())
    assert countries - set(numbers) == WITHOUT_EMERGENCY_NUMBER
