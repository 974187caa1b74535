from __future__ import annotations

from dataclasses import replace

from judging import KNOWN, UNKNOWN, assert_safe, assert_unsafe

RULE = "unsupported_on_partitioned_table"
KEY = "ALTER TABLE events ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID"
UNIQUE = "ALTER TABLE events ADD CONSTRAINT uq UNIQUE USING INDEX uq"
INDEX = "CREATE INDEX CONCURRENTLY ix ON events (at)"


def test_concurrently() -> None:
    assert assert_unsafe(RULE, expand=INDEX) == (
        "events is partitioned (1 partition), and PostgreSQL 18 refuses CREATE INDEX CONCURRENTLY "
        "on a partitioned table. Make it on the parent alone, on each partition, and attach:\n\n"
        "    op.create_index_on_only(...)\n"
        "    op.create_index(..., postgresql_concurrently=True)  # for each partition\n"
        "    op.attach_index(...)  # for each partition"
    )


def test_using_index() -> None:
    assert "refuses ADD CONSTRAINT … USING INDEX on" in assert_unsafe(RULE, contract=UNIQUE)


def test_a_foreign_key_not_valid_needs_18() -> None:
    old = replace(KNOWN, server=17)
    message = assert_unsafe(RULE, contract=KEY, facts=old)
    assert message == (
        "events is partitioned (1 partition), and PostgreSQL 17 refuses a foreign key that is NOT "
        "VALID on a partitioned table. Add it NOT VALID to each partition, validate each, and then "
        "add it to the parent, which adopts them without reading a row."
    )
    assert_safe(contract=KEY)


def test_it_fails_on_an_empty_database_too() -> None:
    assert_unsafe(RULE, expand=INDEX, fresh=True)


def test_partitions_and_other_tables_take_it() -> None:
    assert_safe(expand=INDEX.replace("events", "events_1"))
    assert_safe(expand=INDEX, facts=UNKNOWN)
    assert_safe(expand="CREATE INDEX CONCURRENTLY ix ON users (age)")
