"""A history as projects write it over the years, before phased was adopted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from running import Project

HELPERS = '''\
import sqlalchemy as sa
from alembic import op


def add_timestamps(table):
    """Called by several revisions."""
    for name in ("created_at", "updated_at"):
        moment = sa.DateTime(timezone=True)
        op.add_column(table, sa.Column(name, moment, server_default=sa.func.now()))


def index_beside_the_traffic(name, table, *columns):
    with op.get_context().autocommit_block():
        op.create_index(name, table, columns, postgresql_concurrently=True, if_not_exists=True)
'''

PLAIN = """
def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("email", sa.String(120)),
        sa.Column("mood", sa.Enum("calm", "glad", name="mood"), server_default="calm"),
    )
    op.create_table(
        "Order",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("userId", sa.BigInteger, sa.ForeignKey("users.id", name="fk_Order_userId")),
        sa.Column("note", sa.Text, comment="50% of 'all' :orders"),
    )
    op.create_index(op.f("ix_Order_userId"), "Order", ["userId"])
    op.execute("COMMENT ON TABLE users IS '100%% of us: all'")

def downgrade():
    op.drop_table("Order")
    op.drop_table("users")
    op.execute("DROP TYPE mood")
"""

ROWS = """
users = sa.table(
    "users", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("email", sa.Text)
)

def upgrade():
    op.bulk_insert(users, [{"id": n, "name": f"n{n}", "email": None} for n in range(1, 6)])
    update = sa.text("UPDATE users SET email = :email WHERE id > :n")
    op.execute(update.bindparams(email="a%b", n=3))
    op.execute(users.update().where(users.c.name == "n1").values(email=op.inline_literal("x:y")))
    op.execute("UPDATE users SET name = name || '%' WHERE name LIKE '%5' OR name ~ '^a\\\\:'")

def downgrade():
    op.execute("DELETE FROM users")
"""

BIND = """
def upgrade():
    conn = op.get_bind()
    if op.get_context().dialect.name != "postgresql":
        raise RuntimeError("only for PostgreSQL")
    rows = conn.execute(sa.text("SELECT id, name FROM users WHERE id < :n ORDER BY id"), {"n": 9})
    for id, name in rows.fetchall():
        conn.execute(
            sa.text("UPDATE users SET name = :name WHERE id = :id"),
            {"id": id, "name": name.upper()},
        )
    conn.execute(
        sa.text("INSERT INTO users (id, name) VALUES (:id, :name)"),
        [{"id": 20, "name": "many %s"}, {"id": 21, "name": "at once"}],
    )
    conn.exec_driver_sql("UPDATE users SET email = %s WHERE id %% 2 = %s", ("odd", 1))

def downgrade():
    pass
"""

INSPECT = """
from alembic import context

def upgrade():
    if context.is_offline_mode():
        return
    inspector = sa.inspect(op.get_bind())
    if not inspector.has_table("tags"):
        op.create_table("tags", sa.Column("id", sa.Integer, primary_key=True))
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("users")}
    if "locale" not in columns:
        op.add_column("users", sa.Column("locale", sa.String(5)))
    if "nothing" in columns:
        op.drop_column("users", "nothing")
    exists = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_type WHERE typname = 'kind'"))
    if not exists:
        sa.Enum("a", "b", name="kind").create(op.get_bind(), checkfirst=True)
    op.add_column("tags", sa.Column("kind", sa.Enum("a", "b", name="kind", create_type=False)))

def downgrade():
    op.drop_column("users", "locale")
    op.drop_table("tags")
    sa.Enum(name="kind").drop(op.get_bind(), checkfirst=True)
"""

ORM = """
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id = mapped_column(sa.BigInteger, primary_key=True)
    name = mapped_column(sa.Text)
    locale = mapped_column(sa.Text)

def upgrade():
    session = Session(bind=op.get_bind())
    for user in session.scalars(sa.select(User).order_by(User.id)):
        user.locale = "en" if user.id % 2 else "de"
    session.add_all([User(id=30, name="thirty", locale="fr"), User(id=31, name="more")])
    session.commit()
    assert session.query(User).filter(User.locale.is_(None)).count() == 1
    session.close()
    op.alter_column("users", "name", type_=sa.Text(), existing_type=sa.String(80))

def downgrade():
    pass
"""

BLOCK = """
def upgrade():
    op.add_column("users", sa.Column("age", sa.Integer))
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'wild'")
        op.create_index("ix_users_age", "users", ["age"], postgresql_concurrently=True)
    op.execute("UPDATE users SET mood = 'wild' WHERE id = 30")

def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_users_age", postgresql_concurrently=True)
    op.drop_column("users", "age")
"""

BATCH = """
from helpers import add_timestamps, index_beside_the_traffic

branch_labels = ("accounts",)

def upgrade():
    with op.batch_alter_table("Order") as batch:
        batch.add_column(sa.Column("total", sa.Numeric(10, 2), server_default="0", nullable=False))
        batch.alter_column("note", new_column_name="remark", existing_type=sa.Text())
        batch.create_check_constraint("total_positive", sa.column("total") >= 0)
    add_timestamps("Order")
    index_beside_the_traffic("ix_Order_total", "Order", "total")

def downgrade():
    pass
"""

SAVEPOINTS = """
depends_on = ("a4",)

def upgrade():
    conn = op.get_bind()
    for name in ("age", "locale"):
        try:
            with conn.begin_nested():
                op.add_column("users", sa.Column(name, sa.Integer))
        except sa.exc.ProgrammingError:
            print("there already:", name)
    with conn.begin_nested():
        op.execute("INSERT INTO tags (id, kind) VALUES (1, 'a')")
    result = conn.execute(sa.text("INSERT INTO tags (id, kind) VALUES (2, 'b') RETURNING id"))
    assert result.scalar_one() == 2
    op.execute("SET LOCAL statement_timeout = '5min'; UPDATE tags SET id = id + 10")

def downgrade():
    pass
"""

BRANCH = """
def upgrade():
    op.execute("CREATE SCHEMA audit")
    op.create_table("log", sa.Column("at", sa.DateTime), sa.Column("what", sa.JSON), schema="audit")
    op.execute(
        '''
        CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO audit.log VALUES (now(), to_json(NEW) :: json); -- 10% more
            RETURN NEW;
        END $$;
        CREATE TRIGGER note AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION audit.note();
        '''
    )
    op.execute("SET search_path TO audit, public")

def downgrade():
    pass
"""

MERGE = """
def upgrade():
    pass

def downgrade():
    pass
"""

HISTORY: dict[str, tuple[str | tuple[str, str] | None, str]] = {
    "a1": (None, PLAIN),
    "a2": ("a1", ROWS),
    "a3": ("a2", BIND),
    "a4": ("a3", INSPECT),
    "a5": ("a4", ORM),
    "a6": ("a5", BLOCK),
    "a7": ("a6", BATCH),
    "b1": ("a6", BRANCH),
    "b2": ("b1", SAVEPOINTS),
    "c1": (("a7", "b2"), MERGE),
}
TABLES = ('"Order"', "tags", "users")


def write(project: Project, *revisions: str) -> None:
    """Write these revisions, or all of them."""
    (project.folder / "helpers.py").write_text(HELPERS)
    for revision in revisions or HISTORY:
        down, body = HISTORY[revision]
        project.revision(body, revision, down)


def path(project: Project, revision: str) -> Path:
    """The file of a revision."""
    return project.folder / "versions" / f"{revision}.py"
