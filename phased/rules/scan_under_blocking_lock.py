"""A table is read in full while a lock stops reads or writes.

**Why.** Checking a constraint or SET NOT NULL reads every row. A lock that blocks writes (SHARE and
stronger) or reads too (ACCESS EXCLUSIVE) is held until the transaction ends, so every query on the
table waits as long as the reading takes. Take the lock without the reading (NOT VALID), then read
under a lock that lets others work (VALIDATE CONSTRAINT), in a transaction of its own.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES

Bad::

    def contract() -> None:
        op.create_check_constraint("ck_users_age", "users", "age >= 0")

Good::

    def contract() -> None:
        op.create_check_constraint(
            "ck_users_age", "users", "age >= 0", postgresql_not_valid=True
        )
        op.validate_constraint("ck_users_age", "users")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.advice import about, alone, as_written, execute, is_raw, paste, string, with_option
from phased.facts.questions import proved_not_null, relation, split
from phased.naming import invent, quote
from phased.rule import blocked, blocking, commands, existed, node, sized
from phased.syntax.tree import enum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.model import Lock, Statement
    from phased.rule import Context

_OTHER_RULES = {
    "delete_stmt",
    "index_stmt",
    "merge_stmt",
    "refresh_mat_view_stmt",
    "reindex_stmt",
    "update_stmt",
}
_NOT_VALID = {"CONSTR_CHECK", "CONSTR_FOREIGN"}
_BY_INDEX = {"CONSTR_UNIQUE", "CONSTR_PRIMARY"}


def judge(context: Context) -> Iterator[str]:
    """A scan under the statement's own lock, or under one that the transaction holds already."""
    scanned = existed(context, context.statement.scans - context.statement.rewrites)
    if not scanned or context.step.backfill or node(context)[0] in _OTHER_RULES:
        return
    own = _old(context, context.statement)
    held = {
        name: lock for earlier in context.before for name, lock in _old(context, earlier).items()
    }
    if own:
        yield f"{_cost(context, scanned, own)} {_instead(context)}"
    elif held:
        yield f"{_cost(context, scanned, held)} {_later(context)}"


def _old(context: Context, statement: Statement) -> dict[str, Lock]:
    locks = blocking(statement)
    return {name: locks[name] for name in existed(context, locks)}


def _cost(context: Context, scanned: list[str], locks: dict[str, Lock]) -> str:
    read = " and ".join(sized(context, name) for name in scanned)
    strongest = max(locks.values(), key=lambda lock: lock.strength)
    return (
        f"This reads all of {read} under {strongest.sql}, which stops {blocked(strongest)} on "
        f"{' and '.join(locks)} until it is done."
    )


def _later(context: Context) -> str:
    return (
        "The lock was taken earlier in the same transaction and is held until that ends. Read in a "
        f"transaction of its own:{paste(alone(context, as_written(context)))}"
    )


def _instead(context: Context) -> str:
    for table, command, tree in commands(context):
        if command == "AT_SetNotNull":
            return _prove_first(context, table, tree.name)
        if command == "AT_AddConstraint":
            return _constraint_instead(context, table, getattr(tree, "def").constraint)
        if command == "AT_AddColumn":
            return "Add the column alone, and in contract() the constraint NOT VALID; validate it."
    return "Find a form that does not read the table, or that reads it under a weaker lock."


def _constraint_instead(context: Context, table: str, constraint: Any) -> str:
    kind = enum(constraint, "contype")
    if kind in _NOT_VALID and len(list(commands(context))) == 1:
        return _not_valid(context, table, constraint.conname)
    if kind in _BY_INDEX and constraint.keys:
        return _index_first(context, table, constraint)
    if kind == "CONSTR_PRIMARY" and constraint.indexname:
        return _proved_first(context, table, constraint.indexname)
    if kind == "CONSTR_EXCLUSION":
        return _no_other_way(context)
    return "Add each constraint in a statement of its own, NOT VALID, and validate it after that."


def _no_other_way(context: Context) -> str:
    waiver = "# phased: allow scan_under_blocking_lock because <how long it may take, and when>"
    return "No form of an exclusion constraint spares the reading. If it may take that long:" + (
        paste(waiver, as_written(context))
    )


def _prove_first(context: Context, table: str, column: str) -> str:
    proof, drop = _proof(context, table, column)
    code = paste(*proof, as_written(context), drop)
    return f"SET NOT NULL reads nothing where a valid CHECK proves it:{code}"


def _proof(context: Context, table: str, column: str) -> tuple[list[str], str]:
    """The calls that make a valid CHECK for NOT NULL, and the one that drops it again."""
    name = invent("ck", split(table)[1], column, "not_null")
    check = string(f"{quote(column)} IS NOT NULL")
    add = f"op.create_check_constraint({string(name)}, {string(split(table)[1])}, {check})"
    add = with_option(_in_schema(add, table), "postgresql_not_valid=True")
    drop = f"op.drop_constraint({string(name)}, {about(table)})"
    return [add, _validate(context, name, table)], drop


def _not_valid(context: Context, table: str, name: str) -> str:
    raw = execute(f"{context.statement.sql} NOT VALID")
    add = raw if is_raw(context) else with_option(as_written(context), "postgresql_not_valid=True")
    return "Add it NOT VALID, which reads nothing, and then validate it:" + paste(
        add, _validate(context, name, table)
    )


def _validate(context: Context, name: str, table: str) -> str:
    return alone(context, f"op.validate_constraint({string(name)}, {about(table)})")


def _index_first(context: Context, table: str, constraint: Any) -> str:
    kind = "PRIMARY KEY" if enum(constraint, "contype") == "CONSTR_PRIMARY" else "UNIQUE"
    columns = [key.string.sval for key in constraint.keys]
    name = constraint.conname or invent("uq", split(table)[1], *columns)
    keys = ", ".join(string(column) for column in columns)
    index = f"op.create_index({string(name)}, {string(split(table)[1])}, [{keys}], unique=True)"
    index = with_option(_in_schema(index, table), "postgresql_concurrently=True")
    using = f"ALTER TABLE {table} ADD CONSTRAINT {quote(name)} {kind} USING INDEX {quote(name)}"
    before, after = _proofs(context, table, columns if kind == "PRIMARY KEY" else [])
    return "Build the index beside the traffic, and make the constraint of it:" + paste(
        alone(context, index), *before, execute(using), *after
    )


def _proofs(context: Context, table: str, columns: list[str]) -> tuple[list[str], list[str]]:
    """A primary key makes its columns NOT NULL, and reads them where nothing proves it."""
    nullable = [name for name in columns if not proved_not_null(context.facts, table, name)]
    proofs = [_proof(context, table, name) for name in nullable]
    return [call for calls, _ in proofs for call in calls], [drop for _, drop in proofs]


def _proved_first(context: Context, table: str, index: str) -> str:
    held = relation(context.facts, table).indexes.get(index)
    columns = list(held.columns) if held else ["<column>"]
    before, after = _proofs(context, table, columns)
    return "A primary key reads nothing where valid CHECKs prove its columns NOT NULL:" + paste(
        *before, as_written(context), *after
    )


def _in_schema(call: str, table: str) -> str:
    schema = split(table)[0]
    return with_option(call, f"schema={string(schema)}") if schema else call
