"""Observations recorded on real servers, where the file that holds them is at hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phased.fact import Facts
from phased.facts.questions import index_owner
from phased.model import Lock
from phased.price import strongest
from phased.statements import evolve, parse

RECORDED = Path(__file__).parents[3] / "shared" / "ddl_truth.json"
WEAK = {"ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE"}


def observations() -> list[Any]:
    if not RECORDED.exists():
        return []
    return [
        pytest.param(item, int(server), seen, id=f"{item['id']}-{server}")
        for item in json.loads(RECORDED.read_text())
        for server, seen in item["pg"].items()
        if "error" not in seen and seen.get("relations") is not None
    ]


def before(item: dict[str, Any], server: int) -> Facts:
    facts = Facts(server=server, known=True, schema="lab", search_path=("lab", "public"))
    for sql in (*item["setup"], *item["session"]):
        for statement in parse(sql, facts=facts):
            facts = evolve(facts, statement)
    return replace(facts, created=frozenset(), added_columns=frozenset())


def visible(locks: dict[str, str], other: dict[str, str], facts: Facts) -> dict[str, str]:
    """Of indexes only what is declared, or what somebody could notice."""
    return {name: mode for name, mode in locks.items() if counts(name, mode, locks, other, facts)}


def counts(
    name: str, mode: str, locks: dict[str, str], other: dict[str, str], facts: Facts
) -> bool:
    if name in facts.relations or name in other:
        return True
    owner = index_owner(facts, name)
    hidden = owner is not None and locks.get(owner[0]) == Lock.ACCESS_EXCLUSIVE.sql
    return mode not in WEAK and not hidden


@pytest.mark.parametrize(("item", "server", "seen"), observations())
def test_declared_is_what_was_recorded(
    item: dict[str, Any], server: int, seen: dict[str, Any]
) -> None:
    facts = before(item, server)
    text = item["sql"] if isinstance(item["sql"], str) else ";".join(item["sql"])
    statements = parse(text, facts=facts)
    modes = strongest(*(statement.locks for statement in statements))
    locks = {name: lock.sql for name, lock in modes.items()}
    assert visible(locks, seen["relations"], facts) == visible(seen["relations"], locks, facts)
    assert any(statement.scans for statement in statements) == seen["scan"]
    tables = [s.rewrites & facts.relations.keys() for s in statements]
    assert any(tables) == seen["rewrite"]
    assert all(statement.transactional for statement in statements) == seen["txn_ok"]
