"""What the catalogs say of tables: columns, constraints, indexes; one query a kind for all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import text

from phased.table_state import ColumnState, ConstraintState, IndexState, Reference, TableState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

K = TypeVar("K")
TEMPORARY = "pg_temp"


# One row for every wanted table that is there; a name without schema is what the session sees.
WANTED = """
    WITH wanted AS (
        SELECT w.key, c.oid, c.relname
        FROM json_to_recordset(CAST(:wanted AS json)) AS w(key int, schema text, name text)
        JOIN pg_catalog.pg_class c ON c.relname = w.name AND c.relkind IN ('r', 'p')
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE CASE WHEN w.schema IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
                   WHEN w.schema = 'pg_temp' THEN n.oid = pg_catalog.pg_my_temp_schema()
                   ELSE n.nspname = w.schema END
    )
"""
TABLES = text(WANTED + "SELECT key FROM wanted")
COLUMNS = text(
    WANTED
    + r"""
    SELECT w.key, a.attname AS name,
        pg_catalog.format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attcollation <> t.typcollation
                    THEN ' COLLATE ' || CAST(CAST(a.attcollation AS regcollation) AS text)
                    ELSE '' END AS type,
        pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default,
        a.attgenerated AS generated, a.attidentity AS identity, s.options AS sequence,
        o.owns AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%' AS serial
    FROM wanted w
    JOIN pg_catalog.pg_attribute a
        ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN LATERAL (
        SELECT ARRAY[CAST(CAST(q.seqtypid AS regtype) AS text), CAST(q.seqstart AS text),
                     CAST(q.seqincrement AS text), CAST(q.seqmin AS text),
                     CAST(q.seqmax AS text), CAST(q.seqcache AS text),
                     CAST(q.seqcycle AS text)] AS options
        FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_sequence q ON q.seqrelid = p.objid
        WHERE p.refobjid = a.attrelid AND p.refobjsubid = a.attnum AND p.deptype = 'i'
          AND p.refclassid = CAST('pg_catalog.pg_class' AS regclass) LIMIT 1
    ) s ON a.attidentity <> ''
    LEFT JOIN LATERAL (
        SELECT true AS owns
        FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_sequence q ON q.seqrelid = p.objid
        WHERE p.refobjid = a.attrelid AND p.refobjsubid = a.attnum AND p.deptype = 'a'
          AND p.refclassid = CAST('pg_catalog.pg_class' AS regclass) LIMIT 1
    ) o ON d.oid IS NOT NULL
    ORDER BY w.key, a.attnum
"""
)
_NAMES = """ARRAY(SELECT CAST(a.attname AS text)
                  FROM unnest({numbers}) WITH ORDINALITY AS n(number, place)
                  JOIN pg_catalog.pg_attribute a
                      ON a.attrelid = c.{relation} AND a.attnum = n.number
                  ORDER BY n.place)"""
# Columns that only newer servers have are read through to_jsonb.
CONSTRAINTS = text(
    WANTED
    + f"""
    SELECT w.key, c.conname AS name, c.contype AS kind,
        pg_catalog.pg_get_constraintdef(c.oid) AS definition, c.convalidated AS validated,
        {_NAMES.format(numbers="c.conkey", relation="conrelid")} AS columns,
        CASE WHEN pg_catalog.pg_table_is_visible(c.confrelid) THEN NULL
             ELSE n.nspname END AS target_schema, r.relname AS target,
        {_NAMES.format(numbers="c.confkey", relation="confrelid")} AS target_columns,
        c.confdeltype AS on_delete, c.confupdtype AS on_update, c.confmatchtype AS match,
        {
        _NAMES.format(
            numbers="ARRAY(SELECT CAST(e AS int) FROM jsonb_array_elements_text("
            "CASE jsonb_typeof(j.all -> 'confdelsetcols') WHEN 'array' "
            "THEN j.all -> 'confdelsetcols' ELSE '[]' END) e)",
            relation="conrelid",
        )
    } AS on_delete_columns,
        c.condeferrable AS deferrable, c.condeferred AS deferred,
        coalesce(CAST(j.all ->> 'conenforced' AS boolean), true) AS enforced,
        ARRAY(SELECT pg_catalog.pg_get_indexdef(c.conindid, CAST(e.place AS int), false)
              FROM unnest(c.conexclop) WITH ORDINALITY AS e(operator, place)
              ORDER BY e.place) AS elements,
        ARRAY(SELECT CAST(o.oprname AS text)
              FROM unnest(c.conexclop) WITH ORDINALITY AS e(operator, place)
              JOIN pg_catalog.pg_operator o ON o.oid = e.operator
              ORDER BY e.place) AS operators,
        m.amname AS using, pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS where
    FROM wanted w
    JOIN pg_catalog.pg_constraint c ON c.conrelid = w.oid AND c.contype IN ('c','f','p','u','x')
    CROSS JOIN LATERAL (SELECT to_jsonb(c) AS all) j
    LEFT JOIN pg_catalog.pg_class r ON r.oid = c.confrelid
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.conindid AND c.contype = 'x'
    LEFT JOIN pg_catalog.pg_class k ON k.oid = i.indexrelid
    LEFT JOIN pg_catalog.pg_am m ON m.oid = k.relam
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p
                      WHERE p.oid = c.conparentid AND p.conrelid = c.conrelid)
    ORDER BY w.key, c.conname
"""
)
INDEXES = text(
    WANTED
    + """
    SELECT w.key, c.relname AS name, i.indisunique AS unique, i.indisvalid AS valid,
        substr(g.definition, strpos(g.definition, m.marker) + length(m.marker)) AS definition,
        EXISTS (SELECT FROM pg_catalog.pg_constraint p
                WHERE p.conindid = i.indexrelid AND p.contype IN ('p', 'u', 'x')) AS constraint
    FROM wanted w
    JOIN pg_catalog.pg_index i ON i.indrelid = w.oid
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_indexdef(i.indexrelid) AS definition) g
    CROSS JOIN LATERAL (SELECT format('.%I USING ', w.relname) AS marker) m
    ORDER BY w.key, c.relname
"""
)


def take(connection: Connection, wanted: Mapping[K, tuple[str | None, str]]) -> dict[K, TableState]:
    """Read the tables that are there.

    Args:
        connection: Any, in any transaction; nothing stronger than ACCESS SHARE on the catalogs.
        wanted: A key of the caller's to (schema, name); None is what the search path finds,
            ``pg_temp`` the session's own temporary schema.
    """
    keys = list(wanted)
    ask = _Ask(connection, _as_json(wanted))
    found = {row.key: TableState() for row in ask(TABLES)}
    for row in ask(COLUMNS):
        found[row.key].columns[row.name] = _column(row)
    for row in ask(CONSTRAINTS):
        found[row.key].constraints[row.name] = _constraint(row)
    for row in ask(INDEXES):
        found[row.key].indexes[row.name] = IndexState(
            row.definition, row.unique, row.valid, row.constraint
        )
    return {keys[key]: state for key, state in found.items()}


@dataclass(frozen=True, slots=True)
class _Ask:
    connection: Connection
    wanted: str

    def __call__(self, query: Any) -> Any:
        return self.connection.execute(query, {"wanted": self.wanted})


def _as_json(wanted: Mapping[K, tuple[str | None, str]]) -> str:
    return json.dumps(
        [
            {"key": key, "schema": schema, "name": name}
            for key, (schema, name) in enumerate(wanted.values())
        ]
    )


def _column(row: Any) -> ColumnState:
    return ColumnState(
        row.type,
        row.default,
        row.generated,
        row.identity,
        tuple(row.sequence) if row.sequence else None,
        bool(row.serial),
    )


def _constraint(row: Any) -> ConstraintState:
    definition = row.definition if row.validated else row.definition.removesuffix(" NOT VALID")
    reference = _reference(row) if row.kind == "f" else None
    elements = tuple(zip(row.elements, row.operators, strict=True))
    columns = tuple(row.columns)
    return ConstraintState(row.kind, definition, columns, reference, elements, row.using, row.where)


def paired(
    columns: Iterable[str], targets: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of a foreign key and their targets in one order: any order means the same."""
    pairs = sorted(zip(columns, targets, strict=True))
    return tuple(column for column, _ in pairs), tuple(target for _, target in pairs)


def _reference(row: Any) -> Reference:
    columns, targets = paired(row.columns, row.target_columns)
    return Reference(
        columns,
        (row.target_schema, row.target),
        targets,
        row.on_delete,
        tuple(sorted(row.on_delete_columns)),
        row.on_update,
        row.match,
        row.deferrable,
        row.deferred,
        row.enforced,
    )
