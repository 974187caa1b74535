"""Findings: path, line, rule and message, and how to waive them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from phased.model import Severity
from phased.reports.text._line import hang, stack
from phased.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from phased.model import Finding

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow"}
_RULE = "<rule>"


def findings(findings: Sequence[Finding]) -> Text:
    """One finding a paragraph, in the order of the files; then how many, and how to waive them."""
    if not findings:
        return Text.assemble(("✓", "green"), " Nothing found.")
    ordered = sorted(findings, key=lambda finding: (finding.path, finding.line, finding.rule))
    lines = [line for finding in ordered for line in _paragraph(finding)]
    return stack(
        [*lines, Text(), _summary(ordered), *(Text(line, "dim") for line in advice(_RULE))]
    )


def severities(findings: Iterable[Finding]) -> list[str]:
    """``["1 error", "2 warnings"]``, without those there are none of."""
    found = [finding.severity for finding in findings]
    return [
        count(found.count(severity), severity.value) for severity in Severity if severity in found
    ]


def place(finding: Finding) -> str:
    """``versions/a1.py:14``; without the line where it is not known."""
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def advice(rule: str) -> list[str]:
    """What to type to know more, and what to write on the line to allow it."""
    return [f"why    phased explain {rule}", f"allow  # phased: allow {rule} because <reason>"]


def worst(findings: Iterable[Finding]) -> str:
    """The style of the worst of them."""
    found = {finding.severity for finding in findings}
    return next((style for severity, style in STYLES.items() if severity in found), "bold")


def _paragraph(finding: Finding) -> list[Text]:
    head = Text.assemble(
        (place(finding), "bold"),
        ": ",
        (finding.severity.value, STYLES[finding.severity]),
        " ",
        (finding.rule, "bold"),
    )
    return [head, *hang(Text("    "), Text("    "), finding.message)]


def _summary(findings: Sequence[Finding]) -> Text:
    files = len({finding.path for finding in findings})
    return Text(f"{', '.join(severities(findings))} in {count(files, 'file')}", worst(findings))
