"""What hangs on a column beyond the models comes along to its successor, exactly."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from judging import assert_safe
from revising import create, metadata, revise, shape
from rolling import calls, facts, run

from phased import converted_from, renamed_from
from phased.model import Phase
from phased.naming import quote, relation
from phased.operations.carry import CarryOp
from phased.record import undo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from revising import Revision
    from sqlalchemy import Engine

SETTINGS = """
    WITH mine AS (
        SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname !~ '^(pg_|information_schema)'
    )
    SELECT concat_ws(' ', s.what, 'of', c.relname, a.attname), s.held
    FROM pg_attribute a JOIN mine c ON c.oid = a.attrelid
    CROSS JOIN LATERAL (VALUES
        ('privileges', (SELECT string_agg(CAST(g AS text), ' ' ORDER BY CAST(g AS text))
                        FROM unnest(a.attacl) g)),
        ('target', CAST(a.attstattarget AS text)),
        ('options', CAST(a.attoptions AS text)), ('storage', CAST(a.attstorage AS text)),
        ('compression', CAST(a.attcompression AS text))) AS s (what, held)
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm')
    UNION ALL SELECT 'privileges of ' || relname, CAST(relacl AS text) FROM mine
    UNION ALL SELECT 'target of ' || stxname, CAST(stxstattarget AS text) FROM pg_statistic_ext
"""
ROLES = ("reader", "Odd Role")
STYLES = pytest.mark.parametrize(
    "style", [(None, "users", "username", "handle"), ("Sales dept", "User", "user Name", "Handle")]
)


class Names:
    """How SQL and models name the table and its columns."""

    def __init__(self, style: tuple[str | None, str, str, str]) -> None:
        self.schema, self.table, self.old, self.new = style

    def sql(self, template: str, column: str) -> str:
        prefix = f"{quote(self.schema)}." if self.schema else ""
        table = relation(self.table, self.schema)
        name = quote(column)
        given = {"c": name, "o": quote(self.old), "e": name, "b": f"b.{name}"}
        if column != self.old:  # the old column's values, where it is converted
            given |= {"e": f"({name}::text)", "b": f"(b.{name}::text)"}
        return template.format(t=table, s=prefix, **given)

    def models(self, column: str, type_: Any = sa.Text, **info: Any) -> sa.MetaData:
        def table(made: sa.MetaData) -> None:
            sa.Table(
                self.table,
                made,
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("team", sa.Integer),
                sa.Column(column, type_, **info),
                schema=self.schema,
            )

        return metadata(table)


@pytest.fixture
def roles(engine: Engine) -> Iterator[None]:
    for role in ROLES:
        run(engine, f"DO $$ BEGIN CREATE ROLE {quote(role)}; EXCEPTION WHEN OTHERS THEN END $$")
    yield
    run(engine, *(f"DROP OWNED BY {quote(role)}" for role in ROLES))


def picture(engine: Engine) -> dict[str, str | None]:
    """The catalogs, with what the shape leaves out."""
    with engine.connect() as connection:
        settings = dict(tuple(row) for row in connection.exec_driver_sql(SETTINGS))
    return {**shape(engine), **settings}


def execute(engine: Engine, *lines: str) -> None:
    """What a function of a revision with these lines does."""
    run(engine, *(sql for call in calls(lines) for sql in call.sql))


def roll(engine: Engine, revision: Revision, **again: Any) -> None:
    """Run what no rule objects to, with these things in the database.

    Given how it was written, there is nothing more to write before the contract.
    """
    phases = {phase.word: "\n".join(revision.phase(phase)) or "pass" for phase in Phase}
    code = "\n\n".join(f"def {word}():\n{indent(body, '    ')}" for word, body in phases.items())
    assert_safe(code, facts=facts(engine))
    for phase in Phase:
        if phase is Phase.CONTRACT and again:
            pending = [call.operation for call in calls(revision.contract)]
            assert revise(engine, **again, pending=pending).empty
        execute(engine, *revision.phase(phase))


def stays(revision: Revision) -> list[str]:
    """What the revision says of things that do not come along."""
    lines = [*revision.expand, *revision.backfill, *revision.contract]
    return [" ".join(line.replace("# ", "").split()) for line in lines if line.startswith("# ")]


THINGS = {
    "privileges": (
        "GRANT SELECT ({c}), UPDATE ({c}) ON {t} TO reader WITH GRANT OPTION",
        'GRANT REFERENCES ({c}) ON {t} TO "Odd Role", PUBLIC',
    ),
    "settings": (
        "ALTER TABLE {t} ALTER {c} SET STATISTICS 500, ALTER {c} SET STORAGE EXTERNAL",
        "ALTER TABLE {t} ALTER {c} SET (n_distinct = -0.5, n_distinct_inherited = 7)",
        "ALTER TABLE {t} ALTER {c} SET COMPRESSION pglz",
    ),
    "statistics": (
        'CREATE STATISTICS {s}"Stats" (ndistinct, mcv) ON {c}, team, lower({c}) FROM {t}',
        'ALTER STATISTICS {s}"Stats" SET STATISTICS 70',
        """COMMENT ON STATISTICS {s}"Stats" IS 'it''s 100%'""",
        "CREATE STATISTICS {s}upper_only ON upper({c}) FROM {t}",
    ),
    "views": (
        "CREATE VIEW {s}plain AS SELECT {c} AS {o}, id FROM {t}",
        """CREATE VIEW {s}guarded WITH (security_barrier, security_invoker, check_option=local)
        AS SELECT id, {c} AS {o} FROM {t} WHERE {c} <> 'it''s 100%: :x'""",
        """CREATE VIEW {s}"Joined" AS SELECT a.id, b.{c} AS {o}, count(*) FROM {t} a
        JOIN {t} b ON b.{c} = a.{c} GROUP BY a.id, b.{c} HAVING max(a.{c}) > '' ORDER BY b.{c}""",
        "CREATE VIEW {s}upon AS SELECT {o} FROM {s}plain",
        "CREATE VIEW {s}by_key AS SELECT id, {c} AS {o} FROM {t} GROUP BY id",
        "GRANT SELECT ON {s}guarded TO reader",
        "ALTER VIEW {s}plain ALTER id SET DEFAULT 7",
    ),
    "policies": (
        "ALTER TABLE {t} ENABLE ROW LEVEL SECURITY",
        """CREATE POLICY "Own" ON {t} TO reader USING ({c} = CURRENT_USER) WITH CHECK ({c} > '')""",
        "CREATE POLICY adds ON {t} AS RESTRICTIVE FOR INSERT WITH CHECK (length({c}) > 2)",
        "CREATE TABLE {s}notes (owner text)",
        "ALTER TABLE {s}notes ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY of_users ON {s}notes USING (owner IN (SELECT u.{c} AS {o} FROM {t} u))",
    ),
    "triggers": (
        "CREATE FUNCTION {s}noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        """CREATE TRIGGER "First" BEFORE INSERT OR UPDATE OF {c}, team ON {t} FOR EACH ROW
        WHEN (NEW.{c} > 'a' AND NEW.team > 0) EXECUTE FUNCTION {s}noted('x')""",
        "CREATE TRIGGER off AFTER UPDATE OF {c} ON {t} EXECUTE FUNCTION {s}noted()",
        "ALTER TABLE {t} DISABLE TRIGGER off",
    ),
    "functions": (
        """CREATE FUNCTION {s}"Who"(i int) RETURNS text STABLE LANGUAGE sql
        BEGIN ATOMIC SELECT u.{c} AS {o} FROM {t} u WHERE u.id = i; END""",
        """CREATE PROCEDURE {s}shout() LANGUAGE sql
        BEGIN ATOMIC UPDATE {t} SET {c} = upper({c}) WHERE ({c} > 'a'); END""",
    ),
}


@STYLES
@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.usefixtures("roles")
def test_renamed(engine: Engine, twin: Engine, kind: str, style: Any) -> None:
    names = Names(style)
    for one, column in ((engine, names.old), (twin, names.new)):
        create(one, names.models(column), [names.sql(sql, column) for sql in THINGS[kind]])
    before, expected = picture(engine), picture(twin)
    after = names.models(names.new, info=renamed_from(names.old))
    hidden = {"include_name": lambda name, *_: name != "notes"}
    revision = revise(engine, after, **hidden)
    assert not stays(revision)
    roll(engine, revision, models=after, **hidden)
    assert picture(engine) == expected
    execute(engine, *revision.downgrade)
    assert picture(engine) == before


HIDDEN = (
    """CREATE INDEX "hid by" ON {t} USING btree ({c} COLLATE "C" DESC NULLS LAST, team)
    INCLUDE (id) WITH (fillfactor=70) WHERE {c} <> 'it''s 100%'""",
    "CREATE UNIQUE INDEX hid_unique ON {t} (lower({c}) text_pattern_ops) NULLS NOT DISTINCT",
    "CREATE INDEX hid_hash ON {t} USING hash ({c})",
    """ALTER TABLE {t} ADD CONSTRAINT hid_check CHECK ({c} <> '')""",
    "ALTER TABLE {t} ADD CONSTRAINT hid_late CHECK ({c} <> 'x') NOT VALID",
    "ALTER TABLE {t} ADD CONSTRAINT hid_key UNIQUE ({c}) INCLUDE (team) DEFERRABLE",
    "ALTER TABLE {t} ADD CONSTRAINT hid_plain UNIQUE NULLS NOT DISTINCT ({c})",
    "CREATE TABLE {s}hid_words (word text PRIMARY KEY)",
    """ALTER TABLE {t} ADD CONSTRAINT hid_out FOREIGN KEY ({c}) REFERENCES {s}hid_words (word)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED""",
    """CREATE TABLE {s}hid_posts (name text, CONSTRAINT hid_in FOREIGN KEY (name)
    REFERENCES {t} ({c}) ON UPDATE CASCADE)""",
)


@STYLES
def test_hidden_from_autogenerate(engine: Engine, twin: Engine, style: Any) -> None:
    names = Names(style)
    for one, column in ((engine, names.old), (twin, names.new)):
        create(one, names.models(column), [names.sql(sql, column) for sql in HIDDEN])
    before, expected = picture(engine), picture(twin)
    after = names.models(names.new, info=renamed_from(names.old))

    def include_object(_: Any, name: str | None, *__: Any) -> bool:
        return "hid" not in (name or "")

    revision = revise(engine, after, include_object=include_object)
    assert stays(revision) == []
    roll(engine, revision, models=after, include_object=include_object)
    assert picture(engine) == expected
    execute(engine, *revision.downgrade)
    assert picture(engine) == before


@pytest.mark.parametrize("new", ["uq", "uq_anew"])
def test_replica_identity(engine: Engine, twin: Engine, new: str) -> None:
    def models(column: str, name: str, **info: Any) -> sa.MetaData:
        def table(made: sa.MetaData) -> None:
            named = sa.Column(column, sa.Text, nullable=False, **info)
            unique = sa.UniqueConstraint(column, name=sa.schema.conv(name))
            sa.Table("t", made, sa.Column("id", sa.Integer, primary_key=True), named, unique)

        return metadata(table)

    identity = "ALTER TABLE t REPLICA IDENTITY USING INDEX {}"
    create(engine, models("a", "uq"), [identity.format("uq")])
    create(twin, models("b", new), [identity.format(new)])
    before, expected = picture(engine), picture(twin)
    revision = revise(engine, models("b", new, info=renamed_from("a")))
    assert stays(revision) == []
    roll(engine, revision)
    assert picture(engine) == expected
    execute(engine, *revision.downgrade)
    assert picture(engine) == before


@pytest.mark.parametrize("kind", ["identity", "serial"])
def test_sequences(engine: Engine, twin: Engine, kind: str) -> None:
    always = kind == "identity"

    def models(column: str, hint: Any = renamed_from) -> sa.MetaData:
        def table(made: sa.MetaData) -> None:
            default = {
                "identity": sa.Identity(always=True, start=7, increment=5),
                "serial": sa.text("nextval('\"Odd seq\"')"),
            }[kind]
            info = {} if hint is None else hint("A")
            named = sa.Column(column, sa.Integer, server_default=default, nullable=False, info=info)
            sa.Table("T", made, sa.Column("id", sa.Text, primary_key=True), named)

        return metadata(table)

    insert = """INSERT INTO "T" (id) VALUES ('{}') RETURNING *"""
    for one, column in ((engine, "A"), (twin, "b")):
        run(one, *([] if always else ['CREATE SEQUENCE "Odd seq"']))
        owned = f'ALTER SEQUENCE "Odd seq" OWNED BY "T".{quote(column)}'
        create(one, models(column, None), [] if always else [owned])
    run(engine, insert.format("x"))
    revision = revise(engine, models("b"))
    assert stays(revision) == []
    roll(engine, revision)
    assert picture(engine) == picture(twin)
    with engine.connect() as connection:
        _, number = connection.exec_driver_sql(insert.format("y")).one()
    assert number == (12 if always else 2)


CONVERTED = (
    "GRANT SELECT ({c}) ON {t} TO reader",
    "ALTER TABLE {t} ALTER {c} SET STATISTICS 500",
    "CREATE STATISTICS {s}of_both ON team, lower({e}) FROM {t}",
    """CREATE VIEW {s}shown AS SELECT id, {e} AS {o} FROM {t}
    WHERE {e} <> '1' GROUP BY id, {e} ORDER BY {e}""",
    """CREATE VIEW {s}joined AS SELECT a.id, {b} AS {o} FROM {t} a JOIN {t} b ON a.team = b.team
    WHERE EXISTS (SELECT 1 FROM {t} b WHERE {b} > 'x')""",
    "CREATE POLICY big ON {t} USING (length({e}) > 2) WITH CHECK ({e} <> '')",
    "CREATE FUNCTION {s}noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    """CREATE TRIGGER noted AFTER UPDATE OF team, {c} ON {t} FOR EACH ROW
    WHEN (NEW.team > 0) EXECUTE FUNCTION {s}noted()""",
    """CREATE FUNCTION {s}one(i int) RETURNS text STABLE LANGUAGE sql
    BEGIN ATOMIC SELECT {b} AS {o} FROM {t} b WHERE b.id = i; END""",
)


@STYLES
@pytest.mark.usefixtures("roles")
def test_converted(engine: Engine, twin: Engine, style: Any) -> None:
    names = Names(style)
    types = {names.old: sa.Text, names.new: sa.Integer}
    for one, column in ((engine, names.old), (twin, names.new)):
        things = [names.sql(sql, column) for sql in CONVERTED]
        create(one, names.models(column, types[column]), things)
    before, expected = picture(engine), picture(twin)
    old, new = quote(names.old), quote(names.new)
    hint = converted_from(names.old, up=f"{old}::int", down=f"{new}::text")
    revision = revise(engine, names.models(names.new, sa.Integer, info=hint))
    assert stays(revision) == []
    roll(engine, revision)
    assert picture(engine) == expected
    execute(engine, *revision.downgrade)
    assert picture(engine) == before


def test_two_columns_that_one_view_reads_are_renamed_at_once(engine: Engine, twin: Engine) -> None:
    def models(*names: str, hinted: bool = False) -> sa.MetaData:
        def table(made: sa.MetaData) -> None:
            hints = [renamed_from(name) if hinted else {} for name in ("a", "b")]
            columns = [sa.Column(n, sa.Text, info=h) for n, h in zip(names, hints, strict=True)]
            sa.Table("t", made, sa.Column("id", sa.Integer, primary_key=True), *columns)

        return metadata(table)

    things = (
        "CREATE VIEW v AS SELECT {} AS a, {} AS b FROM t",
        "CREATE STATISTICS s ON {}, {} FROM t",
    )
    for one, names in ((engine, ("a", "b")), (twin, ("x", "y"))):
        create(one, models(*names), [sql.format(*names) for sql in things])
    revision = revise(engine, models("x", "y", hinted=True))
    assert stays(revision) == []
    roll(engine, revision)
    assert picture(engine) == picture(twin)


KEPT = {
    "CREATE MATERIALIZED VIEW m AS SELECT username FROM users": (
        "materialized view public.m does not come along: PostgreSQL cannot replace its query",
        "CREATE MATERIALIZED VIEW public.m AS SELECT handle AS username FROM users;",
    ),
    "CREATE RULE r AS ON UPDATE TO users WHERE OLD.username = 'root' DO INSTEAD NOTHING": (
        "rule r on public.users does not come along",
        "CREATE RULE r AS",
    ),
    "ALTER TABLE users ADD short text GENERATED ALWAYS AS (left(username, 3)) STORED": (
        "generated column users.short does not come along",
        'SET EXPRESSION AS ("left"(handle, 3));',
    ),
    "CREATE PUBLICATION p FOR TABLE users (id, username)": (
        "publication p does not come along: its subscribers need the new columns first",
        "ALTER PUBLICATION p ADD TABLE users (id, handle);",
    ),
}


def test_what_stays_is_said_with_the_statement_to_write(engine: Engine) -> None:
    names = Names((None, "users", "username", "handle"))
    create(engine, names.models("username"), list(KEPT))
    hidden = {"include_object": lambda _, name, *__: name != "short"}
    revision = revise(engine, names.models("handle", info=renamed_from("username")), **hidden)
    said = stays(revision)
    assert len(said) == len(KEPT)
    for begins, ends in KEPT.values():
        assert [one for one in said if one.startswith(begins) and ends in one], said


WRITES = """CREATE FUNCTION writes() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN NEW.userName := lower(NEW.username); RETURN NEW; END'"""
OTHERWISE = """CREATE FUNCTION otherwise() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN NEW.usernames := 1; RETURN NEW; END'"""


def test_a_trigger_function_that_has_the_column_in_its_text(engine: Engine) -> None:
    names = Names((None, "users", "username", "handle"))
    trigger = "CREATE TRIGGER {} BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION {}()"
    triggers = (trigger.format("a", "writes"), trigger.format("b", "otherwise"))
    create(engine, names.models("username"), (WRITES, OTHERWISE, *triggers))
    revision = revise(engine, names.models("handle", info=renamed_from("username")))
    (said,) = stays(revision)
    assert said.startswith("trigger function public.writes() does not come along: its text names")


def test_a_trigger_fires_for_either_column_until_the_contract(engine: Engine) -> None:
    names = Names((None, "users", "username", "handle"))
    function = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    trigger = "CREATE TRIGGER t AFTER UPDATE OF {} ON users FOR EACH STATEMENT"
    trigger += " EXECUTE FUNCTION public.f()"
    create(engine, names.models("username"), (function, trigger.format("username")))
    revision = revise(engine, names.models("handle", info=renamed_from("username")))
    replaced = trigger.replace("CREATE", "CREATE OR REPLACE")
    expand, contract = ("username, handle", "handle")
    assert replaced.format(expand) in revision.sql(Phase.EXPAND)
    assert replaced.format(contract) in revision.sql(Phase.CONTRACT)
    back = [undo(op) for op in revision.recorded[Phase.EXPAND] if isinstance(op, CarryOp)]
    assert back == [(replaced.format("username"),)]
