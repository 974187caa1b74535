"""What hangs on the columns of tables: what DROP COLUMN stumbles over, and what it takes along."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from phased.catalog.queries import USERS
from phased.fact import Hanging

if TYPE_CHECKING:
    from collections.abc import Callable

# Not what has to do with the column alone (its default, NOT NULL), the primary key, and our own.
DEPENDING = f"""
SELECT d.refobjid, a.attname::text, i.type, i.object_names, i.object_args, v.relkind = 'm',
       pg_describe_object(d.classid, d.objid, 0), d.deptype = 'n'
FROM pg_depend d
JOIN pg_class c ON c.oid = d.refobjid AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace AND {USERS}
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
LEFT JOIN pg_constraint k ON k.oid = d.objid AND d.classid = 'pg_constraint'::regclass
LEFT JOIN pg_attrdef e ON e.oid = d.objid AND d.classid = 'pg_attrdef'::regclass
LEFT JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
LEFT JOIN pg_class v ON v.oid = r.ev_class
CROSS JOIN LATERAL pg_identify_object_as_address(d.classid, d.objid, 0) i
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'n')
  AND k.contype IS DISTINCT FROM 'n' AND k.contype IS DISTINCT FROM 'p'
  AND (e.oid IS NULL OR (e.adrelid, e.adnum) <> (d.refobjid, d.refobjsubid))
  AND NOT (d.classid = 'pg_class'::regclass AND d.objid = d.refobjid)
ORDER BY d.refobjid, a.attnum, 7
"""
SETTINGS = f"""
SELECT a.attrelid, a.attname::text, s.kind, s.names, s.shown
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace AND {USERS}
JOIN pg_type t ON t.oid = a.atttypid
CROSS JOIN LATERAL (
    SELECT 'column privilege', ARRAY['grant', g.role, lower(g.privilege_type)],
           format('%s (%I) of %s', g.privilege_type, a.attname, quote_ident(g.role))
    FROM (SELECT privilege_type, CASE grantee WHEN 0 THEN 'public'
                 ELSE pg_get_userbyid(grantee)::text END AS role
          FROM aclexplode(a.attacl)) g
    UNION ALL SELECT 'setting', ARRAY['alter', 'statistics'],
                     'statistics target ' || a.attstattarget WHERE a.attstattarget >= 0
    UNION ALL SELECT 'setting', ARRAY['alter', split_part(o, '=', 1)], o FROM unnest(a.attoptions) o
    UNION ALL SELECT 'setting', ARRAY['alter', 'storage'], 'storage setting'
              WHERE a.attstorage <> t.typstorage
    UNION ALL SELECT 'setting', ARRAY['alter', 'compression'], 'compression setting'
              WHERE a.attcompression <> ''
) s (kind, names, shown)
WHERE a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum, 5
"""
# Triggers whose functions name a column of their table: PostgreSQL does not follow that text.
TEXTS = rf"""
SELECT DISTINCT t.tgrelid, a.attname::text, 'function', ARRAY['returns', p.proname],
       'trigger function ' || p.oid::regprocedure || ' (its text names the column)'
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace AND {USERS}
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')
JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum > 0 AND NOT a.attisdropped
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND NOT starts_with(t.tgname::text, '~phased')
  AND strpos(lower(p.prosrc), lower(a.attname)) > 0
  AND p.prosrc ~* ('(^|\W)' || regexp_replace(a.attname, '(\W)', '\\\1', 'g') || '($|\W)')
ORDER BY 1, 2, 5
"""
OURS = "~phased"


def read(ask: Callable[[str], list[tuple[Any, ...]]]) -> dict[int, dict[str, tuple[Hanging, ...]]]:
    """What hangs on each column, by the oid of its table and its name."""
    found: defaultdict[int, defaultdict[str, list[Hanging]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for table, column, *told in ask(DEPENDING):
        one = _depending(*told)
        if not any(name.startswith(OURS) for name in one.names):
            found[table][column].append(one)
    for table, column, kind, names, shown in [*ask(SETTINGS), *ask(TEXTS)]:
        found[table][column].append(Hanging(kind, tuple(names), shown))
    return {oid: {name: tuple(held) for name, held in one.items()} for oid, one in found.items()}


def _depending(*row: Any) -> Hanging:
    kind, names, args, stored, shown, blocks = row
    if kind == "rule" and names[-1] == "_RETURN":
        kind, names = ("materialized view" if stored else "view"), names[:-1]
        shown = shown.partition(" on ")[2]
    if kind == "publication relation":
        kind, names = "publication", args
    return Hanging(kind, (_word(kind), names[-1]), shown, blocks)


def _word(kind: str) -> str:
    """The word that a statement about such a thing has."""
    words = {"statistics object": "statistics", "default value": "column"}
    return words.get(kind, kind.rpartition(" ")[2])
