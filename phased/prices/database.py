"""CREATE DATABASE, ALTER SYSTEM, tablespaces: matters of the whole server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.price import Price

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

_ALONE = {
    "createdb_stmt": "CREATE DATABASE",
    "dropdb_stmt": "DROP DATABASE",
    "alter_system_stmt": "ALTER SYSTEM",
    "create_table_space_stmt": "CREATE TABLESPACE",
    "drop_table_space_stmt": "DROP TABLESPACE",
}
_TOGETHER = {
    "alter_database_stmt": "ALTER DATABASE",
    "alter_database_set_stmt": "ALTER DATABASE",
    "alter_database_refresh_coll_stmt": "ALTER DATABASE",
    "alter_table_space_options_stmt": "ALTER TABLESPACE",
}
NODES = (*_ALONE, *_TOGETHER)


def price(node: Node, facts: Facts) -> Price:
    """The price of a matter of the whole server."""
    del facts  # no relation is touched
    which = _which(node)
    kind = {**_ALONE, **_TOGETHER}[which]
    lost = getattr(node, "dbname", "") if which == "dropdb_stmt" else ""
    moves = which == "alter_database_stmt" and _moves(node)
    return Price(
        kind,
        transactional=which in _TOGETHER and not moves,
        destroys=(f"database {lost}",) if lost else (),
    )


def _which(node: Node) -> str:
    names = {name.replace("_", ""): name for name in NODES}
    return names[node.DESCRIPTOR.name.lower()]


def _moves(node: Node) -> bool:
    return any(item.def_elem.defname == "tablespace" for item in node.options)
