"""What a recipe is: one change of the schema, as Alembic operations by phase.

A recipe is a module in ``phased/recipes``, found by its file name::

    HANDLES = (ops.DropColumnOp,)                       # operation classes, exact

    def applies(op, context) -> bool: ...               # a condition no other recipe shares
    def phases(op, context) -> Phases: ...              # what runs when

For any operation exactly one recipe applies; the frame raises when none or several do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from alembic.operations.ops import MigrateOperation

from phased.errors.changes import NoOnlineWay
from phased.errors.models import SeveralRecipes
from phased.fact import Facts, RelationFacts
from phased.naming import relation
from phased.wording import rows, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Column, Table

    from phased.dependent import Dependent
    from phased.in_place import InPlace
    from phased.succession import SucceedOp

NULLS = "postgresql_nulls_not_distinct"


@dataclass(frozen=True, slots=True)
class Phases:
    """The operations of one change, by the phase they run in; each in the order given."""

    expand: tuple[MigrateOperation, ...] = ()
    backfill: tuple[MigrateOperation, ...] = ()
    contract: tuple[MigrateOperation, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a recipe may ask while it decides.

    Attributes:
        facts: The database the revision is written against. It is often a developer's: an empty
            table there says nothing about production.
        tables: The models' tables by relation name (``phased.naming.relation``).
        created: Relations that this revision creates.
        added: Columns that this revision adds to existing tables: (relation, unquoted column).
        dropped: Relations, and columns as above with their relation, that this revision drops.
        carried: What hangs on old columns and has to come along to the new ones, by the relation
            and the old columns.
        successions: Old columns that new ones of this revision carry on.
        in_place: What another type for a column does in place, by the relation and the column.
        prepared_statements: Whether the running release prepares statements, as drivers do.
    """

    facts: Facts = field(default_factory=Facts)
    tables: Mapping[str, Table] = field(default_factory=dict)
    created: frozenset[str] = frozenset()
    added: frozenset[tuple[str, str]] = frozenset()
    dropped: frozenset[str | tuple[str, str]] = frozenset()
    carried: Mapping[tuple[str, tuple[str, ...]], tuple[Dependent, ...]] = field(
        default_factory=dict
    )
    successions: tuple[SucceedOp, ...] = ()
    in_place: Mapping[tuple[str, str], InPlace] = field(default_factory=dict)
    prepared_statements: bool = True


class Replace(MigrateOperation):
    """An object that is dropped and created again, changed, under the same name.

    Only recipes see it: autogenerate pairs a drop with the creation that follows it.

    Attributes:
        drop: DropIndexOp, DropConstraintOp …, with the old definition in ``_reverse``.
        create: CreateIndexOp, CreateCheckConstraintOp, CreateForeignKeyOp …
    """

    def __init__(self, drop: MigrateOperation, create: MigrateOperation) -> None:
        self.drop = drop
        self.create = create

    def reverse(self) -> Replace:
        """The old object for the new one."""
        return Replace(self.create.reverse(), self.drop.reverse())


class Recipe(Protocol):
    """The module of one recipe."""

    __name__: str
    HANDLES: tuple[type[MigrateOperation], ...]

    def applies(self, op: MigrateOperation, context: Context, /) -> bool:
        """Whether this recipe is the one for the operation."""
        ...

    def phases(self, op: MigrateOperation, context: Context, /) -> Phases:
        """The operation as it runs on a live database."""
        ...


def recipe_for(op: MigrateOperation, context: Context, recipes: Iterable[Recipe]) -> Recipe:
    """The one recipe that applies.

    Raises:
        NoOnlineWay: None applies.
        SeveralRecipes: Two conditions overlap, a mistake in the recipes.
    """
    found = [r for r in recipes if type(op) in r.HANDLES and r.applies(op, context)]
    if not found:
        raise NoOnlineWay(change=str(op.to_diff_tuple()), operation=type(op).__name__)
    if len(found) > 1:
        names = ", ".join(sorted(recipe.__name__ for recipe in found))
        raise SeveralRecipes(change=str(op.to_diff_tuple()), recipes=names)
    return found[0]


def table_of(op: MigrateOperation) -> str:
    """The relation an operation is about: ``users``, ``billing."Order"``.

    Foreign keys say ``source_table`` and keep their schema in ``kw``; everything else says
    ``table_name`` and ``schema``.
    """
    name = getattr(op, "source_table", None) or getattr(op, "table_name", "")
    keywords = getattr(op, "kw", {})
    schema = keywords.get("source_schema") or getattr(op, "schema", None)
    return relation(str(name), schema)


def is_new(op: MigrateOperation, context: Context) -> bool:
    """Whether this revision itself creates the table: nobody reads or writes it yet."""
    return table_of(op) in context.created


def only_added(op: MigrateOperation, columns: Iterable[str], context: Context) -> bool:
    """Whether this revision adds every one of the columns: old code cannot name them."""
    return all((table_of(op), str(column)) in context.added for column in columns)


def succeeded(table: str, columns: Iterable[str], context: Context) -> bool:
    """Whether new columns carry on one of a relation's columns."""
    named = set(columns)
    return any(table_of(op) == table and named & set(op.old) for op in context.successions)


def carries_unique(op: MigrateOperation, columns: Iterable[str], context: Context) -> bool:
    """Whether the database has the same unique, over the old names of columns: nothing is new."""
    mine = [one for one in context.successions if table_of(one) == table_of(op) and one.up is None]
    before = {new: old for one in mine for old, new in zip(one.old, one.new, strict=True)}
    named = {before.get(name, name) for name in columns}
    plain = all(isinstance(column, str) for column in getattr(op, "columns", ()))
    if not plain or not before.keys() & set(columns):
        return False
    wanted = "NULLS NOT DISTINCT" if getattr(op, "kw", {}).get(NULLS) else ""
    return any(
        one.unique and set(one.columns) == named and wanted in one.definition
        for one in facts_of(op, context).indexes.values()
        if " WHERE " not in one.definition
    )


def model_table(op: MigrateOperation, context: Context) -> Table | None:
    """The models' table that an operation is about."""
    return context.tables.get(table_of(op))


def primary_key(op: MigrateOperation, context: Context) -> tuple[str, ...]:
    """The columns of the primary key that the database has for the operation's table."""
    constraints = facts_of(op, context).constraints.values()
    return next((held.columns for held in constraints if held.kind == "p"), ())


def model_column(op: MigrateOperation, name: str, context: Context) -> Column[object] | None:
    """The models' column of that name in the table that an operation is about."""
    table = context.tables.get(table_of(op))
    if table is None:
        return None
    return next((column for column in table.columns if column.name == name), None)


def attribute(op: MigrateOperation, name: str, context: Context) -> str:
    """What the models call a column; its name where they do not know it."""
    column = model_column(op, name, context)
    return name if column is None else str(column.key)


def hint(column: Column[object] | Table | None, key: str) -> object | None:
    """What a model says in ``info`` under a key of ``phased.hints``."""
    return None if column is None else column.info.get(key)


def facts_of(op: MigrateOperation, context: Context) -> RelationFacts:
    """What the catalog says of the operation's table; empty where it says nothing."""
    return context.facts.relations.get(table_of(op), RelationFacts())


def cost(op: MigrateOperation, context: Context) -> str:
    """How large the operation's table is here, for messages: ``~2.1M rows, 340 MB``."""
    facts = facts_of(op, context)
    if not context.facts.known or facts.rows < 0:
        return "of unknown size"
    return f"{rows(facts.rows)}, {size(facts.size)}"
