"""The help lines of a country, for everybody: nobody has to sign in to find help."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from tau.server.auth import AppStateDep, read_location
from tau.server.presenters import help_line_out
from tau.server.responses import ERROR_RESPONSES, NO_AUTH
from tau.server.schemas.care import HelpLinesOut

router = APIRouter(tags=["care"], responses=ERROR_RESPONSES)


@router.get("/api/care/lines", operation_id="listHelpLines", openapi_extra=NO_AUTH)
async def list_help_lines(
    request: Request,
    app_state: AppStateDep,
    country: Annotated[str | None, Query(pattern="^[A-Za-z]{2}$")] = None,
    language: Annotated[str, Query(max_length=35)] = "en",
) -> HelpLinesOut:
    """List the help lines of a country, or of where the person seems to be."""
    read_location(request)
    care = app_state.companion.care
    found = care.lines_of(country or care.country(), language)
    return HelpLinesOut(
        country=found.country,
        emergency=found.emergency,
        lines=[help_line_out(line) for line in found.lines],
        countries=care.countries(),
    )
