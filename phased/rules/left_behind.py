"""Something hangs on an old column and does not come along to the new one.

**Why.** What autogenerate finds beyond the models it brings along: grants on the column, indexes
made by hand, statistics. It finds them in the database that the revision is written against, and
another database may have more. DROP COLUMN takes all of that away without a word: a role may no
longer read, a query has lost its index. So `plan` and `upgrade` name what this database has and the
revision does not mention. It is no error: new code needs none of it to run, as far as can be known.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DROP-COLUMN

Bad::

    # GRANT SELECT (email) ON users TO reports
    def expand() -> None:
        op.add_column("users", sa.Column("contact", sa.Text()))
        op.sync_columns("users", old="email", new="contact")

    def backfill() -> None:
        op.backfill("users", {"contact": "email"})

    def contract() -> None:
        op.unsync_columns("users", old="email", new="contact")
        op.drop_column("users", "email")

Good::

    # GRANT SELECT (email) ON users TO reports
    def expand() -> None:
        op.add_column("users", sa.Column("contact", sa.Text()))
        op.sync_columns("users", old="email", new="contact")
        op.carry("GRANT SELECT (contact) ON users TO reports")

    def backfill() -> None:
        op.backfill("users", {"contact": "email"})

    def contract() -> None:
        op.unsync_columns("users", old="email", new="contact")
        op.drop_column("users", "email")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.left import begins, dropped, mentioned
from phased.model import Severity
from phased.naming import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

SEVERITY = Severity.WARNING
TOLD = True


def judge(context: Context) -> Iterator[str]:
    """Each old column of a succession that this plan begins and ends."""
    for table, column, held in dropped(context):
        found = [one for one in held if not one.blocks and not mentioned(one, context.plan)]
        if found and begins(context.plan, table, column):
            yield (
                f"{', '.join(one.shown for one in found)}: this database has that on "
                f"{table}.{quote(column)}, no statement of the revision is about it, and it goes "
                "with the column. Give the new column the same in expand(), with op.carry(...)."
            )
