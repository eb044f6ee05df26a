"""`tau care`: exercises, check-ins, questionnaires, the safety plan and help lines."""

import asyncio
from collections.abc import Iterator

import click

from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import format_time, print_rows, strip_control
from tau.companion.care_step import CareStep
from tau.experts.space.exercises import Exercise, exercise, exercises
from tau.experts.space.forms import as_text, filled
from tau.experts.space.questionnaires import CHOICES, questionnaire, questionnaires
from tau.server.schemas.care import HelpOut

_LANGUAGE = click.option(
    "--language",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="English or Chinese.",
)
_MOODS = ("very low", "low", "so-so", "good", "very good")


@click.group()
def care() -> None:
    """Exercises, check-ins and help lines.

    None of this needs a model. It's for you alone: it's in no title and no other specialist reads
    it. Tau isn't a medical device. In danger, call your emergency number: tau care lines.
    """


@care.command("exercises")
@click.argument("name", required=False)
@_LANGUAGE
def list_exercises(name: str | None, language: str) -> None:
    """List the exercises, or print one to do on paper."""
    if name is not None:
        click.echo("\n\n".join(_sheet(exercise(name), language)))
        return
    print_rows(
        ("name", "minutes", "what"),
        [(each.name, str(each.minutes), each.summary.in_(language)) for each in _all()],
    )


@care.command()
@click.option("--rounds", type=click.IntRange(1, 100), help="How many breaths.")
@click.option("--seconds", type=click.IntRange(0, 20), help="Seconds for each part.")
@_LANGUAGE
@run_async
async def breathe(rounds: int | None, seconds: int | None, language: str) -> None:
    """Breathe in a steady rhythm; Ctrl-C ends it."""
    about = exercise("box_breathing")
    click.echo(f"{about.intro.in_(language)}\n")
    for _ in range(rounds or about.rounds):
        for phase in about.phases:
            click.echo(phase.label.in_(language))
            await asyncio.sleep(phase.seconds if seconds is None else seconds)
        click.echo()
    click.echo(about.closing.in_(language))


@care.command()
@click.argument("mood", type=click.IntRange(1, 5), required=False)
@click.option("--list", "listed", is_flag=True, help="List earlier check-ins.")
@takes_settings("home")
@run_async
async def checkin(mood: int | None, listed: bool) -> None:
    """Note how you are, from 1 (very low) to 5 (very good).

    Words are asked for, so that they aren't in your shell's history.
    """
    if listed:
        async with connect_client(settings_given()) as client:
            found = await client.care.checkins()
        rows = [(format_time(each.at), _MOODS[each.mood - 1], each.words) for each in found]
        print_rows(("when", "mood", "words"), rows)
        return
    if mood is None:
        for number, label in enumerate(_MOODS, 1):
            click.echo(f"{number} {label}", err=True)
        mood = int(click.prompt("How are you?", type=click.IntRange(1, 5), err=True))
    words = click.prompt("In words, if you like", default="", show_default=False, err=True)
    async with connect_client(settings_given()) as client:
        kept = await client.care.check_in(mood, words)
    _print_help(kept.help)
    click.echo(f"Noted: {_MOODS[kept.checkin.mood - 1]}.")


@care.command("questionnaire")
@click.argument("name", type=click.Choice(list(questionnaires())))
@_LANGUAGE
@takes_settings("home")
@run_async
async def answer(name: str, language: str) -> None:
    """Answer PHQ-9 or GAD-7. It's a questionnaire, not a diagnosis."""
    asked = questionnaire(name)
    click.echo(asked.question.in_(language), err=True)
    for number, choice in enumerate(CHOICES):
        click.echo(f"{number} {choice.in_(language)}", err=True)
    answers = [
        click.prompt(f"{place}. {item.in_(language)}", type=click.IntRange(0, 3), err=True)
        for place, item in enumerate(asked.items, 1)
    ]
    async with connect_client(settings_given()) as client:
        kept = await client.care.answer(name, answers, language)
    _print_help(kept.help)
    result = kept.result
    click.echo(f"{asked.title.in_(language)}: {result.score} / {result.most}, {result.label}")
    click.echo(kept.note)


@care.command()
@_LANGUAGE
@takes_settings("home")
@run_async
async def plan(language: str) -> None:
    """Print your safety plan."""
    async with connect_client(settings_given()) as client:
        found = await client.care.safety_plan()
    if found is None:
        click.echo("There's no safety plan yet. Write one in the app, under Care.", err=True)
        return
    form = filled(found.exercise, found.values, found.rows)
    click.echo(strip_control(as_text(form, language)))


@care.command()
@click.argument("code", metavar="[COUNTRY]", required=False)
@_LANGUAGE
@takes_settings("home", "country")
def lines(code: str | None, language: str) -> None:
    """List the help lines of your country, or of another one (a two-letter code)."""
    settings = settings_given()
    step = CareStep(settings.home, settings.country)
    found = step.lines_of(code or step.country(), language)
    if found.country is None:
        click.echo("Emergency: 112 in most countries, 911 in North America")
        click.echo("Name your country for its help lines, such as: tau care lines DE", err=True)
    else:
        click.echo(f"Emergency: {found.emergency}")
    print_rows(
        ("name", "number", "more", "hours"),
        [(each.name, each.number or "", each.text or each.url, each.hours) for each in found.lines],
    )


def _print_help(offered: HelpOut | None) -> None:
    """Print the help that is named before anything else."""
    if offered is not None:
        click.echo(f"{offered.text}\n")


def _all() -> list[Exercise]:
    return list(exercises().values())


def _sheet(about: Exercise, language: str) -> Iterator[str]:
    """Yield the paragraphs of an exercise that is done on paper."""
    yield about.title.in_(language)
    yield about.intro.in_(language)
    if about.phases:
        phases = (f"{each.label.in_(language)} ({each.seconds})" for each in about.phases)
        yield "\n".join(phases)
    for field in (*about.fields, *about.row_fields):
        hint = field.hint.in_(language) if field.hint else ""
        yield "\n".join(filter(None, (field.label.in_(language), hint)))
    yield about.closing.in_(language)
