"""The exception tree: one class per thing that can go wrong, its facts as attributes.

::

    alembic.util.CommandError
    └── PhasedError               exit code 2, misuse
        ├── DatabaseError         errors/database.py: connection, server, rights
        ├── ModelError            errors/models.py: metadata, hints, autogenerate
        ├── RevisionError         errors/revisions.py: the files
        ├── JudgementError        errors/judgement.py: findings and waivers, exit code 1
        └── RunError              errors/running.py: locks, steps, gate, exit code 1

A message says what happened with the user's own names, what state the database is in, and what to
type next.
"""

from __future__ import annotations

from typing import ClassVar

from alembic.util import CommandError


class PhasedError(CommandError):
    """Anything phased refuses or fails to do. ``message`` is a template over the keyword facts."""

    message: ClassVar[str] = "{detail}"
    exit_code: ClassVar[int] = 2

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        vars(self).update(facts)
        super().__init__(self.message.format(**facts))
