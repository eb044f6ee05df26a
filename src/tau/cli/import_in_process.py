"""An import inside this process, for `tau import` where no server runs."""

from pathlib import Path

from tau.app import open_app
from tau.cli.accounts import open_person
from tau.cli.progress import progress_bar
from tau.cli.terminal import console, strip_control
from tau.errors import TauError
from tau.server.schemas.imports import ImportOut, PreviewFactOut, SkippedItemOut
from tau.settings import Settings
from tau.transfer.file_restoring import restore_files
from tau.transfer.formats import ImportReader, TauExportEntry, TauExportHeader
from tau.transfer.importing import ImportProgress, import_file
from tau.transfer.report import ImportReport


def is_tau_export(file: Path) -> bool:
    """Return whether a file is an export of some Tau; whose, only the person knows."""
    try:
        with file.open("rb") as opened:
            first = next(iter(ImportReader(opened)), None)
    except (OSError, TauError):
        return False  # the import says why
    return isinstance(first, TauExportHeader | TauExportEntry)


async def import_in_process(
    settings: Settings, person: str | None, file: Path, how: dict[str, bool]
) -> ImportOut:
    """Read the file for that person, or for the owner; return the result."""
    with progress_bar(strip_control(file.name), console(stderr=True)) as report:

        def show(now: ImportProgress) -> None:
            report(now.bytes_done, now.bytes_total)

        async with open_app(settings) as app, open_person(app.people, person) as unlocked:
            life = await app.lives.open(unlocked)
            result = await import_file(
                life,
                file,
                file.name,
                trust=how["trust"],
                forgotten=how["forgotten"],
                dry_run=how["dry_run"],
                progress=show,
            )
            if not how["dry_run"]:
                with file.open("rb") as opened:
                    await restore_files(app.attachments, life, opened)
            app.lives.written(life)
    return _import_from_report(result)


def _import_from_report(report: ImportReport) -> ImportOut:
    return ImportOut(
        id=report.id or "",
        name="",
        origin=report.origin,
        state="done",
        sentence="",
        at=0.0,
        bytes_done=0,
        bytes_total=0,
        conversations=report.conversations,
        messages=report.messages,
        facts=report.facts,
        known=report.known,
        forgotten=report.forgotten,
        skipped_count=report.skipped_count,
        skipped=[SkippedItemOut(each.where, each.reason) for each in report.skipped],
        notes=[SkippedItemOut(each.where, each.text) for each in report.notes],
        dry_run=False,
        restored=report.restored,
        learned=[PreviewFactOut(each.text, each.topic, each.trust) for each in report.learned],
        held=False,
    )
