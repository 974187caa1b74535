"""ADD, SET and DROP GENERATED AS IDENTITY: only the catalog changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.facts import changes, questions
from phased.model import Lock
from phased.naming import quote
from phased.price import Price, strongest
from phased.syntax.constraints import free_name
from phased.syntax.tree import enum, inner, kind

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node
    from phased.target import Target

COMMANDS = ("AT_AddIdentity", "AT_SetIdentity", "AT_DropIdentity")
_SEQUENCE = {
    "AT_SetIdentity": Lock.SHARE_ROW_EXCLUSIVE,
    "AT_DropIdentity": Lock.ACCESS_EXCLUSIVE,
}


def price(command: Node, target: Target, facts: Facts) -> Price:
    """The price of the three."""
    subtype = enum(command, "subtype")
    locks = target.alone(Lock.ACCESS_EXCLUSIVE)
    sequence = _sequence(command, target, facts)
    if subtype == "AT_AddIdentity":
        return Price(
            locks=locks, restricts=_restricts(command, target, facts), creates=frozenset({sequence})
        )
    return Price(
        locks=strongest(locks, {sequence: _SEQUENCE[subtype]}),
        restricts=_restricts(command, target, facts),
    )


def _sequence(command: Node, target: Target, facts: Facts) -> str:
    """The sequence that the column owns, or else by the name that PostgreSQL gives it."""
    owned = questions.sequences(facts, target.name, command.name)
    if owned:
        return owned[0]
    table = questions.split(target.name)[1]
    name = free_name(table, (command.name,), "seq", target.name, facts)
    return questions.sibling(target.name, name)


def _restricts(command: Node, target: Target, facts: Facts) -> tuple[str, ...]:
    """GENERATED ALWAYS refuses values that are given."""
    if not _always(command) or questions.is_new(facts, target.name):
        return ()
    return (f"{target.name}.{quote(command.name)} GENERATED ALWAYS",)


def _always(command: Node) -> bool:
    definition = getattr(command, "def")
    held = inner(definition) if command.HasField("def") else None
    if held is None:
        return False
    if kind(held) == "Constraint":
        return bool(held.generated_when == "a")
    options = [item.def_elem for item in held.items]
    always = ord("a")
    return any(o.defname == "generated" and o.arg.integer.ival == always for o in options)


def _sets_kind(command: Node) -> bool:
    items = getattr(command, "def").list.items
    return any(item.def_elem.defname == "generated" for item in items)


def evolve(command: Node, target: Target, facts: Facts) -> Facts:
    """The facts with or without the identity and its sequence."""
    subtype = enum(command, "subtype")
    sequence = _sequence(command, target, facts)
    if subtype == "AT_DropIdentity":
        facts = changes.drop(facts, sequence)
        return changes.set_column(facts, target.name, command.name, identity="")
    if subtype == "AT_SetIdentity" and not _sets_kind(command):
        return facts
    identity = "a" if _always(command) else "d"
    facts = changes.set_column(facts, target.name, command.name, identity=identity)
    if subtype != "AT_AddIdentity":
        return facts
    return changes.sequence(facts, target.name, command.name, sequence)
