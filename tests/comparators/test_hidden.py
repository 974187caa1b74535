from __future__ import annotations

import sqlalchemy as sa

from phased.comparator import options


def models(*schemas: str | None) -> sa.MetaData:
    found = sa.MetaData()
    for schema in schemas:
        sa.Table("t", found, sa.Column("a", sa.Integer), schema=schema)
    return found


def test_schemas_are_compared_as_soon_as_a_model_is_in_one() -> None:
    assert options(models(None))["include_schemas"] is False
    assert options([models(None), models("billing")])["include_schemas"] is True


def test_only_the_models_schemas_are_compared() -> None:
    include = options(models("billing"))["include_name"]
    assert [include(name, "schema", {}) for name in (None, "billing", "other")] == [
        True,
        True,
        False,
    ]


def test_every_schema_is_compared_where_the_user_says_so() -> None:
    found = options(models("billing"), include_schemas=True)
    assert found["include_name"]("other", "schema", {})


def test_our_tables_are_hidden_and_the_user_is_asked_about_the_rest() -> None:
    asked = []

    def user(name: str | None, kind: str, _: object) -> bool:
        asked.append((name, kind))
        return name == "t"

    include = options(models(None), include_name=user)["include_name"]
    names = ("phased_rollout", "phased_step", "alembic_version", "t", "other")
    kept = [name for name in names if include(name, "table", {"schema_name": None})]
    assert kept == ["t"]
    assert asked == [("t", "table"), ("other", "table")]


def test_the_users_keywords_win() -> None:
    found = options(models(None), compare_type=False, render_as_batch=True)
    assert (found["compare_type"], found["render_as_batch"]) == (False, True)
