"""What a function of a revision file says, as far as the file's own checksum goes."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phased.checksum import checksum

if TYPE_CHECKING:
    from collections.abc import Callable

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def name_of(function: Callable[..., Any]) -> str:
    """Its name, as the file has it."""
    return str(getattr(function, "__name__", type(function).__name__))


def code_of(function: Callable[..., Any]) -> str:
    """A hash of its code; what it calls, and its comments, do not count.

    Two functions that begin on one line count as one. Of what is not a plain function only the
    name is known.
    """
    code = getattr(function, "__code__", None)
    text = _source(code.co_filename) if code else ""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, _FUNCTIONS)]
    mine = [node for node in found if code and code.co_firstlineno == _first_line(node)]
    words = [checksum(ast.unparse(node)) for node in mine] or [name_of(function)]
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def _source(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> int:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min([node.lineno, *(one.lineno for one in decorators)])
