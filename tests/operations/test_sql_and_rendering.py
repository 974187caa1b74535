"""Every operation of ours: its SQL, and the code it is written as gives the same SQL again."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest
from alembic.operations import MigrateOperation
from rolling import rendered, statements

from phased import operations
from phased.discovery import modules
from phased.operations.add_enum_value import AddEnumValueOp
from phased.operations.backfill import BackfillOp
from phased.operations.create_domain import CreateDomainOp, DropDomainOp
from phased.operations.create_primary_key_using_index import CreatePrimaryKeyUsingIndexOp
from phased.operations.create_unique_constraint_using_index import (
    CreateUniqueConstraintUsingIndexOp,
)
from phased.operations.enum import CreateEnumOp, DropEnumOp
from phased.operations.keep_filled import KeepFilledOp, StopFillingOp
from phased.operations.mirror_columns import MirrorColumnsOp, StopMirroringOp
from phased.operations.note import NoteOp
from phased.operations.rename_index import RenameIndexOp
from phased.operations.schema import CreateSchemaOp, DropSchemaOp
from phased.operations.sequence import CreateSequenceOp, DropSequenceOp
from phased.operations.validate_constraint import ValidateConstraintOp
from phased.record import render

if TYPE_CHECKING:
    from types import ModuleType

LONG = "a_table_with_a_name_that_leaves_hardly_any_room_for_another"

CASES: dict[str, tuple[MigrateOperation, list[str]]] = {
    "backfill": (
        BackfillOp("Order", {"userSlug": "'a:b %' || lower(name)"}, schema="Sales"),
        [
            (
                'UPDATE "Sales"."Order" SET "userSlug" = \'a:b %\' || lower(name) '
                'WHERE "userSlug" IS NULL'
            )
        ],
    ),
    "backfill of two columns keeps what one of them has": (
        BackfillOp("users", {"a": "1", "b": "2"}),
        ["UPDATE users SET a = COALESCE(a, 1), b = COALESCE(b, 2) WHERE a IS NULL OR b IS NULL"],
    ),
    "backfill where": (
        BackfillOp("users", {"a": "a + 1"}, where="a < 10"),
        ["UPDATE users SET a = a + 1 WHERE a < 10"],
    ),
    "validate": (
        ValidateConstraintOp("ck Order", "Order", schema="Sales"),
        ['ALTER TABLE "Sales"."Order" VALIDATE CONSTRAINT "ck Order"'],
    ),
    "unique using index": (
        CreateUniqueConstraintUsingIndexOp("uq", "Order", "uqIx", schema="Sales"),
        ['ALTER TABLE "Sales"."Order" ADD CONSTRAINT uq UNIQUE USING INDEX "uqIx"'],
    ),
    "deferrable unique using index": (
        CreateUniqueConstraintUsingIndexOp(
            "uq", "users", "ix", deferrable=True, initially="DEFERRED"
        ),
        ["ALTER TABLE users ADD CONSTRAINT uq UNIQUE USING INDEX ix DEFERRABLE INITIALLY DEFERRED"],
    ),
    "primary key using index": (
        CreatePrimaryKeyUsingIndexOp("pk", "Order", "pkIx", schema="Sales", deferrable=True),
        ['ALTER TABLE "Sales"."Order" ADD CONSTRAINT pk PRIMARY KEY USING INDEX "pkIx" DEFERRABLE'],
    ),
    "mirror": (
        MirrorColumnsOp("Order", {"idBig": "id", "b": "a"}, schema="Sales"),
        [
            (
                'CREATE FUNCTION "Sales"."phased_mirror_Order_idBig_b"() RETURNS trigger '
                'LANGUAGE plpgsql AS $phased$ BEGIN NEW."idBig" := NEW.id; NEW.b := NEW.a; '
                "RETURN NEW; END $phased$"
            ),
            (
                'CREATE TRIGGER "~phased_mirror_idBig_b" BEFORE INSERT OR UPDATE ON '
                '"Sales"."Order" FOR EACH ROW WHEN (NEW."idBig" IS DISTINCT FROM NEW.id '
                "OR NEW.b IS DISTINCT FROM NEW.a) "
                'EXECUTE FUNCTION "Sales"."phased_mirror_Order_idBig_b"()'
            ),
        ],
    ),
    "stop mirroring": (
        StopMirroringOp("users", {"b": "a"}),
        ['DROP TRIGGER "~phased_mirror_b" ON users', "DROP FUNCTION phased_mirror_users_b()"],
    ),
    "create enum": (
        CreateEnumOp("Mood", ["it's", "a\\b", "a:b %s"], schema="Sales"),
        ["CREATE TYPE \"Sales\".\"Mood\" AS ENUM ('it''s', E'a\\\\b', 'a:b %s')"],
    ),
    "drop enum": (DropEnumOp("Mood", schema="Sales"), ['DROP TYPE "Sales"."Mood"']),
    "add enum value": (
        AddEnumValueOp("Mood", "b", before="c", schema="Sales"),
        ["ALTER TYPE \"Sales\".\"Mood\" ADD VALUE 'b' BEFORE 'c'"],
    ),
    "create domain": (
        CreateDomainOp(
            "Email", "text", schema="Sales", constraint_name="at", check="VALUE ~ ':a%'"
        ),
        ['CREATE DOMAIN "Sales"."Email" AS text CONSTRAINT at CHECK (VALUE ~ \':a%\')'],
    ),
    "create domain with everything": (
        CreateDomainOp("d", "text", collation="C", default="'x'", not_null=True),
        ["CREATE DOMAIN d AS text COLLATE \"C\" DEFAULT 'x' NOT NULL"],
    ),
    "drop domain": (DropDomainOp("Email", schema="Sales"), ['DROP DOMAIN "Sales"."Email"']),
    "create schema": (CreateSchemaOp("Sales"), ['CREATE SCHEMA "Sales"']),
    "create sequence": (
        CreateSequenceOp("Seq", schema="Sales", data_type="bigint", start=10, cycle=True),
        ['CREATE SEQUENCE "Sales"."Seq" AS bigint START WITH 10 CYCLE'],
    ),
    "drop sequence": (DropSequenceOp("Seq", schema="Sales"), ['DROP SEQUENCE "Sales"."Seq"']),
    "drop schema": (DropSchemaOp("Sales"), ['DROP SCHEMA "Sales"']),
    "rename index": (
        RenameIndexOp("ixOld", "ix", schema="Sales"),
        ['ALTER INDEX "Sales"."ixOld" RENAME TO ix'],
    ),
    "keep filled": (
        KeepFilledOp("Order", {"userSlug": "lower(name) || ':a %'"}, schema="Sales"),
        [
            (
                'CREATE FUNCTION "Sales"."phased_fill_Order_userSlug"() RETURNS trigger '
                "LANGUAGE plpgsql SET search_path FROM CURRENT AS $phased$ "
                '#variable_conflict use_column BEGIN IF NEW."userSlug" IS NULL THEN '
                "NEW.\"userSlug\" := (SELECT (lower(name) || ':a %') FROM (SELECT (NEW).*) "
                'AS "Order"); END IF; RETURN NEW; END $phased$'
            ),
            (
                'CREATE TRIGGER "~phased_fill_userSlug" BEFORE INSERT OR UPDATE ON '
                '"Sales"."Order" FOR EACH ROW WHEN (NEW."userSlug" IS NULL) '
                'EXECUTE FUNCTION "Sales"."phased_fill_Order_userSlug"()'
            ),
        ],
    ),
    "stop filling": (
        StopFillingOp("Order", ["userSlug"], "Sales"),
        [
            'DROP TRIGGER "~phased_fill_userSlug" ON "Sales"."Order"',
            'DROP FUNCTION "Sales"."phased_fill_Order_userSlug"()',
        ],
    ),
    "long names": (
        StopFillingOp(LONG, ["column"]),
        [
            f'DROP TRIGGER "~phased_fill_column" ON {LONG}',
            "DROP FUNCTION phased_fill_a_table_with_a_name_that_leaves_hardly_any_3c75f868()",
        ],
    ),
}


def sql(operation: MigrateOperation) -> list[str]:
    return [" ".join(text.split()) for text in render(operation)]


@pytest.mark.parametrize(("operation", "expected"), CASES.values(), ids=CASES.keys())
def test_sql(operation: MigrateOperation, expected: list[str]) -> None:
    assert sql(operation) == expected


@pytest.mark.parametrize(("operation", "expected"), CASES.values(), ids=CASES.keys())
def test_the_code_it_is_written_as_does_the_same(
    operation: MigrateOperation, expected: list[str]
) -> None:
    assert statements([rendered(operation)]) == expected


def test_a_note_is_a_comment_and_runs_nothing() -> None:
    note = NoteOp("word " * 30)
    assert sql(note) == []
    assert all(line.startswith("# word") for line in rendered(note).splitlines())
    assert len(rendered(note).splitlines()) > 1


def test_a_body_that_holds_the_dollar_quote() -> None:
    create, _ = render(KeepFilledOp("users", {"a": "'$phased$'"}))
    assert create.endswith("$phased_$")
    assert "'$phased$'" in create


REVERSIBLE = {
    "enum": CreateEnumOp("Mood", ["a"], schema="Sales"),
    "domain": CreateDomainOp("d", "text", check="VALUE <> ''"),
    "schema": CreateSchemaOp("Sales"),
    "sequence": CreateSequenceOp("Seq", schema="Sales", start=10),
    "keep filled": KeepFilledOp("users", {"a": "b"}, schema="Sales"),
    "mirror": MirrorColumnsOp("users", {"b": "a"}, schema="Sales"),
    "rename index": RenameIndexOp("a", "b", schema="Sales"),
}


@pytest.mark.parametrize("operation", REVERSIBLE.values(), ids=REVERSIBLE.keys())
def test_there_and_back_is_the_same(operation: MigrateOperation) -> None:
    assert sql(operation.reverse().reverse()) == sql(operation)
    assert sql(operation.reverse()) != sql(operation)


def test_primary_key_using_index_goes_back_as_a_drop() -> None:
    op = CreatePrimaryKeyUsingIndexOp("pk", "Order", "ix", schema="Sales")
    assert sql(op.reverse()) == ['ALTER TABLE "Sales"."Order" DROP CONSTRAINT pk']


def test_unique_using_index_goes_back_as_a_drop() -> None:
    op = CreateUniqueConstraintUsingIndexOp("uq", "Order", "ix", schema="Sales")
    assert sql(op.reverse()) == ['ALTER TABLE "Sales"."Order" DROP CONSTRAINT uq']


@pytest.mark.parametrize(
    "operation",
    [DropEnumOp("Mood"), DropDomainOp("d"), DropSequenceOp("s"), StopFillingOp("users", ["a"])],
    ids=lambda op: type(op).__name__,
)
def test_what_a_revision_does_not_say_cannot_come_back(operation: MigrateOperation) -> None:
    with pytest.raises(ValueError, match="does not say"):
        operation.reverse()


@pytest.mark.parametrize(
    "operation",
    [
        BackfillOp("users", {"a": "1"}),
        ValidateConstraintOp("ck", "users"),
        AddEnumValueOp("m", "a"),
    ],
    ids=lambda op: type(op).__name__,
)
def test_what_has_nothing_to_take_back(operation: MigrateOperation) -> None:
    assert sql(operation.reverse()) == []


def classes(module: ModuleType) -> list[type[MigrateOperation]]:
    found = (held for _, held in inspect.getmembers(module, inspect.isclass))
    return [c for c in found if issubclass(c, MigrateOperation) and c.__module__ == module.__name__]


@pytest.mark.parametrize("module", modules(operations), ids=lambda m: m.__name__)
def test_every_operation_can_be_checked_and_taken_back(module: ModuleType) -> None:
    for held in classes(module):
        assert held.reverse is not MigrateOperation.reverse
        assert held.to_diff_tuple is not MigrateOperation.to_diff_tuple
