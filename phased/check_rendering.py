"""``op.create_check_constraint()`` as revisions have it; Alembic 1.18 cannot write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.autogenerate import renderers
from alembic.operations.ops import CreateCheckConstraintOp
from sqlalchemy.schema import conv

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@renderers.dispatch_for(CreateCheckConstraintOp, replace=True)
def _render(context: AutogenContext, operation: CreateCheckConstraintOp) -> str:
    prefix = context.opts.get("alembic_module_prefix") or ""
    name = operation.constraint_name
    # A name that is final says so, or the naming convention is put round it once more.
    first = f"{prefix}f({str(name)!r})" if isinstance(name, conv) else repr(name)
    constraint = operation.to_constraint()
    condition = context.migration_context.impl.render_ddl_sql_expr(constraint.sqltext)
    options = {"schema": operation.schema, **constraint.dialect_kwargs}
    given = [f"{key}={value!r}" for key, value in options.items() if value is not None]
    parts = [first, repr(str(operation.table_name)), repr(condition), *given]
    return f"{prefix}create_check_constraint({', '.join(parts)})"
