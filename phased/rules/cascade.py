"""A DROP or TRUNCATE with CASCADE.

**Why.** CASCADE drops what nobody named: views, foreign keys of other tables, their data with
TRUNCATE. What that is depends on the database it runs in, so the review cannot see it, and each
object that goes takes its own ACCESS EXCLUSIVE lock without any order. Name each one.

Source: https://www.postgresql.org/docs/current/ddl-depend.html

Bad::

    def contract() -> None:
        op.execute("DROP TABLE posts CASCADE")

Good::

    def contract() -> None:
        op.drop_constraint("fk_comments_post_id_posts", "comments")
        op.drop_table("posts")
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from phased.advice import execute, paste
from phased.rule import node
from phased.syntax.tree import enum, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

_CASCADE = re.compile(r"(?i)\s+CASCADE\b")


def judge(context: Context) -> Iterator[str]:
    """CASCADE anywhere in a statement that drops or truncates."""
    _, statement = node(context)
    if any(_cascades(part) for part in walk(statement)):
        yield (
            f"{context.statement.kind} … CASCADE also drops what it does not name, and takes locks "
            "on tables that it does not name. See what depends on it, drop each by its name first, "
            f"and then, without CASCADE:{paste(_without(context))}"
        )


def _without(context: Context) -> str:
    return execute(_CASCADE.sub("", context.statement.sql))


def _cascades(part: Any) -> bool:
    return "behavior" in part.DESCRIPTOR.fields_by_name and enum(part, "behavior") == "DROP_CASCADE"
