"""Two releases of Tau as source trees: the one under test, and the one after it."""

import os
import shutil
from pathlib import Path

import tau
from tau.storage.migrating import newest_version

NEXT_VERSION = "99.0.0"
NEXT_TABLES = "9001_next"
_MIGRATION = '''"""One more column."""

import sqlalchemy as sa
from alembic import op

revision = "{version}"
down_revision = "{before}"
oldest_user = "{before}"


def upgrade() -> None:
    op.add_column("people", sa.Column("next", sa.Text, nullable=True))
'''


def next_release(folder: Path) -> Path:
    """Copy the source to `folder`, as a release with another version and one more migration."""
    source = Path(tau.__file__).parent
    shutil.copytree(source, folder / "tau", ignore=shutil.ignore_patterns("__pycache__", "web"))
    package = folder / "tau" / "__init__.py"
    text = package.read_text("utf-8")
    assert f'"{tau.__version__}"' in text
    package.write_text(text.replace(f'"{tau.__version__}"', f'"{NEXT_VERSION}"'), "utf-8")
    versions = folder / "tau" / "storage" / "migrations" / "versions"
    migration = _MIGRATION.format(version=NEXT_TABLES, before=newest_version())
    (versions / f"{NEXT_TABLES}.py").write_text(migration, "utf-8")
    return folder


def python_path(source: Path) -> str:
    """Return the `PYTHONPATH` of a process that runs the release in `source`."""
    return os.pathsep.join(filter(None, [str(source), os.environ.get("PYTHONPATH")]))
