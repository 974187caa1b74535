"""ADD COLUMN: free with a constant default; rewrites with one that differs from row to row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price, strongest
from phased.syntax import columns, constraints, names, types
from phased.syntax.expressions import is_null, not_null_conjuncts
from phased.syntax.indexes import behind
from phased.syntax.tree import enum
from phased.syntax.volatility import volatile

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_AddColumn",)
_READS_ROWS = frozenset({"CONSTR_CHECK", "CONSTR_UNIQUE", "CONSTR_PRIMARY"})


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of ADD COLUMN."""
    column = getattr(command, "def").column_def
    locks = target.cascading(Lock.ACCESS_EXCLUSIVE)
    if command.missing_ok and questions.column(facts, target.name, column.colname):
        return Price(locks=target.alone(Lock.ACCESS_EXCLUSIVE))
    stored = questions.stored(facts, target.tables)
    rewrites = _rewrites(column, facts)
    sequence = columns.sequence_of(column, target.name, facts)
    return Price(
        locks=strongest(locks, _referenced(column, target, facts)),
        scans=stored if rewrites or _scans(column, facts) else frozenset(),
        rewrites=stored if rewrites else frozenset(),
        restricts=() if questions.is_new(facts, target.name) else _restricts(column, target),
        creates=frozenset({sequence} if sequence else ()),
    )


def _rewrites(column: Node, facts: Facts) -> bool:
    expression = columns.default(column)
    return bool(
        types.serial(column.type_name)
        or columns.identity(column)
        or columns.generated(column, facts) == "s"
        or _judges_rows(column, facts)
        or (expression is not None and volatile(expression, facts))
    )


def _judges_rows(column: Node, facts: Facts) -> bool:
    """A domain that carries a constraint is checked on every row, even without a default."""
    return facts.domains.get(types.of(column.type_name).name, False)


def _scans(column: Node, facts: Facts) -> bool:
    has_value = _has_value(column)
    found = {enum(item.constraint, "contype") for item in column.constraints}
    if columns.generated(column, facts) == "v":
        has_value = False
    return bool(
        found & _READS_ROWS
        or ("CONSTR_NOTNULL" in found and not has_value)
        or ("CONSTR_FOREIGN" in found and has_value)
    )


def _has_value(column: Node) -> bool:
    """Whether existing rows, and rows that old code inserts, get a value."""
    expression = columns.default(column)
    given = expression is not None and not is_null(expression)
    made = columns.identity(column) or types.serial(column.type_name)
    return bool(given or made or any(columns.parts(column, "CONSTR_GENERATED")))


def _referenced(column: Node, target: Target, facts: Facts) -> dict[str, Lock]:
    tables = [names.of(k.pktable, facts) for k in columns.parts(column, "CONSTR_FOREIGN")]
    return {
        relation: Lock.SHARE_ROW_EXCLUSIVE
        for table in tables
        if table != target.name
        for relation in questions.family(facts, table)
    }


def _restricts(column: Node, target: Target) -> tuple[str, ...]:
    has_value = _has_value(column)
    found = []
    if not has_value and (columns.not_null(column) or _checks_null(column)):
        found.append(f"{target.name}.{quote(column.colname)} NOT NULL")
    if has_value and columns.default(column) is not None:
        found += [
            f"unique {target.name}.{quote(column.colname)}"
            for kind in ("CONSTR_UNIQUE", "CONSTR_PRIMARY")
            for _ in columns.parts(column, kind)
        ]
    return tuple(found)


def _checks_null(column: Node) -> bool:
    checks = columns.parts(column, "CONSTR_CHECK")
    return any(column.colname in not_null_conjuncts(check.raw_expr) for check in checks)


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with the column, its constraints and their indexes."""
    column = getattr(command, "def").column_def
    if command.missing_ok and questions.column(facts, target.name, column.colname):
        return facts
    sequence = columns.sequence_of(column, target.name, facts)
    for table in target.tables:
        held = columns.defined(column, table, facts)
        facts = changes.add_column(facts, table, column.colname, held)
        for item in column.constraints:
            facts = _constrained(facts, table, item.constraint, column.colname)
    return changes.sequence(facts, target.name, column.colname, sequence) if sequence else facts


def _constrained(facts: Facts, table: str, item: Node, column: str) -> Facts:
    if constraints.kind_of(item) in {None, "n"}:
        return facts
    name, held = constraints.read(item, table, facts, column)
    return behind(changes.put_constraint(facts, table, name, held), table, held)
