"""A hash of what a revision file says: comments, docstrings and layout do not count.

Taken over the syntax tree, written out by ourselves: what `ast.dump` prints, and how a file falls
into tokens, differs between versions of Python, and a checksum is kept for years.
"""

from __future__ import annotations

import ast
import hashlib
import json
from typing import Any

SILENT = {"ctx", "kind", "type_comment", "type_ignores"}
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def checksum(source: str) -> str:
    """SHA-256 of the code of a file.

    Raises:
        SyntaxError: It is not Python.
    """
    return hashlib.sha256(_written(ast.parse(source)).encode()).hexdigest()


def _written(value: Any) -> str:
    if isinstance(value, ast.Constant):
        return _constant(value.value)
    if isinstance(value, ast.AST):
        fields = "".join(f" {name}={_written(held)}" for name, held in _fields(value))
        return f"({type(value).__name__}{fields})"
    if isinstance(value, list):
        return f"[{' '.join(_written(item) for item in value)}]"
    return _constant(value)


def _fields(node: ast.AST) -> list[tuple[str, Any]]:
    """What a node holds; what is empty is left out, as other versions have no field for it."""
    held = [(name, getattr(node, name, None)) for name in node._fields if name not in SILENT]
    return [(name, _spoken(node, value)) for name, value in held if value not in (None, [])]


def _spoken(node: ast.AST, value: Any) -> Any:
    """Without docstrings, and without the empty texts that 3.12 puts into format specifications."""
    if isinstance(node, ast.JoinedStr):
        return [part for part in value if getattr(part, "value", None) != ""]
    if not isinstance(node, _DOCUMENTED) or value is not node.body:
        return value
    return value[1:] if ast.get_docstring(node, clean=False) is not None else value


def _constant(value: object) -> str:
    """A constant; `repr` of a text depends on what Python knows of Unicode."""
    return json.dumps(value) if isinstance(value, str) else f"{type(value).__name__} {value!r}"
