"""What a run counts while it goes on, kept in its checkpoints."""

import msgspec


class RunProgress(msgspec.Struct, kw_only=True):
    """What a run has counted up to a step."""

    run_sha256: str
    step: int = 0
    first_loss: float = 0.0
    """Moving mean of the loss when it was first full; 0 before."""
    best_loss: float = 0.0
    recent_losses: list[float] = []
    trained_tokens: int = 0
