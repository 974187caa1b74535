"""SET NOT NULL: scans unless it is proved, restricts unless it was so before."""

from __future__ import annotations

from pricing import AE, after, assert_price, database

SQL = "ALTER TABLE posts ALTER title SET NOT NULL"
LOCKS = {"posts": AE}
REFUSED = ("posts.title NOT NULL",)
TABLE = "CREATE TABLE posts (id int, title text)"


def test_without_a_database_it_scans_and_restricts() -> None:
    assert_price(SQL, kind="ALTER TABLE", locks=LOCKS, scans="posts", restricts=REFUSED)


def test_of_a_nullable_column_it_scans_and_restricts() -> None:
    facts = database(TABLE)
    assert_price(SQL, facts, kind="ALTER TABLE", locks=LOCKS, scans="posts", restricts=REFUSED)


def test_a_valid_check_spares_the_scan_and_restricted_before() -> None:
    facts = database(f"{TABLE}; ALTER TABLE posts ADD CHECK (title IS NOT NULL)")
    assert_price(SQL, facts, kind="ALTER TABLE", locks=LOCKS)


def test_a_check_that_is_not_valid_restricted_before_but_proves_nothing() -> None:
    facts = database(f"{TABLE}; ALTER TABLE posts ADD CHECK (title IS NOT NULL) NOT VALID")
    assert_price(SQL, facts, kind="ALTER TABLE", locks=LOCKS, scans="posts")


def test_a_check_with_or_proves_nothing() -> None:
    facts = database(f"{TABLE}; ALTER TABLE posts ADD CHECK (title IS NOT NULL OR id > 0)")
    assert_price(SQL, facts, kind="ALTER TABLE", locks=LOCKS, scans="posts", restricts=REFUSED)


def test_of_a_new_table_it_restricts_nobody() -> None:
    assert_price(SQL, after(TABLE), kind="ALTER TABLE", locks=LOCKS, scans="posts")


def test_an_added_column_without_default_is_what_old_code_leaves_out() -> None:
    facts = after("ALTER TABLE posts ADD title text", database("CREATE TABLE posts (id int)"))
    assert_price(SQL, facts, kind="ALTER TABLE", locks=LOCKS, scans="posts", restricts=REFUSED)


def test_an_added_column_with_default_refuses_nothing() -> None:
    added = "ALTER TABLE posts ADD title text DEFAULT 'x'"
    facts = after(added, database("CREATE TABLE posts (id int)"))
    assert_price(SQL, facts, kind="ALTER TABLE", locks=LOCKS, scans="posts")


def test_drop_not_null_restricts_nobody() -> None:
    sql = "ALTER TABLE posts ALTER title DROP NOT NULL"
    assert_price(sql, kind="ALTER TABLE", locks=LOCKS)
