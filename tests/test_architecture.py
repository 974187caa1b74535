from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(ROOT.glob("phased/**/*.py"))
LONGEST = 300
VAGUE = {"utils", "common", "helpers", "manager", "base", "core", "misc"}
TOP_LEVEL = {
    *("pyproject.toml", "README.md", "LICENSE", "Makefile", "compose.yaml", "alembic.ini"),
    *("alembic", "app", "phased", "tests", "benchmarks"),
}


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_a_file_is_one_concept(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST
    assert path.stem not in VAGUE


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_a_module_says_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":", "?"))


def test_only_the_console_prints() -> None:
    printing = {
        shown(path)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    }
    assert printing == set()


def test_alembic_folder_does_not_shadow_the_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_top_level_is_what_newcomers_expect() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - {"__pycache__"} >= TOP_LEVEL
    assert {path for path in found if path.endswith((".py", ".cfg", ".txt"))} == set()


@pytest.mark.parametrize("folder", ["recipes", "rules"])
def test_every_recipe_and_rule_is_tested_by_name(folder: str) -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests" / folder).glob("test_*.py"))
    things = {path.stem for path in (ROOT / "phased" / folder).glob("[a-z]*.py")}
    assert {name for name in things if not re.search(rf"\b{name}\b", tests)} == set()
