"""A statement that cannot run in a transaction stands inside one.

**Why.** CREATE INDEX CONCURRENTLY, VACUUM, ALTER SYSTEM and a few others commit on their own:
PostgreSQL refuses them inside a transaction block. Alembic runs ``upgrade()`` in a transaction, and
several statements in one text are one transaction too. In ``expand()``, ``backfill()`` and
``contract()`` such a statement has a step of its own, if it stands alone.

Source: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY

Bad::

    def upgrade() -> None:
        op.create_index("ix_users_email", "users", ["email"], postgresql_concurrently=True)

Good::

    def upgrade() -> None:
        with op.get_context().autocommit_block():
            op.create_index("ix_users_email", "users", ["email"], postgresql_concurrently=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.advice import alone, as_written, paste
from phased.rule import node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

ALWAYS = True


def judge(context: Context) -> Iterator[str]:
    """A statement that shares its transaction, or has one, and must not."""
    if context.statement.transactional or context.autocommit:
        return
    if node(context)[0] == "transaction_stmt":
        return  # it ends the transaction, which is a finding of its own
    yield (
        f"{context.statement.kind} cannot run in a transaction, and here it would: PostgreSQL "
        f"refuses it. {_where(context)}{paste(alone(context, as_written(context)))}"
    )


def _where(context: Context) -> str:
    if context.plan.legacy:
        return "Take it out of Alembic's transaction:"
    return "Give it a call of its own, apart from other statements:"
