"""`tau bench`: the benchmarks as commands."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click
import uvloop
from rich.console import Console

from tau.bench import importing, locomo, retrieval_tables, startup
from tau.bench import journal as journal_bench
from tau.bench import recall as recall_bench
from tau.bench import retrieval as retrieval_bench
from tau.bench import turn as turn_bench
from tau.bench.tables import table_of
from tau.errors import BadInput
from tau.models import catalog

_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
_positive = click.IntRange(min=1)
_data = click.Path(exists=True, path_type=Path)
_folder = click.Path(file_okay=False, path_type=Path)


@click.group()
def bench() -> None:
    """Measure Tau on this machine.

    Nothing of yours is touched: everything happens in a temporary folder that is removed.
    """


@bench.command()
@click.option("--concurrency", type=_positive, default=50, show_default=True, help="Turns at once.")
@click.option("--requests", type=_positive, default=1500, show_default=True, help="On each side.")
@click.option("--messages", type=_positive, default=2000, show_default=True, help="Remembered.")
@click.option("--tokens", type=_positive, default=64, show_default=True, help="In each reply.")
@click.option(
    "--embedder",
    default=turn_bench.SCRIPTED_EMBEDDER,
    show_default=True,
    help="What embeds; all-minilm-l6-v2 is the built-in one.",
)
@_as_json
def turn(**given: Any) -> None:
    """Measure turns through Tau against the same model asked directly."""
    as_json = given.pop("as_json")
    alone = min(turn_bench.TurnPlan().requests_alone, given["requests"])
    plan = turn_bench.TurnPlan(**given, requests_alone=alone)
    _print_figures("Turns", _run(turn_bench.measure(plan, _print_progress)), as_json=as_json)


@bench.command()
@click.option("--appends", type=_positive, default=500, show_default=True, help="One at a time.")
@click.option("--searches", type=_positive, default=300, show_default=True, help="In each memory.")
@click.option(
    "--largest",
    type=_positive,
    default=100_000,
    show_default=True,
    help="Leave out memories with more messages than this.",
)
@_as_json
def journal(appends: int, searches: int, largest: int, as_json: bool) -> None:
    """Measure appending to a life, opening it, and searching it."""
    whole = journal_bench.JournalPlan()
    plan = journal_bench.JournalPlan(
        open_at=tuple(size for size in whole.open_at if size <= largest) or (largest,),
        search_at=tuple(size for size in whole.search_at if size <= largest) or (largest,),
        appends=min(appends, largest),
        searches=searches,
    )
    _print_figures(
        "Journal and memory", _run(journal_bench.measure(plan, _print_progress)), as_json=as_json
    )


@bench.command()
@click.option("--starts", type=_positive, default=5, show_default=True, help="How often.")
@_as_json
def start(starts: int, as_json: bool) -> None:
    """Measure starting Tau, up to its first answered request."""
    _print_progress(f"Starting Tau {starts + 1} times ...")
    _print_figures("Start", _run(startup.measure(starts)), as_json=as_json)


@bench.command()
@click.argument("locomo_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--conversation", default="conv-26", show_default=True, help="Which one of the file.")
@click.option("--models-folder", default="", help="Where the built-in models lie already.")
@_as_json
def recall(locomo_file: Path, conversation: str, models_folder: str, as_json: bool) -> None:
    """Tell Tau a LoCoMo conversation, kill it, start it again, and ask.

    With the built-in models. What is judged is what a turn says it recalled.
    """
    found = {each.name: each for each in locomo.read(locomo_file)}
    if conversation not in found:
        raise BadInput(f"{locomo_file.name} holds {', '.join(found)}; none is called so.")
    figures = _run(recall_bench.measure(found[conversation], models_folder, _print_progress))
    _print_figures("Recall", figures, as_json=as_json)


@bench.command()
@click.option("--locomo", type=_data, help="LoCoMo's file, also gzipped.")
@click.option("--longmemeval", type=_data, help="LongMemEval's file, also gzipped, or a folder.")
@click.option("--rankings", type=_folder, help="Write what was found for each question there.")
@click.option("--words-only", is_flag=True, help="Search without vectors.")
@click.option(
    "--embedder",
    default=catalog.EMBEDDING_MODEL,
    show_default=True,
    help="What embeds; it is downloaded if need be.",
)
@click.option(
    "--vectors", "vectors_folder", type=_folder, help="Keep vectors there for the next time."
)
@click.option("--models-folder", default="", help="Where the built-in models lie already.")
@click.option("--limit", type=_positive, help="Ask only the first questions of each file.")
@_as_json
def retrieval(**given: Any) -> None:
    """Measure what comes to mind for questions of public data sets, beside plain BM25.

    Every past is told to a memory with its dates; each question is one search.
    """
    as_json = given.pop("as_json")
    if given.pop("words_only"):
        given["embedder"] = None
    figures = _run(retrieval_bench.measure(retrieval_bench.RetrievalPlan(**given), _print_progress))
    if as_json:
        click.echo(json.dumps(figures))
    else:
        Console().print(*retrieval_tables.render_tables(figures), sep="\n")


@bench.command("import")
@click.option("--messages", type=_positive, default=50_000, show_default=True, help="Brought.")
@_as_json
def import_(messages: int, as_json: bool) -> None:
    """Measure bringing a past: a made-up ChatGPT export, until words find all of it."""
    _print_figures("Import", _run(importing.measure(messages, _print_progress)), as_json=as_json)


def _run(measuring: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measuring)


def _print_progress(sentence: str) -> None:
    click.echo(sentence, err=True)


def _print_figures(title: str, figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(figures))
    else:
        Console().print(table_of(title, figures))
