"""Something that existed before the revision is dropped while old code still runs.

**Why.** Expand and backfill run beside the release that is deployed now. Its queries name the
column or table that goes, and fail from this statement on, until the last old process is gone.
What was dropped cannot be brought back by rolling back the release. Contract runs when no older
release is connected: that is the place to drop.

Source: https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-REMOVING-A-COLUMN

Bad::

    def expand() -> None:
        op.drop_column("users", "username")

Good::

    def contract() -> None:
        op.drop_column("users", "username")
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phased.advice import as_written, in_phase
from phased.model import Phase
from phased.rule import before_contract, phase_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

_NOUN = re.compile(r"^(?:[a-z]+ )+")


def judge(context: Context) -> Iterator[str]:
    """Everything that is gone for good, in expand and backfill."""
    if before_contract(context):
        gone = [thing for thing in context.statement.destroys if _was_there(thing, context)]
        if gone:
            yield _message(gone, context)


def _was_there(thing: str, context: Context) -> bool:
    name = _NOUN.sub("", thing)
    new = context.facts.created | context.facts.added_columns
    return name not in new and not _made_again(thing, name, context)


def _made_again(thing: str, name: str, context: Context) -> bool:
    """A view, function or trigger that is replaced in one transaction is never missed."""
    lost = thing.startswith(("table ", "column ", "rows "))
    return not lost and any(name in following.creates for following in context.after)


def _message(gone: list[str], context: Context) -> str:
    return (
        f"{phase_name(context)} takes away {', '.join(gone)} while the release that is running may "
        "still use it: its queries fail from here on, and nothing brings the data back. Drop it "
        f"when no older release is left{in_phase(context, Phase.CONTRACT, as_written(context))}"
    )
