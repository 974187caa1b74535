"""Judge revisions that a test writes down as SQL by phase, or as the code of a file."""

from __future__ import annotations

import importlib.util
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script import Script

from phased.fact import (
    ColumnFacts,
    ConstraintFacts,
    Facts,
    Hanging,
    IndexFacts,
    RelationFacts,
)
from phased.lint import judge
from phased.plan import build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phased.model import Finding, Plan

HEADER = "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = {revision!r}\n"
HEADER += "down_revision = None\n\n"
HEADER_LINES = HEADER.count("\n")
MEGABYTE = 1024**2

USERS = RelationFacts(
    rows=2_100_000,
    size=340 * MEGABYTE,
    columns={
        "id": ColumnFacts("bigint", not_null=True),
        "username": ColumnFacts("text", not_null=True),
        "email": ColumnFacts("character varying(50)"),
        "locale": ColumnFacts("text"),
        "age": ColumnFacts("integer"),
        "mood": ColumnFacts("mood"),
    },
    constraints={
        "users_pkey": ConstraintFacts("p", ("id",), "PRIMARY KEY (id)", index="users_pkey")
    },
    indexes={
        "users_pkey": IndexFacts("users", ("id",), unique=True),
        "ix_users_age": IndexFacts("users", ("age",)),
    },
    hanging={
        "mood": (Hanging("view", ("view", "moods"), "view moods", blocks=True),),
        "email": (
            Hanging(
                "column privilege", ("grant", "reports", "select"), "SELECT (email) of reports"
            ),
        ),
    },
)
POSTS = RelationFacts(
    rows=9_000,
    size=2 * MEGABYTE,
    columns={"id": ColumnFacts("bigint", not_null=True), "user_id": ColumnFacts("bigint")},
)
COMMENTS = RelationFacts(
    rows=50_000,
    size=20 * MEGABYTE,
    columns={"id": ColumnFacts("bigint", not_null=True), "post_id": ColumnFacts("bigint")},
    constraints={
        "fk_comments_post_id_posts": ConstraintFacts("f", ("post_id",), references="posts")
    },
)
ORDER = RelationFacts(
    rows=-1, columns={"id": ColumnFacts("integer"), "userId": ColumnFacts("integer")}
)
INVOICES = RelationFacts(rows=12, size=8192, columns={"total": ColumnFacts("integer")})
EVENTS = RelationFacts(
    kind="p",
    columns={"at": ColumnFacts("timestamp with time zone"), "user_id": ColumnFacts("bigint")},
    partitions=("events_1",),
)
KNOWN = Facts(
    known=True,
    relations={
        "users": USERS,
        "posts": POSTS,
        "comments": COMMENTS,
        "events": EVENTS,
        "events_1": replace(EVENTS, kind="r", partitions=(), parent="events"),
        '"Order"': ORDER,
        "billing.invoices": INVOICES,
    },
)
UNKNOWN = Facts()


def plan_of(code: str, revision: str = "1a2b", facts: Facts = KNOWN) -> Plan:
    """The plan of a revision file with this code under the usual imports."""
    return plan_and_facts(code, revision, facts)[0]


def plan_and_facts(code: str, revision: str, facts: Facts) -> tuple[Plan, Facts]:
    """The same, and the facts after it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{revision}.py"
        path.write_text(HEADER.format(revision=revision) + code)
        spec = importlib.util.spec_from_file_location(f"revision_{revision}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        plan, facts = build(Script(module, revision, str(path)), facts)
    return replace(plan, path=f"alembic/versions/{revision}.py"), facts


def code_of(**phases: Sequence[str] | str) -> str:
    """A file that executes SQL in the functions given by name."""
    return "\n\n".join(
        f"def {name}() -> None:\n" + "\n".join(f"    op.execute({sql!r})" for sql in listed(sqls))
        for name, sqls in phases.items()
    )


def listed(sqls: Sequence[str] | str) -> Sequence[str]:
    return [sqls] if isinstance(sqls, str) else sqls


def judged(
    code: str = "", *, facts: Facts = KNOWN, fresh: bool = False, **phases: Sequence[str] | str
) -> list[Finding]:
    """The findings on one revision, given as code or as SQL by function."""
    plan = plan_of(code or code_of(**phases), facts=facts)
    return judge([plan], facts, fresh=fresh)


def assert_safe(
    code: str = "", *, facts: Facts = KNOWN, fresh: bool = False, **phases: Sequence[str] | str
) -> None:
    found = judged(code, facts=facts, fresh=fresh, **phases)
    assert not found, [(each.rule, each.message) for each in found]


def assert_unsafe(
    rule: str,
    code: str = "",
    *,
    facts: Facts = KNOWN,
    fresh: bool = False,
    **phases: Sequence[str] | str,
) -> str:
    """Exactly one finding, of this rule; its message."""
    found = judged(code, facts=facts, fresh=fresh, **phases)
    assert [each.rule for each in found] == [rule], [(e.rule, e.message) for e in found]
    return found[0].message
