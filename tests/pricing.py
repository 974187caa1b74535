"""What tests of prices share: facts made by statements, and one statement's price."""

from __future__ import annotations

from dataclasses import replace

from phased.fact import Facts
from phased.model import Lock, Statement
from phased.statements import evolve, parse

AE = Lock.ACCESS_EXCLUSIVE
AS = Lock.ACCESS_SHARE
E = Lock.EXCLUSIVE
RE = Lock.ROW_EXCLUSIVE
RS = Lock.ROW_SHARE
S = Lock.SHARE
SRE = Lock.SHARE_ROW_EXCLUSIVE
SUE = Lock.SHARE_UPDATE_EXCLUSIVE


def after(sql: str, facts: Facts | None = None) -> Facts:
    """The facts after statements, as the revision that runs them sees it."""
    facts = facts or Facts(known=True)
    for statement in parse(sql, facts=facts):
        facts = evolve(facts, statement)
    return facts


def database(sql: str, *, server: int = 18) -> Facts:
    """A database that these statements made long ago."""
    facts = after(sql, Facts(server=server, known=True))
    return replace(facts, created=frozenset(), added_columns=frozenset())


def assert_price(  # noqa: PLR0913 # the fields of a statement, each with its name
    sql: str,
    facts: Facts | None = None,
    *,
    kind: str,
    locks: dict[str, Lock] | None = None,
    scans: str = "",
    rewrites: str = "",
    transactional: bool = True,
    destroys: tuple[str, ...] = (),
    restricts: tuple[str, ...] = (),
    creates: str = "",
) -> None:
    """The price is exactly this; sets are written with spaces between their members."""
    expected = Statement(
        sql,
        kind,
        locks or {},
        frozenset(scans.split()),
        frozenset(rewrites.split()),
        transactional,
        destroys,
        restricts,
        frozenset(creates.split()),
    )
    assert parse(sql, facts=facts) == [expected]
