from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import op
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext
from revision import line, recorded, script

from phased.errors.revisions import AsksForConnection, PhaseRaises
from phased.record import record

if TYPE_CHECKING:
    from pathlib import Path


def sql(folder: Path, body: str) -> list[str]:
    return [statement for call in recorded(folder, body) for statement in call.sql]


def executed(folder: Path, source: str) -> list[str]:
    return sql(folder, f"def expand():\n    op.execute({source})\n")


def test_every_call_has_the_line_it_begins_on(tmp_path: Path) -> None:
    body = """
    def expand():
        op.execute("SELECT 1")
        # a comment
        op.add_column(
            "users",
            sa.Column("handle", sa.Text),
        )
        for number in range(2):
            op.execute(f"SELECT {number}")
    """
    texts = ['"SELECT 1"', "op.add_column", "{number}", "{number}"]
    assert [call.line for call in recorded(tmp_path, body)] == [line(body, text) for text in texts]


def test_a_call_in_another_file_has_the_line_that_led_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere_for_record.py").write_text(
        "from alembic import op\n\n\n\n\ndef both():\n    op.execute('SELECT 1')\n"
        "    op.execute('SELECT 2')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    body = """
    from elsewhere_for_record import both

    def inner():
        both()

    def expand():
        inner()
    """
    found = recorded(tmp_path, body)
    assert [call.line for call in found] == [line(body, "    both()")] * 2


def test_a_batch_is_recorded(tmp_path: Path) -> None:
    body = """
    def expand():
        with op.batch_alter_table("users") as batch:
            batch.add_column(sa.Column("handle", sa.Text))
            batch.drop_column("name")
        op.execute("SELECT 1")
    """
    found = recorded(tmp_path, body)
    assert [call.sql for call in found] == [
        ("ALTER TABLE users ADD COLUMN handle TEXT",),
        ("ALTER TABLE users DROP COLUMN name",),
        ("SELECT 1",),
    ]
    with_line = line(body, "batch_alter_table")
    assert [call.line for call in found] == [with_line, with_line, line(body, "SELECT 1")]


def test_an_autocommit_block_is_marked_and_its_commit_is_none_of_the_users(tmp_path: Path) -> None:
    body = """
    def expand():
        op.execute("SELECT 1")
        with op.get_context().autocommit_block():
            op.execute("SELECT 2")
        op.execute("SELECT 3")
    """
    found = recorded(tmp_path, body)
    assert [(call.sql, call.autocommit) for call in found] == [
        (("SELECT 1",), False),
        (("SELECT 2",), True),
        (("SELECT 3",), False),
    ]


def test_the_users_own_commit_is_kept_for_the_rule_that_refuses_it(tmp_path: Path) -> None:
    assert executed(tmp_path, '"COMMIT"') == ["COMMIT"]


def test_rows_are_recorded_as_they_are(tmp_path: Path) -> None:
    body = """
    def expand():
        table = sa.table("t", sa.column("a", sa.Text), sa.column("b", sa.Integer))
        op.bulk_insert(table, [{"a": "x:y 100% it's", "b": 1}, {"a": None, "b": -2}])
    """
    (call,) = recorded(tmp_path, body)
    assert call.sql == (
        "INSERT INTO t (a, b) VALUES ('x:y 100% it''s', 1)",
        "INSERT INTO t (a, b) VALUES (NULL, -2)",
    )


@pytest.mark.parametrize(
    "text",
    [
        "SELECT '100%', 'a:b', '12:30'::time, E'%s', $$ % $$, jsonb '{}' ? 'a'",
        "SELECT 'tab\t', ':name', jsonb '{\"a\":1, \"b\": :b}'",
        "SELECT\n    1",
    ],
)
def test_what_the_text_says_is_what_runs(tmp_path: Path, text: str) -> None:
    assert executed(tmp_path, repr(text)) == [text]
    assert executed(tmp_path, f"sa.text({text!r})") == [text]


def test_an_escaped_colon_is_a_colon(tmp_path: Path) -> None:
    assert executed(tmp_path, repr(r"SELECT '\:name'")) == ["SELECT ':name'"]


def test_parameters_become_literals(tmp_path: Path) -> None:
    assert executed(tmp_path, "sa.text('SELECT :a').bindparams(a=\"it's\")") == ["SELECT 'it''s'"]
    update = "sa.table('t', sa.column('a', sa.Integer)).update().values(a=5)"
    assert executed(tmp_path, update) == ["UPDATE t SET a=5"]


def test_a_text_of_several_statements_is_split(tmp_path: Path) -> None:
    assert executed(tmp_path, "\"SELECT 1; SELECT ';';\"") == ["SELECT 1", "SELECT ';'"]


def test_operations_are_kept_for_what_takes_them_back(tmp_path: Path) -> None:
    (call,) = recorded(tmp_path, "def expand():\n    op.drop_table('t')\n")
    assert isinstance(call.operation, ops.DropTableOp)


def test_a_type_is_created_with_its_table(tmp_path: Path) -> None:
    body = """
    def expand():
        table = op.create_table("t", sa.Column("a", sa.Enum("x", name="kind")))
        op.bulk_insert(table, [{"a": "x"}])
    """
    assert [" ".join(one.split()) for one in sql(tmp_path, body)] == [
        "CREATE TYPE kind AS ENUM ('x')",
        "CREATE TABLE t ( a kind )",
        "INSERT INTO t (a) VALUES ('x')",
    ]


@pytest.mark.parametrize(
    "asks",
    [
        "op.get_bind()",
        "op.get_bind().execute(sa.text('SELECT 1')).scalar()",
        "op.get_context().connection.execute(sa.text('SELECT 1'))",
        "op.get_context().bind.execute(sa.text('SELECT 1')).fetchall()",
        "sa.inspect(op.get_bind())",
        "sa.inspect(op.get_context().connection)",
        "op.run_async(print)",
    ],
)
def test_who_asks_for_a_connection_is_told_where(tmp_path: Path, asks: str) -> None:
    body = f"""
    def helper():
        return (
            {asks}
        )

    def expand():
        op.execute("SELECT 1")
        helper()
    """
    with pytest.raises(AsksForConnection, match=r"b2\.py") as caught:
        recorded(tmp_path, body)
    assert caught.value.facts["line"] == line(body, asks)


def test_an_exception_is_told_with_its_line(tmp_path: Path) -> None:
    body = """
    def expand():
        op.add_column("users", sa.Column("a", sa.Text))
        op.add_colum("users")
    """
    with pytest.raises(PhaseRaises, match="add_colum") as caught:
        recorded(tmp_path, body)
    assert caught.value.facts["line"] == line(body, 'add_colum("')
    assert isinstance(caught.value.__cause__, AttributeError)


@pytest.mark.parametrize(
    "half",
    [
        "sa.text('SELECT :a, :b').bindparams(a=1)",
        "sa.table('t', sa.column('a')).update().values(a=sa.bindparam('b'))",
    ],
)
def test_a_value_that_is_missing_is_told(tmp_path: Path, half: str) -> None:
    with pytest.raises(PhaseRaises, match="no value is given for b"):
        executed(tmp_path, half)


def test_op_is_put_away_after_an_exception(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alembic.op._proxy", None, raising=False)  # a command may have left its own
    found = script(tmp_path, "def expand():\n    op.get_bind()\n")
    with pytest.raises(AsksForConnection):
        record(found.module.expand, found.path)
    with pytest.raises((NameError, AttributeError)):
        op.execute("SELECT 1")


def test_to_have_asked_cannot_be_swallowed(tmp_path: Path) -> None:
    body = """
    def expand():
        try:
            op.get_bind()
        except Exception:
            op.execute("SELECT 1")
    """
    with pytest.raises(AsksForConnection):
        recorded(tmp_path, body)


def test_another_engine_is_a_connection_too(tmp_path: Path) -> None:
    body = """
    def expand():
        with sa.create_engine("sqlite://", poolclass=sa.StaticPool).connect() as connection:
            connection.execute(sa.text("CREATE TABLE t (id int)"))
    """
    with pytest.raises(AsksForConnection):
        recorded(tmp_path, body)


def test_what_it_prints_is_not_our_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(tmp_path, "def expand():\n    print('hello')\n")
    assert capsys.readouterr() == ("", "hello\n")


def test_an_old_file_may_ask_for_the_dialect(tmp_path: Path) -> None:
    body = """
    def upgrade():
        bind = op.get_bind()
        if bind.dialect.name == op.get_context().dialect.name == "postgresql":
            op.execute("SELECT 1")
    """
    found = script(tmp_path, body)
    (call,) = record(found.module.upgrade, found.path, old_style=True)
    assert call.sql == ("SELECT 1",)


@pytest.mark.parametrize("error", ["ValueError", "KeyboardInterrupt"])
def test_what_op_stood_for_before_it_stands_for_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    outer = Operations(MigrationContext.configure(dialect_name="postgresql"))
    for before in (None, outer):
        monkeypatch.setattr("alembic.op._proxy", before, raising=False)
        with pytest.raises((PhaseRaises, KeyboardInterrupt)):
            recorded(tmp_path, f"def expand():\n    raise {error}\n")
        assert op._proxy is before  # type: ignore[attr-defined] # noqa: SLF001 # what Alembic put there
