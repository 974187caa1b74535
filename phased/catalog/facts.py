"""The facts of a database, in a fixed number of queries however many tables there are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from psycopg.rows import tuple_row

from phased.catalog import queries, relations
from phased.fact import Facts
from phased.syntax.volatility import inlined

if TYPE_CHECKING:
    from psycopg import Connection

    from phased.catalog.relations import Rows


def read(connection: Connection[Any]) -> Facts:
    """What prices, recipes and rules may ask about the database that is connected to.

    Args:
        connection: One in autocommit leaves no transaction open; otherwise the caller ends it.
    """
    ask = partial(_rows, connection)
    ((server, zone, schema, path),) = ask(queries.SESSION)
    domains = ask(queries.DOMAINS)
    return Facts(
        server=server,
        relations=relations.read(ask, schema),
        known=True,
        time_zone=zone,
        volatile=_volatile(ask(queries.FUNCTIONS)),
        domains=_constrained(domains, schema),
        domain_types={relations.name_of(schema, d[1], d[2]): d[4] for d in domains},
        schema=schema or "public",
        search_path=tuple(path) or ("public",),
    )


def is_empty(connection: Connection[Any]) -> bool:
    """Whether there is no table but ``alembic_version`` and those of the ledger."""
    ((found,),) = _rows(connection, queries.HAS_TABLE)
    return not found


def _rows(connection: Connection[Any], query: str) -> Rows:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query.encode()).fetchall()


def _volatile(rows: Rows) -> frozenset[str]:
    return frozenset(
        name for name, language, body in rows if not (language == "sql" and inlined(body or ""))
    )


def _constrained(rows: Rows, schema: str | None) -> dict[str, bool]:
    """A domain over a constrained domain is constrained too."""
    held = {oid: (over, own) for oid, _, _, over, _, own in rows}

    def judged(oid: int) -> bool:
        over, own = held[oid]
        return own or (over in held and judged(over))

    return {relations.name_of(schema, row[1], row[2]): judged(row[0]) for row in rows}
