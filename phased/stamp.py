"""`alembic stamp`: the ledger follows the version table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased import revisions
from phased.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Collection

    from alembic.runtime.migration import MigrationContext, MigrationInfo
    from alembic.script import ScriptDirectory

STAMPED = "alembic stamp"


def follow_stamp(
    ctx: MigrationContext, step: MigrationInfo, heads: Collection[str], run_args: Any
) -> None:
    """Forget what is no longer applied; what was begun and is now stamped counts as complete.

    Alembic calls this after every change of the version table, in the same transaction.
    """
    del run_args
    if not step.is_stamp or ctx.script is None:
        return
    applied = revisions.applied(ctx.script, heads)
    if not _destined(ctx, ctx.script) <= set(applied):
        return  # several are stamped one by one, and this is not the last of them
    if ctx.as_sql:
        _write(ctx, ctx.script, applied, heads)
    else:
        _follow(ctx, applied)


def _follow(ctx: MigrationContext, applied: list[str]) -> None:
    book = Ledger(ctx.connection.connection.dbapi_connection, ctx.version_table_schema)  # type: ignore[union-attr, arg-type] # psycopg's
    if book.exists():
        book.forget(set(book.read().rollouts) - set(applied))
        book.complete(applied, STAMPED)


def _write(
    ctx: MigrationContext, script: ScriptDirectory, applied: list[str], heads: Collection[str]
) -> None:
    """Without the database only what builds on the new heads is known not to be applied."""
    from phased.paper import create_on_paper, on_paper

    known = [one.revision for one in revisions.load(script)]
    above = {one for one in known if set(heads) <= set(revisions.applied(script, [one]))}
    create_on_paper(ctx)
    on_paper(ctx).forget(sorted(above - set(applied)))
    on_paper(ctx).complete(applied, STAMPED)


def _destined(ctx: MigrationContext, script: ScriptDirectory) -> set[str]:
    found = script.get_revisions(ctx.opts["destination_rev"])
    return {one.revision for one in found}
