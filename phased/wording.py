"""Numbers, times and SQL as people read them."""

from __future__ import annotations

import re
import textwrap
from functools import partial

_SIZES = ("bytes", "kB", "MB", "GB", "TB")
_KILO = 1024
_ROUND = 10_000
_DIGITS = 10
_MINUTE = 60
_HOUR = 3600
_GAP = r"(?:\s|--[^\n]*)+"
_GLUE = "\x1f"  # a space that is no place to break
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
_PIECES = re.compile(
    rf"(?s)(?P<tag>\$\w*\$)(?P<body>.*?)(?P=tag)|'(?:[^']|'')*'|\"[^\"]*\"|\({_GAP}|{_GAP}\)|{_GAP}"
)


def count(number: int, noun: str) -> str:
    """``1 error``, ``2 errors``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def rows(number: float) -> str:
    """An estimate of rows: ``9,500 rows``, ``~200k rows``, ``~1.2M rows``."""
    if number < 0:
        return "never analysed"
    if number < _ROUND:
        return count(round(number), "row")
    power, unit = next(
        (p, u) for p, u in ((1e9, "G"), (1e6, "M"), (1e3, "k")) if round(number / p, 3) >= 1
    )
    return f"~{_short(number / power)}{unit} rows"


def size(number: float) -> str:
    """Bytes as ``pg_size_pretty`` writes them, with one more digit: ``8 kB``, ``1.5 GB``."""
    unit = 0
    while round(number) >= _KILO and unit < len(_SIZES) - 1:
        number, unit = number / _KILO, unit + 1
    return f"{_short(number)} {_SIZES[unit]}"


def duration(seconds: float) -> str:
    """``4 ms``, ``1.5 s``, ``2 min 5 s``, ``1 h 3 min``."""
    if round(seconds, 3) < 1:
        return f"{round(seconds * 1000)} ms"
    if round(seconds) < _MINUTE:
        return f"{_short(seconds)} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def one_line(sql: str) -> str:
    """The statement on one line; the lines of a function's body are counted, not shown."""
    return _PIECES.sub(_squeeze, sql.strip().removesuffix(";"))


def unbroken(sql: str) -> str:
    """The statement for ``wrap``, which then keeps what is quoted on one line."""
    return _QUOTED.sub(lambda found: found[0].replace(" ", _GLUE), sql)


def shorten(text: str, width: int) -> str:
    """The text, cut to fit, with ``…`` for what is missing."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"


def wrap(text: str, width: int) -> list[str]:
    """The text in lines; lines that are indented are code and stay as they are."""
    lines: list[str] = []
    for line in text.splitlines():
        code = not line.strip() or line[0].isspace()
        lines += [line.rstrip()] if code else _WRAPPER(width).wrap(line)
    return [line.replace(_GLUE, " ") for line in lines]


_WRAPPER = partial(textwrap.TextWrapper, break_long_words=False, break_on_hyphens=False)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0") if number < _DIGITS else f"{number:.0f}"


def _squeeze(found: re.Match[str]) -> str:
    piece = found[0]
    if found["tag"]:
        return _body(found["tag"], found["body"].strip())
    if piece[0] in "'\"":
        return piece
    return "(" if piece[0] == "(" else ")" if piece[-1] == ")" else " "


def _body(tag: str, body: str) -> str:
    lines = body.count("\n") + 1
    return f"{tag} {body} {tag}" if lines == 1 else f"{tag} … {count(lines, 'line')} … {tag}"
