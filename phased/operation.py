"""What our Alembic operations share: running SQL as it stands, and rendering a Python call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import DDL

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations import Operations

WIDTH = 88


def execute(operations: Operations, *statements: str) -> None:
    """Run statements literally; ``text()`` would take ``:name`` and ``%`` for parameters."""
    for sql in statements:
        operations.execute(DDL(sql.replace("%", "%%")))  # type: ignore[no-untyped-call] # untyped in SQLAlchemy


def call(context: AutogenContext, name: str, *arguments: Any, **options: Any) -> str:
    """The call that gives an operation back; options that are None or False are left out.

    Args:
        context: Alembic's, for the name that revisions call ``op`` by.
        name: Name of the operation.
        arguments: Its positional arguments; their ``repr`` is what is written.
        options: Its keyword arguments.
    """
    prefix = context.opts.get("alembic_module_prefix") or ""
    given = {key: value for key, value in options.items() if value is not None}
    parts = [repr(argument) for argument in arguments]
    parts += [f"{key}={value!r}" for key, value in given.items() if value is not False]
    line = f"{prefix}{name}({', '.join(parts)})"
    return line if len(line) <= WIDTH else f"{prefix}{name}(\n    " + ",\n    ".join(parts) + ",\n)"


def literal(value: str) -> str:
    """A string as SQL writes it: in quotes, escaped where it holds a backslash."""
    escaped = value.replace("'", "''")
    return "E'" + escaped.replace("\\", "\\\\") + "'" if "\\" in value else f"'{escaped}'"


def dollar_quoted(body: str) -> str:
    """A function body between dollar quotes that do not occur in it."""
    tag = "$phased$"
    while tag in body:
        tag = f"{tag[:-1]}_$"
    return f"{tag}\n{body}\n{tag}"
