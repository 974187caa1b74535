"""The old type of a succession goes with the last column that uses it, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from revising import create, metadata, revise
from rolling import calls, run
from sqlalchemy.dialects import postgresql

from phased.hints import converted_from

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

OLD = sa.Enum("a", "b", name="Mood")
NEW = sa.Enum("b", "a", name="Mood_v2")
DROP = "op.drop_enum('Mood')"


def models(*converted: str) -> sa.MetaData:
    """Two tables with a column of the old type, or with its successor."""

    def table(name: str) -> Callable[[sa.MetaData], sa.Table]:
        kind, column, info = OLD, "mood", {}
        if name in converted:
            kind, column, info = NEW, "mood_v2", converted_from("mood")
        held = postgresql.ARRAY(kind) if name == "notes" else kind
        columns = sa.Column("id", sa.Integer, primary_key=True), sa.Column(column, held, info=info)
        return lambda made: sa.Table(name, made, *columns)

    return metadata(table("posts"), table("notes"))


def test_the_old_type_goes_with_the_last_column(engine: Engine) -> None:
    create(engine, models())
    first = revise(engine, models("posts"))
    assert DROP not in first.contract
    run(
        engine,
        """CREATE TYPE "Mood_v2" AS ENUM ('b', 'a')""",
        'ALTER TABLE posts ADD mood_v2 "Mood_v2"',
    )
    pending = [call.operation for call in calls(first.contract)]
    second = revise(engine, models("posts", "notes"), pending=pending)
    assert second.contract[-1] == DROP
    assert 'mood::text[]::"Mood_v2"[]' in second.expand[1]


def test_two_columns_in_one_revision(engine: Engine) -> None:
    create(engine, models())
    found = revise(engine, models("posts", "notes"))
    assert found.expand[0] == "op.create_enum('Mood_v2', ['b', 'a'])"
    assert found.contract[-1] == DROP
    assert sum("create_enum" in line for line in found.expand) == 1
