"""Environments with heavy packages that don't come with Tau, and programs that run in them."""
