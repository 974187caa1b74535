"""SQL expressions of models and of the catalog: their text, and what they name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import ColumnClause, text

from phased.dialect import dialect
from phased.syntax import expressions, tree

if TYPE_CHECKING:
    from sqlalchemy import ClauseElement

_DIALECT = dialect()
_BACKSLASH = re.compile(r"\\(?=:[\w$]*(?![:\w$]))")  # text() takes it for an escape
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w+(?!:|\w))")


def text_of(expression: ClauseElement | str, *, grouped: bool = False) -> str:
    """The expression as SQL over one row: values inlined, columns without their table.

    Args:
        expression: A string is what ``text()`` takes.
        grouped: In parentheses where an index wants them.
    """
    element = text(expression) if isinstance(expression, str) else expression
    if grouped and not isinstance(element, ColumnClause):
        element = element.self_group()
    options = {"literal_binds": True, "include_table": False}
    return str(element.compile(dialect=_DIALECT, compile_kwargs=options))


def escaped(sql: str) -> str:
    """SQL as ``text()`` takes it, without parameters."""
    return _PARAMETER.sub(r"\\:", _BACKSLASH.sub(r"\\\\", sql))


def columns_in(expression: ClauseElement | str) -> frozenset[str]:
    """The columns an expression names, unquoted; it may carry ``DESC`` or ``NULLS LAST``."""
    return frozenset(expressions.columns(_parsed(expression)))


def passes_null(expression: ClauseElement | str) -> bool:
    """Whether a CHECK surely passes where every column it names is NULL."""
    return expressions.passes_null(_parsed(expression))


def _parsed(expression: ClauseElement | str) -> tree.Node:
    return tree.one(f"SELECT 1 ORDER BY {text_of(expression)}")[1]
