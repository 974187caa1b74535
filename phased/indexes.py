"""How an index is built while the table is in use, and in which phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations.ops import CreateIndexOp, DropIndexOp

from phased.expressions import columns_in
from phased.model import Phase
from phased.naming import invent
from phased.operations.attach_index import AttachIndexOp
from phased.operations.create_index_on_only import CreateIndexOnOnlyOp
from phased.operations.note import NoteOp
from phased.partitions import is_partitioned, partitions
from phased.recipe import NULLS, carries_unique, only_added, table_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from alembic.operations import MigrateOperation
    from sqlalchemy import ClauseElement

    from phased.partitions import Partition
    from phased.recipe import Context

CONCURRENTLY = {"postgresql_concurrently": True}
NO_OTHER_WAY = (
    "phased: allow index_without_concurrently because a partitioned table's index has no other way"
)
SAME_AS_OLD = (
    "phased: allow restricts_before_contract because the old columns are unique in the same way"
)


def build(op: CreateIndexOp, context: Context) -> tuple[MigrateOperation, ...]:
    """The operations that build an index CONCURRENTLY, partition by partition where there are any.

    CONCURRENTLY does not work on a partitioned table: its own index is created alone and invalid,
    every partition gets one CONCURRENTLY, and each is attached; with the last the parent's
    becomes valid.
    """
    if not is_partitioned(op, context):
        said = remarks(op, key_columns(op), context) if op.unique else ()
        return (*said, like(op, **CONCURRENTLY))
    below = partitions(op, context)
    own = CreateIndexOnOnlyOp.from_index(like(op).to_index())
    return (own, *(_for_partition(op, p) for p in below), *attach(op, str(op.index_name), below))


def like(op: CreateIndexOp, **changes: Any) -> CreateIndexOp:
    """The same index with another ``name``, ``table``, ``schema`` or PostgreSQL option."""
    name = changes.pop("name", op.index_name)
    table = changes.pop("table", op.table_name)
    schema = changes.pop("schema", op.schema)
    options = {**op.kw, **changes}
    return CreateIndexOp(name, table, op.columns, schema=schema, unique=op.unique, **options)


def drop(op: DropIndexOp, context: Context) -> tuple[MigrateOperation, ...]:
    """Drop an index CONCURRENTLY where PostgreSQL can: not on a partitioned table."""
    if is_partitioned(op, context):
        return (NoteOp(NO_OTHER_WAY), _dropped(op))
    return (_dropped(op, **CONCURRENTLY),)


def index_phase(op: CreateIndexOp, context: Context) -> Phase:
    """When an index on an existing table is built.

    A unique index restricts, so on columns that old code writes it waits for the contract, unless
    the database has the same over columns that these carry on. On columns that this revision adds
    it comes after the backfill: built before, every row would be written into it one by one.
    """
    if op.unique and not harmless(op, key_columns(op), context):
        return Phase.CONTRACT
    added = {(table_of(op), column) for column in all_columns(op)} & context.added
    return Phase.BACKFILL if added else Phase.EXPAND


def remarks(
    op: MigrateOperation, columns: Collection[str], context: Context
) -> tuple[MigrateOperation, ...]:
    """Why a unique that judges rows of old code may come before the contract."""
    carried = _nulls_clash(op) and carries_unique(op, columns, context)
    return (NoteOp(SAME_AS_OLD),) if carried else ()


def harmless(op: MigrateOperation, columns: Collection[str], context: Context) -> bool:
    """Whether a unique over these columns refuses nothing that old code may write."""
    added = only_added(op, columns, context) and not _nulls_clash(op)
    return added or carries_unique(op, columns, context)


def _nulls_clash(op: MigrateOperation) -> bool:
    """Whether rows of old code, which leave the columns NULL, would be duplicates."""
    return bool(getattr(op, "kw", {}).get(NULLS))


def key_columns(op: CreateIndexOp) -> frozenset[str]:
    """The columns that the index is over, also inside expressions."""
    return frozenset().union(*(_columns(element) for element in op.columns))


def all_columns(op: CreateIndexOp) -> frozenset[str]:
    """The key columns, and those in WHERE and INCLUDE."""
    where = op.kw.get("postgresql_where")
    filtered = columns_in(where) if where is not None else frozenset[str]()
    included = op.kw.get("postgresql_include") or ()
    return key_columns(op) | filtered | {str(getattr(c, "name", c)) for c in included}


def attach(
    op: MigrateOperation, name: str, below: tuple[Partition, ...]
) -> Iterator[AttachIndexOp]:
    """Attach the partitions' indexes, the deepest first."""
    names = {p.relation: invent(p.name, name) for p in below}
    schemas = {p.relation: p.schema for p in below}
    top = getattr(op, "schema", None)
    for p in reversed(below):
        parent = names.get(p.parent, name)
        above = schemas.get(p.parent, top)
        yield AttachIndexOp(parent, names[p.relation], schema=above, partition_schema=p.schema)


def _dropped(op: DropIndexOp, **options: Any) -> DropIndexOp:
    reverse = op._reverse  # noqa: SLF001 # Alembic's place for the old definition
    return DropIndexOp(op.index_name, op.table_name, schema=op.schema, _reverse=reverse, **options)


def _for_partition(op: CreateIndexOp, p: Partition) -> CreateIndexOp:
    place = {"name": invent(p.name, str(op.index_name)), "table": p.name, "schema": p.schema}
    if p.partitioned:
        return CreateIndexOnOnlyOp.from_index(like(op, **place).to_index())
    return like(op, **place, **CONCURRENTLY)


def _columns(element: ClauseElement | str) -> frozenset[str]:
    return frozenset((element,)) if isinstance(element, str) else columns_in(element)
