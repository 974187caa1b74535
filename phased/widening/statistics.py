"""Extended statistics over the columns, made again over their mirrors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from phased.naming import invent, quote, relation
from phased.syntax.expressions import printed
from phased.syntax.tree import strings
from phased.widening.renaming import parsed, renamed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from phased.syntax.tree import Node

STATISTICS = text("""
    SELECT DISTINCT n.nspname AS schema,
           s.stxname AS name, pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition
    FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
    JOIN pg_catalog.pg_depend d
        ON d.classid = CAST('pg_statistic_ext' AS regclass) AND d.objid = s.oid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.refclassid = CAST('pg_class' AS regclass)
      AND a.attrelid = to_regclass(:name) AND a.attname = :column
    ORDER BY 1, 2
""")


def carried(
    connection: Connection, mirrors: Mapping[tuple[str, str], str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What makes them, and what gives them their names after the swap."""
    made: dict[str, str] = {}
    for table, column in mirrors:
        found = connection.execute(STATISTICS, {"name": table, "column": column})
        for row in found:
            names = {name: new for (owner, name), new in mirrors.items() if owner == table}
            copy = relation(invent(row.name, "copy"), row.schema)
            made[_create(row.definition, copy, names)] = (
                f"ALTER STATISTICS {copy} RENAME TO {quote(row.name)}"
            )
    return tuple(made), tuple(made.values())


def _create(definition: str, name: str, mirrors: Mapping[str, str]) -> str:
    node = renamed(parsed(definition).stmts[0].stmt.create_stats_stmt, mirrors)
    kinds = ", ".join(strings(node.stat_types))
    elements = ", ".join(_element(item.stats_elem) for item in node.exprs)
    table = node.relations[0].range_var
    begin = f"CREATE STATISTICS {name} ({kinds})" if kinds else f"CREATE STATISTICS {name}"
    return f"{begin} ON {elements} FROM {relation(table.relname, table.schemaname or None)}"


def _element(node: Node) -> str:
    return quote(node.name) if node.name else f"({printed(node.expr)})"
