"""What `op.sync_columns()` says as SQL, and that its code gives the same operation again."""

from __future__ import annotations

import pytest
from rolling import rendered, statements

from phased.errors.dual_write import SyncNeedsExpression
from phased.operations.sync_columns import SyncColumnsOp, UnsyncColumnsOp
from phased.record import render, undo

LONG = "a_table_with_a_name_that_leaves_hardly_any_room_for_another"
RENAMED = SyncColumnsOp("users", old="username", new="handle")
CONVERTED = SyncColumnsOp(
    "Order", old="n", new="n 2", up="n::int -- a:b %", down='"n 2"::text', schema="Sales"
)
SPLIT = SyncColumnsOp(
    LONG,
    old="name",
    new=("first", "last"),
    up=("split_part(name, ' ', 1)", "split_part(name, ' ', 2)"),
    down="concat_ws(' ', first, last)",
)
EVERY = pytest.mark.parametrize("op", [RENAMED, CONVERTED, SPLIT], ids=["one", "odd", "several"])


def flat(*texts: str) -> list[str]:
    return [" ".join(text.split()) for text in texts]


def test_a_rename() -> None:
    assert flat(*render(RENAMED)) == [
        "CREATE SEQUENCE phased_old_writes_users_username_handle",
        "GRANT USAGE ON SEQUENCE phased_old_writes_users_username_handle TO PUBLIC",
        (
            "CREATE FUNCTION phased_sync_users_username_handle() RETURNS trigger LANGUAGE plpgsql "
            "SET search_path FROM CURRENT AS $phased$ #variable_conflict use_column "
            "DECLARE agreed record; BEGIN "
            "IF current_setting('phased.side', true) = 'backfill' THEN "
            "IF num_nonnulls(NEW.handle) = 0 AND num_nonnulls(NEW.username) > 0 THEN "
            "NEW.handle := NEW.username; END IF; "
            "ELSIF TG_OP = 'INSERT' THEN "
            "IF num_nonnulls(NEW.handle) > 0 AND num_nonnulls(NEW.username) > 0 AND "
            "(SELECT relispartition FROM pg_catalog.pg_class WHERE oid = TG_RELID) THEN "
            "BEGIN -- a row that comes from another partition arrives as an INSERT with both sides "
            "agreed := NEW; agreed.handle := NEW.username; "
            "IF ROW(agreed.handle)::record *= ROW(NEW.handle)::record THEN RETURN NEW; END IF; "
            "EXCEPTION WHEN OTHERS THEN NULL; END; END IF; "
            "IF num_nonnulls(NEW.handle) > 0 OR current_setting('phased.side', true) = 'new' THEN "
            "NEW.username := NEW.handle; "
            "ELSE NEW.handle := NEW.username; "
            "PERFORM nextval('phased_old_writes_users_username_handle'); END IF; "
            "ELSIF ROW(NEW.handle)::record *<> ROW(OLD.handle)::record THEN "
            "NEW.username := NEW.handle; "
            "ELSIF ROW(NEW.username)::record *<> ROW(OLD.username)::record THEN "
            "NEW.handle := NEW.username; "
            "PERFORM nextval('phased_old_writes_users_username_handle'); "
            "ELSIF num_nonnulls(NEW.handle) = 0 AND num_nonnulls(NEW.username) > 0 THEN "
            "NEW.handle := NEW.username; END IF; RETURN NEW; END $phased$"
        ),
        (
            'CREATE TRIGGER "~phased_sync_username_handle_insert" BEFORE INSERT ON users '
            "FOR EACH ROW EXECUTE FUNCTION phased_sync_users_username_handle()"
        ),
        (
            'CREATE TRIGGER "~phased_sync_username_handle_update" BEFORE UPDATE ON users '
            "FOR EACH ROW WHEN (ROW(OLD.username, OLD.handle)::record *<> "
            "ROW(NEW.username, NEW.handle)::record OR num_nonnulls(NEW.handle) = 0) "
            "EXECUTE FUNCTION phased_sync_users_username_handle()"
        ),
    ]


def test_the_end_of_a_rename() -> None:
    assert list(render(RENAMED.reverse())) == [
        'DROP TRIGGER "~phased_sync_username_handle_update" ON users',
        'DROP TRIGGER "~phased_sync_username_handle_insert" ON users',
        "DROP FUNCTION phased_sync_users_username_handle()",
        "DROP SEQUENCE phased_old_writes_users_username_handle",
    ]


def test_names_are_quoted_and_in_the_schema_of_the_table() -> None:
    sequence, grant, function, on_insert, _ = flat(*render(CONVERTED))
    assert sequence == 'CREATE SEQUENCE "Sales"."phased_old_writes_Order_n_n 2"'
    assert grant == 'GRANT USAGE ON SEQUENCE "Sales"."phased_old_writes_Order_n_n 2" TO PUBLIC'
    assert 'SELECT (n::int -- a:b % ) INTO NEW."n 2" FROM (SELECT (NEW).*) AS "Order";' in function
    assert 'nextval(\'"Sales"."phased_old_writes_Order_n_n 2"\')' in function
    assert on_insert.startswith('CREATE TRIGGER "~phased_sync_n_n 2_insert" BEFORE INSERT ON')


def test_several_columns() -> None:
    function = flat(*render(SPLIT))[2]
    assert (
        "SELECT (split_part(name, ' ', 1)), (split_part(name, ' ', 2)) INTO NEW.first, NEW.last "
        f"FROM (SELECT (NEW).*) AS {LONG};" in function
    )
    assert "num_nonnulls(NEW.first, NEW.last) > 0" in function
    assert (
        "IF num_nonnulls(OLD.first, OLD.last) = 0 AND num_nonnulls(OLD.name) > 0 THEN "
        "-- what new code did not set is still as the old side has it agreed := NEW; "
        "SELECT (split_part(name, ' ', 1)), (split_part(name, ' ', 2)) INTO agreed.first, "
        f"agreed.last FROM (SELECT (NEW).*) AS {LONG}; "
        "NEW.first := COALESCE(NEW.first, agreed.first); "
        "NEW.last := COALESCE(NEW.last, agreed.last); END IF;" in function
    )


@EVERY
def test_the_code_says_the_same(op: SyncColumnsOp) -> None:
    assert statements([rendered(op)]) == flat(*render(op))
    assert statements([rendered(op.reverse())]) == flat(*render(op.reverse()))


@EVERY
def test_each_takes_the_other_back(op: SyncColumnsOp) -> None:
    assert undo(op) == render(op.reverse())
    assert render(op.reverse().reverse()) == render(op)


def test_an_end_that_was_read_from_a_revision_has_no_way_back() -> None:
    assert undo(UnsyncColumnsOp("users", old="username", new="handle")) is None


def test_sides_that_do_not_pair_up_need_expressions() -> None:
    with pytest.raises(SyncNeedsExpression, match=r"up= needs 2 SQL expressions.*and has 0"):
        SyncColumnsOp("users", old="name", new=("first", "last"))
    with pytest.raises(SyncNeedsExpression, match=r"down= needs 1 SQL .*and has 2"):
        SyncColumnsOp("users", old="a", new="b", down=("b", "b"))


def test_one_expression_is_not_taken_for_its_letters() -> None:
    with pytest.raises(SyncNeedsExpression, match="and has 1"):
        SyncColumnsOp("users", old="name", new=("a", "b"), up="ab", down="a")
