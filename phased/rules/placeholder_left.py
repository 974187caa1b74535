"""A place that a person must fill is still empty.

**Why.** Where a value cannot be known from the models, the revision is written with ``FILL_ME_IN``.
Run as it is, the database would refuse the statement half way, or store the word.

Source: https://www.postgresql.org/docs/current/ddl-default.html

Bad::

    def backfill() -> None:
        op.backfill("users", {"locale": "'FILL_ME_IN'"})

Good::

    def backfill() -> None:
        op.backfill("users", {"locale": "'en'"})
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.advice import paste
from phased.naming import PLACEHOLDER
from phased.source import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.model import Plan
    from phased.rule import Context

ALWAYS = True


def judge(context: Context) -> Iterator[str]:
    """A placeholder in SQL that does not stand in the file itself."""
    if PLACEHOLDER in context.statement.sql and not list(judge_source(context.plan)):
        yield f"{_message('The statement')}{paste(context.statement.sql)}"


def judge_source(plan: Plan) -> Iterator[tuple[int, str]]:
    """A placeholder in the code of the file, on whichever line; comments may speak of it."""
    lines = {line for line, text in words(plan.source) if PLACEHOLDER in text}
    for line in sorted(lines):
        code = plan.source.splitlines()[line - 1].strip()
        yield line, f"{_message(f'Line {line}')}{paste(code)}"


def _message(where: str) -> str:
    return f"{where} still has {PLACEHOLDER}. Write what belongs there instead:"
