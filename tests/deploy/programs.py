"""Proxies from Debian that the recipes are tested with.

`python -m tests.deploy.programs` gets them before the tests begin, whose time is limited each.
"""

import shutil

from tests.debian import install

PACKAGES = {"haproxy": "haproxy", "nginx": "nginx-light", "caddy": "caddy"}


def program(name: str) -> str | None:
    """Return where the program is, or None."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


if __name__ == "__main__":
    install(*(package for name, package in PACKAGES.items() if program(name) is None))
