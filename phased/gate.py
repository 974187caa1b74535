"""May this contract begin? A pure decision over who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Asked(StrEnum):
    """On whose word a contract would run."""

    USER = "user"
    """`phased contract`: somebody says that the deploy has finished."""
    UPGRADE = "upgrade"
    """`alembic upgrade`: nobody says anything about older releases."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the gate is open, and why; the reason goes into the ledger."""

    open: bool
    reason: str


def decide(policy: str, asked: Asked) -> Verdict:
    """Whether a contract may begin.

    Args:
        policy: The setting `contract`: `proven`, `manual` or `immediate`.
        asked: On whose word.
    """
    if asked is Asked.USER:
        return Verdict(open=True, reason="phased contract")
    if policy == "immediate":
        return Verdict(open=True, reason="contract = immediate")
    return Verdict(
        open=False, reason="waits until no older release is running; then: phased contract"
    )
