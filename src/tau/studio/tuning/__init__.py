"""Tuning: runs of the training program, from their document to the adapter."""
