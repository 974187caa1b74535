"""A revision with a statement of every kind, and what the database and the rules say about it."""

from __future__ import annotations

import pytest

from phased.fact import Facts, RelationFacts
from phased.model import Backfill, Finding, Lock, Phase, Plan, Severity, Statement, Step

REVISION = "3f2a9c1b7d04"
PATH = "alembic/versions/3f2a_handle.py"

ADD = Statement(
    "ALTER TABLE users ADD COLUMN handle TEXT",
    "ALTER TABLE",
    {"users": Lock.ACCESS_EXCLUSIVE},
    line=12,
)
TRIGGER = Statement(
    'CREATE TRIGGER sync BEFORE INSERT ON users\n    FOR EACH ROW EXECUTE FUNCTION "Sync"()',
    "CREATE TRIGGER",
    {"users": Lock.SHARE_ROW_EXCLUSIVE},
    line=13,
)
TABLE = Statement(
    "\nCREATE TABLE audit (\n\tid BIGINT NOT NULL, \n\tauthor_id BIGINT NOT NULL, \n"
    "\tnote TEXT DEFAULT '  (kept  as is)  ' NOT NULL, \n\tPRIMARY KEY (id), \n"
    "\tFOREIGN KEY(author_id) REFERENCES users (id)\n)",
    "CREATE TABLE",
    {"audit": Lock.ACCESS_EXCLUSIVE, "users": Lock.SHARE_ROW_EXCLUSIVE},
    creates=frozenset({"audit"}),
    line=14,
)
INDEX = Statement(
    "CREATE INDEX CONCURRENTLY ix_posts_author ON posts (author_id)",
    "CREATE INDEX CONCURRENTLY",
    {"posts": Lock.SHARE_UPDATE_EXCLUSIVE},
    scans=frozenset({"posts"}),
    transactional=False,
    line=15,
)
FILL = Statement(
    "UPDATE users SET\n    handle = username\nWHERE handle IS NULL",
    "UPDATE",
    {"users": Lock.ROW_EXCLUSIVE},
    line=20,
)
NOT_NULL = Statement(
    "ALTER TABLE users ALTER COLUMN handle SET NOT NULL",
    "ALTER TABLE",
    {"users": Lock.ACCESS_EXCLUSIVE},
    scans=frozenset({"users"}),
    restricts=("users.handle NOT NULL",),
    line=30,
)


@pytest.fixture
def plan() -> Plan:
    steps = (
        Step(Phase.EXPAND, 0, (ADD, TRIGGER)),
        Step(Phase.EXPAND, 1, (TABLE,)),
        Step(Phase.EXPAND, 2, (INDEX,)),
        Step(Phase.BACKFILL, 0, (FILL,), Backfill("users", {"handle": "username"}, "public")),
        Step(Phase.CONTRACT, 0, (NOT_NULL,)),
    )
    return Plan(REVISION, "Give users a handle", PATH, "c0ffee", steps)


@pytest.fixture
def facts() -> Facts:
    users = RelationFacts(rows=204_000, size=48 * 1024**2)
    posts = RelationFacts(rows=-1, size=1536 * 1024**2)
    return Facts(known=True, relations={"users": users, "posts": posts})


@pytest.fixture
def finding() -> Finding:
    return Finding(
        "scan_under_blocking_lock",
        Severity.ERROR,
        "SET NOT NULL reads users (~204k rows, 48 MB) under ACCESS EXCLUSIVE: every query on it"
        " waits until it is done.\nProve it first:\n\n"
        '    op.create_check_constraint("users_handle_not_null", "users", "handle IS NOT NULL", …)',
        REVISION,
        PATH,
        Phase.CONTRACT,
        30,
        NOT_NULL.sql,
    )
