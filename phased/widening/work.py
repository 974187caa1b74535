"""A widening with everything that is known of it, for those who write its phases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phased.filling import default_of
from phased.widening import copies
from phased.widening.column import Held

if TYPE_CHECKING:
    from sqlalchemy import Column

    from phased.fact import ColumnFacts
    from phased.recipe import Context
    from phased.widening.column import ForeignKey, Widened
    from phased.widening.copies import Copied


@dataclass(frozen=True, slots=True)
class Work:
    """One plan.

    Attributes:
        columns: Parents before children.
        keys: Foreign keys with one of them on either side.
        held: What the catalogs say beyond the facts.
        context: What a recipe may ask.
    """

    columns: tuple[Widened, ...]
    keys: tuple[ForeignKey, ...]
    context: Context
    held: Held = field(default_factory=Held)


def by_table(work: Work) -> dict[str, list[Widened]]:
    """The columns of each table, parents first."""
    found: dict[str, list[Widened]] = {}
    for column in work.columns:
        found.setdefault(column.relation, []).append(column)
    return found


def fact(work: Work, column: Widened) -> ColumnFacts:
    """The column as the catalogs have it."""
    return work.context.facts.relations[column.relation].columns[column.name]


def strict(work: Work, column: Widened) -> bool:
    """Whether it is NOT NULL, and stays so."""
    models = _modelled(work, column)
    return fact(work, column).not_null and not (models is not None and models.nullable)


def default(work: Work, column: Widened) -> str | None:
    """Its default: as the models write it, unless it counts."""
    known = fact(work, column).default
    models = _modelled(work, column)
    if known is None or "nextval(" in known or models is None:
        return known
    return default_of(models) or known


def _modelled(work: Work, column: Widened) -> Column[Any] | None:
    table = work.context.tables.get(column.relation)
    columns = () if table is None else table.columns
    return next((one for one in columns if one.name == column.name), None)


def proved(work: Work) -> list[tuple[str, str | None, str]]:
    """Columns that must be seen to be NOT NULL, each with its table.

    Where the swap begins and ends is a matter of the revision alone. A column that stays beside a
    mirror in a primary key is NOT NULL, but nothing in the revision says so.
    """
    found: list[tuple[str, str | None, str]] = []
    for relation, columns in by_table(work).items():
        mirrors = {one.name: one.mirror for one in columns if strict(work, one)}
        held = work.context.facts.relations[relation].constraints.values()
        keys = [c.columns for c in held if c.kind == "p" and {*c.columns} & {*mirrors}]
        names = dict.fromkeys([*mirrors, *(name for key in keys for name in key)])
        table, schema = columns[0].table, columns[0].schema
        found += [(table, schema, mirrors.get(name, name)) for name in names]
    return found


def indexes(work: Work) -> list[Copied]:
    """The indexes that are built again, those behind keys first."""
    found = copies.indexes(work.columns, work.context.facts)
    return sorted(found, key=lambda one: "pu".find(one.kind) % 3 if one.kind else 3)


def constraints(work: Work) -> list[Copied]:
    """The checks, and then the foreign keys, that are made again."""
    mirrors = {column.place: column.mirror for column in work.columns}
    checks = copies.checks(work.columns, work.context.facts, work.context.tables)
    return [*checks, *copies.foreign_keys(work.keys, mirrors)]
