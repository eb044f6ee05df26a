"""Sentences and conversations to judge Tau with, read only by `tau bench`."""
