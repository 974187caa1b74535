"""`alembic revision --autogenerate` and `alembic check`: Alembic's diff -> a phased revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext


def draft(migration: MigrationContext, revision: Any, directives: list[Any]) -> None:
    """Placeholder until autogenerate is wired."""
