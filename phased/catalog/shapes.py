"""The queries behind a shape: each returns the kind and name of an object, and its definition."""

from __future__ import annotations

_USERS = "n.nspname NOT IN ('information_schema', 'pg_catalog') AND n.nspname NOT LIKE 'pg\\_%'"


def _own(catalog: str, oid: str) -> str:
    """Not what an extension brought along: the extension stands for it."""
    return (
        f"NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{catalog}'::regclass"
        f" AND e.objid = {oid} AND e.deptype = 'e')"
    )


_TABLE = "quote_ident(n.nspname) || '.' || quote_ident(c.relname)"
_FROM_CLASS = f"pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND {_USERS}"
_OWN_CLASS = _own("pg_class", "c.oid")

SCHEMAS = f"""
SELECT 'schema ' || quote_ident(n.nspname), '' FROM pg_namespace n
WHERE {_USERS} AND {_own("pg_namespace", "n.oid")}
"""

EXTENSIONS = """
SELECT 'extension ' || quote_ident(extname), extversion FROM pg_extension WHERE extname <> 'plpgsql'
"""

TABLES = f"""
SELECT CASE c.relkind WHEN 'f' THEN 'foreign table ' ELSE 'table ' END || {_TABLE},
       concat_ws(' ', CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
                 'partition by ' || pg_get_partkeydef(c.oid),
                 (SELECT string_agg('child of ' || h.inhparent::regclass, ' ' ORDER BY inhseqno)
                  FROM pg_inherits h WHERE h.inhrelid = c.oid),
                 pg_get_expr(c.relpartbound, c.oid),
                 'with ' || (SELECT string_agg(o, ' ' ORDER BY o) FROM unnest(c.reloptions) o),
                 CASE WHEN c.relrowsecurity THEN 'row level security' END,
                 CASE WHEN c.relforcerowsecurity THEN 'forced' END,
                 'replica identity ' || nullif(c.relreplident::text, 'd'))
FROM {_FROM_CLASS} WHERE c.relkind IN ('r', 'p', 'f') AND {_OWN_CLASS}
"""

COLUMNS = f"""
SELECT 'column ' || {_TABLE} || '.' || quote_ident(a.attname),
       concat_ws(' ', format_type(a.atttypid, a.atttypmod),
                 'collate ' || (SELECT quote_ident(l.collname) FROM pg_collation l, pg_type t
                                WHERE l.oid = a.attcollation AND t.oid = a.atttypid
                                  AND a.attcollation <> t.typcollation),
                 CASE WHEN a.attnotnull THEN 'not null' END,
                 CASE a.attgenerated WHEN '' THEN 'default ' WHEN 's' THEN 'stored '
                      ELSE 'virtual ' END || pg_get_expr(d.adbin, d.adrelid),
                 CASE a.attidentity WHEN 'a' THEN 'identity always'
                      WHEN 'd' THEN 'identity by default' END,
                 CASE WHEN a.attstorage <> y.typstorage THEN 'storage ' || a.attstorage::text END,
                 'compression ' || nullif(a.attcompression::text, ''))
FROM {_FROM_CLASS} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type y ON y.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'f') AND {_OWN_CLASS}
"""

CONSTRAINTS = f"""
SELECT 'constraint ' || {_TABLE} || '.' || quote_ident(k.conname), pg_get_constraintdef(k.oid)
FROM {_FROM_CLASS} JOIN pg_constraint k ON k.conrelid = c.oid
WHERE k.contype <> 't' AND (k.contype <> 'n' OR NOT k.convalidated) AND {_OWN_CLASS}
"""

INDEXES = f"""
SELECT 'index ' || {_TABLE} || '.' || quote_ident(i.relname),
       pg_get_indexdef(i.oid) || CASE WHEN x.indisvalid THEN '' ELSE ' invalid' END
           || CASE WHEN x.indisreplident THEN ' replica identity' ELSE '' END
           || CASE WHEN x.indisclustered THEN ' clustered' ELSE '' END
FROM {_FROM_CLASS} JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
WHERE {_OWN_CLASS}
"""

TYPES = f"""
SELECT CASE t.typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END
           || quote_ident(n.nspname) || '.' || quote_ident(t.typname),
       CASE t.typtype
       WHEN 'e' THEN (SELECT 'enum ' || string_agg(quote_literal(enumlabel), ', '
                                                   ORDER BY enumsortorder)
                      FROM pg_enum WHERE enumtypid = t.oid)
       WHEN 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
                               CASE WHEN t.typnotnull THEN 'not null' END,
                               'default ' || t.typdefault,
                               (SELECT string_agg(concat_ws(' ', quote_ident(conname),
                                                            pg_get_constraintdef(oid)),
                                                  ' ' ORDER BY conname)
                                FROM pg_constraint WHERE contypid = t.oid))
       WHEN 'c' THEN (SELECT 'composite ' || string_agg(quote_ident(attname) || ' '
                             || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
                      FROM pg_attribute WHERE attrelid = t.typrelid AND NOT attisdropped)
       ELSE 'range of ' || (SELECT format_type(rngsubtype, NULL) FROM pg_range
                            WHERE rngtypid = t.oid)
       END
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace AND {_USERS}
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
  AND {_own("pg_type", "t.oid")}
"""

SEQUENCES = f"""
SELECT 'sequence ' || {_TABLE},
       concat_ws(' ', format_type(s.seqtypid, NULL), 'start', s.seqstart, 'by', s.seqincrement,
                 'from', s.seqmin, 'to', s.seqmax, 'cache', s.seqcache,
                 CASE WHEN s.seqcycle THEN 'cycle' END,
                 (SELECT 'owned by ' || d.refobjid::regclass || '.' || quote_ident(a.attname)
                  FROM pg_depend d
                  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
FROM {_FROM_CLASS} JOIN pg_sequence s ON s.seqrelid = c.oid WHERE {_OWN_CLASS}
"""

VIEWS = f"""
SELECT CASE c.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || {_TABLE},
       concat_ws(' ',
                 'with ' || (SELECT string_agg(o, ' ' ORDER BY o) FROM unnest(c.reloptions) o),
                 pg_get_viewdef(c.oid))
FROM {_FROM_CLASS} WHERE c.relkind IN ('v', 'm') AND {_OWN_CLASS}
"""

FUNCTIONS = f"""
SELECT 'function ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname)
           || '(' || pg_get_function_identity_arguments(p.oid) || ')',
       CASE p.prokind WHEN 'a' THEN 'aggregate' ELSE pg_get_functiondef(p.oid) END
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND {_USERS}
WHERE {_own("pg_proc", "p.oid")}
"""

TRIGGERS = f"""
SELECT 'trigger ' || {_TABLE} || '.' || quote_ident(t.tgname),
       concat_ws(' ', pg_get_triggerdef(t.oid), nullif(t.tgenabled::text, 'O'))
FROM {_FROM_CLASS} JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
"""

RULES = f"""
SELECT 'rule ' || {_TABLE} || '.' || quote_ident(r.rulename), pg_get_ruledef(r.oid)
FROM {_FROM_CLASS} JOIN pg_rewrite r ON r.ev_class = c.oid
WHERE r.rulename <> '_RETURN' AND {_OWN_CLASS}
"""

POLICIES = f"""
SELECT 'policy ' || {_TABLE} || '.' || quote_ident(p.polname),
       concat_ws(' ', p.polcmd::text,
                 CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
                 'using ' || pg_get_expr(p.polqual, c.oid),
                 'check ' || pg_get_expr(p.polwithcheck, c.oid),
                 (SELECT string_agg(coalesce(o.rolname, 'public'), ' ' ORDER BY o.rolname)
                  FROM unnest(p.polroles) r LEFT JOIN pg_roles o ON o.oid = r))
FROM {_FROM_CLASS} JOIN pg_policy p ON p.polrelid = c.oid
"""

STATISTICS = f"""
SELECT 'statistics ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname),
       pg_get_statisticsobjdef(s.oid)
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace AND {_USERS}
"""

COMMENTS = f"""
SELECT 'comment on ' || pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description
FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
LEFT JOIN pg_namespace n ON n.nspname = i.schema
WHERE d.objoid >= 16384 AND (i.schema IS NULL OR {_USERS}) AND {_own("d.classoid", "d.objoid")}
"""
COMMENTS = COMMENTS.replace("'d.classoid'::regclass", "d.classoid")

QUERIES = (
    SCHEMAS,
    EXTENSIONS,
    TABLES,
    COLUMNS,
    CONSTRAINTS,
    INDEXES,
    TYPES,
    SEQUENCES,
    VIEWS,
    FUNCTIONS,
    TRIGGERS,
    RULES,
    POLICIES,
    STATISTICS,
    COMMENTS,
)
