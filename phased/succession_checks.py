"""What the models must say of columns that carry on others before a revision can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from phased.errors.models import HintNamesNoColumn
from phased.errors.revisions import SqlSyntax
from phased.errors.succession import (
    ConversionKeepsOld,
    ConversionSyntax,
    ConversionVaries,
    RenamedTwice,
    RenamesInACircle,
    SuccessorExists,
)
from phased.filling import parse
from phased.hints import CONVERTED_FROM, RENAMED_FROM
from phased.naming import quote
from phased.recipe import facts_of, table_of
from phased.succession import SucceedOp
from phased.syntax import expressions
from phased.syntax.expressions import asks_elsewhere
from phased.syntax.volatility import varying

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.operations import MigrateOperation
    from sqlalchemy import Column, Table

    from phased.recipe import Context
    from phased.syntax.tree import Node


def check_sources(changes: Sequence[MigrateOperation], context: Context) -> None:
    """Every old column leaves the models, for one new column that the database does not have.

    Raises:
        RenamesInACircle: Columns take each other's names.
        RenamedTwice: Two columns are one column's new name.
        SuccessorExists: The new column is in the database already.
        ConversionKeepsOld: The models still have the old column.
    """
    gone = {(table_of(o), o.column_name) for o in changes if isinstance(o, ops.DropColumnOp)}
    came = {(table_of(o), str(o.column.name)) for o in changes if isinstance(o, ops.AddColumnOp)}
    for name, table in context.tables.items():
        _refuse_circle(name, table)
        for column in table.columns:
            for old in _sources(column):
                _check_source((name, column.name), (name, old), gone, came)
                _refuse_kept(table, (name, column), (name, old), gone, came)
    _refuse_twice(changes)


def _sources(column: Column[Any]) -> tuple[str, ...]:
    renamed, converted = column.info.get(RENAMED_FROM), column.info.get(CONVERTED_FROM)
    return (*((str(renamed),) if renamed else ()), *(converted["columns"] if converted else ()))


def _check_source(
    new: tuple[str, str],
    old: tuple[str, str],
    gone: set[tuple[str, str]],
    came: set[tuple[str, str]],
) -> None:
    names = {"table": new[0], "column": new[1], "old": old[1]}
    if old in gone and new not in came:
        raise SuccessorExists(**names, update=f"{quote(new[1])} = {quote(old[1])}")


def _refuse_kept(
    table: Table,
    new: tuple[str, Column[Any]],
    old: tuple[str, str],
    gone: set[tuple[str, str]],
    came: set[tuple[str, str]],
) -> None:
    if old[1] in {c.name for c in table.columns} and (new[0], new[1].name) in came - gone:
        raise ConversionKeepsOld(table=new[0], column=new[1].name, old=old[1])


def _refuse_circle(name: str, table: Table) -> None:
    """Found among the hints: both names are in the models and in the database all the while."""
    was = {c.name: str(c.info[RENAMED_FROM]) for c in table.columns if RENAMED_FROM in c.info}
    for start in was:
        path = [start]
        while path[-1] in was and was[path[-1]] not in path:
            path.append(was[path[-1]])
        if was.get(path[-1]) == start and len(path) > 1:
            raise RenamesInACircle(table=name, circle=" → ".join([*reversed(path), path[-1]]))


def _refuse_twice(changes: Sequence[MigrateOperation]) -> None:
    said: dict[tuple[str, str], str] = {}
    for op in changes:
        was = op.column.info.get(RENAMED_FROM) if isinstance(op, ops.AddColumnOp) else None
        if was is not None and isinstance(op, ops.AddColumnOp):
            first = said.setdefault((table_of(op), str(was)), str(op.column.name))
            if first != op.column.name:
                raise RenamedTwice(table=table_of(op), old=was, first=first, second=op.column.name)


def check_expressions(changes: Sequence[MigrateOperation], context: Context) -> None:
    """What new and old are made of can be read, and gives the same value each time.

    Raises:
        ConversionSyntax: PostgreSQL does not read it as one expression.
        ConversionVaries: It calls what may give another value later.
        HintNamesNoColumn: It names a column that is not there.
    """
    for op in changes:
        if isinstance(op, SucceedOp):
            there = set(facts_of(op, context).columns)
            for expression in op.up or ():
                _check(op, "up", expression, there, context)
            for expression in op.down or ():
                _check(op, "down", expression, there and there | set(op.new), context)


def _check(
    succession: SucceedOp, direction: str, expression: str, known: set[str], context: Context
) -> None:
    names = {"table": table_of(succession), "column": ", ".join(succession.new)}
    node = _parsed(names, direction, expression)
    for what in varying(node, context.facts):
        raise ConversionVaries(**names, direction=direction, expression=expression, function=what)
    for named in expressions.columns(node) if known and not asks_elsewhere(node) else ():
        if named not in known:
            listed = ", ".join(sorted(known))
            raise HintNamesNoColumn(**names, hint="converted_from", named=named, columns=listed)


def _parsed(names: dict[str, str], direction: str, expression: str) -> Node:
    try:
        return parse(expression)
    except (SqlSyntax, ValueError) as error:
        problem = vars(error).get("detail", error)
        raise ConversionSyntax(
            **names, direction=direction, expression=expression, problem=problem
        ) from error
