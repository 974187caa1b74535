r"""Alembic's PostgreSQL, with expressions written into revisions as they are.

Alembic compiles them with the driver's dialect, which doubles every ``%``, and writes ``':name'``
in a literal where ``text()`` reads a parameter: ``LIKE '%@%'`` comes back as ``LIKE '%%@%%'``.
Importing this module replaces Alembic's class for the dialect, as its documentation has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.ddl.postgresql import PostgresqlImpl

import phased.check_rendering  # noqa: F401 # importing it registers it

if TYPE_CHECKING:
    from sqlalchemy import ClauseElement, Constraint


class PhasedPostgresqlImpl(PostgresqlImpl):
    """Alembic's implementation for PostgreSQL with two methods of our own."""

    __dialect__ = "postgresql"

    def render_ddl_sql_expr(
        self,
        expr: ClauseElement,
        is_server_default: bool = False,  # noqa: FBT001, FBT002 # Alembic's signature
        is_index: bool = False,  # noqa: FBT001, FBT002 # as above
        **kw: Any,
    ) -> str:
        """The SQL of a default, a condition or an index expression for a revision file."""
        from phased.expressions import escaped, text_of

        del is_server_default, kw
        # Index expressions become literal_column(), which knows no parameters.
        return text_of(expr, grouped=True) if is_index else escaped(text_of(expr))

    def add_constraint(self, const: Constraint, **kw: Any) -> None:
        """ADD CONSTRAINT, with INCLUDE too."""
        from phased.included import complete

        super().add_constraint(complete(const), **kw)
