"""FOREIGN KEY constraints: columns, target, ON DELETE, ON UPDATE, MATCH, DEFERRABLE, ENFORCED.

Compared as the catalogs hold them: a temporary table cannot refer to a permanent one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alembic.operations.ops import AddConstraintOp, CreateForeignKeyOp, DropConstraintOp
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.schema import conv

from phased.compiled import exists
from phased.filters import changes
from phased.inventory import paired
from phased.table_state import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import Table

    from phased.comparator import TablePair

COMPARES = ("table", "foreignkeys")
ACTIONS = {"NO ACTION": "a", "RESTRICT": "r", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d"}
MATCHES = {"SIMPLE": "s", "FULL": "f", "PARTIAL": "p"}


def compare(pair: TablePair) -> Iterator[MigrateOperation]:
    """What leaves, what changes (as a drop and a creation), what is new."""
    constraints = pair.state.constraints
    found = {name: c.reference for name, c in constraints.items() if c.reference is not None}
    models = {key: _reference(pair, key) for key in _foreign_keys(pair)}
    for name, key in changes(pair, "foreign_key_constraint", models, found):
        if name is not None:
            yield _drop(pair, name, found[name])
        if key is not None:
            yield AddConstraintOp.from_constraint(key)


def _foreign_keys(pair: TablePair) -> list[ForeignKeyConstraint]:
    keys = [one for one in pair.model.constraints if isinstance(one, ForeignKeyConstraint)]
    return [key for key in keys if exists(key, pair.everything.to)]


def _reference(pair: TablePair, key: ForeignKeyConstraint) -> Reference:
    action, set_columns = _action(key.ondelete)
    initially = (key.initially or "").upper()
    elements = key.elements
    columns, targets = paired((e.parent.name for e in elements), (e.column.name for e in elements))
    return Reference(
        columns=columns,
        target=_target(pair, elements[0].column.table),
        target_columns=targets,
        on_delete=action,
        on_delete_columns=set_columns,
        on_update=_action(key.onupdate)[0],
        match=MATCHES[(key.match or "SIMPLE").upper()],
        deferrable=bool(key.deferrable) or initially == "DEFERRED",
        deferred=initially == "DEFERRED",
        enforced=not key.dialect_kwargs.get("postgresql_not_enforced", False),
    )


def _target(pair: TablePair, table: Table) -> tuple[str | None, str]:
    default = pair.everything.to.dialect.default_schema_name
    return (None if table.schema == default else table.schema, table.name)


def _action(phrase: str | None) -> tuple[str, tuple[str, ...]]:
    words, _, columns = (phrase or "NO ACTION").partition("(")
    names = [name.strip().strip('"') for name in columns.rstrip(") ").split(",") if name.strip()]
    return ACTIONS[re.sub(r"\s+", " ", words).strip().upper()], tuple(sorted(names))


def _drop(pair: TablePair, name: str, old: Reference) -> DropConstraintOp:
    schema, table = old.target
    names = {value: key for key, value in ACTIONS.items()}
    options: dict[str, Any] = {
        "ondelete": None if old.on_delete == "a" else names[old.on_delete],
        "onupdate": None if old.on_update == "a" else names[old.on_update],
        "deferrable": old.deferrable or None,
        "initially": "DEFERRED" if old.deferred else None,
        "match": "FULL" if old.match == "f" else None,
    }
    reverse = CreateForeignKeyOp(
        conv(name),
        pair.name,
        table,
        list(old.columns),
        list(old.target_columns),
        source_schema=pair.schema,
        referent_schema=schema,
        **{key: value for key, value in options.items() if value is not None},
    )
    kind = "foreignkey"
    return DropConstraintOp(conv(name), pair.name, kind, schema=pair.schema, _reverse=reverse)
