"""The code that a message tells the user to paste breaks no rule itself."""

from __future__ import annotations

import textwrap

import pytest
from judging import KNOWN, code_of, judged, plan_of

from phased.lint import errors, judge

CONTRACT = {
    "check": "ALTER TABLE users ADD CONSTRAINT ck CHECK (age >= 0)",
    "foreign key": 'ALTER TABLE "Order" ADD CONSTRAINT fk FOREIGN KEY ("userId") REFERENCES users',
    "not null": 'ALTER TABLE "Order" ALTER COLUMN "userId" SET NOT NULL',
    "not null in a schema": "ALTER TABLE billing.invoices ALTER COLUMN total SET NOT NULL",
    "unique": "ALTER TABLE billing.invoices ADD CONSTRAINT uq UNIQUE (total)",
    "primary key": 'ALTER TABLE "Order" ADD PRIMARY KEY (id)',
    "index": "CREATE UNIQUE INDEX ix ON billing.invoices (total DESC) WHERE total > 0",
    "drop index": "DROP INDEX IF EXISTS ix_users_age",
    "reindex": "REINDEX INDEX ix_users_age",
    "cascade": "DROP TABLE posts CASCADE",
    "refresh": "REFRESH MATERIALIZED VIEW totals",
    "table": "ALTER TABLE users RENAME TO members",
}
EXPAND = {
    "volatile default": "ALTER TABLE billing.invoices ADD COLUMN x float DEFAULT random()",
    "drop": "ALTER TABLE users DROP COLUMN username",
    "restrict": "ALTER TABLE users ADD CONSTRAINT ck CHECK (age >= 0) NOT VALID",
    "update": 'UPDATE "Order" SET "userId" = 7 WHERE "userId" IS NULL',
}


def pasted(message: str) -> str:
    return textwrap.dedent(message.partition("\n\n")[2])


@pytest.mark.parametrize("sql", CONTRACT.values(), ids=CONTRACT)
def test_in_contract(sql: str) -> None:
    (finding,) = judged(contract=sql)
    code = f"def contract():\n{textwrap.indent(pasted(finding.message), '    ')}\n"
    assert errors(judge([plan_of(code)], KNOWN)) == []


@pytest.mark.parametrize("sql", EXPAND.values(), ids=EXPAND)
def test_in_expand(sql: str) -> None:
    (finding,) = judged(expand=sql)
    code = pasted(finding.message)
    if not code.startswith("def "):
        code = f"def expand():\n{textwrap.indent(code, '    ')}\n"
    assert errors(judge([plan_of(code)], KNOWN)) == []


@pytest.mark.parametrize("name", ["index", "drop index", "reindex"])
def test_in_an_old_revision(name: str) -> None:
    index = code_of(upgrade=CONTRACT[name].replace("UNIQUE ", ""))
    (finding,) = judged(index)
    code = f"def upgrade():\n{textwrap.indent(pasted(finding.message), '    ')}\n"
    assert judge([plan_of(code)], KNOWN) == []
