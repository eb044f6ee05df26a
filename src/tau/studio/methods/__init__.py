"""Methods: ways to get answers, from a prompt to a classifier, compared on one test."""
