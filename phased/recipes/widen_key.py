"""Give the integer columns of a key a wider type in place.

**Why.** ``ALTER TYPE`` from int to bigint writes the table and all of its indexes anew under ACCESS
EXCLUSIVE, and then every table that refers to it. A key cannot move to a successor of another name
either: foreign keys refer to it, and rows are found by it. So each column gets a mirror of the
wider type, which a trigger keeps equal to it and no release names. The mirrors get what the columns
have: indexes, constraints, foreign keys in both directions. All of that happens beside the traffic.
Then one short transaction locks parents before children and swaps: the mirrors take the names, the
sequences change hands, the old columns go. It reads no row.

The trigger works one way only. Until the swap both releases write the column itself; a key that no
longer fits into it fails as it did before the revision.

The indexes are built in the contract, right before the swap. Two unique indexes over the same
values let two INSERTs … ON CONFLICT of one key that meet in the wrong moment fail on the one that
is not their target, so there are two for no longer than needed.

The successor stands last in its table: an INSERT without names of columns, and ``SELECT *`` read by
position, meet another order from the swap on.

At the swap the type of the column changes: a statement that a connection has prepared and that
selects it fails once with "cached plan must not change result type" (0A000). Where that matters,
turn preparation off in the release that is running: ``connect_args={"prepare_threshold": None}``.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES

Bad::

    def contract() -> None:
        op.alter_column("users", "id", type_=sa.BigInteger())

Good::

    def expand() -> None:
        op.add_column("users", sa.Column("id_bigint", sa.BigInteger(), nullable=True))
        op.mirror_columns("users", {"id_bigint": "id"})

    def backfill() -> None:
        op.backfill("users", {"id_bigint": "id"}, where="id_bigint IS DISTINCT FROM id")

    def contract() -> None:
        op.create_index(
            "pk_users_copy", "users", ["id_bigint"], unique=True, postgresql_concurrently=True
        )
        op.create_check_constraint(
            "users_id_bigint_is_not_null",
            "users",
            "id_bigint IS NOT NULL",
            postgresql_not_valid=True,
        )
        op.validate_constraint("users_id_bigint_is_not_null", "users")
        op.drop_constraint("pk_users", "users", type_="primary")
        op.stop_mirroring("users", {"id_bigint": "id"})
        op.execute("ALTER SEQUENCE users_id_seq AS bigint")
        op.execute("ALTER SEQUENCE users_id_seq OWNED BY users.id_bigint")
        op.alter_column("users", "id", new_column_name="id_before")
        op.drop_column("users", "id_before")
        op.alter_column(
            "users", "id_bigint", new_column_name="id", existing_type=sa.BigInteger()
        )
        op.alter_column("users", "id", server_default=sa.text("nextval('users_id_seq'::regclass)"))
        op.alter_column("users", "id", nullable=False)
        op.drop_constraint("users_id_bigint_is_not_null", "users", type_="check")
        op.create_primary_key_using_index("pk_users", "users", "pk_users_copy")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AddColumnOp
from sqlalchemy import Column

from phased.keys import WidenOp
from phased.naming import quote
from phased.operations.backfill import BackfillOp
from phased.operations.mirror_columns import MirrorColumnsOp
from phased.recipe import Phases
from phased.widening.swap import beside, swap
from phased.widening.work import Work, by_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations import MigrateOperation

    from phased.recipe import Context
    from phased.widening.column import Widened

HANDLES = (WidenOp,)


def applies(op: WidenOp, context: Context) -> bool:
    """Every widening."""
    del op, context
    return True


def phases(op: WidenOp, context: Context) -> Phases:
    """Mirrors, what they need beside the traffic, and the swap."""
    work = Work(op.columns, op.keys, context, op.held)
    tables = list(by_table(work).values())
    return Phases(
        expand=tuple(one for columns in tables for one in _mirrored(columns, context)),
        backfill=tuple(_filled(columns) for columns in tables),
        contract=(*beside(work), *swap(work)),
    )


def _mirrored(columns: list[Widened], context: Context) -> Iterator[MigrateOperation]:
    table, schema = columns[0].table, columns[0].schema
    for one in columns:
        column: Column[object] = Column(one.mirror, one.new, comment=_comment(one, context))
        yield AddColumnOp(table, column, schema=schema)
    yield MirrorColumnsOp(table, {one.mirror: one.name for one in columns}, schema=schema)


def _comment(one: Widened, context: Context) -> str | None:
    models = context.tables.get(one.relation)
    found = () if models is None else models.columns
    return next((column.comment for column in found if column.name == one.name), None)


def _filled(columns: list[Widened]) -> BackfillOp:
    values = {one.mirror: quote(one.name) for one in columns}
    where = " OR ".join(
        f"{quote(one.mirror)} IS DISTINCT FROM {quote(one.name)}" for one in columns
    )
    return BackfillOp(columns[0].table, values, where=where, schema=columns[0].schema)
