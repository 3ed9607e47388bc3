"""Releases that come after the present one: copies of the project with another version, schema, or fault."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from agent.store import migrations
from tests.deploy.conftest import PROJECT, done

MIGRATION = '''"""A column that this release needs."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    op.add_column("zoho_tokens", sa.Column("later_{revision}", sa.Text))


def downgrade() -> None:
    op.drop_column("zoho_tokens", "later_{revision}")
'''
READY = "reason = await request.app[READINESS]()"


def later(folder: Path, version: str, *, migrations_more: int = 0, never_ready: bool = False) -> Path:
    """Build a release.

    Args:
        folder: where its sources and files are put.
        version: what it is called.
        migrations_more: how many migrations it has more than the present one.
        never_ready: whether it starts, but is never ready.

    Returns:
        Its wheel, with its requirements and script beside it.
    """
    source = folder / f"source-{version}"
    for name in ("agent", "db", "ops"):
        shutil.copytree(PROJECT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "uv.lock", "README.md", "LICENSE", ".env.example"):
        shutil.copy(PROJECT / name, source)
    edit(source / "agent" / "__init__.py", r'__version__ = ".*"', f'__version__ = "{version}"')
    last = int(migrations.HEAD)
    for number in range(last + 1, last + 1 + migrations_more):
        text = MIGRATION.format(revision=f"{number:04}", before=f"{number - 1:04}")
        (source / "db" / "versions" / f"{number:04}_later.py").write_text(text)
    head = source / "agent" / "store" / "migrations.py"
    edit(head, r'HEAD = ".*"', f'HEAD = "{last + migrations_more:04}"')
    if never_ready:
        edit(source / "agent" / "web" / "health.py", re.escape(READY), 'reason = "Never."')
    target = folder / version
    done("sh", source / "ops" / "deploy" / "build.sh", target, cwd=source)
    (wheel,) = target.glob("*.whl")
    return wheel


def edit(path: Path, pattern: str, text: str) -> None:
    """Replace what must be there."""
    changed, number = re.subn(pattern, text, path.read_text())
    assert number == 1, f"{path.name} has not exactly one {pattern}"
    path.write_text(changed)
