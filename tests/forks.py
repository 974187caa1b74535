"""Commands in processes of their own: killed at an event, or several at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from running import Project


@dataclass(frozen=True)
class Forks:
    """The process that forks."""

    process: subprocess.Popen[str]

    def run(self, project: Project, command: str, number: int = 0) -> dict[str, Any]:
        """Run a command, killed at an event; how it ended."""
        (answer,) = self._ask(project, command=command, number=number)
        return answer

    def run_at_once(self, project: Project, command: str, times: int) -> list[dict[str, Any]]:
        """Run a command several times at once; how each ended."""
        return self._ask(project, command=command, number=0, times=times)

    def _ask(self, project: Project, **order: Any) -> list[dict[str, Any]]:
        where = {
            "folder": str(project.folder),
            "url": project.url.render_as_string(hide_password=False),
        }
        print(json.dumps({**where, **order}), file=_open(self.process.stdin), flush=True)
        answer: list[dict[str, Any]] = json.loads(_open(self.process.stdout).readline())
        return answer


@contextmanager
def forking(**environment: str) -> Iterator[Forks]:
    """Start the process that forks; its environment is that of the commands."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "killing.py")],
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Forks(process)
        _open(process.stdin).close()


def _open(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream
