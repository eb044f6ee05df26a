"""The client of Tau's HTTP API."""
