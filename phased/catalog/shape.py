"""The whole schema as comparable text: two databases are alike when their shapes are equal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from psycopg.rows import tuple_row

from phased.catalog import shapes

if TYPE_CHECKING:
    from psycopg import Connection

# Alembic's table, the ledger, and what belongs to them.
_OURS = re.compile(
    r"(?:^|[\s.\"(])(?:alembic_version|phased_(?:rollout|step))(?:_\w+)?(?:[\s.\"]|$)"
)


def shape(connection: Connection[Any]) -> dict[str, str]:
    """Every object of the schema with its definition, in the order of their names.

    The order of columns, the oids, the rows, the owners, the names of NOT NULL constraints and
    the state of sequences do not count; ``alembic_version`` and the ledger are left out.

    Args:
        connection: The database to describe; its ``search_path`` decides what is qualified.

    Returns:
        ``{"column users.email": "text not null", …}``; compare with ``==``, print a diff of the
        items.
    """
    found: dict[str, str] = {}
    for query in shapes.QUERIES:
        with connection.cursor(row_factory=tuple_row) as cursor:
            found.update(cursor.execute(query.encode()))
    return {name: found[name] for name in sorted(found) if not _OURS.search(name)}
