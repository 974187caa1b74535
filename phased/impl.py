r"""Alembic's PostgreSQL, with expressions written into revisions as they are.

Alembic compiles them with the driver's dialect, which doubles every ``%``, and writes ``':name'``
in a literal where ``text()`` reads a parameter: ``LIKE '%@%'`` comes back as ``LIKE '%%@%%'``.
Types that are there already are written with ``create_type=False``: SQLAlchemy 2.0 leaves that out
of what it says a type is, and CREATE TABLE would create the type once more.

Importing this module replaces Alembic's class for the dialect, as its documentation has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from alembic.ddl.postgresql import PostgresqlImpl

import phased.check_rendering  # noqa: F401 # importing it registers it

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy import ClauseElement, Constraint
    from sqlalchemy.dialects.postgresql import DOMAIN, ENUM
    from sqlalchemy.types import TypeEngine


class PhasedPostgresqlImpl(PostgresqlImpl):
    """Alembic's implementation for PostgreSQL with some methods of our own."""

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

    def render_type(self, held: TypeEngine[Any], context: AutogenContext) -> str | Literal[False]:
        """The type for a revision file; False for Alembic's own way."""
        from alembic.autogenerate.render import _repr_type
        from sqlalchemy.dialects.postgresql import DOMAIN, ENUM

        if isinstance(held, ENUM):
            return _call(context, held, [*map(repr, held.enums), f"name={held.name!r}"])
        if isinstance(held, DOMAIN):
            return _call(context, held, [repr(held.name), _repr_type(held.data_type, context)])
        return super().render_type(held, context)


def _call(context: AutogenContext, held: ENUM | DOMAIN, arguments: list[str]) -> str:
    context.imports.add("from sqlalchemy.dialects import postgresql")
    schema = [f"schema={str(held.schema)!r}"] if held.schema else []
    created = [] if held.create_type else ["create_type=False"]
    return f"postgresql.{type(held).__name__}({', '.join([*arguments, *schema, *created])})"
