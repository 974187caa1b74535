"""SQL text to parse trees, and a walk over them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import postgast
from google.protobuf.message import Message
from postgast.errors import PgQueryError

from phased.errors.revisions import SqlSyntax

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = Any  # a protobuf message; which one depends on where it was found


def split(sql: str) -> list[tuple[str, str, Node]]:
    """The statements of a text: each with its own text, the name of its node, and the node.

    Raises:
        SqlSyntax: PostgreSQL does not read it.
    """
    encoded = sql.encode()
    return [_statement(encoded, raw) for raw in _parsed(sql).stmts]


def _statement(encoded: bytes, raw: Node) -> tuple[str, str, Node]:
    end = raw.stmt_location + raw.stmt_len if raw.stmt_len else len(encoded)
    text = encoded[raw.stmt_location : end].decode().strip().rstrip(";").rstrip()
    which = raw.stmt.WhichOneof("node")
    return text, which, getattr(raw.stmt, which)


@lru_cache(maxsize=512)
def _parsed(sql: str) -> postgast.ParseResult:
    try:
        return postgast.parse(sql)
    except PgQueryError as error:
        raise SqlSyntax(
            sql=sql.strip(), position=error.cursorpos, detail=error.message, near=_near(sql, error)
        ) from error


def _near(sql: str, error: PgQueryError) -> str:
    """The line the error is on; at the end of the text the last one that says something."""
    start = sql.rfind("\n", 0, max(error.cursorpos - 1, 0)) + 1
    line = sql[start:].partition("\n")[0].strip()
    return line or sql.strip().rpartition("\n")[2].strip()


def one(sql: str) -> tuple[str, Node]:
    """The name and node of a text that is one statement."""
    _, which, node = split(sql)[0]
    return which, node


def inner(node: Node) -> Node:
    """What a ``Node`` wrapper holds; None when it is empty."""
    which = node.WhichOneof("node") if isinstance(node, Message) and _wraps(node) else None
    return getattr(node, which) if which else None


def _wraps(node: Message) -> bool:
    return node.DESCRIPTOR.name == "Node"


def walk(node: Node) -> Iterator[Node]:
    """Every message in a tree, outermost first."""
    yield node
    for descriptor, value in node.ListFields():
        if descriptor.message_type is None:
            continue
        for child in value if isinstance(value, list) or hasattr(value, "add") else (value,):
            yield from walk(child)


def kind(node: Node) -> str:
    """The name of a message: ``ColumnRef``."""
    return str(node.DESCRIPTOR.name)


def strings(nodes: Node) -> list[str]:
    """The texts of a list of String nodes."""
    return [node.string.sval for node in nodes]


def enum(node: Node, field: str) -> str:
    """The name of an enum field's value: ``AT_AddColumn``."""
    descriptor = node.DESCRIPTOR.fields_by_name[field]
    return str(descriptor.enum_type.values_by_number[getattr(node, field)].name)
