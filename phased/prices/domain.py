"""ALTER DOMAIN reads every table that has a column of the domain, and blocks writes meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.facts import questions
from phased.model import Lock
from phased.price import Price
from phased.syntax import names, types
from phased.syntax.tree import enum, strings

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("create_domain_stmt", "alter_domain_stmt")
_SET_NOT_NULL, _ADD, _VALIDATE = "O", "C", "V"
_CONSTRAINING = frozenset({"CONSTR_CHECK", "CONSTR_NOTNULL"})


def _name(node: Node, facts: Facts) -> str:
    return names.of_strings(strings(getattr(node, "domainname", None) or node.type_name), facts)


def price(node: Node, facts: Facts) -> Price:
    """The price of CREATE DOMAIN and ALTER DOMAIN."""
    name = _name(node, facts)
    if hasattr(node, "domainname"):
        return Price("CREATE DOMAIN", creates=frozenset({name}))
    if node.subtype not in {_SET_NOT_NULL, _ADD, _VALIDATE}:
        return Price("ALTER DOMAIN")
    restricts = (f"domain {name}",) if _new_rule(node) and name not in facts.created else ()
    if node.subtype == _ADD and getattr(node, "def").constraint.skip_validation:
        return Price("ALTER DOMAIN", restricts=restricts)
    tables = _tables(name, facts)
    return Price(
        "ALTER DOMAIN",
        dict.fromkeys(tables, Lock.SHARE),
        scans=questions.stored(facts, tables),
        restricts=restricts,
    )


def _new_rule(node: Node) -> bool:
    return bool(node.subtype != _VALIDATE)


def _tables(domain: str, facts: Facts) -> list[str]:
    return [
        table
        for table, held in facts.relations.items()
        if held.kind in "rm" and any(column.type == domain for column in held.columns.values())
    ]


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts with what the domain is over and whether it carries a constraint."""
    name = _name(node, facts)
    if hasattr(node, "domainname"):
        base = types.show(types.of(node.type_name))
        kinds = {enum(item.constraint, "contype") for item in node.constraints}
        constrained = bool(kinds & _CONSTRAINING) or facts.domains.get(base, False)
        facts = replace(facts, domain_types={**facts.domain_types, name: base})
        facts = replace(facts, created=facts.created | {name})
        return replace(facts, domains={**facts.domains, name: constrained})
    if node.subtype in {_SET_NOT_NULL, _ADD}:
        return replace(facts, domains={**facts.domains, name: True})
    return facts
