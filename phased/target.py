"""What a sub-command of ALTER TABLE works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phased.model import Lock


@dataclass(frozen=True, slots=True)
class Target:
    """The relation that is altered.

    Attributes:
        name: As regclass prints it.
        tables: It and what a cascading sub-command reaches: its partitions, without ``ONLY``.
        objtype: How the statement calls it: ``OBJECT_TABLE``, ``OBJECT_INDEX``.
    """

    name: str
    tables: tuple[str, ...]
    objtype: str = "OBJECT_TABLE"

    @property
    def word(self) -> str:
        """The kind of object as ALTER spells it: ``MATERIALIZED VIEW``."""
        word = self.objtype.removeprefix("OBJECT_").replace("_", " ")
        return "MATERIALIZED VIEW" if word == "MATVIEW" else word

    def cascading(self, lock: Lock) -> dict[str, Lock]:
        """The same lock on all that a cascading sub-command reaches."""
        return dict.fromkeys(self.tables, lock)

    def alone(self, lock: Lock) -> dict[str, Lock]:
        """A lock on the relation itself only."""
        return {self.name: lock}
