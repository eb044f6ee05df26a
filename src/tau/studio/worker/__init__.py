"""The training program: the only code that imports torch. Run by `python -m tau.studio.worker`."""
