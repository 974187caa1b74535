"""Runs commands in forks of one process, which has imported everything already.

Reads ``{"folder", "url", "command", "number", "times"}`` from stdin, one a line, and answers each
with a list of ``{"code", "said"}``, one for each fork: how it ended, and what it was told while it
waited, or why it failed. A fork kills itself at its n-th event; with 0 it runs to its end.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import sys
import tempfile
import traceback
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from running import Project
from sqlalchemy import make_url

import phased

if TYPE_CHECKING:
    from phased.model import Event

KINDS = {"statement", "lock", "done"}


def serve() -> None:
    for info in pkgutil.walk_packages(phased.__path__, "phased."):
        importlib.import_module(info.name)
    for line in sys.stdin:
        order = json.loads(line)
        with ExitStack() as stack:
            files = [
                stack.enter_context(tempfile.TemporaryFile("w+"))
                for _ in range(order.pop("times", 1))
            ]
            forks = [(_fork(order, said), said) for said in files]
            print(json.dumps([_end(*fork) for fork in forks]), flush=True)  # noqa: T201 # the answer


def _fork(order: dict[str, Any], said: IO[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _run(order, said)
        code = 0
    except BaseException:  # noqa: BLE001 # told to the test
        traceback.print_exc(file=said)
    said.flush()
    os._exit(code)


def _end(pid: int, said: IO[str]) -> dict[str, Any]:
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    said.seek(0)
    return {"code": code, "said": said.read()}


def _run(order: dict[str, Any], said: IO[str]) -> None:
    project = Project(Path(order["folder"]), make_url(order["url"]))
    left = order["number"]

    def count(event: Event) -> None:
        nonlocal left
        if event.kind == "waiting":
            print(event.text, file=said, flush=True)
        if event.kind in KINDS or "sweep" in event.data:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    project.watching.append(count)
    {"upgrade": project.upgrade, "contract": project.contract}[order["command"]]()


if __name__ == "__main__":
    serve()
