"""Evals in the shape of OpenAI: criteria, runs over a data source, and their results."""
