"""What is to change among a table's named objects, after the user's own filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from phased.compiled import name_of
from phased.pairing import Modelled, differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Constraint, Index

    from phased.comparator import TablePair

T = TypeVar("T", bound="Constraint | Index")
D = TypeVar("D")


def changes(
    pair: TablePair, kind: str, models: Mapping[T, D | None], database: Mapping[str, D]
) -> Iterator[tuple[str | None, T | None]]:
    """What leaves (name, None), changes (name, object), is new (None, object).

    Args:
        pair: The table.
        kind: As Alembic's ``include_name`` and ``include_object`` call it: ``index``.
        models: The models' objects to their definitions; None for what cannot be built here.
        database: Name to definition.
    """
    to = pair.everything.to
    found = {name: one for name, one in database.items() if _keeps(pair, name, kind)}
    result = differences([Modelled(t, name_of(t, to), d) for t, d in models.items()], found)
    for name in result.removed:
        if _includes(pair, reflected(pair, name), name, kind):
            yield name, None
    for name, thing in result.changed:
        if _includes(pair, thing, name, kind, reflected(pair, name)):
            yield name, thing
    for thing in result.added:
        if _includes(pair, thing, name_of(thing, to), kind):
            yield None, thing


def reflected(pair: TablePair, name: str) -> Any:
    """The database's constraint or index as SQLAlchemy reads it; None where it does not."""
    things: Iterable[Any] = (*pair.reflected.constraints, *pair.reflected.indexes)
    return next((thing for thing in things if thing.name == name), None)


def _keeps(pair: TablePair, name: str, kind: Any) -> bool:
    parents: Any = {"table_name": pair.name, "schema_name": pair.schema}
    return pair.everything.context.run_name_filters(name, kind, parents)


def _includes(pair: TablePair, thing: Any, name: Any, kind: Any, old: Any = None) -> bool:
    # Not by `.table`: a check inside a column has none, and raises.
    removed = any(thing is one for one in (*pair.reflected.constraints, *pair.reflected.indexes))
    context = pair.everything.context
    return thing is None or context.run_object_filters(thing, name, kind, removed, old)
