from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from server import VERSION

from phased.embedded import database_url

if TYPE_CHECKING:
    import pytest
    from sqlalchemy import Engine


def test_embedded_server_is_the_version_asked_for(engine: Engine) -> None:
    with engine.connect() as connection:
        server = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    assert int(server) // 10000 == VERSION


def test_embedded_server_says_so_and_how_to_use_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("phased.embedded.start", lambda folder, _version: folder)
    assert database_url() == Path(".phased/postgres-18")
    assert caplog.messages == [
        "using the embedded PostgreSQL 18 in .phased/postgres-18; set DATABASE_URL for another"
    ]
