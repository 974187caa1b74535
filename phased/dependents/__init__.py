"""What hangs on old columns beyond the models, and how the new ones get the same; one kind a file.

A module has one function, which asks the database while a revision is written::

    def read(scene: Scene, place: Place) -> Iterable[Dependent]: ...

It says what it found in the place, the last of the scene's that it is about: what can be made for
the new columns, exactly as PostgreSQL prints it, and what cannot, with the reason.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from alembic.operations.ops import CreateIndexOp, CreateUniqueConstraintOp
from sqlalchemy.exc import DBAPIError

from phased.copies import Scene
from phased.discovery import modules
from phased.naming import invent
from phased.operations.create_domain import CreateDomainOp
from phased.operations.enum import CreateEnumOp
from phased.operations.schema import CreateSchemaOp
from phased.places import found
from phased.recipe import Replace, table_of
from phased.record import render
from phased.succession import successions
from phased.twin import undone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from alembic.operations import MigrateOperation
    from sqlalchemy import Connection

    from phased.dependent import Dependent

    Carried = dict[tuple[str, tuple[str, ...]], tuple[Dependent, ...]]

UNIQUES = (CreateIndexOp, CreateUniqueConstraintOp)
MAKES = (CreateSchemaOp, CreateEnumOp, CreateDomainOp)


def of(connection: Connection | None, changes: Sequence[MigrateOperation]) -> Carried:
    """What comes along with each succession, by its table and old columns.

    Args:
        connection: To the database that the revision is written against.
        changes: Those of the revision.
    """
    begun = list(successions(changes))
    if connection is None or not begun:
        return {}
    with undone(connection):
        _make(connection, changes)
        scene = Scene(
            connection, found(connection, begun), frozenset(_handled(changes)), _uniques(changes)
        )
        kinds = modules(sys.modules[__name__])
        return {
            (table_of(place.op), place.op.old): tuple(
                one for kind in kinds for one in kind.read(scene, place)
            )
            for place in scene.places
        }


def _make(connection: Connection, changes: Iterable[MigrateOperation]) -> None:
    """The types that the revision makes: new columns may be of them."""
    for op in changes:
        for sql in render(op) if isinstance(op, MAKES) else ():
            connection.exec_driver_sql("SAVEPOINT phased_type")
            try:
                connection.exec_driver_sql(sql.replace("%", "%%"))
            except DBAPIError:  # what needs the type says so
                connection.exec_driver_sql("ROLLBACK TO SAVEPOINT phased_type")


def _handled(changes: Iterable[MigrateOperation]) -> Iterator[tuple[str, str]]:
    """The table and name of every index, constraint and column that has a change of its own."""
    for change in changes:
        op = change.drop if isinstance(change, Replace) else change
        for attribute in ("index_name", "constraint_name", "column_name"):
            if getattr(op, attribute, None) is not None:
                yield table_of(op), str(getattr(op, attribute))


def _uniques(changes: Iterable[MigrateOperation]) -> dict[tuple[str, frozenset[str]], str]:
    found = {}
    for change in changes:
        op = change.create if isinstance(change, Replace) else change
        name = getattr(op, "index_name", None) or getattr(op, "constraint_name", None)
        if isinstance(op, UNIQUES) and getattr(op, "unique", True):
            held = invent(str(name), "new") if isinstance(change, Replace) else str(name)
            found[table_of(op), frozenset(map(str, op.columns))] = held
    return found
