"""Something still reads a column that is dropped: the drop fails.

**Why.** PostgreSQL does not drop a column that a view, a policy, a trigger, a generated column or a
publication names, unless it is told to take them along. So the contract would stop there, and it
would stop there in production: that database often has more than the one the revision was written
against, such as a view that somebody made for a report. Until then nothing is broken, but a
revision that has begun is not changed any more. So it is an error before the first statement.

What the revision names in a statement of its own is left to it. A revision that is written against
a database that has the thing brings it along by itself.

Source: https://www.postgresql.org/docs/current/ddl-depend.html

Bad::

    # CREATE VIEW moods AS SELECT id, mood FROM users
    def contract() -> None:
        op.drop_column("users", "mood")

Good::

    # CREATE VIEW moods AS SELECT id, mood FROM users
    def contract() -> None:
        op.execute("CREATE OR REPLACE VIEW moods AS SELECT id, NULL::mood AS mood FROM users")
        op.drop_column("users", "mood")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.advice import execute, paste
from phased.left import dropped, mentioned
from phased.naming import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.fact import Hanging
    from phased.rule import Context

EXAMPLES = {
    "view": "CREATE OR REPLACE VIEW {name} AS SELECT ...",
    "materialized view": "DROP MATERIALIZED VIEW {name}",
    "policy": "ALTER POLICY {name} ON {table} USING (...)",
    "trigger": "CREATE OR REPLACE TRIGGER {name} ... ON {table} ...",
    "rule": "CREATE OR REPLACE RULE {name} AS ON ... TO {table} DO ...",
    "function": "CREATE OR REPLACE FUNCTION {name} ...",
    "publication": "ALTER PUBLICATION {name} DROP TABLE {table}",
    "table constraint": "ALTER TABLE ... DROP CONSTRAINT {name}",
    "default value": "ALTER TABLE {table} DROP COLUMN {name}",
}


def judge(context: Context) -> Iterator[str]:
    """Each column that a statement drops, and what keeps it."""
    for table, column, held in dropped(context):
        found = [one for one in held if one.blocks and not mentioned(one, context.plan)]
        if found:
            yield _message(table, column, found)


def _message(table: str, column: str, found: list[Hanging]) -> str:
    shown = ", ".join(one.shown for one in found)
    several = len(found) > 1
    calls = dict.fromkeys(execute(_example(one, table)) for one in found)
    return (
        f"{shown} in this database still {'read' if several else 'reads'} {table}.{quote(column)}: "
        "PostgreSQL refuses to drop the column, and the contract stops there. Say before the drop "
        f"what becomes of {'them' if several else 'it'}:{paste(*calls)}"
    )


def _example(one: Hanging, table: str) -> str:
    known = EXAMPLES.get(one.kind, "... {name} ...")
    return known.format(name=quote(one.names[-1]), table=table)
