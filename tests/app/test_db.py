from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from server import conninfo

from app.db import engine as app_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL


@pytest.fixture(autouse=True)
def _fresh_engine() -> Iterator[None]:
    app_engine.cache_clear()
    yield
    app_engine.cache_clear()


def test_engine_goes_to_the_database_that_the_environment_names(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", conninfo(database))
    monkeypatch.setenv("APP_RELEASE", "v42")
    with app_engine().connect() as connection:
        row = connection.exec_driver_sql(
            "SELECT current_database(), current_setting('application_name')"
        ).one()
    app_engine().dispose()
    assert tuple(row) == (database.database, "app v42")


def test_engine_is_one_for_the_whole_process(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", conninfo(database))
    assert app_engine() is app_engine()


def test_importing_starts_no_server(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", "import app.db"], cwd=tmp_path, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []
