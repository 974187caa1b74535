"""Columns of the models that carry on columns of the database: found among drops and adds.

A rename, another type, one column split into several, several merged into one: it is always old
columns that leave the models, new ones that come, and how either side is made from the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.operations import MigrateOperation
from alembic.operations.ops import AddColumnOp, CreateTableOp, DropColumnOp, DropTableOp

from phased.conversions import obvious, suggested
from phased.dialect import dialect
from phased.errors.succession import (
    ConversionKeepsOld,
    ConversionNeedsDown,
    ConversionNeedsUp,
    ConversionsDisagree,
)
from phased.hints import CONVERTED_FROM
from phased.naming import quote
from phased.recipe import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Column

    from phased.recipe import Context

    Group = tuple[str, tuple[str, ...]]

_DIALECT = dialect()


class SucceedOp(MigrateOperation):
    """Old columns of a table give way to new ones that carry on what they hold.

    Only recipes see it: autogenerate makes one of drops and adds.

    Attributes:
        drops: The old columns; ``to_column()`` of each is the database's column.
        adds: The new columns; ``column`` of each is the models' column.
        up: For each new column SQL over the old ones; None for the old column as it is.
        down: For each old column SQL over the new ones; None for the new column as it is.
    """

    def __init__(
        self,
        drops: Sequence[DropColumnOp],
        adds: Sequence[AddColumnOp],
        up: Sequence[str] | None = None,
        down: Sequence[str] | None = None,
    ) -> None:
        self.drops = tuple(drops)
        self.adds = tuple(adds)
        self.up = None if up is None else tuple(up)
        self.down = None if down is None else tuple(down)
        self.table_name = self.drops[0].table_name
        self.schema = self.drops[0].schema

    @property
    def old(self) -> tuple[str, ...]:
        """The old columns' names, unquoted."""
        return tuple(op.column_name for op in self.drops)

    @property
    def new(self) -> tuple[str, ...]:
        """The new columns' names, unquoted."""
        return tuple(str(op.column.name) for op in self.adds)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For messages."""
        return ("succeed", self.schema, self.table_name, self.old, self.new)


class RetireOp(SucceedOp):
    """The old columns go, after everything that hangs on them."""


@dataclass(frozen=True, slots=True)
class Names:
    """What else takes another name with a table; pairs of an old and a new one, unquoted.

    Attributes:
        constraints: Of the table itself.
        indexes: Of the table, without those behind its constraints.
        sequences: That its columns own.
        foreign_keys: Of other tables that refer to it: the table, its schema, and the pair.
    """

    constraints: tuple[tuple[str, str], ...] = ()
    indexes: tuple[tuple[str, str], ...] = ()
    sequences: tuple[tuple[str, str], ...] = ()
    foreign_keys: tuple[tuple[str, str | None, str, str], ...] = ()


class RenameTableOp(MigrateOperation):
    """A table that leaves the models and one that comes are the same table.

    Only recipes see it: autogenerate makes one of a drop and a creation.

    Attributes:
        drop: The table as the database has it.
        create: The table as the models have it.
        names: What is called otherwise with it.
    """

    def __init__(self, drop: DropTableOp, create: CreateTableOp) -> None:
        self.drop = drop
        self.create = create
        self.names = Names()
        self.table_name = str(drop.table_name)
        self.new_name = str(create.table_name)
        self.schema = drop.schema

    def reverse(self) -> MigrateOperation:
        """Nothing: what else is called otherwise takes more than one operation."""
        raise NotImplementedError

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For messages."""
        return ("rename table", table_of(self.drop), table_of(self.create))


def succeed(
    drop: DropColumnOp | DropTableOp, add: AddColumnOp | CreateTableOp, context: Context
) -> SucceedOp | RenameTableOp:
    """A drop and an add that are a rename; of another type as well, where that is obvious.

    Raises:
        ConversionNeedsUp: It is not.
    """
    if isinstance(drop, DropTableOp) and isinstance(add, CreateTableOp):
        return RenameTableOp(drop, add)
    if isinstance(drop, DropTableOp) or isinstance(add, CreateTableOp):
        raise TypeError("a column is no table")
    if _type(drop.to_column()) == _type(add.column):
        return SucceedOp([drop], [add])
    known = obvious(drop.to_column(), add.column, context.facts)
    if known is None:
        raise ConversionNeedsUp(**_pair(drop, add.column, context))
    return SucceedOp([drop], [add], [known.up], [known.down])


def _type(column: Column[Any]) -> str:
    return column.type.compile(dialect=_DIALECT).upper()


def converted(changes: Iterable[MigrateOperation], context: Context) -> list[MigrateOperation]:
    """The changes, with every ``converted_from`` made one with the columns it carries on.

    Raises:
        ConversionKeepsOld: The models still have an old column.
        ConversionNeedsUp: Nothing says how a new column is made.
        ConversionNeedsDown: Nothing says how an old column is made.
        ConversionsDisagree: Two new columns say it differently.
    """
    changes = list(changes)
    dropped = {(table_of(o), o.column_name): o for o in changes if isinstance(o, DropColumnOp)}
    groups: dict[Group, list[AddColumnOp]] = {}
    for op in changes:
        if isinstance(op, AddColumnOp) and CONVERTED_FROM in op.column.info:
            group = table_of(op), tuple(op.column.info[CONVERTED_FROM]["columns"])
            groups.setdefault(group, []).append(op)
    made = {id(adds[0]): _succeed(group, adds, dropped, context) for group, adds in groups.items()}
    used = {id(op) for found in made.values() for op in (*found.drops, *found.adds)}
    return [made.get(id(op), op) for op in changes if id(op) in made or id(op) not in used]


def successions(changes: Iterable[MigrateOperation]) -> Iterator[SucceedOp]:
    """Those among the changes, each once."""
    for op in changes:
        if isinstance(op, SucceedOp) and not isinstance(op, RetireOp):
            yield op


def retired(changes: Iterable[MigrateOperation]) -> list[MigrateOperation]:
    """The changes, with the end of every succession as a change of its own."""
    changes = list(changes)
    ends = [RetireOp(o.drops, o.adds, o.up, o.down) for o in changes if isinstance(o, SucceedOp)]
    return [*changes, *ends]


def _succeed(
    group: Group,
    adds: list[AddColumnOp],
    dropped: Mapping[tuple[str, str], DropColumnOp],
    context: Context,
) -> SucceedOp:
    table, old = group
    for name in old:
        if (table, name) not in dropped:
            raise ConversionKeepsOld(table=table, column=adds[0].column.name, old=name)
    drops = [dropped[table, name] for name in old]
    if len(drops) == len(adds) == 1:
        return _single(drops[0], adds[0], context)
    return SucceedOp(drops, adds, [_up(drops, op) for op in adds], _downs(drops, adds))


def _single(drop: DropColumnOp, add: AddColumnOp, context: Context) -> SucceedOp:
    """One column for another: what is obvious need not be said."""
    given = add.column.info[CONVERTED_FROM]
    up, down = given["up"], _several(given["down"])
    if up is None or not down:
        known = obvious(drop.to_column(), add.column, context.facts)
        up = up if up is not None else known and known.up
        down = down or ((known.down,) if known else ())
    if up is None:
        raise ConversionNeedsUp(**_pair(drop, add.column, context))
    if not down:
        raise ConversionNeedsDown(**_pair(drop, add.column, context))
    if len(down) > 1:
        raise ConversionsDisagree(**_names([drop], [add]), count=1, given=len(down))
    return SucceedOp([drop], [add], [up], down)


def _up(drops: list[DropColumnOp], op: AddColumnOp) -> str:
    up = op.column.info[CONVERTED_FROM]["up"]
    if up is None:
        ways = {"up": f"{quote(drops[0].column_name)}...", "down": "..."}
        raise ConversionNeedsUp(**_names(drops, [op]), given=_given(drops), **ways)
    return str(up)


def _downs(drops: list[DropColumnOp], adds: list[AddColumnOp]) -> tuple[str, ...]:
    """How the old columns are made: said by one of the new columns, or by several alike."""
    said = {_several(op.column.info[CONVERTED_FROM]["down"]) for op in adds} - {()}
    if not said:
        first = f"{quote(str(adds[0].column.name))}..."
        down = first if len(drops) == 1 else (first, "...")
        names = _names(drops, adds) | {"new": quote(str(adds[0].column.name))}
        raise ConversionNeedsDown(**names, given=_given(drops), down=down)
    found = said.pop()
    if said or len(found) != len(drops):
        raise ConversionsDisagree(**_names(drops, adds), count=len(drops), given=len(found))
    return found


def _several(given: str | Sequence[str] | None) -> tuple[str, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


def _pair(drop: DropColumnOp, column: Column[Any], context: Context) -> dict[str, str]:
    """For an error: the two columns, and casts as something to begin with."""
    known = suggested(drop.to_column(), column, context.facts)
    return {
        **_names([drop], [AddColumnOp(drop.table_name, column)]),
        "given": _given([drop]),
        "up": known.up if known else f"{quote(drop.column_name)}::...",
        "down": known.down if known else f"{quote(str(column.name))}::...",
    }


def _names(drops: Sequence[DropColumnOp], adds: Sequence[AddColumnOp]) -> dict[str, str]:
    return {
        "table": table_of(drops[0]),
        "old": ", ".join(quote(op.column_name) for op in drops),
        "new": ", ".join(quote(str(op.column.name)) for op in adds),
    }


def _given(drops: Iterable[DropColumnOp]) -> str:
    return ", ".join(repr(op.column_name) for op in drops)
