"""The profile that comes first in every prompt, and the timeline of facts."""

import time
from collections.abc import Iterator

from fastapi import APIRouter

from tau.clock import local_now
from tau.facts import Fact
from tau.facts.profile import build_profile
from tau.journal.entries import Topic
from tau.life.fact_editing import FactEditor
from tau.server.auth import CurrentPerson, CurrentPersonDep
from tau.server.pagination import page_after
from tau.server.presenters import fact_out
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import FactCursor, Limit, QueryTimestamp
from tau.server.schemas.profile import (
    ProfileLineOut,
    ProfileOut,
    TimelineEntryOut,
    TimelinePage,
)

router = APIRouter(prefix="/api/memory", tags=["memory"], responses=ERROR_RESPONSES)
PROFILE_TOKENS = 600


@router.get("/profile", operation_id="getProfile")
async def get_profile(current: CurrentPersonDep) -> ProfileOut:
    """Return the profile that comes first in every prompt, with the facts it is made from."""
    now = time.time()
    profile = build_profile(
        current.life.memory.facts.current(now), now, local_now().tzinfo, PROFILE_TOKENS
    )
    lines = [
        ProfileLineOut(text=line.text, facts=list(line.facts), sources=list(line.sources))
        for line in profile.lines
    ]
    return ProfileOut(lines=lines)


@router.get("/timeline", operation_id="getTimeline")
async def get_timeline(
    current: CurrentPersonDep,
    since: QueryTimestamp | None = None,
    until: QueryTimestamp | None = None,
    topic: Topic | None = None,
    limit: Limit = 50,
    after: FactCursor = None,
) -> TimelinePage:
    """List what began, ended and is planned, newest first."""
    facts = [
        *FactEditor(current.life).facts(state="current", topic=topic),
        *FactEditor(current.life).facts(state="past", topic=topic),
    ]
    found = sorted(
        (each for fact in facts for each in _timeline_entries(current, fact)), key=_newest_first
    )
    found = [
        each
        for each in found
        if (since is None or each.at >= since) and (until is None or each.at < until)
    ]
    page, following = page_after(found, after, limit, _entry_id)
    return TimelinePage(moments=list(page), next=following)


def _timeline_entries(current: CurrentPerson, fact: Fact) -> Iterator[TimelineEntryOut]:
    shown = fact_out(current, fact)
    if fact.due is not None:
        yield TimelineEntryOut(at=fact.due, what="planned", fact=shown)
    else:
        began = fact.said_on if fact.valid_from is None else fact.valid_from
        yield TimelineEntryOut(at=began, what="began", fact=shown)
    if fact.valid_to is not None and fact.due is None:
        yield TimelineEntryOut(at=fact.valid_to, what="ended", fact=shown)


def _newest_first(entry: TimelineEntryOut) -> tuple[float, str]:
    return -entry.at, _entry_id(entry)


def _entry_id(entry: TimelineEntryOut) -> str:
    return f"{entry.fact.id}.{entry.what}"
