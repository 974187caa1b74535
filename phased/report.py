"""The type of a report: everything phased tells, as functions from data to text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from alembic.util import CommandError
    from rich.text import Text

    from phased.backfills import BackfillStatus
    from phased.fact import Facts
    from phased.model import Event, Finding, Phase, Plan, RevisionStatus


class Report(Protocol):
    """One output format: a module in ``phased/reports/`` with these functions, all of them pure.

    ``rich.text.Text`` is a string with styles; ``str()`` of it is the plain string.
    """

    def plans(
        self,
        plans: Sequence[Plan],
        findings: Sequence[Finding] = (),
        facts: Facts | None = None,
        done: Collection[tuple[str, Phase, int]] = (),
    ) -> Text | str:
        """What would run, with its price.

        Args:
            plans: In the order they run.
            findings: What the rules say about them.
            facts: Sizes come from here.
            done: Steps that have run: revision, phase and position.
        """

    def status(self, rows: Sequence[RevisionStatus]) -> Text | str:
        """Every revision and how far its phases have come, in the order given."""

    def backfills(self, rows: Sequence[BackfillStatus]) -> Text | str:
        """Where the backfills stand that are under way."""

    def findings(self, findings: Sequence[Finding]) -> Text | str:
        """What ``phased lint`` says."""

    def event(self, event: Event) -> Text | str | None:
        """One line for a log, or None where the format has no use for the event."""

    def outcome(self, verb: str, revisions: Sequence[str], detail: str = "") -> Text | str:
        """The last line of a command that did something.

        Args:
            verb: What was done to the revisions: ``contracted``, ``aborted``, ``upgraded``.
            revisions: Their ids; none when there was nothing to do.
            detail: Why nothing was to do, or what is left.
        """

    def error(self, error: CommandError) -> Text | str:
        """What went wrong, and what to type next."""
