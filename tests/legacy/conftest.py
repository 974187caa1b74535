"""A project with old-style revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from running import Project

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL


@pytest.fixture
def project(tmp_path: Path, database: URL, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHASED_MAX_STALL", "300ms")
    return Project(tmp_path, database)
