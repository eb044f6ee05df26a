"""Tests of Tau's HTTP doors."""
