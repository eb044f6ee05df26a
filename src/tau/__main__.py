"""`python -m tau` is the `tau` command."""

from tau.cli import main

main(prog_name="tau")
