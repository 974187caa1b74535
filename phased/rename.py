"""Drop and add, or a rename? Found by table and type, answered by hints, ``-x`` or the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from alembic.operations import ops

from phased.dialect import dialect
from phased.errors.models import MayBeRename, RenameAnswerUnknown, RenamedInCode
from phased.hints import CONVERTED_FROM, FILLED_BY, RENAMED_FROM
from phased.model_checks import check_named
from phased.naming import quote
from phased.recipe import table_of
from phased.succession import succeed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from alembic.operations import MigrateOperation
    from sqlalchemy import Column
    from sqlalchemy.types import TypeEngine

    from phased.recipe import Context

    Added = ops.AddColumnOp | ops.CreateTableOp

NONE = "none"
NO = "no: drop it and add the other"
_DIALECT = dialect()
_TEXTS = {"TEXT", "VARCHAR", "CHAR", "CITEXT"}


class Ask(Protocol):
    """Puts a question to the user."""

    def __call__(self, question: str, choices: list[str], /) -> str | None:
        """The choice, or None where there was no answer."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something left the models, and what came in its place may be the same.

    Attributes:
        old: What left: ``users.username``, ``users``.
        name: What it was called, unquoted.
        drop: The operation that takes it away.
        added: The operations that may be its new form.
    """

    old: str
    name: str
    drop: ops.DropColumnOp | ops.DropTableOp
    added: tuple[Added, ...]


def parse_answers(arguments: Iterable[str]) -> dict[str, str]:
    """The answers among ``-x`` arguments: ``users.username`` to ``handle``, or to nothing.

    Args:
        arguments: As given, such as ``rename=users.username:handle``; others are passed over.

    Raises:
        RenameAnswerUnknown: One is not an answer.
    """
    answers: dict[str, str] = {}
    for argument in arguments:
        key, _, answer = argument.partition("=")
        if key == "rename":
            answers.update(_answer(part.strip()) for part in answer.split(","))
    return answers


def _answer(text: str) -> tuple[str, str]:
    if text == NONE:
        return (NONE, "")
    old, colon, new = text.rpartition(":")
    if not colon:
        raise RenameAnswerUnknown(answer=text, problem="it has no colon")
    return (old, new)


def settle(
    changes: Sequence[MigrateOperation],
    context: Context,
    answers: Mapping[str, str],
    ask: Ask | None,
) -> list[MigrateOperation]:
    """Every drop and add that looks like a rename is one or is none, by somebody's word.

    Args:
        changes: The flat difference.
        context: For the models' tables.
        answers: From `parse_answers`.
        ask: Puts a question on a terminal; None elsewhere.

    Returns:
        The changes; a drop and an add that are a rename are one of them now.

    Raises:
        MayBeRename: Nobody said.
        HintNamesNoColumn: ``renamed_from`` names a column that did not leave the models.
        RenameAnswerUnknown: An answer names something else.
        ConversionNeedsUp: It has another type as well, and nothing says how values are made.
    """
    found = list(_candidates(changes, answers))
    _check_answers(found, answers)
    _check_hints(changes, context)
    merged: dict[int, MigrateOperation] = {}
    gone: set[int] = set()
    for candidate in found:
        op = _settled(candidate, answers, ask, gone)
        if op is not None:
            gone |= {id(candidate.drop), id(op)}
            merged[id(op)] = succeed(candidate.drop, op, context)
    return [merged.get(id(op), op) for op in changes if id(op) in merged or id(op) not in gone]


def _settled(
    candidate: Candidate, answers: Mapping[str, str], ask: Ask | None, taken: set[int]
) -> Added | None:
    """What the candidate is called now; None where it is dropped."""
    added = [op for op in candidate.added if id(op) not in taken]
    answer = _known(candidate, answers)
    if not added:
        return None
    if answer is None and ask is not None:
        answer = _asked(candidate, added, ask)
    if answer is None:
        first = _name(added[0])
        raise MayBeRename(
            old=candidate.old,
            new=_shown(candidate, first),
            name=first,
            in_code=_in_code(candidate, added[0]),
        )
    return next((op for op in added if _name(op) == answer), None)


def _asked(candidate: Candidate, added: list[Added], ask: Ask) -> str | None:
    question = f"{candidate.old} left the models. Is it renamed to one of these?"
    only = f"only in the code: the database keeps {quote(candidate.name)}, nothing to migrate"
    answer = ask(question, [*map(_name, added), only, NO])
    if answer == only:
        raise RenamedInCode(in_code=_in_code(candidate, added[0]))
    return answer


def _in_code(candidate: Candidate, op: Added) -> str:
    if isinstance(op, ops.CreateTableOp):
        return f'class ...(Base):\n        __tablename__ = "{candidate.name}"'
    return f'{op.column.key}: Mapped[...] = mapped_column("{candidate.name}", ...)'


def _known(candidate: Candidate, answers: Mapping[str, str]) -> str | None:
    hinted = next((_name(op) for op in candidate.added if _hint(op) == candidate.name), None)
    if hinted is not None:
        return hinted
    return "" if NONE in answers else answers.get(candidate.old)


def _hint(op: ops.AddColumnOp | ops.CreateTableOp) -> object:
    info = op.column.info if isinstance(op, ops.AddColumnOp) else op.info
    return info.get(RENAMED_FROM)


def _shown(candidate: Candidate, name: str) -> str:
    table, dot, _ = candidate.old.rpartition(".")
    is_column = isinstance(candidate.added[0], ops.AddColumnOp)
    return f"{table}{dot}{quote(name)}" if is_column else quote(name)


def _candidates(
    changes: Sequence[MigrateOperation], answers: Mapping[str, str]
) -> Iterator[Candidate]:
    tables = [op for op in changes if isinstance(op, ops.CreateTableOp)]
    columns = [op for op in changes if isinstance(op, ops.AddColumnOp)]
    for op in changes:
        if isinstance(op, ops.DropColumnOp):
            added = [new for new in columns if _may_be(op, new)]
            old = f"{table_of(op)}.{quote(op.column_name)}"
            yield from _candidate(old, op.column_name, op, added)
        elif isinstance(op, ops.DropTableOp):
            answer = answers.get(table_of(op))
            same = [new for new in tables if _may_be_table(op, new, answer)]
            yield from _candidate(table_of(op), op.table_name, op, same)


def _may_be_table(gone: ops.DropTableOp, new: ops.CreateTableOp, answer: str | None) -> bool:
    """Whether somebody says so, or the columns do and nobody says otherwise."""
    hint = new.info.get(RENAMED_FROM)
    if hint is not None:
        return bool(hint == gone.table_name and new.schema == gone.schema)
    return answer == new.table_name or _shape(new) == _shape(gone)


def _candidate(old: str, name: str, drop: Any, added: Sequence[Any]) -> Iterator[Candidate]:
    if added:
        yield Candidate(old, name, drop, tuple(added))


def _may_be(gone: ops.DropColumnOp, new: ops.AddColumnOp) -> bool:
    if table_of(gone) != table_of(new):
        return False
    if new.column.info.get(RENAMED_FROM) == gone.column_name:
        return True
    told = any(key in new.column.info for key in (FILLED_BY, CONVERTED_FROM, RENAMED_FROM))
    return not told and _family(gone.to_column().type) == _family(new.column.type)


def _family(held: TypeEngine[Any]) -> str:
    name = held.compile(dialect=_DIALECT).partition("(")[0].strip().upper()
    return "TEXT" if name in _TEXTS else name


def _shape(op: ops.CreateTableOp | ops.DropTableOp) -> frozenset[tuple[str, str]]:
    columns: Iterable[Column[Any]] = op.to_table().columns
    return frozenset((column.name, _family(column.type)) for column in columns)


def _name(op: ops.AddColumnOp | ops.CreateTableOp) -> str:
    return str(op.column.name if isinstance(op, ops.AddColumnOp) else op.table_name)


def _check_answers(found: list[Candidate], answers: Mapping[str, str]) -> None:
    names = {candidate.old: {_name(op) for op in candidate.added} for candidate in found}
    for old, new in answers.items():
        if old == NONE:
            continue
        if old not in names:
            problem = f"{old} did not leave the models, or nothing came that it could be"
            raise RenameAnswerUnknown(answer=f"{old}:{new}", problem=problem)
        if new and new not in names[old]:
            problem = f"what came is {', '.join(sorted(names[old]))}"
            raise RenameAnswerUnknown(answer=f"{old}:{new}", problem=problem)


def _check_hints(changes: Sequence[MigrateOperation], context: Context) -> None:
    gone = {(table_of(o), o.column_name) for o in changes if isinstance(o, ops.DropColumnOp)}
    for op in changes:
        was = op.column.info.get(RENAMED_FROM) if isinstance(op, ops.AddColumnOp) else None
        if was is not None and (table_of(op), was) not in gone:
            check_named(op, _name(op), ("renamed_from", [str(was)]), context)  # type: ignore[arg-type] # an AddColumnOp, as was says
