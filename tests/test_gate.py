from __future__ import annotations

import pytest

from phased.gate import Asked, decide


@pytest.mark.parametrize(
    ("policy", "asked", "open_"),
    [
        ("proven", Asked.USER, True),
        ("manual", Asked.USER, True),
        ("immediate", Asked.USER, True),
        ("immediate", Asked.UPGRADE, True),
        ("proven", Asked.UPGRADE, False),
        ("manual", Asked.UPGRADE, False),
    ],
)
def test_who_opens_the_gate(policy: str, asked: Asked, *, open_: bool) -> None:
    assert decide(policy, asked).open is open_


def test_the_reason_is_kept() -> None:
    assert decide("proven", Asked.USER).reason == "phased contract"
    assert decide("immediate", Asked.UPGRADE).reason == "contract = immediate"
    assert "phased contract" in decide("proven", Asked.UPGRADE).reason
