"""SQL text to statements with their price: locks, scans, rewrites, what is lost or refused."""

from __future__ import annotations

import hashlib
from dataclasses import fields

import postgast

from phased.fact import Facts
from phased.model import Statement
from phased.price import UNKNOWN, Price
from phased.prices import evolved, price_of
from phased.syntax import tree


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
    parts = tree.split(sql)
    found = []
    for place, (text, which, node) in enumerate(parts, start=1):
        found.append(_statement(text, price_of(which, node, known)))
        known = evolved(which, node, known) if place < len(parts) else known
    return found


def evolve(facts: Facts, statement: Statement) -> Facts:
    """The facts after a statement has run.

    Args:
        facts: What is known before.
        statement: One that ``parse`` returned; its text counts.
    """
    for _, which, node in tree.split(statement.sql):
        facts = evolved(which, node, facts)
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


def _statement(sql: str, found: Price) -> Statement:
    return Statement(sql, **{item.name: getattr(found, item.name) for item in fields(Price)})
