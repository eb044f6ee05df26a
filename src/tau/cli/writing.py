"""`tau check` and `tau write`: documents checked, and edited in changes that you decide."""

import asyncio
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from tau.cli.async_command import run_async
from tau.cli.confirmation import interruptible
from tau.cli.connect import connect_client
from tau.cli.default_command import DefaultCommandGroup
from tau.cli.document_reading import open_document
from tau.cli.files import atomic_write
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import print_rows, shorten, single_line
from tau.cli.writing_style import style
from tau.errors import BadInput, Conflict
from tau.experts.writing.blocks import TextDocument
from tau.experts.writing.document_files import (
    DocumentFile,
    convert_document,
    format_of,
    write_document,
)
from tau.experts.writing.edits import Edit, PlacedEdit
from tau.experts.writing.review import Review, decide
from tau.experts.writing.style_rules import BrokenRule, StyleRule, parse_rules
from tau.server.schemas.writing import CheckedDocumentOut, MarkOut, ProposedEditsOut

AUTHOR = "Tau"
_RULE_SUFFIXES = {".yml", ".yaml", ".toml"}
_AUDIENCE = click.option("--for", "audience", metavar="NAME", default="", help="Who will read it.")
_FORCE = click.option("--force", is_flag=True, help="Overwrite the file.")
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@_AUDIENCE
@click.option(
    "--dialect",
    type=click.Choice(["american", "british", "australian", "canadian", "indian"]),
    default=None,
    help="The English that is checked; without it, yours.",
)
@click.option(
    "--rules",
    "rule_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Style rules in Vale's form (.yml, .toml), or a folder of them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@takes_settings("home")
@run_async
async def check(
    file: Path, audience: str, dialect: str | None, rule_files: tuple[Path, ...], as_json: bool
) -> None:
    """Check a document against your style and memory.

    It takes .docx, .md and .txt files and needs no model: language, your own style, what a letter
    lacks, and what contradicts what you said before.
    """
    opened = await asyncio.to_thread(open_document, file)
    rules = await asyncio.to_thread(_read_rules, rule_files)
    async with connect_client(settings_given()) as client:
        found = await client.writing.check(
            opened.document, audience=audience, dialect=dialect or ""
        )
    found = replace(found, findings=[*_marks_of_rules(opened.document, rules), *found.findings])
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _print_findings(opened, found)


@click.group(cls=DefaultCommandGroup)
def write() -> None:
    """Have a document edited; you decide each change.

    "tau write style" is about how you write.

    \b
      tau write letter.docx "shorter, for the board" --tracked
      tau write offer.md "friendlier" -o offer-2.md
      tau write style
    """  # noqa: D301 - click needs the character, not its escape


@write.command()
@click.argument("file", type=_FILE)
@click.argument("instruction")
@_AUDIENCE
@click.option("--tracked", is_flag=True, help="Write all changes as tracked changes.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file.")
@click.option("--yes", is_flag=True, help="Accept all changes without asking.")
@_FORCE
@takes_settings("home", "model", "model_url", "model_key", "offline")
@run_async
async def document(
    file: Path,
    instruction: str,
    audience: str,
    tracked: bool,
    output: Path | None,
    yes: bool,
    force: bool,
) -> None:
    """Have a document edited; you decide each change.

    A model proposes the changes. You decide here, or in Word with --tracked. The word "document"
    may be left out.
    """
    settings = settings_given()
    opened = await asyncio.to_thread(open_document, file)
    target = output or file.with_name(f"{file.stem}-edited{file.suffix}")
    await asyncio.to_thread(_check_target, opened, target, tracked=tracked, force=force)
    async with connect_client(settings, fetch=True) as client:
        proposed = await client.writing.propose(opened.document, instruction, audience=audience)
    review = _review(opened.document, proposed)
    decided = _decided(review, ask=not (tracked or yes))
    written = _written(opened, decided.document, target, tracked=tracked)
    await asyncio.to_thread(_save, target, written, force=force)
    _summarize(decided, proposed, target)


write.add_command(style)


def _check_target(opened: DocumentFile, target: Path, *, tracked: bool, force: bool) -> None:
    """Refuse what couldn't be saved, before a model is asked."""
    if tracked and format_of(target.name) != opened.format:
        raise BadInput("Tracked changes are written in the format of the original.")
    if target.exists() and not force:
        raise Conflict(f"{target} already exists; choose another name, or overwrite it: --force.")


def _written(opened: DocumentFile, document: TextDocument, target: Path, *, tracked: bool) -> bytes:
    if format_of(target.name) != opened.format:
        return convert_document(document, format_of(target.name))
    date = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return write_document(opened, document, author=AUTHOR if tracked else None, date=date)


def _save(target: Path, content: bytes, *, force: bool) -> None:
    with atomic_write(target, force=force) as file:
        file.write(content)


def _summarize(decided: Review, proposed: ProposedEditsOut, target: Path) -> None:
    accepted = sum(one == "accepted" for one in decided.decisions.values())
    click.echo(f"Wrote {target} with {accepted} of {len(proposed.edits)} changes.")
    if proposed.dropped:
        count = len(proposed.dropped)
        click.echo(f"({count} more didn't fit the text and were left out.)", err=True)
    if proposed.unread:
        click.echo("(For a part of the document the model gave no usable answer.)", err=True)


def _read_rules(paths: tuple[Path, ...]) -> list[StyleRule]:
    rules: list[StyleRule] = []
    for path in paths:
        inside = [one for one in sorted(path.rglob("*")) if one.suffix in _RULE_SUFFIXES]
        for one in inside if path.is_dir() else [path]:
            try:
                rules += parse_rules(one.read_text("utf-8"), name=one.stem)
            except (BrokenRule, OSError, UnicodeDecodeError) as error:
                reason = str(error) if isinstance(error, BrokenRule) else "It can't be read."
                raise BadInput(f"{one}: {reason}") from error
    return rules


def _marks_of_rules(document: TextDocument, rules: list[StyleRule]) -> list[MarkOut]:
    found = (
        each.at(block.id)
        for block in document.blocks
        for rule in rules
        for each in rule.check(block)
    )
    return [
        MarkOut(
            rule=each.rule,
            kind=each.kind,
            message=each.message,
            block=each.block,
            start=each.start,
            end=each.end,
            replacements=list(each.replacements),
            by=each.by,
            fact="",
            said_on=None,
        )
        for each in found
    ]


def _print_findings(opened: DocumentFile, found: CheckedDocumentOut) -> None:
    texts = {block.id: block.text for block in opened.document.blocks}
    numbers = {block.id: str(n) for n, block in enumerate(opened.document.blocks, start=1)}
    rows = [
        (numbers.get(each.block, ""), shorten(_words(each, texts), 32), _said(each))
        for each in found.findings
    ]
    if rows:
        print_rows(("paragraph", "words", "what"), rows)
    else:
        click.echo("Nothing to mark.")
    if found.english_unchecked:
        click.echo(f"(English grammar wasn't checked: {found.english_unchecked})", err=True)


def _words(finding: MarkOut, texts: dict[str, str]) -> str:
    return texts.get(finding.block, "")[finding.start : finding.end]


def _said(finding: MarkOut) -> str:
    instead = " / ".join(repr(one) for one in finding.replacements[:3])
    return single_line(f"{finding.message} {instead}".strip())


def _review(document: TextDocument, proposed: ProposedEditsOut) -> Review:
    placed = [
        PlacedEdit(Edit(one.id, one.block, one.find, one.replace, one.why, one.by), one.start)
        for one in proposed.edits
    ]
    changed = {one.block for one in proposed.edits}
    base = {block.id: block.text for block in document.blocks if block.id in changed}
    return Review(document, tuple(placed), base)


def _decided(review: Review, *, ask: bool) -> Review:
    """Accept all edits, or ask about each one."""
    if ask and review.open and not sys.stdin.isatty():
        raise BadInput("Say --yes to accept all changes, or --tracked to decide them in Word.")
    for edit in review.open:
        wanted = not ask or _is_wanted(edit)
        review = decide(review, edit.id, "accepted" if wanted else "rejected")
    return review


def _is_wanted(edit: Edit) -> bool:
    click.echo(f"\n- {single_line(edit.find) or '(nothing)'}")
    click.echo(f"+ {single_line(edit.replace) or '(nothing)'}")
    if edit.why:
        click.echo(f"  {single_line(edit.why)} ({edit.by})")
    with interruptible():
        return click.confirm("  Accept?", default=True)
