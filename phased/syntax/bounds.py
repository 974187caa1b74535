"""Whether CHECK constraints prove that a table's rows fit into a partition, as ATTACH asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phased.syntax.expressions import conjuncts
from phased.syntax.tree import enum, inner, kind, one, strings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phased.fact import RelationFacts
    from phased.syntax.tree import Node

_SIMPLE_KEY = re.compile(r'(RANGE|LIST) \(("(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)\)')
_OPEN = {"minvalue", "maxvalue"}


def proved(bound: Node, key: str, held: RelationFacts) -> bool:
    """Whether valid CHECKs of a table imply the bound of a partition.

    Only keys of one column and bounds of literals are understood; of anything else the answer is
    no, as of a column that may be NULL.

    Args:
        bound: A PartitionBoundSpec.
        key: ``pg_get_partkeydef`` of the parent.
        held: The table that is to become a partition.
    """
    simple = _SIMPLE_KEY.fullmatch(key)
    if simple is None or bound.is_default:
        return False
    column = simple[2].removeprefix('"').removesuffix('"').replace('""', '"')
    known = held.columns.get(column)
    if known is None or not known.not_null:
        return False
    facts = [item for check in _checks(held) for item in conjuncts(check)]
    if simple[1] == "RANGE":
        return _in_range(bound, column, facts)
    return _in_list(bound, column, facts)


def _checks(held: RelationFacts) -> Iterable[Node]:
    for check in held.constraints.values():
        if check.kind == "c" and check.validated and check.definition:
            _, node = one(f"ALTER TABLE t ADD {check.definition}")
            yield getattr(node.cmds[0].alter_table_cmd, "def").constraint.raw_expr


def _in_range(bound: Node, column: str, facts: list[Node]) -> bool:
    ends = ((">=", bound.lowerdatums), ("<", bound.upperdatums))
    compared = {_compared(item, column) for item in facts}
    return all(
        len(datums) == 1 and (_is_open(datums[0]) or (sign, literal(datums[0])) in compared)
        for sign, datums in ends
    )


def _is_open(datum: Node) -> bool:
    return datum.HasField("column_ref") and strings(datum.column_ref.fields)[0] in _OPEN


def _compared(node: Node, column: str) -> tuple[str, str | None] | None:
    held = inner(node)
    if kind(held) != "A_Expr" or enum(held, "kind") != "AEXPR_OP" or not _is(held.lexpr, column):
        return None
    return strings(held.name)[0], literal(held.rexpr)


def _is(node: Node, column: str) -> bool:
    return bool(node.HasField("column_ref")) and strings(node.column_ref.fields) == [column]


def _in_list(bound: Node, column: str, facts: list[Node]) -> bool:
    allowed = {literal(item) for item in bound.listdatums} - {None}
    found = (_values(inner(item), column) for item in facts)
    return any(values and values <= allowed for values in found)


def _values(held: Node, column: str) -> set[str | None]:
    """The literals that ``c = x``, ``c IN (x, y)`` or ``c = ANY (ARRAY[x, y])`` lets through."""
    if kind(held) != "A_Expr" or not _is(held.lexpr, column) or strings(held.name) != ["="]:
        return set()
    right = inner(held.rexpr)
    if enum(held, "kind") == "AEXPR_OP":
        return {literal(held.rexpr)}
    items = right.items if kind(right) == "List" else getattr(right, "elements", ())
    return {literal(item) for item in items}


def literal(node: Node) -> str | None:
    """The text of a literal, cast or not; None for anything else."""
    held = inner(node)
    if kind(held) == "TypeCast":
        return literal(held.arg)
    if kind(held) != "A_Const" or held.isnull:
        return None
    which = held.WhichOneof("val")
    value = getattr(held, which)
    return str(next(iter(value.ListFields()))[1]) if value.ListFields() else "0"
