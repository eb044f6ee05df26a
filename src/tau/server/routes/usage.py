"""Usage and cost of models, and their prices."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from tau.errors import BadInput, NotPermitted
from tau.server.auth import (
    AppStateDep,
    Credential,
    CredentialDep,
    OwnerActDep,
)
from tau.server.requests.usage import PriceRequest, UsageQuery
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.usage import PriceList, PriceOut, UsageReport
from tau.server.state import AppState
from tau.server.usage_presenters import usage_csv, usage_report
from tau.usage.ledger import UsageRow
from tau.usage.prices import Price

router = APIRouter(tags=["usage"], responses=ERROR_RESPONSES)
_DAYS = 30
_CSV = "text/csv; charset=utf-8"


@router.get("/api/usage", operation_id="getUsage")
async def get_usage(
    asked: Annotated[UsageQuery, Query()], opened: CredentialDep, app_state: AppStateDep
) -> UsageReport:
    """Return what you used of models, and what it cost; the owner may ask for everyone's."""
    since, until = _days(asked)
    rows = await _rows(asked, opened, app_state)
    names, labels = await _names(rows, opened, app_state)
    days = (since.isoformat(), until.isoformat())
    return usage_report(rows, days, app_state.settings.currency, names, labels)


@router.get(
    "/api/usage.csv",
    operation_id="downloadUsage",
    response_class=Response,
    responses={
        200: {
            "description": "A CSV file with a line for each day, person, key and model.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)
async def download_usage(
    asked: Annotated[UsageQuery, Query()], opened: CredentialDep, app_state: AppStateDep
) -> Response:
    """Return the same by day, as a CSV file."""
    since, until = _days(asked)
    rows = await _rows(asked, opened, app_state)
    names, labels = await _names(rows, opened, app_state)
    text = usage_csv(rows, app_state.settings.currency, names, labels)
    name = f"tau-usage-{since.isoformat()}-{until.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), headers=headers, media_type=_CSV)


@router.get("/api/prices", operation_id="listPrices")
async def list_prices(_opened: CredentialDep, app_state: AppStateDep) -> PriceList:
    """List what models cost, as far as the owner has said it."""
    known = await app_state.usage.prices.all()
    prices = [
        PriceOut(name, each.prompt, each.completion, each.cached) for name, each in known.items()
    ]
    return PriceList(currency=app_state.settings.currency, prices=prices)


@router.put("/api/prices/{name:path}", operation_id="setPrice")
async def set_price(
    name: PathId, asked: PriceRequest, opened: OwnerActDep, app_state: AppStateDep
) -> PriceList:
    """Set what a million tokens of a model cost from now on (owner only)."""
    await app_state.usage.prices.set(name, Price(asked.prompt, asked.completion, asked.cached))
    return await list_prices(opened, app_state)


@router.delete("/api/prices/{name:path}", operation_id="removePrice", status_code=204)
async def remove_price(name: PathId, _opened: OwnerActDep, app_state: AppStateDep) -> None:
    """Make a model's cost unknown again (owner only)."""
    await app_state.usage.prices.remove(name)


def _days(asked: UsageQuery) -> tuple[date, date]:
    """Return the first and the last day that are asked for. Raises `BadInput`."""
    until = asked.until or datetime.now(UTC).date()
    try:
        since = asked.since or until - timedelta(days=_DAYS - 1)
    except OverflowError:
        raise BadInput("There is no such day.") from None
    if since > until:
        raise BadInput("The first day is after the last one.")
    return since, until


async def _rows(asked: UsageQuery, opened: Credential, app_state: AppState) -> list[UsageRow]:
    person = opened.unlocked.person
    if asked.whose == "everyone" and not person.owner:
        raise NotPermitted("Only the owner of this Tau can see what everyone used.")
    await app_state.usage.recorder.flush()
    mine = person.id if asked.whose == "mine" else None
    return await app_state.usage.ledger.rows(*_days(asked), mine)


async def _names(
    rows: list[UsageRow], opened: Credential, app_state: AppState
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of the people and the labels of the keys in rows."""
    me = opened.unlocked.person
    known = await app_state.people.list() if me.owner else [me]
    labels = await app_state.people.credentials.labels({row.key for row in rows if row.key})
    return {person.id: person.name for person in known}, labels
