"""What names a table, or is named after it, where PostgreSQL does not follow a rename."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psycopg.rows import tuple_row

from phased.facts.questions import split
from phased.old_names import kept_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from phased.fact import Facts
    from phased.model import Plan, Step
    from phased.old_names import Renamed

KIND = "SELECT relkind::text FROM pg_class WHERE oid = to_regclass(%(name)s)"
# Those that PostgreSQL reads when they run; a body of BEGIN ATOMIC follows its tables.
TEXTS = """
SELECT p.oid::regprocedure::text, p.prosrc FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname NOT IN ('information_schema', 'pg_catalog')
  AND strpos(lower(p.prosrc), lower(%(plain)s)) > 0
ORDER BY 1
"""
ROWS = """
SELECT DISTINCT p.oid::regprocedure::text FROM pg_class c
JOIN pg_type t ON t.oid = c.reltype
JOIN pg_proc p ON p.proargtypes::oid[] && ARRAY[t.oid, t.typarray]
WHERE c.oid = to_regclass(%(name)s) ORDER BY 1
"""
TRIGGERS = """
SELECT quote_ident(t.tgname), p.oid::regprocedure::text
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.tgrelid = to_regclass(%(name)s) AND NOT t.tgisinternal
  AND p.prosrc ~* '\\m(tg_table_name|tg_relname)\\M'
ORDER BY 1
"""
PUBLICATIONS = """
SELECT quote_ident(p.pubname) FROM pg_publication_tables p
JOIN pg_class c ON c.relname = p.tablename
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = p.schemaname
WHERE c.oid = to_regclass(%(name)s) ORDER BY 1
"""
SUBSCRIPTIONS = """
SELECT quote_ident(s.subname) FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid
WHERE r.srrelid = to_regclass(%(name)s) ORDER BY 1
"""
SAID = (
    (ROWS, "- function {0}: its argument is a row of {new} now; a row of {old} is none"),
    (TRIGGERS, "- trigger {0}: {1} asks for the table's name, and hears {new}"),
    (PUBLICATIONS, "- publication {0}: its subscribers need a table {new}, and then a refresh"),
    (SUBSCRIPTIONS, "- subscription {0}: what it receives for {old} finds no table, and it stops"),
)
WRITTEN = "- function {0}: its text names {old}, and fails once the contract has dropped the view"
LEFT = "function {0}: its text names {old}, and fails from here on"
LEAD = "PostgreSQL does not tell these of the new name:"


def with_mentions(connection: Connection[Any], plan: Plan, facts: Facts) -> Plan:
    """The plan; a step that renames a table, or drops its old name, says who still uses that.

    Args:
        connection: To the database where it would run.
        plan: Of one revision.
        facts: For the schema of names that have none.
    """
    steps = (
        replace(step, notes=(*step.notes, *_notes(connection, step, facts))) for step in plan.steps
    )
    return replace(plan, steps=tuple(steps))


def _notes(connection: Connection[Any], step: Step, facts: Facts) -> Iterator[str]:
    for name in kept_names(step.statements, facts):
        found = list(_of_table(connection, name)) if _is(connection, name.old, "rp") else []
        yield from [LEAD, *found] if found else []
    for statement in step.statements:
        for view in (each for each in statement.destroys if each.startswith("view ")):
            old = view.removeprefix("view ")
            if _is(connection, old, "v"):
                yield from (LEFT.format(one, old=old) for one in _texts(connection, old))


def _of_table(connection: Connection[Any], name: Renamed) -> Iterator[str]:
    names = {"old": name.old, "new": name.new}
    yield from (WRITTEN.format(one, **names) for one in _texts(connection, name.old))
    for query, said in SAID:
        for row in _ask(connection, query, name.old):
            yield said.format(*row, **names)


def _texts(connection: Connection[Any], name: str) -> list[str]:
    plain = split(name)[1]
    word = re.compile(rf"(?<!\w){re.escape(plain)}(?!\w)", re.IGNORECASE)
    return [one for one, text in _ask(connection, TEXTS, name) if word.search(text)]


def _is(connection: Connection[Any], name: str, kinds: str) -> bool:
    return any(kind in kinds for (kind,) in _ask(connection, KIND, name))


def _ask(connection: Connection[Any], query: str, name: str) -> list[tuple[Any, ...]]:
    given = {"name": name, "plain": split(name)[1]}
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query.encode(), given).fetchall()
