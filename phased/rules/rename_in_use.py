"""A table, column or type that running code names gets another name.

**Why.** A rename is instant, and so is the failure: one release names the old name and the other
the new one, and there is no moment at which both are right. Keep the name in the database and
rename the attribute in the model, or let both names live side by side: a new column that is kept
in step, a view with the old name of the table.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-RENAME

Bad::

    def contract() -> None:
        op.alter_column("users", "username", new_column_name="handle")

Good::

    def expand() -> None:
        op.rename_table("users", "members")
        op.execute("CREATE VIEW users AS SELECT * FROM members")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phased.advice import paste, string
from phased.facts.questions import is_added, sibling, split
from phased.naming import quote
from phased.rule import before_contract, existed, phase_name
from phased.syntax import names
from phased.syntax.tree import enum, one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.model import Statement
    from phased.rule import Context

_RELATIONS = {"OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"}


@dataclass(frozen=True, slots=True)
class Rename:
    """What is renamed: ``column users.username``; ``table`` is empty where it is about none."""

    noun: str
    table: str
    old: str
    new: str


def judge(context: Context) -> Iterator[str]:
    """A rename after which the old name is gone."""
    found = _rename(context.statement, context)
    if found is None or _is_new(found, context) or _old_name_lives(found, context):
        return
    yield (
        f"{phase_name(context)} renames {found.noun} {_path(found)} to {quote(found.new)}: the "
        "release that is running names the old name and fails at once, and before this runs the "
        f"next release fails. {_instead(found)}"
    )


def _rename(statement: Statement, context: Context) -> Rename | None:
    which, tree = one(statement.sql)
    if which == "rename_stmt":
        return _of_statement(tree, context)
    if which == "alter_enum_stmt" and tree.old_val:
        kind = names.of_strings([part.string.sval for part in tree.type_name], context.facts)
        return Rename("value", kind, tree.old_val, tree.new_val)
    return None


def _of_statement(tree: Any, context: Context) -> Rename | None:
    kind = enum(tree, "rename_type")
    if kind == "OBJECT_COLUMN":
        return Rename("column", names.of(tree.relation, context.facts), tree.subname, tree.newname)
    if kind in _RELATIONS:
        table = names.of(tree.relation, context.facts)
        return Rename("table", table, split(table)[1], tree.newname)
    if kind == "OBJECT_TYPE":
        name = names.of_object(tree.object, context.facts)
        return Rename("type", name, split(name)[1], tree.newname)
    return None


def _is_new(found: Rename, context: Context) -> bool:
    added = found.noun == "column" and is_added(context.facts, found.table, [found.old])
    return not existed(context, [found.table]) or added


def _old_name_lives(found: Rename, context: Context) -> bool:
    """Whether somebody else has the old name when the transaction commits, or had the new one."""
    others = [each for each in (_rename(s, context) for s in context.after) if each]
    if any(_takes(each, found) for each in others):
        return True
    if found.noun == "table":
        return any(found.table in following.creates for following in context.after)
    before = [each for each in (_rename(s, context) for s in context.before) if each]
    return not before_contract(context) and any(_takes(found, each) for each in before)


def _takes(later: Rename, earlier: Rename) -> bool:
    """Whether one rename takes the name that another gave up."""
    same = later.noun == earlier.noun and later.new == earlier.old
    return same and (later.noun == "table" or later.table == earlier.table)


def _path(found: Rename) -> str:
    if found.noun == "column":
        return f"{found.table}.{quote(found.old)}"
    return f"{found.table} {found.old!r}" if found.noun == "value" else found.table


def _instead(found: Rename) -> str:
    if found.noun == "column":
        return "Keep the name in the database and rename the attribute in the model:" + paste(
            f"{found.new}: Mapped[...] = mapped_column({string(found.old)}, ...)"
        )
    if found.noun == "table":
        return _view(found)
    return "Make a new type, give the values a new column of it, and change over."


def _view(found: Rename) -> str:
    new = sibling(found.table, found.new)
    view = f"CREATE VIEW {found.table} AS SELECT * FROM {new}"
    return (
        "Keep the name in the database (__tablename__), or give the old name to a view in the same "
        "transaction:"
        + paste(
            f"op.rename_table({string(found.old)}, {string(found.new)}{_schema(found.table)})",
            f"op.execute({string(view)})",
        )
    )


def _schema(table: str) -> str:
    schema = split(table)[0]
    return f", schema={string(schema)}" if schema else ""
