"""The server key: 256 bits in a file that only its user can read, or in the environment.

It opens the server's key slots, and nothing else of people's data.
"""

import base64
import binascii
import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from tau.errors import SettingsError
from tau.storage.sealing import KEY_BYTES, new_key

FILE_NAME = "server.key"
ENVIRONMENT_VARIABLE = "TAU_SERVER_KEY"
_LONGEST_FILE = 1024
_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def load_or_create_server_key(home: Path, environ: Mapping[str, str]) -> bytes:
    """Return the server key: from `TAU_SERVER_KEY`, or from the file in `home`, created if missing.

    Raises `SettingsError` if the key is malformed, or if other users can read its file.
    """
    given = environ.get(ENVIRONMENT_VARIABLE)
    if given is not None:
        return _decode(given, ENVIRONMENT_VARIABLE)
    path = home / FILE_NAME
    try:
        if not path.exists():
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path)
        return _decode(_read(path), f"{FILE_NAME} in Tau's home")
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise SettingsError(f"{FILE_NAME} in Tau's home can't be used: {reason}.") from error


def _create(path: Path) -> None:
    """Write a new key, unless another process was faster."""
    aside = path.with_name(f"{FILE_NAME}.{os.urandom(8).hex()}")
    content = base64.b64encode(new_key()) + b"\n"
    try:
        _write_new(aside, content)
        try:
            os.link(aside, path)  # atomic, and never replaces another key
        except FileExistsError:
            return
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            _write_if_missing(path, content)
    finally:
        aside.unlink(missing_ok=True)
    _fsync_folder(path.parent)


def _write_if_missing(path: Path, content: bytes) -> None:
    try:
        _write_new(path, content)
    except FileExistsError:
        return


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> str:
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise SettingsError(f"{FILE_NAME} in Tau's home isn't a regular file.")
        if status.st_mode & 0o077:
            raise SettingsError(
                f"Other users can read {FILE_NAME} in Tau's home; run `chmod 600` on it."
            )
        return file.read(_LONGEST_FILE).decode("ascii", "replace")


def _decode(text: str, where: str) -> bytes:
    try:
        plain = text.strip().replace("-", "+").replace("_", "/").encode("ascii")
        key = base64.b64decode(plain, validate=True)
    except (binascii.Error, UnicodeEncodeError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{where} must contain {KEY_BYTES} bytes in base64.")
    return key
