"""Which expressions give another value for every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.errors.revisions import SqlSyntax
from phased.syntax.tree import enum, kind, split, strings, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.fact import Facts
    from phased.syntax.tree import Node

_PLAIN_SELECT = {"target_list", "limit_option", "op"}

VOLATILE = frozenset(
    [
        "clock_timestamp",
        "currval",
        "gen_random_bytes",
        "gen_random_uuid",
        "lastval",
        "nextval",
        "pg_sleep",
        "random",
        "random_normal",
        "setval",
        "timeofday",
        "txid_current_if_assigned",
        "uuidv4",
        "uuidv7",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
    ]
)

MOVING = frozenset(["now", "statement_timestamp", "transaction_timestamp", "pg_backend_pid"])

# Taken for granted without a database; any other function may be a volatile one of the user's.
STEADY = frozenset(
    [
        "abs",
        "array_append",
        "array_cat",
        "array_fill",
        "array_length",
        "array_to_string",
        "btrim",
        "ceil",
        "char_length",
        "coalesce",
        "concat",
        "concat_ws",
        "current_setting",
        "date_part",
        "date_trunc",
        "decode",
        "digest",
        "encode",
        "extract",
        "floor",
        "format",
        "greatest",
        "hstore",
        "initcap",
        "json_build_array",
        "json_build_object",
        "jsonb_build_array",
        "jsonb_build_object",
        "jsonb_object",
        "least",
        "left",
        "length",
        "lower",
        "lpad",
        "ltrim",
        "make_date",
        "make_interval",
        "make_timestamp",
        "make_timestamptz",
        "md5",
        "mod",
        "now",
        "nullif",
        "numrange",
        "daterange",
        "int4range",
        "int8range",
        "tsrange",
        "tstzrange",
        "octet_length",
        "overlay",
        "pg_backend_pid",
        "point",
        "power",
        "position",
        "regexp_replace",
        "repeat",
        "replace",
        "reverse",
        "right",
        "round",
        "rpad",
        "rtrim",
        "session_user",
        "sha256",
        "sign",
        "split_part",
        "sqrt",
        "statement_timestamp",
        "string_to_array",
        "strpos",
        "substr",
        "substring",
        "timezone",
        "to_char",
        "to_date",
        "to_json",
        "to_jsonb",
        "to_number",
        "to_timestamp",
        "to_tsquery",
        "to_tsvector",
        "transaction_timestamp",
        "translate",
        "trim",
        "trunc",
        "upper",
        "uuid_nil",
        "xmlparse",
    ]
)


def functions(node: Node) -> Iterator[str]:
    """The names of the functions that an expression calls, schemas left out."""
    for item in walk(node):
        if kind(item) == "FuncCall":
            yield strings(item.funcname)[-1]


def varying(node: Node, facts: Facts) -> Iterator[str]:
    """What an expression calls that may give another value later, as it would be written."""
    yield from (f"{n}()" for n in functions(node) if n in VOLATILE | MOVING | facts.volatile)
    for item in walk(node):
        if kind(item) == "SQLValueFunction":
            yield enum(item, "op").removeprefix("SVFOP_")


def volatile(node: Node, facts: Facts) -> bool:
    """Whether an expression has to be evaluated for every row."""
    return any(_volatile(name, facts) for name in functions(node))


def _volatile(name: str, facts: Facts) -> bool:
    if name in VOLATILE or name in facts.volatile:
        return True
    return not facts.known and name not in STEADY and name not in facts.steady


def of_function(node: Node) -> bool:
    """Whether a CREATE FUNCTION makes a volatile function, as it does when it says nothing.

    One in SQL that only returns a steady expression is written out where it is called.
    """
    options = {item.def_elem.defname: item.def_elem.arg for item in node.options}
    if "volatility" in options and options["volatility"].string.sval != "volatile":
        return False
    if "as" not in options or options.get("language") is None:
        return True
    body = options["as"].list.items[0].string.sval
    return not (options["language"].string.sval.lower() == "sql" and inlined(body))


def inlined(body: str) -> bool:
    """Whether the body of an SQL function is one SELECT of one expression that is not volatile."""
    try:
        statements = split(body)
    except SqlSyntax:
        return False
    if len(statements) != 1 or statements[0][1] != "select_stmt":
        return False
    select = statements[0][2]
    plain = {field.name for field, _ in select.ListFields()} <= _PLAIN_SELECT
    return plain and len(select.target_list) == 1 and _all_steady(select)


def _all_steady(select: Node) -> bool:
    return all(name in STEADY for name in functions(select))
