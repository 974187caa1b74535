"""Both sides of every dual write of a revision, compared row by row by the server."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import tuple_row
from server import conninfo

from phased.dual_write import Sync
from phased.naming import quote, relation
from phased.operations.mirror_columns import MirrorColumnsOp
from phased.operations.sync_columns import SyncColumnsOp
from phased.record import record

if TYPE_CHECKING:
    from pathlib import Path

    from alembic.operations import MigrateOperation
    from sqlalchemy import Engine

TYPES = """
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""


def syncs(path: Path) -> list[Sync]:
    """What the expand of a revision file keeps in step; a mirror follows its column."""
    calls = record(runpy.run_path(str(path))["expand"], str(path))
    return [found for call in calls if (found := _sync(call.operation)) is not None]


def _sync(op: MigrateOperation) -> Sync | None:
    if isinstance(op, MirrorColumnsOp):
        return Sync(op.table_name, (*op.columns.values(),), (*op.columns,), schema=op.schema)
    return op.sync if isinstance(op, SyncColumnsOp) else None


def divergent(engine: Engine, sync: Sync) -> list[Any]:
    """Rows whose sides do not follow from one another, either way.

    Where the old side was written last, the new one is made by ``up``; where it was the new one,
    the old one by ``down``. A row may be neither way if both are lossy only by a bug.
    """
    with psycopg.connect(conninfo(engine.url), row_factory=tuple_row) as connection:
        table = relation(sync.table, sync.schema)
        types = dict(connection.execute(TYPES, (table,)).fetchall())
        old, new = _row(sync.old), _row(sync.new)
        made = _made(sync.up, sync.old, sync.new, types)
        back = _made(sync.down, sync.new, sync.old, types)
        query = (
            f"SELECT {old}, {new}, {made}, {back} FROM {table} AS {quote(sync.table)}"
            f" WHERE NOT ({made} *= {new} OR {back} *= {old}) LIMIT 5"
        )
        return connection.execute(query.encode()).fetchall()


def _row(columns: tuple[str, ...]) -> str:
    return f"ROW({', '.join(map(quote, columns))})::record"


def _made(
    expressions: tuple[str, ...] | None,
    source: tuple[str, ...],
    target: tuple[str, ...],
    types: dict[str, str],
) -> str:
    values = expressions or tuple(map(quote, source))
    casts = [f"({value})::{types[name]}" for name, value in zip(target, values, strict=True)]
    return f"ROW({', '.join(casts)})::record"
