"""`alembic stamp`: the ledger follows the version table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased import revisions
from phased.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Collection

    from alembic.runtime.migration import MigrationContext, MigrationInfo

STAMPED = "alembic stamp"


def follow_stamp(
    ctx: MigrationContext, step: MigrationInfo, heads: Collection[str], run_args: Any
) -> None:
    """Forget what is no longer applied; what was stamped counts as complete.

    Alembic calls this after every change of the version table, in the same transaction.
    """
    del run_args
    if not step.is_stamp or ctx.as_sql or ctx.connection is None or ctx.script is None:
        return
    book = Ledger(ctx.connection.connection.dbapi_connection, ctx.version_table_schema)  # type: ignore[arg-type] # psycopg's
    if not book.exists():
        return
    applied = revisions.applied(ctx.script, heads)
    entries = book.read()
    book.forget(set(entries.rollouts) - set(applied))
    for revision in applied:
        row = entries.rollouts.get(revision)
        if row is not None and row.backfilled_at is None:
            book.forget([revision])
            book.adopt(revision, row.checksum, STAMPED)
