"""Import from a scripted OpenAI on loopback, which also fails."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tau.app import App
from tau.errors import BadInput, RefusedAddress
from tau.models.http import AddressGuard, GuardedClient
from tau.people import Unlocked
from tau.studio.openai_import.openai_import import (
    ImportTarget,
    OpenAIImport,
    OpenAIImportReport,
)
from tau.studio.openai_import.openai_source import OpenAISource, SourceUnavailable

from .scripted_openai import KEY, ScriptedOpenAI, serve, stranded

pytestmark = pytest.mark.anyio


@dataclass
class KeptRecords:
    """Keeps records of jobs in memory."""

    kept: list[dict[str, Any]] = field(default_factory=list)

    async def has_record(self, unlocked: Unlocked, job_id: str) -> bool:
        return any(each["job"]["id"] == job_id for each in self.kept)

    async def record(self, unlocked: Unlocked, record: dict[str, Any]) -> None:
        self.kept.append(record)


@dataclass
class Importer:
    """Imports from a scripted OpenAI into a Tau."""

    app: App
    unlocked: Unlocked
    url: str
    client: GuardedClient
    jobs: KeptRecords = field(default_factory=KeptRecords)
    pauses: list[float] = field(default_factory=list)

    async def run(self, key: str = KEY) -> OpenAIImportReport:
        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        studio = self.app.studio
        source = OpenAISource(self.client, self.url, key, sleep=pause)
        target = ImportTarget(self.unlocked, studio.files, studio.evals, self.jobs)
        report = OpenAIImportReport()
        await OpenAIImport(source, target, report).run()
        return report

    async def contents(self) -> dict[str, bytes]:
        files = self.app.studio.files
        return {
            each.file.filename: b"".join(files.read(each))
            for each in await files.all(self.unlocked)
        }


@pytest.fixture
def there() -> ScriptedOpenAI:
    return stranded()


@pytest.fixture
async def importer(app: App, owner: Unlocked, there: ScriptedOpenAI) -> AsyncIterator[Importer]:
    client = GuardedClient(AddressGuard("127.0.0.1"))
    async with serve(there) as url:
        yield Importer(app, owner, url, client)
    await client.close()


async def test_everything_comes_over_and_twice_adds_nothing(
    importer: Importer, there: ScriptedOpenAI
) -> None:
    report = await importer.run()
    assert (report.files, report.jobs, report.evals, report.runs, report.items) == (5, 1, 2, 1, 5)
    assert await importer.contents() == {
        about["filename"]: content for about, content in there.files.values()
    }
    before = there.asked.copy()
    again = await importer.run()
    assert (again.files, again.jobs, again.evals, again.runs) == (0, 0, 0, 0)
    assert again.known == 5 + 1 + 2 + 1
    fetched = {path for path, count in there.asked.items() if count > before[path]}
    assert not any("content" in path or "output_items" in path for path in fetched)


async def test_a_job_is_a_record_with_the_ids_that_its_files_have_here(importer: Importer) -> None:
    await importer.run()
    [record] = importer.jobs.kept
    files = importer.app.studio.files
    names = {each.id: each.file.filename for each in await files.all(importer.unlocked)}
    job = record["job"]
    assert names[job["training_file"]] == "file-0.jsonl"
    assert names[job["validation_file"]] == "file-1.jsonl"
    assert [names[each] for each in job["result_files"]] == ["file-results.jsonl"]
    assert (job["id"], job["seed"], job["error"]) == ("ftjob-1", 42, None)
    assert [each["message"] for each in record["events"]] == [f"Step {n}" for n in range(7, 0, -1)]
    assert record["checkpoints"][0]["metrics"] == {"step": 90, "train_loss": 0.5}
    assert record["from"] == importer.url


async def test_evals_keep_their_results_and_can_be_run_again(importer: Importer) -> None:
    await importer.run()
    evals = importer.app.studio.evals
    queues, logs = await evals.all(importer.unlocked)
    assert (queues.name, queues.created_at) == ("Queues", 1_700_000_000)
    [run] = queues.runs.values()
    assert run.ended is not None
    figures = run.ended.figures
    assert (figures.total, figures.passed, figures.failed, figures.errored) == (5, 3, 1, 1)
    items = await evals.items(importer.unlocked, run)
    assert [each.status for each in items] == ["pass", "pass", "pass", "fail", "error"]
    assert items[3].item == {"answer": "yes", "number": 3}
    source = await evals.data_source(importer.unlocked, run)
    assert source["source"]["content"] == [{"item": {"answer": "yes"}}]
    given = {
        "type": "jsonl",
        "source": {
            "type": "file_content",
            "content": [{"item": {"answer": "a"}, "sample": {"output_text": "a"}}],
        },
    }
    assert (await evals.start_run(importer.unlocked, queues.id, given)).created.total == 1
    assert logs.runs == {}


async def test_what_could_not_be_read_is_said(importer: Importer, there: ScriptedOpenAI) -> None:
    there.failures["/files/file-2/content"] = ["400"]
    report = await importer.run()
    assert report.files == 4
    said = "\n".join(report.notes)
    assert "file-2: The API answers with 400." in said
    assert "The weights of ft:gpt-4o-mini-2024-07-18:acme:desk:abc can't be read" in said
    assert "ftjob-2 isn't over yet" in said
    assert "evalrun_2 isn't over yet" in said
    assert "eval_2: its items came from logs" in said
    assert (await importer.run()).files == 1


async def test_failures_that_pass_are_waited_for(importer: Importer, there: ScriptedOpenAI) -> None:
    there.failures = {
        "/files": ["429", "500", "cut", "page"],
        "/files/file-3/content": ["cut", "503"],
        "/evals/eval_1/runs/evalrun_1/output_items": ["502"],
    }
    report = await importer.run()
    assert (report.files, report.jobs, report.evals, report.runs) == (5, 1, 2, 1)
    assert (await importer.contents())["file-3.jsonl"] == there.files["file-3"][1]
    assert importer.pauses[0] == 7


async def test_an_import_that_broke_off_goes_on(importer: Importer, there: ScriptedOpenAI) -> None:
    for number in (1, 2, 3):
        there.failures[f"/files/file-{number}/content"] = ["500"] * 6
    with pytest.raises(SourceUnavailable, match="reports a failure"):
        await importer.run()
    assert len(await importer.contents()) == 1
    report = await importer.run()
    assert (report.files, report.known) == (4, 1)
    assert len(await importer.contents()) == 5


async def test_one_thing_that_always_fails_does_not_hold_up_the_others(
    importer: Importer, there: ScriptedOpenAI
) -> None:
    there.failures["/files/file-1/content"] = ["500"] * 6
    there.failures["/fine_tuning/jobs/ftjob-1/events"] = ["500"] * 6
    report = await importer.run()
    assert (report.files, report.jobs, report.evals, report.runs) == (4, 0, 2, 1)
    assert [note.partition(":")[0] for note in report.notes][:2] == ["file-1", "ftjob-1"]


async def test_a_run_that_cannot_be_read_does_not_hold_up_the_others(
    importer: Importer, there: ScriptedOpenAI
) -> None:
    runs, items = "/evals/eval_1/runs", "/evals/eval_1/runs/evalrun_1/output_items"
    third = there.lists[runs][0] | {"id": "evalrun_3"}
    there.lists[runs].append(third)
    there.objects[f"{runs}/evalrun_3"] = third
    there.lists[f"{runs}/evalrun_3/output_items"] = there.lists[items]
    there.failures[items] = ["404"]
    report = await importer.run()
    assert (report.runs, report.items) == (1, 5)
    assert "evalrun_1: The API answers with 404." in report.notes
    assert (await importer.run()).runs == 1


async def test_a_wrong_key_is_said_without_the_key(importer: Importer) -> None:
    with pytest.raises(BadInput, match="doesn't accept the key") as refused:
        await importer.run("sk-wrong")
    assert "sk-" not in str(refused.value)


async def test_private_addresses_are_refused(importer: Importer) -> None:
    importer.client = GuardedClient(AddressGuard(""))
    with pytest.raises(RefusedAddress):
        await importer.run()


async def test_two_people_may_import_the_same(importer: Importer, app: App) -> None:
    await importer.run()
    invitation = await app.people.invitations.invite(importer.unlocked)
    _, guest = await app.people.invitations.accept(invitation, "Guest", "a long password", "tests")
    other = Importer(app, guest, importer.url, importer.client)
    report = await other.run()
    assert (report.files, report.known) == (5, 0)
    assert len(await importer.contents()) == len(await other.contents()) == 5
