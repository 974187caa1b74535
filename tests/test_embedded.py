from __future__ import annotations

from typing import TYPE_CHECKING

from server import VERSION

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_embedded_server_is_the_version_asked_for(engine: Engine) -> None:
    with engine.connect() as connection:
        server = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    assert int(server) // 10000 == VERSION
