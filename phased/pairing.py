"""Which object of the models is which of the database: by name; without one, by definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Modelled(Generic[T, D]):
    """An object of the models.

    Attributes:
        thing: The object.
        name: As in the database, None where PostgreSQL would invent one.
        definition: As PostgreSQL prints it, None where it cannot be built: it is then new.
    """

    thing: T
    name: str | None
    definition: D | None


@dataclass(frozen=True, slots=True)
class Differences(Generic[T]):
    """What must happen to the database, each in the order of names.

    Attributes:
        removed: Names that the models do not have.
        changed: Name in the database, and the object that takes it over.
        added: Objects that the database does not have.
    """

    removed: tuple[str, ...]
    changed: tuple[tuple[str, T], ...]
    added: tuple[T, ...]


def differences(models: Iterable[Modelled[T, D]], database: Mapping[str, D]) -> Differences[T]:
    """Pair both sides.

    Args:
        models: One table's objects of one kind.
        database: Name to definition of the same.
    """
    models = sorted(models, key=lambda one: (one.name is None, one.name or ""))
    pairs = _pairs(models, database)
    return Differences(
        tuple(sorted(database.keys() - pairs.values())),
        tuple(
            (pairs[place], one.thing)
            for place, one in enumerate(models)
            if place in pairs and one.definition != database[pairs[place]]
        ),
        tuple(one.thing for place, one in enumerate(models) if place not in pairs),
    )


def _pairs(models: list[Modelled[T, D]], database: Mapping[str, D]) -> dict[int, str]:
    pairs = {place: one.name for place, one in enumerate(models) if one.name in database}
    found = {place: name for place, name in pairs.items() if name is not None}
    for place, one in enumerate(models):
        if one.name is None:
            free = database.keys() - found.values()
            same = sorted(name for name in free if database[name] == one.definition)
            found |= {place: same[0]} if same else {}
    return found
