"""A terminal in a project of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shell import open_shell

if TYPE_CHECKING:
    from pathlib import Path

    from shell import Shell
    from sqlalchemy import URL


@pytest.fixture
def shell(
    tmp_path: Path,
    database: URL,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    """A terminal in a new project on an empty database."""
    return open_shell(tmp_path, database, monkeypatch, capsys)
