"""Change a CHECK constraint, wider or narrower.

**Why.** A changed check does two things: it lets new code write what the old check refused, and it
refuses what old code may still write. The first must happen before the new release is deployed, the
second after the old one is gone. Dropping the old check and adding the new one in contract leaves
nothing to guard the rows in between.

So *expand* puts "old or new" in the place of the old check: whatever the old one accepts, it
accepts too, and so it is added NOT VALID and never validated. *contract* adds the new check NOT
VALID, validates it, and drops the one in between.

Source: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS

Bad::

    def expand() -> None:
        op.drop_constraint("ck_posts_kind", "posts", type_="check")
        op.create_check_constraint("ck_posts_kind", "posts", "kind IN ('a', 'b')")

Good::

    def expand() -> None:
        # phased: allow restricts_before_contract because it accepts whatever the old check accepts
        op.create_check_constraint(
            "ck_posts_kind_or_new",
            "posts",
            "(kind = 'a') OR (kind IN ('a', 'b'))",
            postgresql_not_valid=True,
        )
        op.drop_constraint("ck_posts_kind", "posts", type_="check")

    def contract() -> None:
        op.create_check_constraint(
            "ck_posts_kind", "posts", "kind IN ('a', 'b')", postgresql_not_valid=True
        )
        op.validate_constraint("ck_posts_kind", "posts")
        op.drop_constraint("ck_posts_kind_or_new", "posts", type_="check")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import CreateCheckConstraintOp, DropConstraintOp
from sqlalchemy.sql.naming import conv

from phased.constraints import NOT_VALID, add_check, check_like, drop
from phased.expressions import escaped, text_of
from phased.naming import invent
from phased.operations.note import NoteOp
from phased.recipe import Phases, Replace

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (Replace,)
ACCEPTS_OLD = (
    "phased: allow restricts_before_contract because it accepts whatever the old check accepts"
)


def applies(op: Replace, context: Context) -> bool:
    """A check that is dropped and created again under its name."""
    del context
    return isinstance(op.drop, DropConstraintOp) and isinstance(op.create, CreateCheckConstraintOp)


def phases(op: Replace, context: Context) -> Phases:
    """Old or new while both releases run; then the new one."""
    del context
    old, new = op.drop, op.create
    if not isinstance(old, DropConstraintOp) or not isinstance(new, CreateCheckConstraintOp):
        raise TypeError(op)
    before = old._reverse  # noqa: SLF001 # Alembic's place for the old definition
    if not isinstance(before, CreateCheckConstraintOp):
        return Phases(expand=(drop(old),), contract=add_check(new))
    name = conv(invent(str(new.constraint_name), "or_new"))
    either = escaped(f"({text_of(before.condition)}) OR ({text_of(new.condition)})")
    between = check_like(new, name=name, condition=either, **NOT_VALID)
    relaxed = (NoteOp(ACCEPTS_OLD), between, drop(old))
    return Phases(expand=relaxed, contract=(*add_check(new), drop(old, name)))
