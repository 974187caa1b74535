"""What about a table keeps a sync from being right: asked of the catalogs before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.errors.dual_write import (
    FiresAfterSync,
    SyncOfGenerated,
    SyncOfInherited,
    SyncOfPartitionKey,
)

if TYPE_CHECKING:
    from psycopg import Connection

    from phased.conversion import Trial
    from phased.errors import PhasedError

_TREE = "SELECT to_regclass(%(table)s) UNION SELECT relid FROM pg_partition_tree(%(table)s)"
LATER = f"""
SELECT quote_ident(tgname), tgrelid::regclass::text FROM pg_trigger
WHERE tgrelid IN ({_TREE}) AND NOT tgisinternal
  AND tgtype & 3 = 3 AND tgtype & 20 <> 0 -- BEFORE, FOR EACH ROW; INSERT or UPDATE
  AND tgname::text COLLATE "C" > '~phased' AND NOT starts_with(tgname::text, '~phased_')
"""
KEYS = f"""
SELECT quote_ident(a.attname), p.partrelid::regclass::text FROM pg_partitioned_table p
CROSS JOIN unnest(p.partattrs) AS k (place)
JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.place
WHERE p.partrelid IN ({_TREE}) AND a.attname = ANY(%(old)s::text[])
"""
GENERATED = """
SELECT quote_ident(attname), attrelid::regclass::text FROM pg_attribute
WHERE attrelid = to_regclass(%(table)s) AND attgenerated <> '' AND attname = ANY(%(old)s::text[])
"""
CHILDREN = """
SELECT i.inhrelid::regclass::text, c.oid::regclass::text FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhparent AND c.relkind = 'r'
WHERE i.inhparent = to_regclass(%(table)s)
"""
QUESTIONS: tuple[tuple[type[PhasedError], str], ...] = (
    (FiresAfterSync, LATER),
    (SyncOfPartitionKey, KEYS),
    (SyncOfGenerated, GENERATED),
    (SyncOfInherited, CHILDREN),
)


def refuse(connection: Connection[Any], trial: Trial, revision: str) -> None:
    """Look for what would make one side miss a write.

    Raises:
        FiresAfterSync: A trigger of the user's could change the row after the sync.
        SyncOfPartitionKey: The old column decides which partition a row is in.
        SyncOfGenerated: The old column cannot be written.
        SyncOfInherited: The table has children, which have triggers of their own.
    """
    given = {"table": trial.table, "old": list(trial.sync.old)}
    for error, query in QUESTIONS:
        found = connection.execute(f"{query} ORDER BY 1 LIMIT 1".encode(), given).fetchone()
        if found:
            name, table = found
            new = ", ".join(trial.sync.new)
            raise error(revision=revision, found=name, where=table, table=trial.table, new=new)
