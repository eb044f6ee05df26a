"""Benchmarks a person can run on their own machine, as `tau bench`; `docs/benchmarks.md` tells all.

They use the real thing, from outside or through its own classes, never a mock, and end by
themselves. Nothing here is a test: a machine is slow or fast, not right or wrong.
"""
