"""Health and metrics of the server."""

import ipaddress
import time

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from tau import __version__
from tau.server.auth import AppStateDep, get_credential, require_owner
from tau.server.responses import ERROR_RESPONSES, NO_AUTH
from tau.server.schemas.operations import HealthOut

router = APIRouter(tags=["operations"], responses=ERROR_RESPONSES)
_STARTED_AT = time.monotonic()


@router.get(
    "/status",
    operation_id="getStatus",
    openapi_extra=NO_AUTH,
    responses={503: {"model": HealthOut, "description": "It's about to end, or doesn't answer."}},
)
async def get_status(response: Response, app_state: AppStateDep) -> HealthOut:
    """Return whether Tau and its database answer; 503 if not, or if Tau is about to end."""
    draining = app_state.draining.is_set()
    if draining:  # whoever asks should go elsewhere, whatever the database says
        response.status_code = 503
    else:
        await app_state.database_probe.check()
    return HealthOut(
        status="draining" if draining else "ok",
        version=__version__,
        uptime_seconds=round(time.monotonic() - _STARTED_AT, 1),
    )


@router.get(
    "/metrics",
    operation_id="getMetrics",
    response_class=Response,
    responses={
        200: {
            "description": "Counters in Prometheus' text format.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
)
async def get_metrics(request: Request, app_state: AppStateDep) -> Response:
    """Return the metrics, to requests from this machine or from the owner."""
    if not _is_loopback(request):
        await require_owner(await get_credential(request, app_state))
    return Response(app_state.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)


def _is_loopback(request: Request) -> bool:
    """Return whether the peer is this machine, and not a proxy that forwards for another."""
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
