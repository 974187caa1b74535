"""``op.rename_table_through_view()``: a table takes another name, and a view keeps the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import RenameTableOp

from phased.naming import quote, relation
from phased.operation import call, dollar_quoted, execute, literal

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

INVOKER = " WITH (security_invoker = true)"
SAYS = "The old name of {}, for releases that know no other"
# Asked while it runs: another database has other roles than the one the revision was written for.
RIGHTS = """\
DECLARE item record;
BEGIN
  FOR item IN SELECT relowner::regrole AS role FROM pg_catalog.pg_class WHERE oid = {table}::regclass LOOP
    EXECUTE format('ALTER VIEW {view} OWNER TO %s', item.role);
  END LOOP;
  FOR item IN
    SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS role
    FROM pg_catalog.pg_class, pg_catalog.aclexplode(relacl)
    WHERE oid = {old}::regclass AND grantee <> relowner
  LOOP
    EXECUTE format('REVOKE ALL ON {view} FROM %s', item.role);
  END LOOP;
  FOR item IN
    SELECT privilege, is_grantable AS passes_on,
      CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS role
    FROM (
      SELECT privilege_type AS privilege, grantee, is_grantable
      FROM pg_catalog.pg_class, pg_catalog.aclexplode(relacl) WHERE oid = {table}::regclass
      UNION SELECT format('%s (%I)', privilege_type, attname), grantee, is_grantable
      FROM pg_catalog.pg_attribute, pg_catalog.aclexplode(attacl)
      WHERE attrelid = {table}::regclass AND NOT attisdropped
    ) rights
  LOOP
    IF item.passes_on THEN
      EXECUTE format('GRANT %s ON {view} TO %s WITH GRANT OPTION', item.privilege, item.role);
    ELSE
      EXECUTE format('GRANT %s ON {view} TO %s', item.privilege, item.role);
    END IF;
  END LOOP;
END"""  # noqa: E501 # as the plan prints it


@Operations.register_operation("rename_table_through_view")
class RenameTableThroughViewOp(MigrateOperation):
    """Rename a table and leave a view of the old name behind."""

    def __init__(
        self,
        old_name: str,
        new_name: str,
        *,
        schema: str | None = None,
        security_invoker: bool = True,
    ) -> None:
        self.old_name = str(old_name)
        self.new_name = str(new_name)
        self.schema = schema
        self.security_invoker = security_invoker

    @classmethod
    def rename_table_through_view(
        cls,
        operations: Operations,
        old_name: str,
        new_name: str,
        *,
        schema: str | None = None,
        security_invoker: bool = True,
    ) -> None:
        """Rename a table, and give the old name to a view of all its columns, in one transaction.

        The view is updatable: INSERT, UPDATE, DELETE and ON CONFLICT (column) go through it, with
        the table's defaults, triggers and policies. It has the table's owner and the rights that
        are granted on the table and its columns, as they are when this runs.

        Args:
            operations: Given by Alembic.
            old_name: The table's name until now, unquoted; the view's from now on.
            new_name: The table's name from now on, unquoted.
            schema: Schema of both, unquoted.
            security_invoker: Whether rights and row level security are those of who uses the
                view; PostgreSQL 15 or newer. Otherwise they are those of the table's owner.

        Source: https://www.postgresql.org/docs/current/sql-createview.html
        """
        options: dict[str, Any] = {"schema": schema, "security_invoker": security_invoker}
        operations.invoke(cls(old_name, new_name, **options))

    def reverse(self) -> RenameTableBackOp:
        """The view goes, and the table takes its old name again."""
        return RenameTableBackOp(self)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("rename_table_through_view", self.schema, self.old_name, self.new_name)


class RenameTableBackOp(MigrateOperation):
    """What takes a `RenameTableThroughViewOp` back; no revision has it."""

    def __init__(self, taken_back: RenameTableThroughViewOp) -> None:
        self.taken_back = taken_back

    def reverse(self) -> RenameTableThroughViewOp:
        """The rename."""
        return self.taken_back

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For messages."""
        return ("rename table back", self.taken_back.to_diff_tuple())


@Operations.implementation_for(RenameTableThroughViewOp)
def _rename(operations: Operations, operation: RenameTableThroughViewOp) -> None:
    old, new = _names(operation)
    options = INVOKER if operation.security_invoker else ""
    execute(
        operations,
        f"ALTER TABLE {old} RENAME TO {quote(operation.new_name)}",
        f"CREATE VIEW {old}{options} AS SELECT * FROM {new}",
        f"DO {dollar_quoted(_rights(old, new))}",
        f"COMMENT ON VIEW {old} IS {literal(SAYS.format(new))}",
    )


def _rights(old: str, new: str) -> str:
    doubled = old.replace("%", "%%").replace("'", "''")
    return RIGHTS.format(view=doubled, old=literal(old), table=literal(new))


@Operations.implementation_for(RenameTableBackOp)
def _rename_back(operations: Operations, operation: RenameTableBackOp) -> None:
    old, new = _names(operation.taken_back)
    restored = quote(operation.taken_back.old_name)
    execute(operations, f"DROP VIEW {old}", f"ALTER TABLE {new} RENAME TO {restored}")


def _names(operation: RenameTableThroughViewOp) -> tuple[str, str]:
    schema = operation.schema
    return relation(operation.old_name, schema), relation(operation.new_name, schema)


@renderers.dispatch_for(RenameTableThroughViewOp)
def _render(context: AutogenContext, operation: RenameTableThroughViewOp) -> str:
    options = {"schema": operation.schema}
    line = call(context, "rename_table_through_view", *_arguments(operation), **options)
    return line if operation.security_invoker else f"{line[:-1]}, security_invoker=False)"


def _arguments(operation: RenameTableThroughViewOp) -> tuple[str, str]:
    return operation.old_name, operation.new_name


@renderers.dispatch_for(RenameTableOp)
def _render_plain(context: AutogenContext, operation: RenameTableOp) -> str:
    """Alembic's own operation, which it runs and does not write: the way back."""
    names = (operation.table_name, operation.new_table_name)
    return call(context, "rename_table", *names, schema=operation.schema)
