"""A table, column or type that running code names gets another name.

**Why.** A rename is instant, and so is the failure: one release names the old name and the other
the new one, and there is no moment at which both are right. Keep the name in the database and
rename the attribute in the model, or let both names live side by side: a new column that is kept
in step, a view with the old name of the table. The view comes in the transaction of the rename and
has every column of the table.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-RENAME

Bad::

    def contract() -> None:
        op.alter_column("users", "username", new_column_name="handle")

Good::

    def expand() -> None:
        op.rename_table_through_view("users", "members")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phased.advice import as_written, execute, paste, string
from phased.facts.questions import relation as relation_facts
from phased.facts.questions import sibling, split
from phased.naming import quote, relation
from phased.rule import before_contract, phase_name
from phased.syntax import names
from phased.syntax.tree import enum, one, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.model import Statement
    from phased.rule import Context

_RELATIONS = {"table", "view", "matview", "foreign table"}


@dataclass(frozen=True, slots=True)
class Rename:
    """What is renamed: ``column users.username``; ``owner`` is the table or type it belongs to."""

    noun: str
    owner: str
    old: str
    new: str
    shown: str
    to: str


def judge(context: Context) -> Iterator[str]:
    """A rename after which the old name is gone."""
    found = _rename(context.statement, context)
    if found is None or not context.statement.restricts or _old_name_lives(found, context):
        return
    if found.noun == "sequence" and _found_by_column(found.owner, context):
        return
    yield (
        f"{phase_name(context)} renames {found.noun} {found.shown} to {found.to}: the release that "
        "is running names the old name and fails at once, and until this runs the next release "
        f"fails. {_instead(found, context)}"
    )


def _rename(statement: Statement, context: Context) -> Rename | None:
    which, tree = one(statement.sql)
    if which == "alter_enum_stmt" and tree.old_val:
        kind = names.of_strings(strings(tree.type_name), context.facts)
        shown = f"'{tree.old_val}' of {kind}"
        return Rename("value", kind, tree.old_val, tree.new_val, shown, f"'{tree.new_val}'")
    if which == "rename_stmt":
        return _of_statement(tree, _noun(enum(tree, "rename_type")), context)
    if which == "alter_object_schema_stmt":
        return _moved(tree, _noun(enum(tree, "object_type")), context)
    return None


def _noun(kind: str) -> str:
    return kind.removeprefix("OBJECT_").replace("_", " ").lower()


def _moved(tree: Any, noun: str, context: Context) -> Rename:
    owner = _owner(tree, context)
    to = relation(split(owner)[1], tree.newschema)
    return Rename(noun, owner, split(owner)[1], to, owner, to)


def _of_statement(tree: Any, noun: str, context: Context) -> Rename:
    owner = _owner(tree, context)
    if tree.subname:
        shown = f"{owner}.{quote(tree.subname)}"
        return Rename(noun, owner, tree.subname, tree.newname, shown, quote(tree.newname))
    to = sibling(owner, tree.newname)
    return Rename(noun, owner, split(owner)[1], tree.newname, owner, to)


def _owner(tree: Any, context: Context) -> str:
    if tree.HasField("relation"):
        return names.of(tree.relation, context.facts)
    return names.of_object(tree.object, context.facts)


def _old_name_lives(found: Rename, context: Context) -> bool:
    """Whether the old name means something again at the commit, or the new one did before."""
    if any(_takes(each, found) for each in _renames(context.after, context)):
        return True
    if found.noun in _RELATIONS:
        return any(_stands_in(following, found, context) for following in context.after)
    swaps = any(_takes(found, each) for each in _renames(context.before, context))
    return swaps and not before_contract(context)


def _stands_in(view: Statement, found: Rename, context: Context) -> bool:
    """Whether a statement gives the old name to a view of all that is in the renamed relation."""
    if found.owner not in view.creates or found.to not in view.locks:
        return False
    which, tree = one(view.sql)
    if which != "view_stmt" or not tree.query.HasField("select_stmt"):
        return False
    targets = [item.res_target for item in tree.query.select_stmt.target_list]
    shown = {_shown(target) for target in targets}
    return "*" in shown or shown >= set(relation_facts(context.facts, found.owner).columns)


def _shown(target: Any) -> str:
    """The name of a column of a view, or a star."""
    if target.name or not target.val.HasField("column_ref"):
        return str(target.name)
    last = target.val.column_ref.fields[-1]
    return "*" if last.HasField("a_star") else str(last.string.sval)


def _found_by_column(sequence: str, context: Context) -> bool:
    """In a contract only code that calls nextval() by name would miss it: the default does not."""
    owned = any(sequence in held.sequences for held in context.facts.relations.values())
    return not before_contract(context) and (owned or not context.facts.known)


def _renames(statements: tuple[Statement, ...], context: Context) -> list[Rename]:
    return [found for found in (_rename(each, context) for each in statements) if found]


def _takes(later: Rename, earlier: Rename) -> bool:
    """Whether one rename takes the name that another gave up."""
    same = later.noun == earlier.noun and later.new == earlier.old
    return same and (later.noun in _RELATIONS or later.owner == earlier.owner)


def _instead(found: Rename, context: Context) -> str:
    if found.noun == "column":
        return "Keep the name in the database and rename the attribute in the model:" + paste(
            f"{found.new}: Mapped[...] = mapped_column({string(found.old)}, ...)"
        )
    if found.noun in _RELATIONS:
        view = f"CREATE VIEW {found.owner} AS SELECT * FROM {found.to}"
        return (
            "Keep the name in the database, and in the model's __tablename__, or give the old name "
            f"to a view in the same transaction:{paste(as_written(context), execute(view))}"
        )
    return "Make a new one beside it, and drop this one when no older release is left."
