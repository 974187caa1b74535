"""What failed first is what is told: on a lost connection everything that follows fails too."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from phased.errors import PhasedError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def first_error() -> Iterator[None]:
    """Raise an error of ours that a later exception would hide, such as a rollback that failed."""
    try:
        yield
    except PhasedError:
        raise
    except Exception as error:
        first = _hidden(error)
        if first is None:
            raise
        raise first from first.__cause__


def _hidden(error: BaseException) -> PhasedError | KeyboardInterrupt | None:
    found = error.__context__
    while found is not None and not isinstance(found, PhasedError | KeyboardInterrupt):
        found = found.__context__
    return found
