"""A background job: who it belongs to, what it works on, how far it is and how it ended.

Knows nothing of what a job does. What a kind of job needs beyond this, it keeps in `details`.
"""

from typing import Literal

import msgspec

from tau.ids import new_id

JobState = Literal["running", "done", "stopped", "failed"]


class Job(msgspec.Struct, kw_only=True):
    """One background job. Its runner changes it in place; everybody else reads it."""

    id: str = msgspec.field(default_factory=new_id)
    kind: str
    """What is done, such as `import`."""
    owner: str | None = None
    """The person whose job it is; `None` for a job of the server."""
    subject: str
    """What it works on: the name of a file or a model."""
    created_at: float
    state: JobState = "running"
    message: str = ""
    """A sentence for people, mostly about the end of the job."""
    done: int = 0
    total: int = 0
    """How far it is, in bytes or steps; 0 in all while that is unknown."""
    details: msgspec.Raw = msgspec.Raw(b"{}")
    """JSON that its kind reads again after a restart."""
