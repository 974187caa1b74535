from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from phased.cli import main

if TYPE_CHECKING:
    import pytest


def test_version_is_ours_and_alembics(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--version"])
    said = capsys.readouterr().out
    assert said == f"phased {version('phased')} (alembic {version('alembic')})\n"
