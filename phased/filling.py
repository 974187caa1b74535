"""How a column gets its values: from a default, a trigger, a backfill; and when it is NOT NULL."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from alembic.operations import ops
from sqlalchemy import Column, Computed, DefaultClause, Identity, text
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.sql.elements import conv

from phased.dialect import dialect
from phased.errors.models import FillsFromGenerated, HintSyntax
from phased.errors.revisions import SqlSyntax
from phased.expressions import escaped
from phased.hints import FILLED_BY
from phased.naming import invent, quote, relation
from phased.operations.validate_constraint import ValidateConstraintOp
from phased.syntax import expressions, tree
from phased.syntax.volatility import volatile

if TYPE_CHECKING:
    from typing import Any

    from alembic.operations import MigrateOperation
    from sqlalchemy import Table, TextClause

    from phased.fact import Facts
    from phased.syntax.tree import Node

_DIALECT = dialect()
_BARE = {"target_list", "limit_option", "op"}


def filled_by(column: Column[Any]) -> str | None:
    """The expression a model fills a column by.

    Raises:
        HintSyntax: PostgreSQL does not read it as one expression.
    """
    expression = column.info.get(FILLED_BY)
    if expression is None:
        return None
    try:
        parse(str(expression))
    except SqlSyntax as error:
        detail = vars(error).get("detail", error)
        raise HintSyntax(column=column.name, expression=expression, problem=detail) from error
    except ValueError as error:
        raise HintSyntax(column=column.name, expression=expression, problem=error) from error
    return str(expression)


def parse(expression: str) -> Node:
    """The tree of an expression.

    Raises:
        SqlSyntax: PostgreSQL does not read it.
        ValueError: It is not one expression.
    """
    _, select = tree.one(f"SELECT ({expression}\n)")
    fields = {field.name for field, _ in select.ListFields()}
    value = select.target_list[0].res_target.val
    if fields - _BARE or len(select.target_list) > 1 or value.WhichOneof("node") == "row_expr":
        raise ValueError("it is more than one expression")
    return value


class Way(StrEnum):
    """How a column can be added to a table that is in use; each has a recipe of its own."""

    PLAIN = "nullable, or with a default that is the same for every row"
    VOLATILE = "with a default that is another one for every row"
    FILLED = "with a hint that says what its rows hold"
    UNFILLED = "NOT NULL, and nothing says what its rows hold"
    REWRITES = "of a kind that rewrites the table"
    KEY = "part of the primary key"


def way(column: Column[Any], facts: Facts) -> Way:
    """The one way to add a column of the models."""
    if column.primary_key:
        return Way.KEY
    if kind_that_rewrites(column, facts):
        return Way.REWRITES
    return Way.FILLED if filled_by(column) is not None else _by_default(column, facts)


def _by_default(column: Column[Any], facts: Facts) -> Way:
    default = default_of(column)
    if default is None:
        return Way.PLAIN if column.nullable else Way.UNFILLED
    return Way.VOLATILE if is_volatile(default, facts) else Way.PLAIN


def kind_that_rewrites(column: Column[Any], facts: Facts) -> str | None:
    """What makes PostgreSQL write the whole table for a new column, in its words; else None."""
    if isinstance(column.server_default, Identity):
        return "identity"
    if isinstance(column.server_default, Computed):
        return _generated(column, column.server_default)
    constrained = isinstance(column.type, DOMAIN) and _is_constrained(column.type, facts)
    return "constrained domain" if constrained else None


def _is_constrained(domain: DOMAIN, facts: Facts) -> bool:
    known = facts.domains.get(relation(str(domain.name), domain.schema), False)
    return known or domain.check is not None or bool(domain.not_null)


def _generated(column: Column[Any], computed: Computed) -> str | None:
    if computed.persisted is not False:
        return "STORED generated"
    return None if column.nullable else "NOT NULL generated"


def default_of(column: Column[Any]) -> str | None:
    """The SQL of a column's server default; None without one, or where it is generated."""
    if column.server_default is None or isinstance(column.server_default, Computed | Identity):
        return None
    compiler = _DIALECT.ddl_compiler(_DIALECT, None)  # type: ignore[arg-type] # DDL compilers take none
    found = compiler.get_column_default_string(column)
    return None if found is None else str(found)


def needs_row(expression: str) -> bool:
    """Whether an expression cannot be a DEFAULT: it names columns or asks a query."""
    node = parse(expression)
    asks = any(tree.kind(item) in {"SubLink", "ColumnRef"} for item in tree.walk(node))
    return asks or bool(expressions.columns(node))


def check_readable(column: Column[Any], expression: str, table: Table | None) -> None:
    """A trigger sees the row before PostgreSQL computes its generated columns.

    Raises:
        FillsFromGenerated: The expression reads one.
    """
    named = expressions.columns(parse(expression))
    if table is None:
        return
    for other in table.columns:
        if other.name in named and isinstance(other.server_default, Computed):
            raise FillsFromGenerated(
                table=relation(table.name, table.schema),
                column=column.name,
                expression=expression,
                generated=other.name,
                definition=f"{other.name}: {other.server_default.sqltext}",
            )


def is_volatile(expression: str, facts: Facts) -> bool:
    """Whether an expression has to be evaluated for every row."""
    return volatile(parse(expression), facts)


def bare(column: Column[Any]) -> Column[Any]:
    """A column of the models by itself, with its default: no keys, no constraints, no index."""
    default = column.server_default
    if isinstance(default, Computed):
        made: Any = Computed(default.sqltext, persisted=default.persisted)
    else:
        made = getattr(default, "arg", default)
    return _column(column, made, nullable=bool(column.nullable))


def without_default(column: Column[Any]) -> Column[Any]:
    """A column of the models by itself, nullable and empty."""
    return _column(column, None, nullable=True)


def with_default(column: Column[Any], expression: str) -> Column[Any]:
    """A column of the models by itself, with this expression as its default."""
    return _column(column, literally(expression), nullable=bool(column.nullable))


def _column(column: Column[Any], default: Any, *, nullable: bool) -> Column[Any]:
    name, comment = column.name, column.comment
    return Column(name, column.type, server_default=default, nullable=nullable, comment=comment)


def literally(sql: str) -> TextClause:
    """SQL as it stands, with nothing in it taken for a parameter."""
    return text(escaped(sql))


def set_default(
    table_name: str, column: str, default: str | None, schema: str | None
) -> ops.AlterColumnOp:
    """SET DEFAULT, or DROP DEFAULT for None."""
    value = None if default is None else DefaultClause(literally(default))
    return ops.AlterColumnOp(table_name, column, schema=schema, modify_server_default=value)


def set_not_null(table_name: str, column: str, schema: str | None) -> tuple[MigrateOperation, ...]:
    """NOT NULL without a scan under ACCESS EXCLUSIVE: a CHECK that is validated proves it."""
    name = conv(invent(table_name, column, "is_not_null"))
    condition = f"{quote(column)} IS NOT NULL"
    options: dict[str, Any] = {"schema": schema, "postgresql_not_valid": True}
    return (
        ops.CreateCheckConstraintOp(name, table_name, condition, **options),
        ValidateConstraintOp(name, table_name, schema=schema),
        ops.AlterColumnOp(table_name, column, schema=schema, modify_nullable=False),
        ops.DropConstraintOp(name, table_name, type_="check", schema=schema),
    )
