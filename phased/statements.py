"""SQL text to statements with their price: locks, scans, rewrites, what is lost or refused."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

import postgast

from phased import prices
from phased.discovery import modules
from phased.model import Facts, Statement
from phased.price import UNKNOWN, Price, unknown
from phased.syntax import tree

if TYPE_CHECKING:
    from types import ModuleType

    from phased.syntax.tree import Node

_SUBTYPES = {"drop_stmt": "remove_type", "rename_stmt": "rename_type"}


def parse(sql: str, *, facts: Facts | None = None) -> list[Statement]:
    """The statements of an SQL text, each priced as the ones before it leave the database.

    Args:
        sql: Any number of statements.
        facts: What is known of the database; without it, what cannot be known is taken to be bad.

    Returns:
        One statement each, in order; none for an empty text.

    Raises:
        SqlSyntax: PostgreSQL does not read the text.
    """
    known = facts or Facts()
    found = []
    for text, which, node in tree.split(sql):
        found.append(_statement(text, _price(which, node, known)))
        known = _evolve(which, node, known)
    return found


def evolve(facts: Facts, statement: Statement) -> Facts:
    """The facts after a statement has run.

    Args:
        facts: What is known before.
        statement: One that ``parse`` returned; its text counts.
    """
    for _, which, node in tree.split(statement.sql):
        facts = _evolve(which, node, facts)
    return facts


def fingerprint(sql: str) -> str:
    """A hash of what the text says: layout, comments and the case of keywords do not count."""
    return hashlib.sha256("\n".join(_words(sql)).encode()).hexdigest()


def _words(sql: str) -> list[str]:
    encoded = sql.encode()
    return [
        _word(encoded[token.start : token.end].decode(), is_keyword=bool(token.keyword_kind))
        for token in postgast.scan(sql).tokens
        if tree.enum(token, "token") not in {"SQL_COMMENT", "C_COMMENT"}
    ]


def _word(text: str, *, is_keyword: bool) -> str:
    return text.lower() if is_keyword else text


def is_unknown(statement: Statement) -> bool:
    """Whether the statement could not be judged; its kind says what it is."""
    return statement.kind.startswith(UNKNOWN)


@cache
def _families() -> dict[str, ModuleType]:
    return {node: module for module in modules(prices) for node in module.NODES}


def _family(which: str, node: Node) -> ModuleType | None:
    if which in _SUBTYPES:
        which = f"{which}.{tree.enum(node, _SUBTYPES[which])}"
    return _families().get(which)


def _price(which: str, node: Node, facts: Facts) -> Price:
    family = _family(which, node)
    if family is None:
        return unknown(which.removesuffix("_stmt").replace("_", " ").upper())
    found: Price = family.price(node, facts)
    return found


def _evolve(which: str, node: Node, facts: Facts) -> Facts:
    family = _family(which, node)
    if family is None or not hasattr(family, "evolve"):
        return facts
    changed: Facts = family.evolve(node, facts)
    return changed


def _statement(sql: str, found: Price) -> Statement:
    return Statement(sql, **{item.name: getattr(found, item.name) for item in fields(Price)})
