"""A constraint in a parse tree as the catalog will have it, and the name it will get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.fact import ConstraintFacts
from phased.facts.questions import named, relation, split
from phased.naming import quote
from phased.syntax import names
from phased.syntax.expressions import columns, not_null_conjuncts, printed
from phased.syntax.tree import enum, strings

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

KINDS = {
    "CONSTR_CHECK": "c",
    "CONSTR_FOREIGN": "f",
    "CONSTR_NOTNULL": "n",
    "CONSTR_PRIMARY": "p",
    "CONSTR_UNIQUE": "u",
    "CONSTR_EXCLUSION": "x",
}
WORDS = {
    "c": "check",
    "f": "foreign key",
    "n": "not null",
    "p": "primary key",
    "u": "unique",
    "x": "exclusion",
}
_ENDINGS = {"c": "check", "f": "fkey", "n": "not_null", "p": "pkey", "u": "key", "x": "excl"}
_LONGEST = 63


def kind_of(node: Node) -> str | None:
    """The ``contype`` of a Constraint node; None for DEFAULT, GENERATED and the like."""
    return KINDS.get(enum(node, "contype"))


def read(
    node: Node, table: str, facts: Facts, column: str | None = None
) -> tuple[str, ConstraintFacts]:
    """The name and facts of a constraint on a table, or on one column of it."""
    kind = KINDS[enum(node, "contype")]
    about = _columns(node, kind, table, facts, column)
    name = node.conname or invented(kind, table, about, facts, column)
    held = ConstraintFacts(
        kind,
        about,
        _definition(node, kind, about, facts),
        validated=not node.skip_validation,
        references=_referenced(node, facts) if kind == "f" else None,
        index=name if kind in "pux" else None,
        proves_not_null=not_null_conjuncts(node.raw_expr) if kind == "c" else frozenset(),
    )
    return name, held


_ACTIONS = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT"}


def _definition(node: Node, kind: str, about: tuple[str, ...], facts: Facts) -> str:
    """As ``pg_get_constraintdef`` prints it, without what prices do not look at."""
    if kind == "c":
        return f"CHECK ({printed(node.raw_expr)})"
    if kind != "f":
        return ""
    parent = _referenced(node, facts)
    keys = tuple(strings(node.pk_attrs)) or _primary_key(facts, parent)
    on = (("ON UPDATE", node.fk_upd_action), ("ON DELETE", node.fk_del_action))
    actions = [f" {word} {_ACTIONS[action]}" for word, action in on if action in _ACTIONS]
    return f"FOREIGN KEY ({_list(about)}) REFERENCES {parent}({_list(keys)}){''.join(actions)}"


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(quote(column) for column in columns)


def _primary_key(facts: Facts, table: str) -> tuple[str, ...]:
    held = relation(facts, table).constraints.values()
    return next((c.columns for c in held if c.kind == "p"), ())


def _referenced(node: Node, facts: Facts) -> str:
    return names.of(node.pktable, facts)


def _columns(
    node: Node, kind: str, table: str, facts: Facts, column: str | None
) -> tuple[str, ...]:
    if kind == "c":
        return columns(node.raw_expr)
    if column is not None:
        return (column,)
    if node.indexname:
        index = relation(facts, table).indexes.get(node.indexname)
        return index.columns if index else ()
    if kind == "x":
        return tuple(pair.list.items[0].index_elem.name for pair in node.exclusions)
    return tuple(strings(node.fk_attrs if kind == "f" else node.keys))


def invented(
    kind: str, table: str, about: tuple[str, ...], facts: Facts, column: str | None = None
) -> str:
    """The name PostgreSQL gives a constraint that has none: ``users_email_key``."""
    middle = about
    if kind == "p":
        middle = ()
    elif kind == "c":
        middle = (column,) if column else about if len(about) == 1 else ()
    return free_name(split(table)[1], middle, _ENDINGS[kind], table, facts)


def free_name(first: str, middle: tuple[str, ...], ending: str, table: str, facts: Facts) -> str:
    """The name PostgreSQL makes of these parts: shortened to fit, numbered where it is taken."""
    taken = {*relation(facts, table).constraints, *relation(facts, table).indexes}
    number = 0
    while True:
        name = _joined(first, "_".join(middle), f"{ending}{number or ''}")
        if name not in taken and named(facts, name, split(table)[0]) not in facts.relations:
            return name
        number += 1


def _joined(first: str, middle: str, ending: str) -> str:
    room = _LONGEST - len(ending) - 1 - (1 if middle else 0)
    while len(first.encode()) + len(middle.encode()) > room:
        if len(first.encode()) > len(middle.encode()):
            first = first[:-1]
        else:
            middle = middle[:-1]
    return "_".join(part for part in (first, middle, ending) if part)
