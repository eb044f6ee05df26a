"""The studio: examples, tests and graders of projects, and the methods that are compared on them.

Knows nothing of HTTP, and imports nothing that trains a model.
"""
