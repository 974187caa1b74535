"""What bears the name of an index, and whether it is what a statement would build."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import postgast
from psycopg import Rollback
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import class_row

from phased.naming import quote, relation

if TYPE_CHECKING:
    from psycopg import Connection

Node = Any
SAME_SCHEMA = """
SELECT c.oid::regclass::text AS name, c.relkind AS kind, i.indisvalid AS valid,
    i.indrelid = t.oid AS on_table, coalesce(pg_get_indexdef(i.indexrelid), '') AS definition
FROM pg_class t JOIN pg_class c ON c.relnamespace = t.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE t.oid = to_regclass(%s) AND c.relname = %s
"""
TWIN = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = to_regclass(%s)"
_NAME = r'(?:"(?:[^"]|"")*"|[^\s."]+)'
_HEAD = re.compile(rf"CREATE (UNIQUE )?INDEX {_NAME} ON (?:ONLY )?(?:{_NAME}\.)?{_NAME} ")


@dataclass(frozen=True, slots=True)
class Found:
    """A relation that bears the name.

    Attributes:
        name: As regclass prints it.
        kind: `pg_class.relkind`.
        valid: Of an index.
        on_table: Whether it is an index of the table.
        definition: Of an index.
    """

    name: str
    kind: str
    valid: bool | None
    on_table: bool | None
    definition: str


def find(connection: Connection[Any], node: Node, name: str) -> Found | None:
    """What has the name (unquoted) in the schema of the statement's table."""
    with connection.cursor(row_factory=class_row(Found)) as cursor:
        return cursor.execute(SAME_SCHEMA, (table_of(node), name)).fetchone()


def table_of(node: Node) -> str:
    """The table of a CREATE INDEX, for SQL."""
    return relation(node.relation.relname, node.relation.schemaname or None)


def is_built_as(connection: Connection[Any], node: Node, found: Found) -> bool:
    """Whether the index is what the statement would build: PostgreSQL prints both alike.

    Args:
        connection: In autocommit.
        node: The statement.
        found: The index that is there.
    """
    try:
        return _told_apart(_twin(connection, node)) == _told_apart(found.definition)
    except InsufficientPrivilege:  # no temporary tables: it cannot be known
        return False


def _twin(connection: Connection[Any], node: Node) -> str:
    """The definition of the index as it would be on an empty copy of the table."""
    copy = f"pg_temp.{quote(node.relation.relname)}"
    with connection.transaction():
        connection.execute(f"CREATE TEMPORARY TABLE {copy} (LIKE {table_of(node)})".encode())
        connection.execute(_on_copy(node).encode())
        row = connection.execute(TWIN, (copy,)).fetchone()
        raise Rollback
    return row[0] if row else ""


def _on_copy(node: Node) -> str:
    tree = postgast.parse("SELECT 1")
    copied = tree.stmts[0].stmt
    copied.Clear()
    copied.index_stmt.CopyFrom(node)
    copied.index_stmt.concurrent = False
    copied.index_stmt.if_not_exists = False
    copied.index_stmt.relation.schemaname = "pg_temp"
    return str(postgast.deparse(tree))


def _told_apart(definition: str) -> tuple[str, str]:
    """Whether it is unique, and what follows the table's name."""
    head = _HEAD.match(definition)
    return (head[1] or "", definition[head.end() :]) if head else ("", definition)
