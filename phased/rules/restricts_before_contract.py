"""Old code's writes are refused while it still runs.

**Why.** The release that is deployed now was written without the new rule: it inserts the NULL,
the duplicate or the orphan that the constraint forbids. A constraint that is NOT VALID spares the
rows that are there and judges every new one, so it restricts just the same. Contract runs when no
older release is connected. A constraint on columns that this revision adds restricts nobody.

Source: https://www.postgresql.org/docs/current/ddl-constraints.html

Bad::

    def expand() -> None:
        op.create_check_constraint(
            "ck_users_age", "users", "age >= 0", postgresql_not_valid=True
        )

Good::

    def contract() -> None:
        op.create_check_constraint(
            "ck_users_age", "users", "age >= 0", postgresql_not_valid=True
        )
        op.validate_constraint("ck_users_age", "users")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.advice import as_written, in_phase, paste
from phased.model import Phase
from phased.rule import before_contract, node, phase_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

_RULES_OF_THEIR_OWN = {
    "alter_enum_stmt",
    "alter_object_schema_stmt",
    "discard_stmt",
    "rename_stmt",
    "transaction_stmt",
    "variable_set_stmt",
}
_UNJUDGED = "anything: "


def judge(context: Context) -> Iterator[str]:
    """Everything that is refused from now on, in expand and backfill."""
    if not before_contract(context) or node(context)[0] in _RULES_OF_THEIR_OWN:
        return
    refused = [each for each in context.statement.restricts if not each.startswith(_UNJUDGED)]
    if refused:
        yield _message(refused, context)
    elif context.statement.restricts:
        yield _unjudged(context)


def _message(refused: list[str], context: Context) -> str:
    return (
        f"{phase_name(context)} begins to enforce {', '.join(refused)} while the release that is "
        "running was written without it: its INSERTs and UPDATEs that break it fail from here on, "
        "NOT VALID or not. Restrict when no older release is left"
        f"{in_phase(context, Phase.CONTRACT, as_written(context))}"
    )


def _unjudged(context: Context) -> str:
    what = context.statement.restricts[0].removeprefix(_UNJUDGED).removesuffix(" cannot be judged")
    return (
        f"What {what} does cannot be read from its text, so it may break the release that is "
        "running. Write the statements themselves, or say why it is harmless:"
        + paste("# phased: allow restricts_before_contract because <reason>", as_written(context))
    )
