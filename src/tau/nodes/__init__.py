"""Nodes: the server processes of one Tau, and which of them serves each person."""
