"""What the text of a revision file says about its lines: calls, functions, comments."""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@lru_cache(maxsize=64)
def module(source: str) -> ast.Module:
    """The parsed file; empty when it is not Python, which is reported elsewhere."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


@lru_cache(maxsize=64)
def spans(source: str) -> tuple[range, ...]:
    """The lines of every statement; of a compound one those of its header alone."""
    found = (node for node in ast.walk(module(source)) if isinstance(node, ast.stmt))
    return tuple(range(node.lineno, _last_line(node) + 1) for node in found)


def span_at(source: str, line: int) -> range:
    """The lines of the statement that a line belongs to; that line alone where there is none."""
    return next((span for span in spans(source) if line in span), range(line, line + 1))


def covered_by(source: str, line: int, *, alone: bool) -> range:
    """The lines of the statement that a comment is about: the one it stands in, or right above."""
    if not alone or any(line in span for span in spans(source)):
        return span_at(source, line)
    own = {number for number, _, alone in comments(source) if alone}
    below = line
    while below in own:
        below += 1
    return span_at(source, below)


def call_at(source: str, line: int) -> str:
    """The code of the statement that a line belongs to, without its indentation."""
    span = span_at(source, line)
    lines = source.splitlines()[span.start - 1 : span.stop - 1] if line else []
    return textwrap.dedent("\n".join(lines)).strip()


def function_at(source: str, line: int) -> str:
    """The name of the top-level function around a line; empty outside of all."""
    for node in module(source).body:
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0):
            return node.name
    return ""


def comments(source: str) -> Iterator[tuple[int, str, bool]]:
    """Line, text without ``#``, and whether it stands on a line of its own."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                alone = not token.line[: token.start[1]].strip()
                yield token.start[0], token.string.lstrip("#").strip(), alone
    except (tokenize.TokenError, SyntaxError):  # not Python: reported elsewhere
        return


def words(source: str) -> Iterator[tuple[int, str]]:
    """Every line that has code with its code; comments are left out."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type != tokenize.COMMENT:
                yield from enumerate(token.string.splitlines(), token.start[0])
    except (tokenize.TokenError, SyntaxError):  # not Python: reported elsewhere
        return


def strings(source: str) -> Iterator[tuple[int, str]]:
    """Every string in the code with the line it begins on; docstrings are none."""
    docstrings = {id(_docstring(node)) for node in ast.walk(module(source))}
    for node in ast.walk(module(source)):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield node.lineno, node.value if isinstance(node.value, str) else ""


def _last_line(node: ast.stmt) -> int:
    """A compound statement ends with its header: its body consists of statements of their own."""
    if not hasattr(node, "body"):
        return node.end_lineno or node.lineno
    return max((part.end_lineno or 0 for part in _header(node)), default=node.lineno)


def _header(node: ast.stmt) -> Iterator[ast.expr]:
    for field, value in ast.iter_fields(node):
        if field in {"test", "iter", "target"}:
            yield value
        if field == "items":
            yield from (item.context_expr for item in value)


def _docstring(node: ast.AST) -> ast.expr | None:
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    return first.value if isinstance(first, ast.Expr) else None
