"""A column definition in a parse tree as the catalog will have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.fact import ColumnFacts
from phased.facts.questions import sibling, split
from phased.syntax import constraints, types
from phased.syntax.expressions import printed
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.fact import Facts
    from phased.syntax.tree import Node


def parts(column: Node, contype: str) -> Iterator[Node]:
    """The column's constraints of one type: ``CONSTR_DEFAULT``."""
    for item in column.constraints:
        if enum(item.constraint, "contype") == contype:
            yield item.constraint


def default(column: Node) -> Node | None:
    """The expression of its DEFAULT; None without one."""
    return next((item.raw_expr for item in parts(column, "CONSTR_DEFAULT")), None)


def generated(column: Node, facts: Facts) -> str:
    """``s`` stored, ``v`` virtual, empty otherwise: ``pg_attribute.attgenerated``."""
    item = next(parts(column, "CONSTR_GENERATED"), None)
    if item is None:
        return ""
    virtual_is_known = 18
    return (item.generated_kind or "v") if facts.server >= virtual_is_known else "s"


def identity(column: Node) -> str:
    """``a`` always, ``d`` by default, empty otherwise: ``pg_attribute.attidentity``."""
    item = next(parts(column, "CONSTR_IDENTITY"), None)
    return str(item.generated_when) if item is not None else ""


def not_null(column: Node) -> bool:
    """Whether the definition makes the column NOT NULL, in whichever way."""
    explicit = any(True for kind in ("NOTNULL", "PRIMARY", "IDENTITY") for _ in _of(column, kind))
    return explicit or types.serial(column.type_name) is not None


def _of(column: Node, kind: str) -> Iterator[Node]:
    return parts(column, f"CONSTR_{kind}")


def defined(column: Node, table: str, facts: Facts) -> ColumnFacts:
    """The facts of a column of a table."""
    whole = types.serial(column.type_name)
    made = next(parts(column, "CONSTR_GENERATED"), None)
    expression = default(column) if made is None else made.raw_expr
    sequence = sequence_of(column, table, facts) if whole else None
    return ColumnFacts(
        whole or (types.show(types.of(column.type_name)) if column.HasField("type_name") else ""),
        not_null=not_null(column),
        default=f"nextval('{sequence}'::regclass)" if sequence else printed(expression),
        generated=generated(column, facts),
        identity=identity(column),
    )


def sequence_of(column: Node, table: str, facts: Facts) -> str | None:
    """The sequence that serial or identity makes for a column."""
    if not types.serial(column.type_name) and not identity(column):
        return None
    name = constraints.free_name(split(table)[1], (column.colname,), "seq", table, facts)
    return sibling(table, name)
