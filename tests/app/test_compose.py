from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


@pytest.fixture
def workflow() -> dict[str, Any]:
    return yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())


def test_the_version_of_postgres_can_be_chosen(compose: dict[str, Any]) -> None:
    assert compose["services"]["postgres"]["image"] == "postgres:${POSTGRES_VERSION:-18}"


def test_migrate_runs_once_on_a_healthy_database(compose: dict[str, Any]) -> None:
    migrate = compose["services"]["migrate"]
    assert migrate["command"] == ["alembic", "upgrade", "head"]
    assert migrate["restart"] == "no"
    assert migrate["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert "pg_isready" in " ".join(compose["services"]["postgres"]["healthcheck"]["test"])


def test_app_starts_after_migrate_has_succeeded(compose: dict[str, Any]) -> None:
    app = compose["services"]["app"]
    assert app["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_app_and_migrate_are_one_image_and_one_database(compose: dict[str, Any]) -> None:
    app, migrate = compose["services"]["app"], compose["services"]["migrate"]
    assert app["build"] == migrate["build"]
    assert app["environment"]["DATABASE_URL"] == migrate["environment"]["DATABASE_URL"]


def test_everything_that_is_copied_into_the_image_is_there(compose: dict[str, Any]) -> None:
    lines = compose["services"]["app"]["build"]["dockerfile_inline"].splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert "alembic.ini" in copied
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_continuous_integration_runs_make_test_on_oldest_and_newest_python(
    workflow: dict[str, Any],
) -> None:
    job = workflow["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.14"]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make test"]
