"""What may stand in expand and backfill, because old code does not notice it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from judging import KNOWN, UNKNOWN, assert_safe

if TYPE_CHECKING:
    from phased.fact import Facts

LEGAL = {
    "table": "CREATE TABLE t (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id))",
    "nullable column": 'ALTER TABLE "Order" ADD COLUMN "lineNo" integer',
    "constant default": "ALTER TABLE users ADD COLUMN x int NOT NULL DEFAULT 7",
    "stable default": "ALTER TABLE billing.invoices ADD COLUMN x timestamptz DEFAULT now()",
    "drop not null": "ALTER TABLE users ALTER COLUMN username DROP NOT NULL",
    "set default": "ALTER TABLE users ALTER COLUMN age SET DEFAULT 7",
    "index": "CREATE INDEX CONCURRENTLY ix ON users (age)",
    "drop index": "DROP INDEX CONCURRENTLY ix_users_age",
    "check relaxed": "ALTER TABLE users DROP CONSTRAINT ck",
    "foreign key relaxed": "ALTER TABLE comments DROP CONSTRAINT fk_comments_post_id_posts",
    "enum value": "ALTER TYPE mood ADD VALUE 'calm'",
    "type": "CREATE TYPE kind AS ENUM ('a', 'b')",
    "comment": "COMMENT ON COLUMN users.age IS 'in years'",
    "function": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
    "trigger": "CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()",
    "insert": "INSERT INTO users (id) VALUES (1)",
}


@pytest.mark.parametrize("sql", LEGAL.values(), ids=LEGAL)
@pytest.mark.parametrize("facts", [KNOWN, UNKNOWN], ids=["known", "unknown"])
@pytest.mark.parametrize("phase", ["expand", "backfill", "contract"])
def test_legal(phase: str, facts: Facts, sql: str) -> None:
    assert_safe(facts=facts, **{phase: sql})


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE users ADD CONSTRAINT ck CHECK (x > 0) NOT VALID",
        "ALTER TABLE users ADD CONSTRAINT fk FOREIGN KEY (x) REFERENCES posts (id) NOT VALID",
        "CREATE UNIQUE INDEX CONCURRENTLY uq ON users (x)",
    ],
)
def test_constraints_on_what_the_revision_adds(sql: str) -> None:
    assert_safe(expand=["ALTER TABLE users ADD COLUMN x bigint", sql])


def test_an_old_revision_that_only_adds() -> None:
    legal = [LEGAL[name] for name in ("table", "nullable column", "comment", "drop not null")]
    assert_safe(upgrade=legal)
