"""The training program: learns a low-rank adapter of a GGUF model from examples.

It runs as `python -m tau.studio.worker FOLDER --base FILE`, in an environment of its own and from
an archive of a few modules (`tau.studio.tuning.bundle`). It's the only code that imports torch, and
imports nothing of Tau's but the document, the events and the folder of a run, and what breaks
control strings.
"""
