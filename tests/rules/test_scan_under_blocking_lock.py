from __future__ import annotations

import pytest
from judging import assert_safe, assert_unsafe, judged

RULE = "scan_under_blocking_lock"
COST = (
    "This reads all of users (~2.1M rows, 340 MB) under ACCESS EXCLUSIVE, which stops reads and "
    "writes on users until it is done. "
)


def test_check() -> None:
    sql = "ALTER TABLE users ADD CONSTRAINT ck CHECK (age >= 0)"
    assert assert_unsafe(RULE, contract=sql) == (
        f"{COST}Add it NOT VALID, which reads nothing, and then validate it:\n\n"
        f'    op.execute("{sql} NOT VALID")\n'
        '    op.validate_constraint("ck", "users")'
    )


def test_an_operation_gets_an_argument() -> None:
    message = assert_unsafe(
        RULE,
        "def contract():\n"
        "    op.create_foreign_key(\n"
        "        'fk', 'invoices', 'users', ['total'], ['id'], source_schema='billing',\n"
        "    )\n",
    )
    assert message.endswith(
        "    op.create_foreign_key(\n"
        "        'fk', 'invoices', 'users', ['total'], ['id'], source_schema='billing', "
        "postgresql_not_valid=True)\n"
        '    op.validate_constraint("fk", "invoices", schema="billing")'
    )


def test_set_not_null() -> None:
    message = assert_unsafe(RULE, contract='ALTER TABLE "Order" ALTER COLUMN "userId" SET NOT NULL')
    assert message == (
        'This reads all of "Order" under ACCESS EXCLUSIVE, which stops reads and writes on "Order" '
        "until it is done. SET NOT NULL reads nothing where a valid CHECK proves it:\n\n"
        '    op.create_check_constraint("ck_Order_userId_not_null", "Order", '
        '"\\"userId\\" IS NOT NULL", postgresql_not_valid=True)\n'
        '    op.validate_constraint("ck_Order_userId_not_null", "Order")\n'
        '    op.execute("ALTER TABLE \\"Order\\" ALTER COLUMN \\"userId\\" SET NOT NULL")\n'
        '    op.drop_constraint("ck_Order_userId_not_null", "Order")'
    )


def test_unique() -> None:
    sql = "ALTER TABLE users ADD CONSTRAINT uq_users_email UNIQUE (email)"
    assert assert_unsafe(RULE, contract=sql) == (
        f"{COST}Build the index beside the traffic, and make the constraint of it:\n\n"
        '    op.create_index("uq_users_email", "users", ["email"], unique=True, '
        "postgresql_concurrently=True)\n"
        '    op.execute("ALTER TABLE users ADD CONSTRAINT uq_users_email UNIQUE USING INDEX '
        'uq_users_email")'
    )


def test_a_primary_key_needs_its_columns_proved() -> None:
    sql = 'ALTER TABLE "Order" ADD CONSTRAINT pk PRIMARY KEY USING INDEX ux'
    message = assert_unsafe(
        RULE, contract=['CREATE UNIQUE INDEX CONCURRENTLY ux ON "Order" (id)', sql]
    )
    assert message.endswith(
        "A primary key reads nothing where valid CHECKs prove its columns NOT NULL:\n\n"
        '    op.create_check_constraint("ck_Order_id_not_null", "Order", "id IS NOT NULL", '
        "postgresql_not_valid=True)\n"
        '    op.validate_constraint("ck_Order_id_not_null", "Order")\n'
        '    op.execute("ALTER TABLE \\"Order\\" ADD CONSTRAINT pk PRIMARY KEY USING INDEX ux")\n'
        '    op.drop_constraint("ck_Order_id_not_null", "Order")'
    )


def test_exclusion_has_no_other_way() -> None:
    sql = "ALTER TABLE posts ADD CONSTRAINT ex EXCLUDE USING gist (id WITH =)"
    message = assert_unsafe(RULE, contract=sql)
    assert "No form of an exclusion constraint spares the reading." in message
    assert f'because <how long it may take, and when>\n    op.execute("{sql}")' in message


def test_a_lock_held_from_earlier_in_the_transaction() -> None:
    found = judged(
        upgrade=["ALTER TABLE users ADD COLUMN x int", "ALTER TABLE users VALIDATE CONSTRAINT ck"]
    )
    assert [each.rule for each in found] == [RULE]
    assert found[0].message == (
        f"{COST}The lock was taken earlier in the same transaction and is held until that ends. "
        "Read in a transaction of its own:\n\n"
        "    with op.get_context().autocommit_block():\n"
        '        op.execute("ALTER TABLE users VALIDATE CONSTRAINT ck")'
    )


def test_an_autocommit_block_ends_the_transaction() -> None:
    assert_safe(
        "def upgrade():\n"
        "    op.add_column('users', sa.Column('x', sa.Integer()))\n"
        "    with op.get_context().autocommit_block():\n"
        "        op.execute('ALTER TABLE users VALIDATE CONSTRAINT ck')\n"
    )


def test_a_lock_on_a_new_table_stops_nobody() -> None:
    assert_safe(upgrade=["CREATE TABLE t (id int)", "ALTER TABLE users VALIDATE CONSTRAINT ck"])


def test_phases_give_a_scan_a_transaction_of_its_own() -> None:
    assert_safe(
        contract=[
            "ALTER TABLE users ADD CONSTRAINT ck CHECK (age >= 0) NOT VALID",
            "ALTER TABLE users VALIDATE CONSTRAINT ck",
        ]
    )


def test_a_proof_spares_the_scan() -> None:
    assert_safe(
        contract=[
            "ALTER TABLE users ADD CONSTRAINT ck CHECK (email IS NOT NULL) NOT VALID",
            "ALTER TABLE users VALIDATE CONSTRAINT ck",
            "ALTER TABLE users ALTER COLUMN email SET NOT NULL",
        ]
    )


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE posts ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id)",
        "ALTER TABLE users ADD COLUMN x int CONSTRAINT ck CHECK (x > 0)",
        "ALTER TABLE users ADD CONSTRAINT a CHECK (age > 0) NOT VALID, VALIDATE CONSTRAINT ck",
    ],
)
def test_scans(sql: str) -> None:
    assert_unsafe(RULE, contract=sql)


def test_a_new_table_is_nobodys() -> None:
    assert_safe(
        expand=["CREATE TABLE t (id int)", "ALTER TABLE t ADD CONSTRAINT ck CHECK (id > 0)"]
    )


@pytest.mark.parametrize(
    "catalog", ["pg_type", "pg_catalog.pg_class", "information_schema.columns"]
)
def test_to_look_around_is_no_scan(catalog: str) -> None:
    add = "ALTER TABLE users ADD COLUMN a int"
    assert_safe(upgrade=[add, f"SELECT 1 FROM {catalog}"])
    assert_unsafe(RULE, upgrade=[add, "SELECT 1 FROM posts"])
