"""Releases: the gate, shares, rollback, blind reviews and the model card."""
