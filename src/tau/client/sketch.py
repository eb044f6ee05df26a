"""Requests for plans of dwellings that are kept."""

from collections.abc import Sequence

from tau.client.http import HttpConnection, path_of
from tau.errors import NotFound
from tau.experts.sketch.downloads import PlanFormat, PlanView
from tau.server.schemas.artifacts import ArtifactPage
from tau.server.schemas.experts import ArtifactSummaryOut
from tau.server.schemas.sketch import SketchPlanOut


class SketchClient:
    """The part of the API that concerns plans."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def plans(self) -> list[ArtifactSummaryOut]:
        """Return all plans, the one that was changed last first."""
        found: list[ArtifactSummaryOut] = []
        query = {"expert": "sketch", "limit": "200"}
        while True:
            page = await self._http.get("/api/artifacts", ArtifactPage, **query)
            found += [each for each in page.artifacts if each.type == "plan"]
            if page.next is None:
                return found
            query["after"] = page.next

    async def find(self, named: str) -> ArtifactSummaryOut:
        """Return the plan with this id, or the last changed with this title. Raises `NotFound`."""
        for plan in await self.plans():
            if named in (plan.id, plan.title):
                return plan
        raise NotFound(f"There's no file and no plan '{named}'; list them with: tau sketch plans")

    async def edit(self, plan: ArtifactSummaryOut, words: str) -> SketchPlanOut:
        """Change a plan by words. Raises `ApiError`: 400 with the reason if it can't be."""
        path = path_of("experts", "sketch", "plans", plan.id, "edits")
        return await self._http.send("POST", path, SketchPlanOut, after=plan.newest, words=words)

    async def file(
        self, plan: str, kind: PlanFormat, view: PlanView, tint: Sequence[str] = ()
    ) -> bytes:
        """Return a plan as a file; an SVG shows some of it tinted."""
        path = path_of("experts", "sketch", "plans", plan, "file")
        query = {"format": kind, "view": view, "tint": ",".join(tint)}
        return await self._http.request("GET", path, params=query)
