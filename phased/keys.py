"""Integer columns of keys that get a wider type: found in the difference, one plan for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import MigrateOperation
from alembic.operations.ops import AlterColumnOp
from sqlalchemy.types import to_instance

from phased.dialect import dialect
from phased.errors.keys import KeyChangesTwice, KeyInUse, KeySwapPending
from phased.naming import invent, quote
from phased.recipe import cost, facts_of, table_of
from phased.widening import held, references
from phased.widening.column import Held, Widened
from phased.widening.conflicts import conflict
from phased.widening.obstacles import obstacles
from phased.widening.order import parents_first
from phased.widening.sequences import execute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from phased.fact import RelationFacts
    from phased.recipe import Context
    from phased.widening.column import ForeignKey

WIDTHS = {"SMALLINT": 2, "INTEGER": 4, "BIGINT": 8}
_DIALECT = dialect()


class WidenOp(MigrateOperation):
    """Integer columns of keys, and the foreign keys between them, get a wider type together.

    Only recipes see it: autogenerate makes one of several changes of a type.

    Attributes:
        columns: Parents before children.
        keys: Foreign keys with one of them on either side.
        held: What the catalogs say of them beyond the facts.
    """

    def __init__(
        self, columns: Sequence[Widened], keys: Sequence[ForeignKey], held: Held | None = None
    ) -> None:
        self.columns = tuple(columns)
        self.keys = tuple(keys)
        self.held = held or Held()
        self.table_name = self.columns[0].table
        self.schema = self.columns[0].schema

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For messages."""
        return ("widen", *(column.place for column in self.columns))


def widens(op: MigrateOperation, context: Context) -> bool:
    """Whether an operation gives a wider integer type to a column that a key is made of.

    A primary key, a foreign key, or what a foreign key refers to.
    """
    if not isinstance(op, AlterColumnOp) or op.modify_type is None or op.existing_type is None:
        return False
    known = facts_of(op, context)
    if op.column_name not in known.columns:
        return False
    old = WIDTHS.get(known.columns[op.column_name].type.upper(), 8)
    return WIDTHS.get(_sql(op.modify_type), 0) > old and _in_key(op, known, context)


def _in_key(op: AlterColumnOp, known: RelationFacts, context: Context) -> bool:
    held = known.constraints.values()
    own = any(op.column_name in c.columns for c in held if c.kind in "pf")
    return own or bool(references.touching(context.facts, [(table_of(op), op.column_name)]))


def grouped(
    changes: Iterable[MigrateOperation], context: Context, connection: Connection | None
) -> list[MigrateOperation]:
    """The changes, with those that `widens` made one wherever foreign keys tie them together.

    Raises:
        KeyInUse: Something hangs on a column that a swap would break.
        KeyChangesTwice: The same revision changes something else about such a column.
    """
    changes = list(changes)
    found = [op for op in changes if isinstance(op, AlterColumnOp) and widens(op, context)]
    columns = [_widened(op, context) for op in found]
    keys = references.touching(context.facts, [column.place for column in columns])
    groups = references.components(columns, keys)
    made = [_operation(group, context, connection) for group in groups]
    rest = [op for op in changes if not any(op is one for one in found)]
    _refuse_more(columns, rest)
    return [*made, *rest]


def _refuse_more(columns: list[Widened], rest: list[MigrateOperation]) -> None:
    """A default, a comment or NOT NULL is as the models have it; the rest is as it was."""
    others = [op for op in rest if not isinstance(op, AlterColumnOp)]
    found = conflict(others, {column.place for column in columns})
    if found is not None:
        raise KeyChangesTwice(column=found[0], change=found[1])


def refuse_pending(
    changes: Iterable[MigrateOperation], pending: Iterable[MigrateOperation]
) -> None:
    """What is about a column that a pending contract swaps has to wait for it.

    Raises:
        KeySwapPending: Something is.
    """
    swaps = (op for op in pending if isinstance(op, AlterColumnOp) and op.existing_type is not None)
    places = {(table_of(op), str(op.modify_name)) for op in swaps if op.modify_name is not None}
    found = conflict(changes, places)
    if found is not None:
        raise KeySwapPending(column=found[0], change=found[1])


def narrowed(op: WidenOp) -> Iterator[MigrateOperation]:
    """The way back, for development: a rewrite under ACCESS EXCLUSIVE, children first."""
    for one in reversed(op.columns):
        yield AlterColumnOp(
            one.table, one.name, schema=one.schema, existing_type=one.new, modify_type=one.old
        )
    words = {column.place: _sql(column.old).lower() for column in op.columns}
    for sequence in op.held.sequences:
        if sequence.narrow and not sequence.identity:  # an identity's follows its column
            yield execute(f"ALTER SEQUENCE {sequence.name} AS {words[sequence.place]}")


def _operation(group: list[Widened], context: Context, connection: Connection | None) -> WidenOp:
    keys = references.touching(context.facts, [column.place for column in group])
    columns = parents_first(group, keys)
    known = held.read(connection, columns) if connection is not None else Held()
    made = WidenOp(columns, keys, known)
    in_the_way = (*known.obstacles, *obstacles(columns, keys, context.facts))
    if in_the_way:
        raise KeyInUse(
            table=columns[0].relation,
            cost=cost(made, context),
            columns=", ".join(f"{one.relation}.{quote(one.name)}" for one in columns),
            obstacles="\n".join(f"    {obstacle}" for obstacle in in_the_way),
        )
    return made


def _widened(op: AlterColumnOp, context: Context) -> Widened:
    taken = facts_of(op, context).columns
    word = _sql(op.modify_type).lower()
    return Widened(
        op.table_name,
        op.schema,
        op.column_name,
        mirror=_free(invent(op.column_name, word), taken),
        gone=_free(invent(op.column_name, "before"), taken),
        old=to_instance(op.existing_type),
        new=to_instance(op.modify_type),
    )


def _free(name: str, taken: Iterable[str]) -> str:
    return name if name not in taken else _free(invent(name, "2"), taken)


def _sql(held: Any) -> str:
    return str(held.compile(dialect=_DIALECT)).upper()
