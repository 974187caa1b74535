"""The body of a revision's function, as Alembic renders it, laid out as formatters do."""

from __future__ import annotations

import ast
import io
import tokenize

WIDTH = 88
INDENT = "    "
NOISE = "# ###"


def tidy(code: str) -> str:
    """Without Alembic's markers; one line where a call fits on one, else an argument a line.

    For ``script.py.mako``: ``${tidy(expand) if expand else "pass"}``.

    Args:
        code: Statements and comments, each line indented or not.

    Returns:
        The same, every line but the first indented by four.
    """
    lines = [line for piece in _pieces(code) for line in _laid_out(piece, INDENT)]
    return "\n".join(lines).strip() or "pass"


def _pieces(code: str) -> list[str]:
    """Comments, and statements on one line each."""
    pieces: list[str] = []
    waiting = ""
    for line in map(str.strip, code.splitlines()):
        if not waiting and line.startswith("#"):
            pieces += [] if line.startswith(NOISE) else [line]
            continue
        waiting = f"{waiting}\n{line}" if waiting else line
        statement = _statement(waiting)
        if statement is not None:
            pieces += [statement] if statement else []
            waiting = ""
    return [*pieces, *([waiting] if waiting else [])]


def _statement(text: str) -> str | None:
    """The statement on one line; None while it goes on."""
    if text in {"", "pass"}:
        return text
    try:
        return _double_quoted(ast.unparse(ast.parse(text, mode="eval")))
    except SyntaxError:
        return None


def _double_quoted(code: str) -> str:
    tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    swapped = [t._replace(string=_requoted(t.string)) for t in tokens]
    return str(tokenize.untokenize(swapped)).strip()


def _requoted(token: str) -> str:
    plain = token.startswith("'") and not {'"', "\\"} & set(token)
    return f'"{token[1:-1]}"' if plain else token


def _laid_out(text: str, indent: str) -> list[str]:
    if len(indent + text) <= WIDTH or text.startswith("#"):
        return [indent + text]
    opened = _opened(text)
    if opened is None:
        return [indent + text]
    head, parts, tail = opened
    inner = indent + INDENT
    return [indent + head, *(line for part in parts for line in _part(part, inner)), indent + tail]


def _part(text: str, indent: str) -> list[str]:
    *lines, last = _laid_out(text, indent)
    return [*lines, f"{last},"]


def _opened(text: str) -> tuple[str, list[str], str] | None:
    """A call as its head, its arguments and its closing bracket; None where it has no arguments."""
    keyword, _, value = text.partition("=") if _is_keyword(text) else ("", "", text)
    node = ast.parse(value, mode="eval").body
    if not isinstance(node, ast.Call) or not (node.args or node.keywords):
        return None
    name = ast.unparse(node.func)
    parts = [ast.get_source_segment(value, argument) or "" for argument in node.args]
    parts += [f"{k.arg}={ast.get_source_segment(value, k.value)}" for k in node.keywords]
    return (f"{keyword}={name}(" if keyword else f"{name}(", parts, ")")


def _is_keyword(text: str) -> bool:
    name, equals, _ = text.partition("=")
    return bool(equals) and name.isidentifier()
