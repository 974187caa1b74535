"""Which shapes of values satisfy a table's CHECK constraints: the server says."""

from __future__ import annotations

import re
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    column,
    false,
    func,
    literal_column,
    or_,
    select,
    values,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import TextClause

from app.workload.values import shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Table, Values

    from app.workload.values import Shape

MOST = 2000  # combinations tried for constraints that share columns
PROBES = range(2**29, 2**29 + 101)  # a shape must do for every number; these stand for all


def satisfying(
    connection: Connection, table: Table, distinct: frozenset[Column[Any]]
) -> dict[Column[Any], Shape]:
    """A shape for every column that a CHECK of the table names.

    Raises:
        ValueError: No combination that was tried satisfies them.
    """
    chosen: dict[Column[Any], Shape] = {}
    for columns, constraints in _groups(table):
        chosen |= _first(connection, table, columns, constraints, distinct)
    return chosen


def _first(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    constraints: Sequence[CheckConstraint],
    distinct: frozenset[Column[Any]],
) -> dict[Column[Any], Shape]:
    options = [_options(found, unique=found in distinct) for found in columns]
    for combination in islice(product(*options), MOST):
        if _holds(connection, table, columns, constraints, combination):
            return dict(zip(columns, combination, strict=True))
    message = f"no values found that satisfy {[str(c.name) for c in constraints]} of {table.key}"
    raise ValueError(message)


def _options(found: Column[Any], *, unique: bool) -> list[Shape]:
    return [*shapes(found.type, unique=unique), *([_nothing] if found.nullable else [])]


def _nothing(_: int) -> None:
    return None


def _holds(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    constraints: Sequence[CheckConstraint],
    combination: Sequence[Shape],
) -> bool:
    rows = [
        tuple(shape(number + place) for place, shape in enumerate(combination)) for number in PROBES
    ]
    probe = values(*(column(c.name, c.type) for c in columns), name=table.name).data(rows)
    refused = or_(*(_over(probe, constraint).is_(false()) for constraint in constraints))
    holds = select(~func.bool_or(func.coalesce(refused, false()))).select_from(probe)
    try:
        with connection.begin_nested():
            return bool(connection.scalar(holds))
    except DBAPIError:
        return False


def _over(probe: Values, constraint: CheckConstraint) -> ColumnElement[Any]:
    """The condition, reading the probe's columns in place of the table's."""
    if isinstance(constraint.sqltext, TextClause):
        return literal_column("(" + constraint.sqltext.text.replace("\\:", ":") + ")", Boolean())

    def swap(element: Any, **_: object) -> Any:
        return probe.c[element.name] if isinstance(element, Column) else None

    swapped: ColumnElement[Any] = visitors.replacement_traverse(constraint.sqltext, {}, swap)
    return swapped


def _groups(table: Table) -> Iterator[tuple[list[Column[Any]], list[CheckConstraint]]]:
    """CHECK constraints that share columns, together with all the columns they name."""
    groups: list[tuple[set[str], list[CheckConstraint]]] = []
    for constraint in sorted(_checks(table), key=lambda found: str(found.name)):
        named, together = _columns(table, constraint), [constraint]
        for group in [group for group in groups if group[0] & named]:
            groups.remove(group)
            named, together = named | group[0], group[1] + together
        groups.append((named, together))
    for named, together in groups:
        yield [found for found in table.columns if found.name in named], together


def _checks(table: Table) -> Iterator[CheckConstraint]:
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint) and _columns(table, constraint):
            yield constraint


def _columns(table: Table, constraint: CheckConstraint) -> set[str]:
    named = {found.name for found in constraint.columns}
    words = set(_words(str(constraint.sqltext)))
    return named | {found.name for found in table.columns if found.name in words}


def _words(text: str) -> Iterator[str]:
    yield from re.findall(r'"([^"]+)"', text)
    yield from re.findall(r"\w+", re.sub(r"'[^']*'", "", text))
