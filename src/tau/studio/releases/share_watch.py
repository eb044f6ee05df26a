"""Watches models that answer a share of the callers, and takes them back if they do badly.

Counts begin anew when Tau starts; what was decided is kept. Nobody needs to be signed in.
"""

import asyncio
import logging

from tau.errors import TauError
from tau.models import Models
from tau.studio.releases.release_aliases import ReleaseAliases
from tau.studio.releases.share_verdict import OutcomeCount, failing_reason, worse_reason
from tau.studio.results import ComparisonResult

logger = logging.getLogger(__name__)


class ShareWatch:
    """Counts the requests of aliases with shares, by model."""

    def __init__(self, models: Models, aliases: ReleaseAliases) -> None:
        self._models = models
        self._aliases = aliases
        self._counts: dict[str, dict[str, OutcomeCount]] = {}
        self._work: set[asyncio.Task[bool]] = set()
        models.outcome_listeners.append(self.count)

    def count(self, alias: str, model: str, answered: bool) -> None:
        """Count a request, and begin to take the model back if it fails too often."""
        shares = self._models.aliases.shares().get(alias)
        if not shares:
            self._counts.pop(alias, None)
            return
        counts = self._counts.setdefault(alias, {})
        counts[model] = counts.get(model, OutcomeCount()).plus(failed=not answered)
        if answered or model not in shares:
            return
        others = [each for name, each in counts.items() if name not in shares]
        rest = OutcomeCount(sum(each.asked for each in others), sum(e.failed for e in others))
        if reason := failing_reason(counts[model], rest):
            del counts[model]
            task = asyncio.get_running_loop().create_task(self._take_back(alias, model, reason))
            self._work.add(task)
            task.add_done_callback(self._work.discard)

    async def judge(self, project: str, result: ComparisonResult) -> None:
        """Take a model of a project back that a comparison on its test shows to be worse.

        Another project's test asks for something else, so it says nothing of this one.
        """
        by_model = {each.model: each for each in result.methods if each.kind == "tuned"}
        for alias, shares in self._models.aliases.shares().items():
            names = self._models.aliases.models_of(alias)
            rest = next((by_model.get(name) for name in names if name not in shares), None)
            for name in shares.keys() & by_model.keys():
                is_own = self._aliases.project_of(name) == project
                if rest and is_own and (reason := worse_reason(by_model[name], rest)):
                    await self._take_back(alias, name, reason)

    async def settle(self) -> None:
        """Wait until what was decided has happened."""
        await asyncio.gather(*self._work)

    async def _take_back(self, alias: str, model: str, reason: str) -> bool:
        try:
            done = await self._aliases.take_back(alias, model, reason)
        except TauError as error:
            logger.warning("the share of %s in %s was not taken back: %s", model, alias, error)
            return False
        if done:
            logger.warning("took back the share of %s in %s: %s", model, alias, reason)
        return done
