from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import StaticPool

from phased.untouched import untouched


class RefusedError(Exception):
    pass


def refuse() -> None:
    raise RefusedError


def engine() -> Engine:
    return create_engine("sqlite://", poolclass=StaticPool)


def ask(engine: Engine) -> object:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT 1"))


def test_no_engine_but_one() -> None:
    meant, other = engine(), engine()
    with untouched(refuse, meant):
        assert ask(meant) == 1
        with pytest.raises(RefusedError):
            ask(other)
    assert ask(other) == 1
    meant.dispose()
    other.dispose()


def test_a_connection_that_was_open_before() -> None:
    opened = engine()
    with opened.connect() as connection, untouched(refuse), pytest.raises(RefusedError):
        connection.scalar(text("SELECT 1"))
    opened.dispose()


def test_other_threads_go_on() -> None:
    found: list[object] = []
    shared = create_engine("sqlite://")

    def work() -> None:
        found.append(ask(shared))
        shared.dispose()

    thread = threading.Thread(target=work)
    with untouched(refuse):
        thread.start()
        thread.join()
    assert found == [1]
