"""Benchmarks to run on your own machine, as `tau bench`; `docs/benchmarks.md` describes them.

They measure the real system, from outside or through its own classes, never a mock, and end on
their own. Nothing here is a test: a machine is slow or fast, not right or wrong.
"""
