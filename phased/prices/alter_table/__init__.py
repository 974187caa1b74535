"""ALTER TABLE: the strongest lock that any of its sub-commands needs, on all that it cascades to.

A module here has ``COMMANDS``, the sub-commands it is about (``AT_AddColumn``);
``price(command, target, facts) -> Price``; and, where it changes what follows,
``evolve(command, target, facts) -> Facts``.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

from phased.discovery import modules
from phased.facts import questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price, merge, unknown
from phased.syntax import names
from phased.syntax.tree import enum
from phased.target import Target

if TYPE_CHECKING:
    from types import ModuleType

    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("alter_table_stmt",)


@cache
def _commands() -> dict[str, ModuleType]:
    found = modules(sys.modules[__name__])
    return {command: module for module in found for command in module.COMMANDS}


def _target(node: Node, facts: Facts) -> Target:
    name = names.of(node.relation, facts)
    tables = questions.family(facts, name, only=not node.relation.inh)
    return Target(name, tables, enum(node, "objtype"))


def price(node: Node, facts: Facts) -> Price:
    """The price of ALTER TABLE, ALTER INDEX, ALTER VIEW and the like."""
    target = _target(node, facts)
    if target.word == "TYPE":
        return _composite(node, target.name)
    parts = []
    for item in node.cmds:
        command = item.alter_table_cmd
        parts.append(_priced(command, target, facts))
        facts = _evolved(command, target, facts)
    kind = f"ALTER {target.word}"
    unknown_part = next((part.kind for part in parts if part.kind), "")
    return _levelled(merge(unknown_part or kind, parts), parts, target)


def _composite(node: Node, name: str) -> Price:
    """A composite type has no rows; PostgreSQL refuses a change that would rewrite a table's."""
    commands = [item.alter_table_cmd for item in node.cmds]
    gone = [command.name for command in commands if enum(command, "subtype") == "AT_DropColumn"]
    return Price("ALTER TYPE", destroys=tuple(f"attribute {name}.{quote(one)}" for one in gone))


def _priced(command: Node, target: Target, facts: Facts) -> Price:
    name = enum(command, "subtype")
    module = _commands().get(name)
    if module is None:
        risky = unknown(f"ALTER TABLE {name.removeprefix('AT_')}")
        return merge(risky.kind, [risky, Price(locks={target.name: Lock.ACCESS_EXCLUSIVE})])
    part: Price = module.price(command, target, facts)
    return part


def _levelled(whole: Price, parts: list[Price], target: Target) -> Price:
    """Where one sub-command cascades, it does so with the lock that the strongest one needs."""
    top = whole.locks.get(target.name)
    cascades = any(_cascades(part, target) for part in parts)
    if top is None or not cascades:
        return whole
    return merge(whole.kind, [whole, Price(locks=target.cascading(top))])


def _cascades(part: Price, target: Target) -> bool:
    locks = {part.locks.get(table) for table in target.tables}
    return len(target.tables) > 1 and len(locks) == 1


def _evolved(command: Node, target: Target, facts: Facts) -> Facts:
    module = _commands().get(enum(command, "subtype"))
    if module is None or not hasattr(module, "evolve"):
        return facts
    changed: Facts = module.evolve(command, target, facts)
    return changed


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts after all sub-commands."""
    target = _target(node, facts)
    if target.word == "TYPE":
        return facts
    for item in node.cmds:
        facts = _evolved(item.alter_table_cmd, target, facts)
    return facts
