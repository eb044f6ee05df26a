"""Commands of `tau bench`."""

import json
from itertools import chain
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from tau.bench import care as care_bench
from tau.bench import (
    care_datasets,
    importing,
    locomo,
    postgres_commits,
    retrieval_tables,
    startup,
    turn_workers,
)
from tau.bench import facts as facts_bench
from tau.bench import journal as journal_bench
from tau.bench import nodes as nodes_bench
from tau.bench import recall as recall_bench
from tau.bench import retrieval as retrieval_bench
from tau.bench import routing as routing_bench
from tau.bench import talk as talk_bench
from tau.bench import turn as turn_bench
from tau.bench import writing as writing_bench
from tau.bench.care_vectors import vector_odds
from tau.bench.command_parts import (
    as_json_option,
    positive,
    print_figures,
    print_progress,
    run_measuring,
)
from tau.bench.lives_command import lives
from tau.bench.locomo import read as read_locomo
from tau.bench.longmemeval import read as read_longmemeval
from tau.bench.scale_command import scale
from tau.bench.sketch_commands import sketch
from tau.bench.studio_commands import studio
from tau.bench.tables import table_of
from tau.errors import BadInput
from tau.models import catalog

_data = click.Path(exists=True, path_type=Path)
_folder = click.Path(file_okay=False, path_type=Path)


@click.group()
def bench() -> None:
    """Measure Tau on this machine.

    Your data isn't touched: everything runs in a temporary folder that is removed.
    """


bench.add_command(studio)
bench.add_command(sketch)
bench.add_command(lives)
bench.add_command(scale)


@bench.command()
@click.option(
    "--concurrency", type=positive, default=50, show_default=True, help="Concurrent turns."
)
@click.option(
    "--requests", type=positive, default=1500, show_default=True, help="Requests to each side."
)
@click.option(
    "--messages", type=positive, default=2000, show_default=True, help="Messages in each memory."
)
@click.option("--people", type=positive, default=1, show_default=True, help="People who talk.")
@click.option(
    "--tokens", type=positive, default=64, show_default=True, help="Tokens in each reply."
)
@click.option(
    "--embedder",
    default=turn_bench.SCRIPTED_EMBEDDER,
    show_default=True,
    help="Embedding model; all-minilm-l6-v2 is built in.",
)
@click.option(
    "--workers",
    type=positive,
    default=1,
    show_default=True,
    help="Workers of the server; several are measured beside one, on PostgreSQL.",
)
@click.option(
    "--database-url", metavar="URL", help="PostgreSQL server for workers; one is started otherwise."
)
@as_json_option
def turn(**given: Any) -> None:
    """Measure turns through Tau, beside direct calls to the model."""
    as_json = given.pop("as_json")
    alone = min(turn_bench.TurnPlan().requests_alone, given["requests"])
    plan = turn_bench.TurnPlan(**given, requests_alone=alone)
    bench = turn_bench if plan.workers == 1 else turn_workers
    print_figures("Turns", run_measuring(bench.measure(plan, print_progress)), as_json=as_json)


@bench.command()
@click.option(
    "--appends", type=positive, default=500, show_default=True, help="Appends, one at a time."
)
@click.option(
    "--searches", type=positive, default=300, show_default=True, help="Searches in each memory."
)
@click.option(
    "--largest",
    type=positive,
    default=100_000,
    show_default=True,
    help="Skip memories with more messages than this.",
)
@click.option("--postgres", is_flag=True, help="Measure commits on PostgreSQL instead.")
@click.option("--database-url", help="A PostgreSQL server, for a database that is dropped later.")
@as_json_option
def journal(
    appends: int,
    searches: int,
    largest: int,
    postgres: bool,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Measure the journal and its memory: appends, opening, searches."""
    if postgres:
        figures = run_measuring(postgres_commits.measure(database_url, print_progress))
        print_figures("Commits on PostgreSQL", figures, as_json=as_json)
        return
    whole = journal_bench.JournalPlan()
    plan = journal_bench.JournalPlan(
        open_at=tuple(size for size in whole.open_at if size <= largest) or (largest,),
        search_at=tuple(size for size in whole.search_at if size <= largest) or (largest,),
        appends=min(appends, largest),
        searches=searches,
    )
    print_figures(
        "Journal and memory",
        run_measuring(journal_bench.measure(plan, print_progress)),
        as_json=as_json,
    )


@bench.command()
@click.option(
    "--nodes",
    type=click.IntRange(min=2, max=8),
    default=3,
    show_default=True,
    help="Server processes.",
)
@click.option(
    "--rounds", type=positive, default=100, show_default=True, help="Things forgotten, and heard."
)
@click.option(
    "--turns", type=positive, default=1000, show_default=True, help="Turns delivered twice."
)
@click.option("--kills", type=positive, default=200, show_default=True, help="Nodes killed.")
@click.option("--cuts", type=positive, default=3, show_default=True, help="Database cut off.")
@click.option("--database-url", help="A PostgreSQL server, for a database that is dropped later.")
@as_json_option
def nodes(as_json: bool, **given: Any) -> None:
    """Measure whether several nodes are one Tau.

    What is said and forgotten at one is looked for at another; nodes are killed in mid-turn, and
    the database is cut off.
    """
    plan = nodes_bench.NodesPlan(**given)
    figures = run_measuring(nodes_bench.measure(plan, print_progress))
    print_figures("Nodes", figures, as_json=as_json)


@bench.command()
@click.option("--starts", type=positive, default=5, show_default=True, help="Number of starts.")
@as_json_option
def start(starts: int, as_json: bool) -> None:
    """Measure startup, up to the first answered request."""
    print_progress(f"Starting Tau {starts + 1} times ...")
    print_figures("Start", run_measuring(startup.measure(starts)), as_json=as_json)


@bench.command()
@click.argument("locomo_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--conversation", default="conv-26", show_default=True, help="Conversation in the file."
)
@click.option("--models-folder", default="", help="Folder with the built-in models.")
@as_json_option
def recall(locomo_file: Path, conversation: str, models_folder: str, as_json: bool) -> None:
    """Measure recall after a restart.

    Adds a LoCoMo conversation, kills Tau, starts it again and asks the questions, with the
    built-in models. The figures judge what each turn says it recalled.
    """
    found = {each.name: each for each in locomo.read(locomo_file)}
    if conversation not in found:
        raise BadInput(
            f"{locomo_file.name} has no conversation {conversation}; it has {', '.join(found)}."
        )
    figures = run_measuring(
        recall_bench.measure(found[conversation], models_folder, print_progress)
    )
    print_figures("Recall", figures, as_json=as_json)


@bench.command()
@click.option("--locomo", type=_data, help="LoCoMo file, may be gzipped.")
@click.option("--longmemeval", type=_data, help="LongMemEval file, may be gzipped, or a folder.")
@click.option("--rankings", type=_folder, help="Folder for the results of each question.")
@click.option("--words-only", is_flag=True, help="Search without vectors.")
@click.option(
    "--embedder",
    default=catalog.EMBEDDING_MODEL,
    show_default=True,
    help="Embedding model; downloaded if missing.",
)
@click.option(
    "--vectors", "vectors_folder", type=_folder, help="Folder that keeps vectors for the next run."
)
@click.option("--models-folder", default="", help="Folder with the built-in models.")
@click.option("--limit", type=positive, help="Only the first N questions of each file.")
@as_json_option
def retrieval(**given: Any) -> None:
    """Measure retrieval on public data sets, beside plain BM25.

    Every conversation is added to a memory with its dates; each question is one search.
    """
    as_json = given.pop("as_json")
    if given.pop("words_only"):
        given["embedder"] = None
    figures = run_measuring(
        retrieval_bench.measure(retrieval_bench.RetrievalPlan(**given), print_progress)
    )
    if as_json:
        click.echo(json.dumps(figures))
    else:
        Console().print(*retrieval_tables.render_tables(figures), sep="\n")


@bench.command()
@click.option(
    "--eval",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with your own sentences; the built-in ones if left out.",
)
@click.option(
    "--show",
    is_flag=True,
    help="List every fault. Never use this with sentences that are to judge: whoever changes the "
    "rules after reading them measures nothing any more.",
)
@as_json_option
def facts(folder: Path | None, show: bool, as_json: bool) -> None:
    """Measure what is believed of sentences, and of other people's words.

    Sentences go the way of every message: what isn't the person's own words is removed, the rules
    read the rest. Attempts through other programs and files go through a running Tau.
    """
    figures = run_measuring(facts_bench.measure(folder, print_progress, show=show))
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
        return
    faults = figures.pop("faults", [])
    Console().print(table_of("Facts", figures))
    for fault in faults:
        click.echo(fault)


@bench.command()
@click.option("--model", default="companion", show_default=True, help="Model to talk with.")
@click.option("--model-url", default="", help="Address of an endpoint that has the model.")
@click.option(
    "--size",
    type=click.Choice(["small", "medium", "capable"]),
    default="capable",
    show_default=True,
    help="Prompts for the model of --model-url.",
)
@click.option("--embedder", default="", help="Embedding model; the built-in one by default.")
@click.option("--models-folder", default="", help="Folder with the models; your Tau's by default.")
@click.option(
    "--conversations",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with other conversations.",
)
@click.option("--only", default="", help="Only conversations with this in their name.")
@click.option(
    "--show",
    is_flag=True,
    help="Print each dialogue when it ends. Never change a prompt after reading those of the "
    "built-in file: they are there to judge.",
)
@as_json_option
def talk(as_json: bool, **given: Any) -> None:
    """Measure what it's like to talk with a model: twelve conversations of a newcomer.

    Each begins in an empty home; rules judge every reply.
    """
    figures = run_measuring(talk_bench.measure(talk_bench.TalkPlan(**given), print_progress))
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
        return
    del figures["results"]
    Console().print(table_of("Talk", figures))


@bench.command()
@click.option(
    "--messages",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with other messages; the built-in ones if left out.",
)
@click.option("--embedder/--words", default=True, help="With the built-in embedder, or without.")
@click.option("--models-folder", default="", help="Folder with the built-in models.")
@as_json_option
def routing(messages: Path | None, embedder: bool, models_folder: str, as_json: bool) -> None:
    """Measure how often the right specialist is suggested, and a wrong one.

    The margin is chosen on other templates than those that are measured; for --messages it's the
    one that ships. No model is called but the embedder.
    """
    measuring = routing_bench.measure(messages, models_folder, embedder, print_progress)
    print_figures("Routing", run_measuring(measuring), as_json=as_json)


@bench.command()
@click.option("--eval", "folder", type=_folder, help="Folder with sets; built-in ones by default.")
@click.option("--locomo", type=_data, help="LoCoMo file, for false alarms in everyday messages.")
@click.option("--longmemeval", type=_data, help="LongMemEval file or folder, for the same.")
@click.option("--embedder", is_flag=True, help="Use the built-in embedder; takes a while.")
@click.option("--vectors", "kept", type=_folder, help="Folder that keeps vectors for the next run.")
@click.option("--models-folder", default="", help="Folder with the built-in models.")
@as_json_option
def care(
    folder: Path | None, locomo: Path | None, longmemeval: Path | None, as_json: bool, **given: Any
) -> None:
    """Measure how often danger is noticed, and false alarms.

    Without --embedder no model is needed. No message is shown.
    """
    sets = care_datasets.read_datasets(folder) if folder else care_datasets.built_in_datasets()
    everyday = {}
    if locomo:
        everyday["locomo"] = list(care_datasets.everyday_talks(read_locomo(locomo), "loc"))
    if longmemeval:
        read = read_longmemeval(longmemeval)
        everyday["longmemeval"] = list(care_datasets.everyday_talks(read, "lme"))
    vectors = None
    if given["embedder"]:
        said = chain.from_iterable(talk.said for talk in chain(*everyday.values()))
        messages = chain(said, *(item.said for each in sets for item in each.items))
        made = vector_odds(messages, given["models_folder"], given["kept"], print_progress)
        vectors = run_measuring(made)
    print_figures("Care", care_bench.measure(sets, everyday, vectors), as_json=as_json)


@bench.command()
@click.option(
    "--documents", type=positive, default=200, show_default=True, help="Random Word files."
)
@click.option("--packages", type=_folder, help="A Tau's home with `tau experts setup`: for Harper.")
@as_json_option
def writing(documents: int, packages: Path | None, as_json: bool) -> None:
    """Measure tracked changes, checks against style and memory, and times.

    No model is needed.
    """
    figures = run_measuring(writing_bench.measure(documents, packages))
    print_figures("Writing", figures, as_json=as_json)


@bench.command("import")
@click.option(
    "--messages", type=positive, default=50_000, show_default=True, help="Messages in the export."
)
@as_json_option
def import_(messages: int, as_json: bool) -> None:
    """Measure the import of a ChatGPT export.

    The export is generated; time ends when all of it can be found by words.
    """
    print_figures(
        "Import", run_measuring(importing.measure(messages, print_progress)), as_json=as_json
    )
