"""`tau care`: exercises without a server, and check-ins that name help first."""

import pytest

from .conftest import Command

DANGER = "I want to kill myself"


def test_exercises_are_listed_and_printed_in_both_languages(tau: Command) -> None:
    names = [line.split("\t")[0] for line in tau("care", "exercises").stdout.splitlines()]
    assert {"grounding", "box_breathing", "safety_plan"} <= set(names)
    for name in names:
        assert tau("care", "exercises", name).exit_code == 0
    assert "5 things you can see" in tau("care", "exercises", "grounding").stdout
    assert "吸气" in tau("care", "exercises", "box_breathing", "--language", "zh").stdout
    unknown = tau("care", "exercises", "hypnosis")
    assert unknown.exit_code == 1
    assert unknown.stderr == "There is no such exercise.\n"


def test_breathing_is_led(tau: Command) -> None:
    said = tau("care", "breathe", "--rounds", "2", "--seconds", "0").stdout
    assert said.count("Breathe in") == said.count("Breathe out") == 2
    assert said.endswith("rhythm.\n")


@pytest.mark.slow
def test_a_check_in_is_noted_and_listed(tau: Command) -> None:
    noted = tau("care", "checkin", said="2\nslept badly\n")
    assert noted.exit_code == 0, noted.output
    assert noted.stdout == "Noted: low.\n"
    assert tau("care", "checkin", "--list").stdout.endswith("\tlow\tslept badly\n")


@pytest.mark.slow
def test_help_comes_before_anything_else(tau: Command) -> None:
    noted = tau("care", "checkin", "1", "--country", "US", said=f"{DANGER}\n")
    assert "988" in noted.stdout.partition("Noted")[0]
    answers = "0\n" * 8 + "1\n"
    asked = tau("care", "questionnaire", "phq-9", "--country", "US", said=answers)
    help_, _, result = asked.stdout.partition("PHQ-9: 1 / 27, minimal")
    assert "988" in help_
    assert "not a diagnosis" in result


@pytest.mark.slow
def test_a_questionnaire_is_scored(tau: Command) -> None:
    asked = tau("care", "questionnaire", "gad-7", "--language", "zh", said="3\n" * 7)
    assert asked.stdout.startswith("GAD-7: 21 / 21, 重度\n")


@pytest.mark.slow
def test_there_may_be_no_safety_plan(tau: Command) -> None:
    assert "no safety plan yet" in tau("care", "plan").stderr


def test_help_lines_need_no_server(tau: Command) -> None:
    said = tau("care", "lines", "US").stdout
    assert said.startswith("Emergency: 911\n")
    assert "988" in said
    assert "12356" in tau("care", "lines", "cn", "--language", "zh").stdout
