"""The queries to the system catalogs. None of them waits for a lock that another session holds."""

from __future__ import annotations

# Relations of the user: not the system's, not a session's own, not an extension's.
USERS = """
    n.nspname NOT IN ('information_schema', 'pg_catalog', 'pg_toast')
    AND n.nspname NOT LIKE 'pg\\_temp\\_%' AND n.nspname NOT LIKE 'pg\\_toast\\_temp\\_%'
"""

SESSION = """
SELECT current_setting('server_version_num')::int / 10000, current_setting('TimeZone'),
       current_schema(), current_schemas(false)
"""

# Tables that another session has, or asks for, under ACCESS EXCLUSIVE, whole or an index of them.
_LOCKED = """
WITH locked AS MATERIALIZED (
    SELECT coalesce(i.indrelid, l.relation) AS oid
    FROM pg_locks l LEFT JOIN pg_index i ON i.indexrelid = l.relation
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
      AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""

# pg_total_relation_size and pg_get_partkeydef open the table and would wait for such a session. The
# pages of the last VACUUM or ANALYZE serve there, and the key stays unknown.
RELATIONS = f"""
{_LOCKED}
SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples::bigint,
       CASE WHEN c.relkind NOT IN ('r', 'm') THEN 0
            WHEN c.oid IN (SELECT oid FROM locked)
            THEN c.relpages::bigint * current_setting('block_size')::int
            ELSE pg_total_relation_size(c.oid) END,
       c.relpersistence = 'u', coalesce(a.amname, ''),
       CASE WHEN c.oid NOT IN (SELECT oid FROM locked) THEN pg_get_partkeydef(c.oid) END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am a ON a.oid = c.relam
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {USERS}
ORDER BY n.nspname, c.relname
"""

# pg_get_expr opens the table it is given, so a default is asked for without one, which it does not
# need; a generated column's expression does, and is left out where that would wait.
COLUMNS = f"""
{_LOCKED}
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, 0)
            WHEN a.attrelid IN (SELECT oid FROM locked) THEN ''
            ELSE pg_get_expr(d.adbin, d.adrelid) END,
       a.attgenerated, a.attidentity
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {USERS}
ORDER BY a.attrelid, a.attnum
"""

# A foreign key to a partitioned table has a shadow for each partition it can refer to.
# What names columns opens the table; of one that is locked only ``CHECK (c IS NOT NULL)`` is told.
CONSTRAINTS = f"""
{_LOCKED}
SELECT k.conrelid, k.conname, k.contype,
       ARRAY(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY u (num, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num
             ORDER BY u.place)::text[],
       CASE WHEN k.contype NOT IN ('c', 'x') OR k.conrelid NOT IN (SELECT oid FROM locked)
            THEN pg_get_constraintdef(k.oid)
            WHEN k.conbin::text LIKE '{{NULLTEST :arg {{VAR %:nulltesttype 1 %'
            THEN (SELECT 'CHECK ((' || quote_ident(a.attname) || ' IS NOT NULL))'
                  FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1])
            ELSE '' END,
       k.convalidated, k.confrelid, i.relname
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class i ON i.oid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_constraint up ON up.oid = k.conparentid AND up.conrelid = k.conrelid
WHERE k.contype IN ('c', 'f', 'n', 'p', 'u', 'x') AND up.oid IS NULL AND {USERS}
ORDER BY k.conrelid, k.conname
"""

INDEXES = f"""
{_LOCKED}
SELECT x.indrelid, i.relname,
       ARRAY(SELECT a.attname FROM unnest(x.indkey::int2[]) WITH ORDINALITY u (num, place)
             JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = u.num
             WHERE u.place <= x.indnkeyatts ORDER BY u.place)::text[],
       x.indisunique, x.indisvalid,
       CASE WHEN x.indrelid IN (SELECT oid FROM locked) THEN '' ELSE pg_get_indexdef(i.oid) END
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {USERS}
ORDER BY x.indrelid, i.relname
"""

PARENTS = """
SELECT h.inhrelid, h.inhparent, pg_get_expr(c.relpartbound, 0) = 'DEFAULT'
FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid
WHERE c.relkind IN ('r', 'p', 'f')
ORDER BY h.inhparent, h.inhseqno, c.relname
"""

OWNED_SEQUENCES = """
SELECT d.refobjid, d.objid, a.attname FROM pg_depend d JOIN pg_class s ON s.oid = d.objid
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  AND s.relkind = 'S' AND d.deptype IN ('a', 'i')
ORDER BY d.refobjid, d.refobjsubid
"""

READS = """
SELECT DISTINCT r.ev_class, d.refobjid FROM pg_rewrite r JOIN pg_depend d ON d.objid = r.oid
WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.deptype = 'n' AND d.refobjid <> r.ev_class AND r.rulename = '_RETURN'
ORDER BY r.ev_class, d.refobjid
"""

STATISTICS = """
SELECT s.stxrelid, n.nspname, s.stxname
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
ORDER BY s.stxrelid, s.stxname
"""

FUNCTIONS = """
SELECT p.proname, l.lanname, p.prosrc
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE p.provolatile = 'v' AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
  AND n.nspname NOT IN ('information_schema', 'pg_catalog')
ORDER BY p.proname
"""

DOMAINS = """
SELECT t.oid, n.nspname, t.typname, t.typbasetype, format_type(t.typbasetype, t.typtypmod),
       t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'd' AND n.nspname NOT IN ('information_schema', 'pg_catalog')
ORDER BY n.nspname, t.typname
"""

# The ledger and Alembic's own table say nothing of the user's schema.
HAS_TABLE = """
SELECT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f') AND c.relname <> 'alembic_version'
      AND c.relname NOT LIKE 'phased\\_%' AND n.nspname NOT IN ('information_schema', 'pg_catalog')
      AND n.nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                      AND d.objid = c.oid AND d.deptype = 'e'))
"""
