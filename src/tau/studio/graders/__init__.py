"""Graders: how an answer is judged, as a score between 0 and 1."""
