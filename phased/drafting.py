"""`alembic revision --autogenerate` and `alembic check`: what they find, less what is pending."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from alembic import context

from phased import catalog, console
from phased.autogenerate import models_of, subtract_pending, write_phases
from phased.errors.revisions import SeveralHeads
from phased.model import Event, Phase
from phased.record import record
from phased.rename import parse_answers
from phased.spent_hints import remark
from phased.waiting import waiting_contracts

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation
    from alembic.operations.ops import MigrationScript

    from phased.rename import Ask
    from phased.session import Session


def draft(session: Session, directives: list[MigrationScript]) -> None:
    """Turn Alembic's difference into three phases; for `check`, only leave out what is pending.

    Raises:
        ModelError: The models cannot be turned into a revision.
        SeveralHeads: It is not clear which revision the new one would follow.
    """
    pending = pending_operations(session)
    if _checking(session):
        difference = directives[0].upgrade_ops
        if difference is not None:
            subtract_pending(difference, pending)
        return
    refuse_several_heads(session, directives[0])
    facts = catalog.read(session.watch)
    write_phases(
        session.context,
        directives,
        facts=facts,
        pending=pending,
        rename_answers=parse_answers(context.get_x_argument()),
        ask=_ask(session),
        prepared_statements=session.settings.prepared_statements,
    )
    spent = remark(models_of(session.context), facts)
    if spent is not None:
        session.notify(Event("notice", spent))


def refuse_several_heads(session: Session, directive: MigrationScript) -> None:
    """Refuse to write a revision that could follow several.

    Raises:
        SeveralHeads: There are several heads, and none was named.
    """
    heads = session.script.get_heads()
    if len(heads) > 1 and directive.head in {None, "head"}:  # None from the command line
        raise SeveralHeads(heads=", ".join(sorted(heads)))


def pending_operations(session: Session) -> list[MigrateOperation]:
    """What the contracts that have not run will do."""
    return [
        call.operation
        for script in waiting_contracts(session)
        if hasattr(script.module, Phase.CONTRACT.word)
        for call in record(script.module.contract, script.path)
    ]


def _checking(session: Session) -> bool:
    """Whether the command is `alembic check`: nothing else says so than its function's name."""
    function = session.context.opts["fn"]
    return str(getattr(function, "__qualname__", "")).startswith("check.")


def _ask(session: Session) -> Ask | None:
    on_terminal = sys.stdin.isatty() and session.config.cmd_opts is not None
    return console.ask if on_terminal else None
