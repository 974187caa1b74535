"""The body of a revision's function, as Alembic renders it, laid out for people."""

from __future__ import annotations

import re

WIDTH = 96
INDENT = "    "
NOISE = "# ###"
EMPTY = "pass"


def tidy(body: str) -> str:
    """Without Alembic's markers; one line where a call fits on one, else an argument a line.

    For ``script.py.mako``: ``${tidy(expand) if expand else "pass"}``.

    Args:
        body: Statements at an indentation of four, the first one without.
    """
    lines = [line for line in body.splitlines() if line.strip() and not _is_noise(line)]
    found = [_laid_out(call) for call in _calls(lines)]
    return ("\n" + INDENT).join(line for call in found for line in call) or EMPTY


def _is_noise(line: str) -> bool:
    return line.strip().startswith(NOISE)


def _calls(lines: list[str]) -> list[list[str]]:
    """The lines of each statement together."""
    calls: list[list[str]] = []
    depth = 0
    for line in lines:
        if depth == 0:
            calls.append([])
        calls[-1].append(line.strip())
        depth += 0 if depth == 0 and line.strip().startswith("#") else _opened(line)
    return calls


def _opened(line: str) -> int:
    """How many brackets a line leaves open; those in texts do not count."""
    bare = re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", "", line)
    return sum(bare.count(c) for c in "([{") - sum(bare.count(c) for c in ")]}")


def _laid_out(call: list[str]) -> list[str]:
    one_line = _joined(call)
    if len(call) == 1 or len(one_line) <= WIDTH:
        return [one_line]
    head, *arguments = call
    name, bracket, first = head.partition("(")
    inside = [part for part in (first, *arguments) if part not in {"", ")"}]
    inside[-1] = inside[-1].removesuffix(")") if arguments[-1] != ")" else inside[-1]
    return [name + bracket, *(INDENT + _comma(part) for part in inside), ")"]


def _joined(call: list[str]) -> str:
    text = " ".join(call)
    return re.sub(r",? \)$", ")", text.replace("( ", "(", 1))


def _comma(part: str) -> str:
    return part if part.endswith(",") else f"{part},"
