"""Waivers: what a revision file says against a rule, with its reason.

**Why.** A rule judges what it can see. Who knows more (a table that nobody writes yet, a window in
which the application is down) says so where the next reader looks: on the line of the call. The
reason is for that reader, so a waiver without one is refused, and so is one that names no rule.
A waiver that waives nothing is a warning: it would hide the next finding.

Source: https://www.postgresql.org/docs/current/explicit-locking.html

Good::

    def expand() -> None:
        # phased: allow index_without_concurrently because the table has five rows
        op.create_index("ix_plans_name", "plans", ["name"])
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phased.source import comments, covered_by, function_at, strings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from phased.model import Finding

NAME = "waiver"
FORM = "# phased: allow {rules} because <reason>"
_OURS = re.compile(r"phased:(.*)", re.DOTALL)
_ALLOW = re.compile(
    r"\s*allow\s+(?P<rules>\w+(?:\s*,\s*\w+)*)(?:\s+because\s+(?P<reason>\S.*))?\s*$"
)
_FORM_ITSELF = re.compile(r"^<.*>$|^…$|^\.\.\.$")
_SQL_COMMENT = re.compile(r"--[ \t]*(phased:[^\n]*)")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver of one or more rules.

    Attributes:
        text: As written, from ``phased:`` on.
        line: Where it stands.
        lines: The lines of the operation call it is about.
        rules: The rules it names.
        reason: Why; empty where there is none.
        sql: It is a comment in SQL.
    """

    text: str
    line: int
    lines: range
    rules: tuple[str, ...] = ()
    reason: str = ""
    sql: bool = False


def read(source: str) -> list[Waiver]:
    """Every waiver in a revision file, also those that are not valid."""
    found = [_in_python(source, *comment) for comment in comments(source) if _ours(comment[1])]
    found += [_in_sql(source, line, text) for line, text in _sql_comments(source)]
    return [each for each in found if function_at(source, each.line) != "downgrade"]


def covers(waiver: Waiver, finding: Finding) -> bool:
    """Whether a finding is waived."""
    valid = bool(waiver.reason) and finding.rule in waiver.rules
    return valid and finding.line in waiver.lines


def complaint(waiver: Waiver, known: Collection[str]) -> str | None:
    """Why a waiver is refused; None when it is valid."""
    if not waiver.rules:
        return _not_understood(waiver)
    unknown = next((rule for rule in waiver.rules if rule not in known), None)
    if unknown:
        return _unknown(waiver, unknown, known)
    return None if waiver.reason else _no_reason(waiver)


def unused(waiver: Waiver) -> str:
    """What is said of a waiver that waives nothing."""
    rules = ", ".join(waiver.rules)
    return (
        f"The waiver of {rules} on line {waiver.line} waives nothing and would hide the next "
        "finding. Remove it, or move it to the line of the call it is about."
    )


def _ours(text: str) -> bool:
    return text.startswith("phased:")


def _in_python(source: str, line: int, text: str, alone: bool) -> Waiver:  # noqa: FBT001 # as comments() gives it
    return _parsed(text, line, covered_by(source, line, alone=alone), sql=False)


def _in_sql(source: str, line: int, text: str) -> Waiver:
    return _parsed(text, line, covered_by(source, line, alone=False), sql=True)


def _parsed(text: str, line: int, lines: range, *, sql: bool) -> Waiver:
    said = _OURS.match(text)
    allowed = _ALLOW.match(said[1]) if said else None
    if allowed is None:
        return Waiver(text, line, lines, sql=sql)
    rules = tuple(rule.strip() for rule in allowed["rules"].split(","))
    reason = _FORM_ITSELF.sub("", allowed["reason"] or "").strip()
    return Waiver(text, line, lines, rules, reason, sql)


def _sql_comments(source: str) -> Iterator[tuple[int, str]]:
    for line, text in strings(source):
        for found in _SQL_COMMENT.finditer(text):
            yield line + text.count("\n", 0, found.start()), found[1].strip()


def _form(waiver: Waiver, rules: str) -> str:
    form = FORM.format(rules=rules)
    return "\n\n    " + (form.replace("#", "--", 1) if waiver.sql else form)


def _not_understood(waiver: Waiver) -> str:
    return f"Line {waiver.line} says {waiver.text!r}, which is no waiver. Write:" + _form(
        waiver, "<rule>"
    )


def _no_reason(waiver: Waiver) -> str:
    rules = ", ".join(waiver.rules)
    return (
        f"The waiver of {rules} on line {waiver.line} has no reason, and the next reader needs one."
        f" Write:{_form(waiver, rules)}"
    )


def _unknown(waiver: Waiver, unknown: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(unknown, sorted(known), n=1, cutoff=0.5)
    guess = f"Did you mean {near[0]}? Write:" if near else "Write the name of a rule:"
    return (
        f"The waiver on line {waiver.line} names the rule {unknown}, which does not exist. {guess}"
        f"{_form(waiver, near[0] if near else '<rule>')}"
    )
