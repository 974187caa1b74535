"""SQL expressions of models and of the catalog: their text, and what they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql

from phased.syntax import expressions, tree

if TYPE_CHECKING:
    from sqlalchemy import ClauseElement

_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call] # untyped in SQLAlchemy


def text_of(expression: ClauseElement | str) -> str:
    """The expression as SQL over one row: values inlined, columns without their table."""
    if isinstance(expression, str):
        return expression
    options = {"literal_binds": True, "include_table": False}
    return str(expression.compile(dialect=_DIALECT, compile_kwargs=options))


def columns_in(expression: ClauseElement | str) -> frozenset[str]:
    """The columns an expression names, unquoted; it may carry ``DESC`` or ``NULLS LAST``."""
    return frozenset(expressions.columns(_parsed(expression)))


def passes_null(expression: ClauseElement | str) -> bool:
    """Whether a CHECK surely passes where every column it names is NULL."""
    return expressions.passes_null(_parsed(expression))


def _parsed(expression: ClauseElement | str) -> tree.Node:
    return tree.one(f"SELECT 1 ORDER BY {text_of(expression)}")[1]
