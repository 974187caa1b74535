"""Exchange what a parse tree names at its own place in the text; all around it stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import postgast

from phased.syntax.tree import kind, one, strings, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phased.syntax.tree import Node

    Span = tuple[int, int]


def relations(sql: str, names: Mapping[tuple[str, str], str], prefix: str = "") -> str:
    """The text with other names for some relations.

    Args:
        sql: What parses as one statement after the prefix.
        names: Schema (empty where there is none) and name, unquoted, to the SQL in their place.
        prefix: What makes a statement of an expression: ``SELECT``.

    Raises:
        SqlSyntax: It does not parse.
    """
    whole = f"{prefix}{sql}"
    items = list(walk(one(whole)[1]))
    hidden = {("", item.ctename) for item in items if kind(item) == "CommonTableExpr"}
    edits = {}
    for item in items:
        key = (item.schemaname, item.relname) if kind(item) == "RangeVar" else ("", "")
        if key in names and key not in hidden:
            edits[_span(whole, item.location, 3 if item.schemaname else 1)] = names[key]
    return _edited(whole, edits).removeprefix(prefix)


def columns(sql: str, values: Mapping[str, Callable[[str], str]], prefix: str = "") -> str:
    """The text with expressions in the place of some columns.

    Args:
        sql: What parses as one statement after the prefix.
        values: Column, unquoted, to what gives the SQL for it; it is told what the column was
            qualified with: ``users.``, or nothing.
        prefix: What makes a statement of an expression.

    Raises:
        SqlSyntax: It does not parse.
    """
    whole = f"{prefix}{sql}"
    edits = {}
    for item in walk(one(whole)[1]):
        parts = _parts(item)
        if parts and parts[-1] in values:
            span = _span(whole, item.location, 2 * len(parts) - 1)
            edits[span] = values[parts[-1]](_qualifier(whole, item, parts))
    return _edited(whole, edits).removeprefix(prefix)


def words(sql: str) -> list[str]:
    """The names and key words of a text, unquoted, in the order they appear."""
    raw = sql.encode()
    return [_unquoted(raw[token.start : token.end].decode()) for token in postgast.scan(sql).tokens]


def update_of(sql: str, names: Mapping[str, str]) -> str:
    """The text of a trigger with something else for some columns that UPDATE OF lists."""
    raw = sql.encode()
    spans = [(token.start, token.end) for token in postgast.scan(sql).tokens]
    texts = [raw[start:end].decode() for start, end in spans]
    inside, edits = False, {}
    for n, text in enumerate(texts):
        if inside and text.upper() in {"ON", "OR"}:
            inside = False
        elif inside and _unquoted(text) in names:
            edits[spans[n]] = names[_unquoted(text)]
        inside = inside or [t.upper() for t in texts[max(n - 1, 0) : n + 1]] == ["UPDATE", "OF"]
    return _edited(sql, edits)


def _parts(node: Node) -> list[str]:
    """The names of a column reference; none for anything else, or for ``users.*``."""
    if kind(node) != "ColumnRef" or node.fields[-1].WhichOneof("node") != "string":
        return []
    return strings(node.fields)


def _qualifier(whole: str, node: Node, parts: list[str]) -> str:
    if len(parts) == 1:
        return ""
    start, end = _span(whole, node.location, 2 * len(parts) - 2)
    return whole.encode()[start:end].decode()


def _span(whole: str, location: int, tokens: int) -> Span:
    """Where so many tokens from a place on are, in bytes."""
    scanned = postgast.scan(whole).tokens
    first = next(n for n, token in enumerate(scanned) if token.start >= location)
    return scanned[first].start, scanned[first + tokens - 1].end


def _edited(whole: str, edits: Mapping[Span, str]) -> str:
    raw = whole.encode()
    for (start, end), text in sorted(edits.items(), reverse=True):
        raw = raw[:start] + text.encode() + raw[end:]
    return raw.decode()


def _unquoted(word: str) -> str:
    return word[1:-1].replace('""', '"') if word.startswith('"') else word.lower()
