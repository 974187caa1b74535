from __future__ import annotations

import subprocess
import sys

LOADED = """
import sys
import alembic.command, alembic.config
from alembic.runtime.plugins import _all_plugins
assert "phased.comparators" in _all_plugins
print(sorted(name for name in sys.modules if name.partition(".")[0] == "phased"))
"""


def test_importing_alembic_imports_next_to_nothing_of_ours() -> None:
    command = [sys.executable, "-W", "error", "-c", LOADED]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.stderr == ""
    assert found.stdout.strip() == "['phased', 'phased.hints', 'phased.plugin', 'phased.tag']"
