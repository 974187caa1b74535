"""What the mirrors need to be to others what the columns are: indexes, checks, foreign keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.operations.ops import CreateCheckConstraintOp, CreateForeignKeyOp, CreateIndexOp
from sqlalchemy import CheckConstraint
from sqlalchemy.sql.elements import conv

from phased.expressions import text_of
from phased.facts.questions import split
from phased.filling import literally
from phased.naming import invent, quote
from phased.syntax.expressions import printed
from phased.syntax.indexes import mentioned
from phased.syntax.tree import enum, strings
from phased.widening.references import constraint
from phased.widening.renaming import parsed, renamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Table

    from phased.fact import Facts, IndexFacts
    from phased.syntax.tree import Node
    from phased.widening.column import ForeignKey, Place, Widened

CONCURRENTLY: dict[str, Any] = {"postgresql_concurrently": True}
NOT_VALID: dict[str, Any] = {"postgresql_not_valid": True}


@dataclass(frozen=True, slots=True)
class Copied:
    """Something of a table that is there twice until the swap.

    Attributes:
        table: Its table, unquoted.
        schema: Unquoted, or None for the search path.
        name: What it is called, unquoted.
        copy: What its copy is called until the swap.
        kind: ``pg_constraint.contype``, empty for an index without a constraint.
        create: What makes the copy.
        validated: The rows that were there before are known to obey.
        options: Of a constraint: ``deferrable``, ``initially``.
    """

    table: str
    schema: str | None
    name: str
    copy: str
    kind: str
    create: Any
    validated: bool = True
    options: tuple[tuple[str, Any], ...] = ()


def indexes(columns: Iterable[Widened], facts: Facts) -> Iterator[Copied]:
    """Every index that mentions one of the columns; those behind constraints too."""
    for (table, schema), mirrors, held in _tables(columns, facts):
        behind = {c.index: (name, c) for name, c in held.constraints.items() if c.kind in "pu"}
        for name, index in held.indexes.items():
            if not mentioned(index) & mirrors.keys() or not index.definition:
                continue
            copy = invent(name, "copy")
            create = _index(copy, (table, schema), index, mirrors)
            if name in behind:
                named, made = behind[name]
                options = tuple(_timing(made.definition).items())
                place = (table, schema, named, copy, made.kind)
                yield Copied(*place, create, options=options)
            else:
                yield Copied(table, schema, name, copy, "", create)


def checks(
    columns: Iterable[Widened], facts: Facts, tables: Mapping[str, Table]
) -> Iterator[Copied]:
    """Every CHECK that mentions one of the columns, as the models write it where they do."""
    columns = list(columns)
    for (table, schema), mirrors, held in _tables(columns, facts):
        relation = next(c.relation for c in columns if (c.table, c.schema) == (table, schema))
        for name, check in held.constraints.items():
            if check.kind != "c" or not mirrors.keys() & {*check.columns}:
                continue
            said = _of_models(tables.get(relation), name) or check.definition
            expression = printed(renamed(_expression(said), mirrors))
            copy = conv(invent(name, "copy"))
            create = CreateCheckConstraintOp(
                copy, table, literally(str(expression)), schema=schema, **NOT_VALID
            )
            yield Copied(table, schema, name, copy, "c", create, check.validated)


def foreign_keys(keys: Iterable[ForeignKey], mirrors: Mapping[Place, str]) -> Iterator[Copied]:
    """Each foreign key over the mirrors, on whichever side they are."""
    for key in keys:
        schema, table = split(key.child)
        copy = conv(invent(key.name, "copy"))
        local = [mirrors.get((key.child, name), name) for name in key.columns]
        remote = [mirrors.get((key.parent, name), name) for name in key.targets]
        sets = ", ".join(quote(mirrors.get((key.child, name), name)) for name in key.sets)
        options = {**key.options, **NOT_VALID, "source_schema": schema}
        options |= {"ondelete": f"{options['ondelete']} ({sets})"} if sets else {}
        create = CreateForeignKeyOp(copy, table, split(key.parent)[1], local, remote, **options)
        yield Copied(table, schema, key.name, copy, "f", create, key.validated)


def _tables(columns: Iterable[Widened], facts: Facts) -> Iterator[tuple[Any, dict[str, str], Any]]:
    """Each table with the mirrors of its columns and its facts."""
    by_table: dict[tuple[str, str, str | None], dict[str, str]] = {}
    for one in columns:
        by_table.setdefault((one.relation, one.table, one.schema), {})[one.name] = one.mirror
    for (relation, table, schema), mirrors in by_table.items():
        yield (table, schema), mirrors, facts.relations[relation]


def _timing(definition: str) -> dict[str, Any]:
    node = constraint(definition) if definition else None
    if node is None or not node.deferrable:
        return {}
    return {"deferrable": True, **({"initially": "DEFERRED"} if node.initdeferred else {})}


def _index(
    name: str, place: tuple[str, str | None], held: IndexFacts, mirrors: Mapping[str, str]
) -> CreateIndexOp:
    table, schema = place
    node = renamed(parsed(held.definition).stmts[0].stmt.index_stmt, mirrors)
    included = [item.index_elem.name for item in node.index_including_params]
    storage = {item.def_elem.defname: _value(item.def_elem.arg) for item in node.options}
    where = printed(node.where_clause) if node.HasField("where_clause") else None
    options = {
        "postgresql_using": None if node.access_method == "btree" else node.access_method,
        "postgresql_include": included or None,
        "postgresql_nulls_not_distinct": node.nulls_not_distinct or None,
        "postgresql_with": storage or None,
        "postgresql_where": None if where is None else literally(where),
        **CONCURRENTLY,
    }
    given = {key: value for key, value in options.items() if value is not None}
    elements = [_element(item.index_elem) for item in node.index_params]
    return CreateIndexOp(name, table, elements, schema=schema, unique=node.unique, **given)


def _element(node: Node) -> Any:
    """A plain column by its name; everything else as SQL."""
    words = [
        *(["COLLATE " + _dotted(node.collation)] if node.collation else []),
        *([_operators(node)] if node.opclass else []),
        *_direction(node),
    ]
    if node.name and not words:
        return str(node.name)
    column = quote(node.name) if node.name else f"({printed(node.expr)})"
    return literally(" ".join([column, *words]))


def _operators(node: Node) -> str:
    given = ", ".join(
        f"{item.def_elem.defname}={_value(item.def_elem.arg)}" for item in node.opclassopts
    )
    return _dotted(node.opclass) + (f" ({given})" if given else "")


def _direction(node: Node) -> Iterator[str]:
    if enum(node, "ordering") == "SORTBY_DESC":
        yield "DESC"
    nulls = enum(node, "nulls_ordering").removeprefix("SORTBY_NULLS_")
    if nulls in {"FIRST", "LAST"}:
        yield f"NULLS {nulls}"


def _dotted(names: Any) -> str:
    return ".".join(map(quote, strings(names)))


def _value(node: Node) -> str:
    which = node.WhichOneof("node")
    return str(node.integer.ival if which == "integer" else getattr(node, which).sval)


def _expression(check: str) -> Node:
    """A tree of its own of what a CHECK says."""
    statement = parsed(f"ALTER TABLE t ADD {check}").stmts[0].stmt.alter_table_stmt
    return getattr(statement.cmds[0].alter_table_cmd, "def").constraint.raw_expr


def _of_models(table: Table | None, name: str) -> str | None:
    held = table.constraints if table is not None else ()
    found = (c for c in held if isinstance(c, CheckConstraint) and str(c.name) == name)
    return next((f"CHECK ({text_of(c.sqltext)})" for c in found), None)
