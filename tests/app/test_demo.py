from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from server import VERSION, conninfo

from app import demo
from app.demonstration import checkouts

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

NEWEST = 18
KEYS = {
    "release",
    "phase",
    "operation",
    "queries",
    "failures",
    "sqlstates",
    "p50_ms",
    "p99_ms",
    "max_ms",
}


@pytest.fixture
def small(database: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo in small, in a folder and databases of its own; where its numbers will be."""
    monkeypatch.setattr(demo, "database_url", lambda: database)
    monkeypatch.setattr(demo, "PHASED", f"{database.database}_demo")
    monkeypatch.setattr(demo, "PLAIN", f"{database.database}_plain")
    monkeypatch.setattr(demo, "POSTS", 20_000)
    monkeypatch.setattr(demo, "SECONDS", 1.5)
    monkeypatch.setattr(checkouts, "HERE", tmp_path / "demo")
    return tmp_path / "demo.json"


def sums(rows: list[dict[str, Any]], key: str, value: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row[key]] = found.get(row[key], 0) + row[value]
    return found


@pytest.mark.skipif(VERSION < NEWEST, reason="what it shows does not depend on the server")
def test_the_demo_shows_what_it_promises(
    small: Path, database: URL, capfd: pytest.CaptureFixture[str]
) -> None:
    exit_code = demo.main()
    shown = capfd.readouterr()
    assert exit_code == 0, shown.out + shown.err
    sides = json.loads(small.read_text())
    assert set(sides) == {"phased", "alembic"}
    assert all(set(row) == KEYS for rows in sides.values() for row in rows)
    assert {row["release"] for rows in sides.values() for row in rows} == {"old", "new"}
    assert set(sums(sides["phased"], "phase", "queries")) >= {"before", "expand", "deploy", "after"}
    assert sum(sums(sides["phased"], "phase", "failures").values()) == 0
    assert sums(sides["alembic"], "phase", "failures")["deploy"] > 0
    assert "def contract() -> None:" in shown.out
    assert "No new upgrade operations detected." in shown.out
    with psycopg.connect(conninfo(database)) as connection:
        left = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE current_database() || '_%'"
        ).fetchall()
    assert left == []
