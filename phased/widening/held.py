"""What hangs on the columns, asked of the catalogs while a revision is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from phased.naming import quote
from phased.operation import literal
from phased.widening import statistics
from phased.widening.column import Held, OwnedSequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from phased.widening.column import Widened

WANTED = """
    WITH wanted AS (
        SELECT w.place, a.attrelid, a.attnum, c.relkind, c.relispartition, c.relreplident,
               c.relnamespace
        FROM json_to_recordset(CAST(:wanted AS json)) AS w (place int, name text, col text)
        JOIN pg_catalog.pg_class c ON c.oid = to_regclass(w.name)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = w.col
    )
"""
DEPENDS = """
    FROM wanted w JOIN pg_catalog.pg_depend d
        ON d.refclassid = CAST('pg_class' AS regclass)
        AND d.refobjid = w.attrelid AND d.refobjsubid = w.attnum
"""
OBSTACLES = text(
    WANTED
    + f"""
    SELECT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) AS what
    {DEPENDS}
    LEFT JOIN pg_catalog.pg_constraint k
        ON d.classid = CAST('pg_constraint' AS regclass) AND k.oid = d.objid
    LEFT JOIN pg_catalog.pg_class c ON d.classid = CAST('pg_class' AS regclass) AND c.oid = d.objid
    LEFT JOIN pg_catalog.pg_attrdef f
        ON d.classid = CAST('pg_attrdef' AS regclass) AND f.oid = d.objid
    WHERE d.classid <> CAST('pg_statistic_ext' AS regclass)
      AND coalesce(k.contype NOT IN ('c', 'f', 'n', 'p', 'u'), true)
      AND coalesce(c.relkind NOT IN ('i', 'S'), true)
      AND (f.oid IS NULL OR (f.adrelid, f.adnum) <> (w.attrelid, w.attnum))
    UNION
    SELECT 'table ' || CAST(CAST(w.attrelid AS regclass) AS text) || CASE
        WHEN w.relkind = 'p' THEN ', which is partitioned'
        WHEN w.relispartition THEN ', which is a partition'
        ELSE ', which is a ' || CASE WHEN h.inhparent = w.attrelid THEN 'parent' ELSE 'child' END
            || ' of ' || CAST(CAST(CASE WHEN h.inhparent = w.attrelid THEN h.inhrelid
                                        ELSE h.inhparent END AS regclass) AS text) END
    FROM wanted w LEFT JOIN pg_catalog.pg_inherits h ON w.attrelid IN (h.inhrelid, h.inhparent)
    WHERE w.relkind <> 'r' OR w.relispartition OR h.inhrelid IS NOT NULL
    UNION
    SELECT 'trigger ' || quote_ident(t.tgname) || ' on table '
        || CAST(CAST(w.attrelid AS regclass) AS text) || ', which fires after the mirror is written'
    FROM wanted w JOIN pg_catalog.pg_trigger t ON t.tgrelid = w.attrelid AND NOT t.tgisinternal
    WHERE t.tgtype & 3 = 3 AND t.tgtype & 20 <> 0 -- BEFORE, FOR EACH ROW; INSERT or UPDATE
      AND CAST(t.tgname AS text) COLLATE "C" > '~phased_mirror'
    ORDER BY what
"""
)
SEQUENCES = text(
    WANTED
    + f"""
    SELECT w.place, CAST(CAST(q.seqrelid AS regclass) AS text) AS name, a.attidentity AS identity,
           q.*, c.relacl IS NOT NULL AS granted,
           CAST(CAST(q.seqtypid AS regtype) AS text) AS type,
           pg_catalog.obj_description(c.oid, 'pg_class') AS comment
    {DEPENDS}
    JOIN pg_catalog.pg_sequence q
        ON d.classid = CAST('pg_class' AS regclass) AND q.seqrelid = d.objid
    JOIN pg_catalog.pg_class c ON c.oid = q.seqrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = w.attrelid AND a.attnum = w.attnum
    WHERE d.deptype IN ('a', 'i')
    ORDER BY w.place, name
"""
)
GRANTS = text(
    """
    SELECT g.privilege_type AS privilege, g.is_grantable AS grantable,
           CASE WHEN g.grantee = 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(g.grantee) END AS role
    FROM pg_catalog.pg_class c, LATERAL aclexplode(c.relacl) g
    WHERE c.oid = to_regclass(:name) AND g.grantee <> c.relowner
    ORDER BY role NULLS FIRST, privilege
"""
)
COLUMNS = text(
    WANTED
    + """
    SELECT w.place, CAST(to_jsonb(a) ->> 'attstattarget' AS int) AS target,
           array_to_string(a.attoptions, ', ') AS options,
           ARRAY(SELECT CAST(jsonb_build_array(g.privilege_type, g.is_grantable,
                    CASE WHEN g.grantee <> 0 THEN pg_catalog.pg_get_userbyid(g.grantee) END)
                    AS text) FROM aclexplode(a.attacl) g) AS grants
    FROM wanted w JOIN pg_catalog.pg_attribute a ON a.attrelid = w.attrelid AND a.attnum = w.attnum
    ORDER BY w.place
"""
)
INDEXES = text(
    WANTED
    + """
    SELECT DISTINCT CAST(CAST(i.indrelid AS regclass) AS text) AS table, c.relname AS name,
           i.indisreplident AS identity, i.indisclustered AS clustered
    FROM wanted w JOIN pg_catalog.pg_index i ON i.indrelid = w.attrelid
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    WHERE i.indisclustered OR (i.indisreplident AND w.relreplident = 'i')
    ORDER BY 1, 2
"""
)
COMMENTS = text(
    WANTED
    + """
    SELECT DISTINCT 'CONSTRAINT ' || quote_ident(k.conname) || ' ON '
               || CAST(CAST(k.conrelid AS regclass) AS text) AS what,
           pg_catalog.obj_description(k.oid, 'pg_constraint') AS comment
    FROM wanted w JOIN pg_catalog.pg_constraint k
        ON (k.conrelid = w.attrelid AND w.attnum = ANY(k.conkey))
        OR (k.confrelid = w.attrelid AND w.attnum = ANY(k.confkey))
    WHERE k.contype <> 'n' AND pg_catalog.obj_description(k.oid, 'pg_constraint') IS NOT NULL
    UNION
    SELECT 'INDEX ' || CAST(CAST(d.objid AS regclass) AS text),
           pg_catalog.obj_description(d.objid, 'pg_class')
    FROM wanted w JOIN pg_catalog.pg_index i ON i.indrelid = w.attrelid
    JOIN LATERAL (SELECT i.indexrelid AS objid) d ON true
    WHERE pg_catalog.obj_description(d.objid, 'pg_class') IS NOT NULL
      AND pg_catalog.pg_get_indexdef(d.objid) IS NOT NULL
    ORDER BY what
"""
)
LEAST = {"smallint": -(2**15), "integer": -(2**31), "bigint": -(2**63)}
MOST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def read(connection: Connection, columns: Sequence[Widened]) -> Held:
    """Everything that facts do not say."""
    items = [{"place": n, "name": c.relation, "col": c.name} for n, c in enumerate(columns)]
    wanted = {"wanted": json.dumps(items)}
    names = {(column.relation, column.name): column.mirror for column in columns}
    before, after = statistics.carried(connection, names)
    per_column = connection.execute(COLUMNS, wanted).all()
    marks = [*connection.execute(INDEXES, wanted), *connection.execute(COMMENTS, wanted)]
    return Held(
        obstacles=tuple(connection.execute(OBSTACLES, wanted).scalars()),
        sequences=tuple(_sequences(connection, wanted, columns)),
        before=(*(s for row in per_column for s in _column(row, columns[row.place])), *before),
        after=(*after, *(sql for row in marks for sql in _mark(row))),
    )


def _sequences(
    connection: Connection, wanted: dict[str, str], columns: Sequence[Widened]
) -> Iterator[OwnedSequence]:
    for row in connection.execute(SEQUENCES, wanted).all():
        granted = connection.execute(GRANTS, {"name": row.name}).all() if row.granted else []
        after = [_grant(f"SEQUENCE {row.name}", grant) for grant in granted]
        if row.comment is not None:
            after.append(f"COMMENT ON SEQUENCE {row.name} IS {literal(row.comment)}")
        yield OwnedSequence(
            row.name,
            columns[row.place].place,
            narrow=row.type != "bigint",
            identity=row.identity,
            options=_options(row, columns[row.place]) if row.identity else "",
            after=tuple(after) if row.identity else (),
        )


def _options(row: Any, column: Widened) -> str:
    """Only what is not as PostgreSQL would have it by itself."""
    least, most = (1, MOST[row.type]) if row.seqincrement > 0 else (LEAST[row.type], -1)
    start = row.seqmin if row.seqincrement > 0 else row.seqmax
    usual = row.name.rpartition(".")[2] == quote(f"{column.table}_{column.name}_seq")
    said = {
        f"SEQUENCE NAME {row.name}": not usual,
        f"INCREMENT BY {row.seqincrement}": row.seqincrement != 1,
        f"MINVALUE {row.seqmin}": row.seqmin != least,
        f"MAXVALUE {row.seqmax}": row.seqmax != most,
        f"START WITH {row.seqstart}": row.seqstart != start,
        f"CACHE {row.seqcache}": row.seqcache != 1,
        "CYCLE": row.seqcycle,
    }
    return " ".join(words for words, needed in said.items() if needed)


def _column(row: Any, column: Widened) -> Iterator[str]:
    alter = f"ALTER TABLE {column.relation} ALTER COLUMN {quote(column.mirror)}"
    if row.target is not None and row.target >= 0:
        yield f"{alter} SET STATISTICS {row.target}"
    if row.options:
        yield f"{alter} SET ({row.options})"
    for grant in map(json.loads, row.grants):
        yield _grant(column.relation, grant, column.mirror)


def _grant(on: str, grant: Sequence[Any], column: str = "") -> str:
    privilege, grantable, role = grant
    to = quote(role) if role else "PUBLIC"
    of = f" ({quote(column)})" if column else ""
    return f"GRANT {privilege}{of} ON {on} TO {to}" + (" WITH GRANT OPTION" if grantable else "")


def _mark(row: Any) -> Iterable[str]:
    """What an index or a constraint is beyond its definition."""
    if hasattr(row, "comment"):
        return [f"COMMENT ON {row.what} IS {literal(row.comment)}"]
    replica = f"ALTER TABLE {row.table} REPLICA IDENTITY USING INDEX {quote(row.name)}"
    cluster = f"ALTER TABLE {row.table} CLUSTER ON {quote(row.name)}"
    return [*([replica] if row.identity else []), *([cluster] if row.clustered else [])]
