"""Code to paste: the user's own call or statement, in the form and the place where it is safe."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from phased.facts.questions import split
from phased.source import call_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phased.model import Phase
    from phased.rule import Context

_INDENT = "    "


def as_written(context: Context) -> str:
    """The call as the user wrote it; ``op.execute`` of the statement where it is raw SQL."""
    call = call_at(context.plan.source, context.statement.line)
    own = call.startswith("op.") and not call.startswith("op.execute(")
    return call if own else execute(context.statement.sql)


def is_raw(context: Context) -> bool:
    """Whether the statement stands in the file as SQL."""
    return as_written(context).startswith("op.execute(")


def with_option(call: str, option: str) -> str:
    """A call with one more keyword argument."""
    inside = call.removesuffix(")").rstrip().removesuffix(",")
    return f"{inside}, {option})"


def execute(sql: str) -> str:
    """The call that runs a statement: ``op.execute("…")``."""
    if "\n" in sql:
        return f'op.execute("""\n{textwrap.indent(sql, _INDENT)}\n""")'
    return f"op.execute({string(sql)})"


def string(text: str) -> str:
    """A Python string in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def about(table: str) -> str:
    """A table as the last arguments of a call: ``"users"``, ``"invoices", schema="billing"``."""
    schema, name = split(table)
    return f"{string(name)}, schema={string(schema)}" if schema else string(name)


def filled(table: str, values: Mapping[str, str], where: str = "") -> str:
    """The arguments of ``op.backfill``: ``"users", {"handle": "username"}``."""
    schema, name = split(table)
    pairs = ", ".join(f"{string(column)}: {string(value)}" for column, value in values.items())
    options = f", where={string(where)}" if where else ""
    options += f", schema={string(schema)}" if schema else ""
    return f"{string(name)}, {{{pairs}}}{options}"


def paste(*calls: str) -> str:
    """Code set off from the sentence before it."""
    return "\n\n" + textwrap.indent("\n".join(calls), _INDENT)


def in_phase(context: Context, phase: Phase, *calls: str) -> str:
    """The end of a sentence, and a phase function to paste; ``upgrade()`` has none yet."""
    split_up = ", in a revision with expand() and contract() instead of upgrade()"
    code = paste(f"def {phase.word}() -> None:", textwrap.indent("\n".join(calls), _INDENT))
    return f"{split_up if context.plan.legacy else ''}:{code}"


def alone(context: Context, *calls: str) -> str:
    """Calls that commit alone: phased sees to it in phases; ``upgrade()`` needs a block."""
    if not context.plan.legacy:
        return "\n".join(calls)
    body = textwrap.indent("\n".join(calls), _INDENT)
    return f"with op.get_context().autocommit_block():\n{body}"
