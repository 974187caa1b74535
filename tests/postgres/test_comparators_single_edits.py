"""One edit of the models yields exactly its operations; run as rendered, nothing is left to do."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest
import sqlalchemy as sa
from alembic import op
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations, ops
from comparators.torture import metadata, prepare
from server import conninfo
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.pool import NullPool

import phased.impl  # noqa: F401 # revisions are rendered with it
from phased.comparator import options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Connection, Engine

Edit: TypeAlias = "Callable[[sa.MetaData], object]"


@pytest.fixture(scope="module")
def created(server: URL) -> Iterator[Engine]:
    """An engine on a database that has the whole schema; every test rolls back."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(conninfo(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        engine = sa.create_engine(server.set(database=name), poolclass=NullPool)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as inside:
            prepare(inside)
            metadata().create_all(inside)
        yield engine
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def column(path: str, **changes: Any) -> Edit:
    def edit(models: sa.MetaData) -> None:
        table, name = path.rsplit(".", 1)
        for attribute, value in changes.items():
            setattr(models.tables[table].c[name], attribute, value)

    return edit


def default(path: str, value: Any) -> Edit:
    return column(path, server_default=None if value is None else sa.DefaultClause(value))


def drop(table: str, name: str) -> Edit:
    def edit(models: sa.MetaData) -> None:
        found = models.tables[table]
        for group in (found.constraints, found.indexes, *(c.constraints for c in found.c)):
            group -= {thing for thing in group if thing.name == name}

    return edit


def add(table: str, make: Callable[[sa.Table], object]) -> Edit:
    def edit(models: sa.MetaData) -> None:
        found = models.tables[table]
        thing = make(found)
        if isinstance(thing, sa.Constraint):
            found.append_constraint(thing)

    return edit


def change(table: str, name: str, make: Callable[[sa.Table], object]) -> Edit:
    def edit(models: sa.MetaData) -> None:
        drop(table, name)(models)
        add(table, make)(models)

    return edit


def index(table: str, name: str, *columns: Any, **given: Any) -> Edit:
    def make(found: sa.Table) -> object:
        expressions = [found.c[c] if c in found.c else sa.text(c) for c in columns]
        return sa.Index(name, *expressions, _table=found, **given)

    return change(table, name, make)


def check(name: str, text: str) -> Callable[[sa.Table], object]:
    return lambda _: sa.CheckConstraint(text, name=sa.schema.conv(name))


def unique(name: str, *columns: str, **given: Any) -> Callable[[sa.Table], object]:
    return lambda _: sa.UniqueConstraint(*columns, name=sa.schema.conv(name), **given)


def key(name: str, columns: list[str], target: list[str], **given: Any) -> Any:
    return lambda _: sa.ForeignKeyConstraint(columns, target, name=sa.schema.conv(name), **given)


def labels(*names: str) -> Edit:
    def edit(models: sa.MetaData) -> None:
        for name in ("mood", "moods"):
            type_: Any = sa.Enum(*names, name="mood", schema="billing")
            table = models.tables["billing.Elsewhere"]
            table.c[name].type = pg.ARRAY(type_) if name == "moods" else type_

    return edit


TYPES = {
    "unbounded": ("types.string_20", sa.String()),
    "bounded": ("types.string", sa.String(20)),
    "wider": ("types.string_20", sa.String(40)),
    "collation": ("types.string_20", sa.String(20, collation="C")),
    "no collation": ("types.collated", sa.String(20)),
    "precision of a time": ("types.timestamptz_3", sa.DateTime(timezone=True)),
    "precision for a time": ("types.timestamptz", pg.TIMESTAMP(precision=3, timezone=True)),
    "numeric": ("types.numeric_9_2", sa.Numeric()),
    "numeric of 9": ("types.numeric", sa.Numeric(9, 2)),
    "scale": ("types.numeric_9_2", sa.Numeric(9, 3)),
    "float": ("types.float_20", sa.Double()),
    "bigint": ("types.small", sa.BigInteger()),
    "elements": ("types.array", pg.ARRAY(sa.String(6))),
    "decorated": ("types.decorated", sa.String(18)),
    "elsewhere": ("billing.Elsewhere.Name", sa.String(11)),
    "quoted": ("types.Weird Name", sa.BigInteger()),
}
DEFAULTS = {
    "string": ("Defaults.string", "other"),
    "quoted": ("Defaults.quoted", 'it\'s "51%" \\ :x'),
    "none": ("Defaults.string", None),
    "null": ("Defaults.string", sa.text("NULL")),
    "new": ("Defaults.Mixed", "it's"),
    "empty": ("Defaults.empty", " "),
    "json": ("Defaults.json", sa.text("'{\"a\": \"it''S\"}'")),
    "jsonb": ("Defaults.jsonb", sa.text("'[]'::jsonb")),
    "enum": ("Defaults.mood", "sad"),
    "array": ("Defaults.array", "{a}"),
    "function": ("Defaults.now", sa.func.clock_timestamp()),
    "keyword": ("Defaults.current", sa.text("LOCALTIMESTAMP")),
    "boolean": ("Defaults.yes", sa.false()),
    "elsewhere": ("Odd Schema.Elsewhere.mood", "Down"),
}
EDITS: dict[str, tuple[Edit, list[str]]] = {
    **{
        f"type, {name}": (column(path, type=type_), [f"alter {path}: type"])
        for name, (path, type_) in TYPES.items()
    },
    **{
        f"default, {name}": (default(path, value), [f"alter {path}: default"])
        for name, (path, value) in DEFAULTS.items()
    },
    "nullable": (column("pairs.mood", nullable=True), ["alter pairs.mood: nullable"]),
    "comment": (column("types.Weird Name", comment="x"), ["alter types.Weird Name: comment"]),
    "table comment": (
        lambda models: setattr(models.tables["types"], "comment", "it's"),
        ["CreateTableCommentOp types"],
    ),
    "check, added": (
        add("Checks", check("new", "\"Name\" ~ '^ \\:x \\\\:y 100%' AND data ? 'a'")),
        ["CreateCheckConstraintOp new"],
    ),
    "check, removed": (drop("Checks", "ck_Checks_either"), ["DropConstraintOp ck_Checks_either"]),
    "check of a column, removed": (
        drop("Checks", "ck_Checks_age_positive"),
        ["DropConstraintOp ck_Checks_age_positive"],
    ),
    "check, changed": (
        change("Checks", "ck_Checks_shape", check("ck_Checks_shape", "data ? 'other'")),
        ["DropConstraintOp ck_Checks_shape", "CreateCheckConstraintOp ck_Checks_shape"],
    ),
    "check of a type, changed": (
        change("Checks", "ck_Checks_st", check("ck_Checks_st", "status IN ('a', 'it''s', 'c')")),
        ["DropConstraintOp ck_Checks_st", "CreateCheckConstraintOp ck_Checks_st"],
    ),
    "check elsewhere": (
        change(
            "billing.Elsewhere",
            "ck_Elsewhere_amount",
            check("ck_Elsewhere_amount", "amount >= 0"),
        ),
        ["DropConstraintOp ck_Elsewhere_amount", "CreateCheckConstraintOp ck_Elsewhere_amount"],
    ),
    "index, added": (
        add("Indexes", lambda t: sa.Index("New", sa.func.upper(t.c["Name"]))),
        ["CreateIndexOp New"],
    ),
    "index, removed": (drop("Indexes", "json path"), ["DropIndexOp json path"]),
    **{
        f"index, {name}": (edit, [f"DropIndexOp {of}", f"CreateIndexOp {of}"])
        for name, of, edit in [
            ("where", "where", index("Indexes", "where", "a", postgresql_where=sa.text("b > 6"))),
            ("no where", "where", index("Indexes", "where", "a")),
            ("include", "include", index("Indexes", "include", "a", postgresql_include=["b"])),
            ("using", "hash", index("Indexes", "hash", "a")),
            ("opclass", "pattern", index("Indexes", "pattern", "Name")),
            ("fill", "fill", index("Indexes", "fill", "a", postgresql_with={"fillfactor": 60})),
            ("nulls", "nulls", index("Indexes", "nulls", "a", "b", unique=True)),
            ("unique", "nulls", index("Indexes", "nulls", "a", "b")),
            ("order", "sorted", index("Indexes", "sorted", "a DESC", "b", '"Name" NULLS FIRST')),
            ("expression", "lowered", index("Indexes", "lowered", 'upper("Name")')),
            (
                "collation",
                "by collation",
                index("Indexes", "by collation", '"Name" COLLATE "POSIX"'),
            ),
            ("columns", "where", index("Indexes", "where", "b", "a")),
            ("elsewhere", "where", index("Odd Schema.Elsewhere", "where", "Name")),
            ("partitioned", "parts_where", index("parts", "parts_where", "amount")),
        ]
    },
    "unique, added": (add("uniques", unique("New", "C")), ["CreateUniqueConstraintOp New"]),
    "unique, removed": (drop("uniques", "uq_uniques_a"), ["DropConstraintOp uq_uniques_a"]),
    **{
        f"unique, {name}": (
            change("uniques", of, unique(of, *columns, **given)),
            [f"DropConstraintOp {of}", f"CreateUniqueConstraintOp {of}"],
        )
        for name, of, columns, given in [
            ("not deferrable", "uq_uniques_b", "b", {}),
            ("initially", "uq_uniques_b", "b", {"deferrable": True}),
            ("nulls", "nulls_distinct", "ab", {}),
            ("include", "Included", "bC", {}),
            ("columns", "uq_uniques_a", "aC", {}),
        ]
    },
    "unique becomes a unique index": (
        change("uniques", "uq_uniques_a", lambda t: sa.Index("uq_uniques_a", t.c.a, unique=True)),
        ["DropConstraintOp uq_uniques_a", "CreateIndexOp uq_uniques_a"],
    ),
    "foreign key, added": (
        add("references", key("new", ["b"], ["serials.id"], match="FULL", ondelete="CASCADE")),
        ["CreateForeignKeyOp new"],
    ),
    "foreign key, removed": (
        drop("references", "fk_references_plain_serials"),
        ["DropConstraintOp fk_references_plain_serials"],
    ),
    **{
        f"foreign key, {name}": (
            change("references", of, key(of, columns, target, **given)),
            [f"DropConstraintOp {of}", f"CreateForeignKeyOp {of}"],
        )
        for name, of, columns, target, given in [
            (
                "delete",
                "fk_references_delete_serials",
                ["delete"],
                ["serials.id"],
                {"ondelete": "RESTRICT", "onupdate": "SET NULL"},
            ),
            (
                "update",
                "fk_references_delete_serials",
                ["delete"],
                ["serials.id"],
                {"ondelete": "CASCADE"},
            ),
            ("deferrable", "fk_references_late_serials", ["late"], ["serials.id"], {}),
            (
                "initially",
                "fk_references_late_serials",
                ["late"],
                ["serials.id"],
                {"deferrable": True},
            ),
            ("match", "fk_references_b_pairs", ["b", "a"], ["pairs.b", "pairs.a"], {}),
            (
                "columns to set",
                "columns",
                ["b", "a"],
                ["pairs.b", "pairs.a"],
                {"ondelete": "SET NULL (a)"},
            ),
            (
                "target",
                "fk_references_elsewhere_Elsewhere",
                ["elsewhere"],
                ["Odd Schema.Elsewhere.id"],
                {},
            ),
        ]
    },
    "exclusion, removed": (drop("uniques", "exclude"), ["DropConstraintOp exclude"]),
    "exclusion, added": (
        add("uniques", lambda _: pg.ExcludeConstraint(("during", "&&"), name="another")),
        ["CreateExcludeConstraintOp another"],
    ),
    "exclusion, changed": (
        change(
            "uniques", "exclude", lambda _: pg.ExcludeConstraint(("during", "&&"), name="exclude")
        ),
        ["DropConstraintOp exclude", "CreateExcludeConstraintOp exclude"],
    ),
    "enum, label added": (labels("up", "Down", "it's"), ["AddEnumValueOp it's {}"]),
    "enum, label between": (
        labels("first", "up", "middle", "Down"),
        ["AddEnumValueOp first {'before': 'up'}", "AddEnumValueOp middle {'before': 'Down'}"],
    ),
    "table, added": (
        lambda models: sa.Table("new", models, sa.Column("a", sa.Integer, index=True)),
        ["CreateTableOp new", "CreateIndexOp ix_new_a"],
    ),
    "table, removed": (
        lambda models: models.remove(models.tables["keyless"]),
        ["DropTableOp keyless"],
    ),
    "column, added": (
        lambda models: models.tables["keyless"].append_column(sa.Column("Late", sa.Text)),
        ["AddColumnOp keyless"],
    ),
}
SPELLINGS: list[Edit] = [
    change("Checks", "named as it is", check("named as it is", "age = ANY (ARRAY[1,2,3])")),
    index("Indexes", "by collation", '"Name" collate "C"', postgresql_using="btree"),
    default("Defaults.integer", sa.text("5")),
    default("Defaults.jsonb", "{}"),
    default("Defaults.now", sa.text("NOW( )")),
    default("Defaults.yes", "t"),
    column("types.float_20", type=sa.REAL()),
    column("types.double", type=sa.Float(53)),
    change(
        "references",
        "columns",
        key(
            "columns",
            ["b", "a"],
            ["pairs.b", "pairs.a"],
            ondelete="set null (b)",
            onupdate="no action",
            match="simple",
        ),
    ),
]
# Alembic itself cannot create some of these, or there is no way at all.
ONLY_SEEN: dict[str, tuple[Edit, list[str]]] = {
    "unique with more columns": (
        add("uniques", unique("New", "C", postgresql_include=["a"])),
        ["CreateUniqueConstraintOp New"],
    ),
    "enum, label removed": (labels("up"), ["ChangeEnumOp mood"]),
    "enum, label renamed": (labels("up", "down"), ["ChangeEnumOp mood"]),
    "enum, labels reordered": (labels("Down", "up"), ["ChangeEnumOp mood"]),
    "enum, label added and moved": (labels("Down", "x", "up"), ["ChangeEnumOp mood"]),
}


def rounds(edits: dict[str, tuple[Edit, list[str]]]) -> list[dict[str, tuple[Edit, list[str]]]]:
    """The edits in as few groups as keep two edits of one object apart."""
    found: list[dict[str, tuple[Edit, list[str]]]] = []
    for name, (edit, expected) in edits.items():
        objects = {subject(line) for line in expected}
        free = (group for group in found if not objects & subjects(group))
        group = next(free, None)
        if group is None:
            found.append(group := {})
        group[name] = (edit, expected)
    return found


def subjects(edits: dict[str, tuple[Edit, list[str]]]) -> set[str]:
    return {subject(line) for _, expected in edits.values() for line in expected}


def subject(line: str) -> str:
    if line.startswith("AddEnumValueOp"):
        return "mood"
    return line.partition(" ")[2].partition(":")[0].partition(" {")[0]


def test_another_spelling_is_no_difference(created: Engine) -> None:
    with created.connect() as connection:
        assert described(compared(connection, *SPELLINGS)) == []


@pytest.mark.parametrize("edits", rounds(EDITS))
def test_every_edit_is_seen_and_then_done(
    created: Engine, edits: dict[str, tuple[Edit, list[str]]]
) -> None:
    with created.connect() as connection:
        found = compared(connection, *(edit for edit, _ in edits.values()))
        assert_exactly(described(found), edits)
        run(connection, found)
        again = compared(connection, *(edit for edit, _ in edits.values()))
        assert described(again) == []


@pytest.mark.parametrize("edits", rounds(ONLY_SEEN))
def test_every_edit_is_seen(created: Engine, edits: dict[str, tuple[Edit, list[str]]]) -> None:
    with created.connect() as connection:
        found = compared(connection, *(edit for edit, _ in edits.values()))
        assert_exactly(described(found), edits)
        assert found.reverse().as_diffs()


def assert_exactly(found: list[str], edits: dict[str, tuple[Edit, list[str]]]) -> None:
    lines = [line for _, expected in edits.values() for line in expected]
    assert sorted(found) == sorted(lines)
    for _, expected in edits.values():
        assert [line for line in found if line in expected] == expected


def compared(connection: Connection, *edits: Edit) -> ops.UpgradeOps:
    models = metadata()
    for edit in edits:
        edit(models)
    context = MigrationContext.configure(connection, opts=options(models))
    found = produce_migrations(context, models).upgrade_ops
    assert found is not None
    return found


def run(connection: Connection, found: ops.UpgradeOps) -> None:
    context = MigrationContext.configure(connection)
    code = render_python_code(found, migration_context=context)
    with Operations.context(context):
        names = {"op": op, "sa": sa, "postgresql": pg}
        exec("if True:\n    " + code, names)  # noqa: S102 # what a revision file does


def described(found: ops.OpContainer) -> list[str]:
    lines: list[str] = []
    for one in found.ops:
        lines += described(one) if isinstance(one, ops.OpContainer) else [describe(one)]
    return lines


def describe(one: Any) -> str:
    if isinstance(one, ops.AlterColumnOp):
        table = f"{one.schema}.{one.table_name}" if one.schema else one.table_name
        return f"alter {table}.{one.column_name}: {' '.join(_altered(one))}"
    name = next(
        getattr(one, name)
        for name in ("constraint_name", "index_name", "name", "table_name")
        if hasattr(one, name)
    )
    if type(one).__name__ == "AddEnumValueOp":
        place = {"before": one.before, "after": one.after}
        name = f"{one.value} { {k: v for k, v in place.items() if v is not None} }"
    return f"{type(one).__name__} {name}"


def _altered(one: ops.AlterColumnOp) -> Iterator[str]:
    changes = {
        "type": one.modify_type is not None,
        "nullable": one.modify_nullable is not None,
        "default": one.modify_server_default is not False,
        "comment": one.modify_comment is not False,
    }
    return (name for name, changed in changes.items() if changed)
