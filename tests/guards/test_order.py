from __future__ import annotations

from phased import guards
from phased.discovery import modules
from phased.guard import pause_after


def test_every_guard_has_a_place_of_its_own() -> None:
    places = [module.ORDER for module in modules(guards)]
    assert len(set(places)) == len(places)


def test_what_must_be_outside_of_what() -> None:
    place = {module.__name__.rpartition(".")[2]: module.ORDER for module in modules(guards)}
    inwards = ["failure", "retry", "blockers", "concurrently", "transaction", "session"]
    inwards += ["timeouts", "watch", "locks"]
    assert sorted(place, key=lambda name: place[name]) == inwards


def test_the_pause_grows_with_jitter_and_ends_growing() -> None:
    pauses = [[pause_after(attempt, 0.2) for _ in range(50)] for attempt in (1, 3, 8, 1000)]
    assert all(0.2 <= pause <= 0.3 for pause in pauses[0])
    assert all(0.4 <= pause <= 1.2 for pause in pauses[1])
    assert all(2.5 <= pause <= 7.5 for row in pauses[2:] for pause in row)
    assert all(len(set(row)) > 1 for row in pauses)
