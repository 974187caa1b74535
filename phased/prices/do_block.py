"""DO: the statements in its body, as far as they can be read; anything else is unknown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import postgast
from postgast.errors import PgQueryError

from phased.errors.revisions import SqlSyntax
from phased.price import Price, merge, unknown
from phased.prices import evolved, price_of
from phased.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.fact import Facts
    from phased.syntax.tree import Node

NODES = ("do_stmt",)
_STATIC, _DYNAMIC = "PLpgSQL_stmt_execsql", "PLpgSQL_stmt_dynexecute"
_QUERIES = {"PLpgSQL_stmt_fors", "PLpgSQL_stmt_perform", "PLpgSQL_stmt_open"}
_HIDDEN = {"PLpgSQL_stmt_dynfors", "PLpgSQL_stmt_call", "PLpgSQL_stmt_return_query"}
_ENDS = {"PLpgSQL_stmt_commit", "PLpgSQL_stmt_rollback"}
_ANY = "phased_any"
_PLACEHOLDER = re.compile(r"%(?:%|s|I)")
_CHEAP = {"grant_stmt", "alter_table_stmt.AT_ChangeOwner"}


def price(node: Node, facts: Facts) -> Price:
    """The price of all statements in the body, branches and loops taken together."""
    parts = []
    for text in _texts(node):
        found = _price(text, facts) if text is not None else unknown("DO")
        parts.append(found)
        facts = _evolve(text, facts) if text is not None else facts
    dark = any(part.kind.startswith("unknown") for part in parts)
    return merge(unknown("DO").kind if dark else "DO", parts)


def evolve(node: Node, facts: Facts) -> Facts:
    """The facts after the statements that could be read."""
    for text in _texts(node):
        facts = _evolve(text, facts) if text is not None else facts
    return facts


def _texts(node: Node) -> list[str | None]:
    """The SQL of the body; None stands for what cannot be read."""
    options = {item.def_elem.defname: item.def_elem.arg.string.sval for item in node.args}
    if options.get("language", "plpgsql") != "plpgsql":
        return [None]
    body = options["as"]
    try:
        parsed = postgast.parse_plpgsql(f"DO $phased${body}$phased$")
    except PgQueryError:
        return [None]
    return list(_found(parsed))


def _found(item: Any) -> Iterator[str | None]:
    if isinstance(item, list):
        for part in item:
            yield from _found(part)
    elif isinstance(item, dict):
        for name, value in item.items():
            yield from _statement(name, value)
            yield from _found(value)


def _statement(name: str, value: dict[str, Any]) -> Iterator[str | None]:
    if name == _STATIC:
        yield _query(value["sqlstmt"])
    elif name == _DYNAMIC:
        yield _literal(_query(value["query"]))
    elif name in _QUERIES:
        expression = value.get("query") or value.get("expr")
        yield _query(expression) if expression else None
    elif name in _HIDDEN:
        yield None
    elif name in _ENDS:
        yield "COMMIT"


def _query(expression: dict[str, Any]) -> str:
    return str(expression["PLpgSQL_expr"]["query"])


def _literal(expression: str) -> str | None:
    """The text that EXECUTE runs, where it is written out."""
    try:
        _, node = tree.one(f"SELECT {expression}")
    except SqlSyntax:
        return None
    value = node.target_list[0].res_target.val
    if value.HasField("func_call") and tree.strings(value.func_call.funcname) == ["format"]:
        return _formatted(value.func_call.args[0])
    return str(value.a_const.sval.sval) if value.HasField("a_const") else None


def _formatted(template: Node) -> str | None:
    """What ``format()`` makes, where it costs the same whatever it fills in: rights and owners."""
    if not template.HasField("a_const"):
        return None
    filled = _PLACEHOLDER.sub(_filled, str(template.a_const.sval.sval))
    try:
        found = tree.split(filled)
    except SqlSyntax:
        return None
    cheap = all(_kind(which, node) in _CHEAP and not _open(node) for _, which, node in found)
    return filled if cheap else None


def _filled(placeholder: re.Match[str]) -> str:
    return "%" if placeholder[0] == "%%" else _ANY


def _kind(which: str, node: Node) -> str:
    if which != "alter_table_stmt":
        return which
    (command, *others) = (tree.enum(item.alter_table_cmd, "subtype") for item in node.cmds)
    return f"{which}.{command}" if not others else which


def _open(node: Node) -> bool:
    """Whether it does not say which relation it is about."""
    named = [item for item in tree.walk(node) if tree.kind(item) == "RangeVar"]
    return not named or any(_ANY in {item.relname, item.schemaname} for item in named)


def _price(text: str, facts: Facts) -> Price:
    try:
        found = [price_of(which, node, facts) for _, which, node in tree.split(text)]
    except SqlSyntax:
        return unknown("DO")
    return merge(next((p.kind for p in found if p.kind.startswith("unknown")), "DO"), found)


def _evolve(text: str, facts: Facts) -> Facts:
    try:
        statements = tree.split(text)
    except SqlSyntax:
        return facts
    for _, which, node in statements:
        facts = evolved(which, node, facts)
    return facts
