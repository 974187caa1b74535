"""What a view of a table's old name cannot do for code that takes it for the table.

Every entry is tried on a server, on the table and on the view, by a test of ours.
"""

from __future__ import annotations

from dataclasses import dataclass

LEAD = (
    "Code that knows the old name reads and writes {new} through the view {old}. It has to do "
    "without:"
)
QUIET = "and gets something else, without an error, from:"


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that works on a table and not on a view of it.

    Attributes:
        says: What, for people; ``{0}`` is the old name.
        sql: An example that fails on the view; where it fails on neither, a query that answers
            something else. ``{0}`` is the table or the view, with columns id and email.
        state: The SQLSTATE it fails with; empty where it answers something else.
        until: The first server version whose views can do it; 0 where none can.
    """

    says: str
    sql: str
    state: str = ""
    until: int = 0


LIMITS = (
    Limit(
        "INSERT ... ON CONFLICT ON CONSTRAINT; ON CONFLICT (column) works",
        "INSERT INTO {0} (email) VALUES ('a') ON CONFLICT ON CONSTRAINT uq DO NOTHING",
        "42704",
    ),
    Limit("COPY {0} FROM", "COPY {0} FROM STDIN", "42809"),
    Limit("COPY {0} TO; COPY (SELECT ...) TO works", "COPY {0} TO STDOUT", "42809"),
    Limit("TRUNCATE {0}", "TRUNCATE {0}", "42809"),
    Limit(
        "MERGE INTO {0}",
        "MERGE INTO {0} t USING (SELECT 1) s ON false WHEN MATCHED THEN DELETE",
        "0A000",
        17,
    ),
    Limit(
        "the system columns ctid, xmin, xmax, tableoid: a version counter on xmin",
        "SELECT ctid, xmin, xmax, tableoid FROM {0}",
        "42703",
    ),
    Limit(
        "GROUP BY the primary key, with other columns of {0} in the SELECT list",
        "SELECT id, email FROM {0} GROUP BY id",
        "42803",
    ),
    Limit(
        "UPDATE and DELETE WHERE CURRENT OF a cursor",
        "DECLARE c CURSOR FOR SELECT * FROM {0} FOR UPDATE; FETCH c; "
        "DELETE FROM {0} WHERE CURRENT OF c",
        "0A000",
    ),
    Limit("TABLESAMPLE", "SELECT * FROM {0} TABLESAMPLE SYSTEM (10)", "0A000"),
    Limit(
        "functions of the table's row type: f({0}), {0}.f",
        "SELECT f({0}) FROM {0}",
        "42883",
    ),
    Limit(
        "new foreign keys that refer to {0}",
        "CREATE TABLE child (user_id bigint REFERENCES {0} (id))",
        "42809",
    ),
    Limit(
        "ALTER TABLE {0} ADD COLUMN and the like",
        "ALTER TABLE {0} ADD COLUMN more int",
        "42809",
    ),
    Limit("CREATE INDEX on {0}", "CREATE INDEX ON {0} (email)", "42809"),
    Limit(
        "CREATE TRIGGER ... FOR EACH ROW on {0}; the table's own triggers fire",
        "CREATE TRIGGER t BEFORE INSERT ON {0} FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "42809",
    ),
    Limit("CREATE TABLE ... INHERITS ({0})", "CREATE TABLE heir () INHERITS ({0})", "42809"),
    Limit("CREATE PUBLICATION ... FOR TABLE {0}", "CREATE PUBLICATION p FOR TABLE {0}", "22023"),
    Limit(
        "pg_get_serial_sequence('{0}', ...), which is NULL",
        "SELECT pg_get_serial_sequence('{0}', 'id') IS NULL",
    ),
    Limit(
        "reflection and information_schema, which have no keys and no defaults for {0}",
        "SELECT count(*) FROM information_schema.table_constraints WHERE table_name = '{0}'",
    ),
    Limit(
        "CREATE TABLE ... (LIKE {0} INCLUDING ALL), which copies no defaults and no indexes",
        "CREATE TEMP TABLE copy (LIKE {0} INCLUDING ALL) ON COMMIT DROP; "
        "SELECT count(*) FROM pg_attrdef WHERE adrelid = 'copy'::regclass",
    ),
    Limit(
        "pg_total_relation_size('{0}') and pg_dump --table={0}: a view has no rows of its own",
        "SELECT pg_total_relation_size('{0}') = 0",
    ),
    Limit(
        "ONLY {0}, which has the rows of partitions and children as well",
        "SELECT count(*) FROM ONLY {0}",
    ),
    Limit(
        "the names in errors: the table's is the new one, and so are those of its constraints",
        "SELECT '{0}'::regclass::oid = (SELECT conrelid FROM pg_constraint WHERE conname = 'uq')",
    ),
)


def limits(server: int) -> tuple[Limit, ...]:
    """Those of a server of this major version."""
    return tuple(one for one in LIMITS if not one.until or server < one.until)


def said(old: str, new: str, server: int) -> str:
    """All of them, a line each.

    Args:
        old: The table's name until now, the view's from now on.
        new: The table's name.
        server: Major version of the server.
    """
    found = limits(server)
    fails = [f"- {one.says.format(old)}" for one in found if one.state]
    differs = [f"- {one.says.format(old)}" for one in found if not one.state]
    return "\n".join([LEAD.format(old=old, new=new), *fails, QUIET, *differs])
