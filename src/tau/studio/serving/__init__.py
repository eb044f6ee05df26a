"""Serving of the models that runs make."""
