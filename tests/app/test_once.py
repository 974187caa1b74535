from __future__ import annotations

import enum
import threading
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import (
    ARRAY,
    DOMAIN,
    INET,
    INT4RANGE,
    JSONB,
    TSVECTOR,
    Range,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    deferred,
    mapped_column,
    relationship,
)

from app.models import Base
from app.traffic import Release, check_once
from app.workload.once import ValueChanged

if TYPE_CHECKING:
    from sqlalchemy import Engine


def check(engine: Engine, models: Any, seed: int = 1) -> list[str]:
    with Session(engine) as session, session.begin():
        return check_once(session, models, seed=seed)


def test_every_column_of_the_application_is_written_and_read(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    checked = check(engine, Base)
    assert sorted(checked) == sorted(
        str(column)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if table.name != "post_tags"
    )
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            assert connection.scalar(select(func.count()).select_from(table)), table.name


def test_it_can_be_repeated_on_the_same_database(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    check(engine, Base, seed=1)
    check(engine, Base, seed=2)
    with Session(engine) as session, session.begin():
        check_once(session, Base)


def test_a_missing_column_is_an_error(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE comments DROP COLUMN hidden_at"))
    with pytest.raises(DBAPIError, match="hidden_at"):
        check(engine, Base)


def test_a_new_not_null_column_without_default_is_an_error(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE tags ADD colour text NOT NULL"))
    with pytest.raises(DBAPIError, match="colour"):
        check(engine, Base)


def test_a_trigger_that_changes_what_was_written_is_an_error(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS"
                " $$BEGIN new.title := new.title || '!'; RETURN new; END$$"
            )
        )
        connection.execute(
            text(
                "CREATE TRIGGER shout BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION shout()"
            )
        )
    with pytest.raises(ValueChanged, match=r"posts\.title was written"):
        check(engine, Base)


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Cents(TypeDecorator[Decimal]):
    """Something of the user's own."""

    impl = Numeric(12, 2)
    cache_ok = True


class Odd(DeclarativeBase):
    """Shapes that models have elsewhere."""


links = Table(
    "links",
    Odd.metadata,
    Column("left", ForeignKey("Order.userId"), primary_key=True),
    Column("right", ForeignKey("billing.accounts.id"), primary_key=True),
)


class Account(Odd):
    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("region", "code"), {"schema": "billing"})
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    region: Mapped[str] = mapped_column(String(2))
    code: Mapped[int] = mapped_column(SmallInteger)
    secret: Mapped[str] = deferred(mapped_column(Text))
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # as SQLAlchemy documents it


class Order(Odd):
    __tablename__ = "Order"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region", "code"], ["billing.accounts.region", "billing.accounts.code"]
        ),
        CheckConstraint('"Total %" BETWEEN 10 AND 90 AND "Total %" <> 46', name="total"),
        CheckConstraint("num_nonnulls(region, note) = 1 AND num_nonnulls(code, note) = 1"),
        CheckConstraint("state IN ('open', 'closed') AND iso = upper(iso) AND length(iso) = 3"),
    )
    user: Mapped[int] = mapped_column("userId", BigInteger, Identity(always=True), primary_key=True)
    total: Mapped[int] = mapped_column("Total %")
    region: Mapped[str | None] = mapped_column(String(2))
    code: Mapped[int | None] = mapped_column(SmallInteger)
    note: Mapped[str | None]
    state: Mapped[str] = mapped_column(Enum("open", "closed", name="order_state"))
    iso: Mapped[str] = mapped_column(String(3))
    accounts: Mapped[list[Account]] = relationship(secondary=links)


class Profile(Odd):
    """One to one, and a tree."""

    __tablename__ = "profiles"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("Order.userId"), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("profiles.id"))
    kind: Mapped[str]
    colour: Mapped[Colour]
    nick: Mapped[str] = mapped_column(String(1))
    zip: Mapped[str] = mapped_column(DOMAIN("zip", String(5), check=r"VALUE ~ '^\w+$'"))
    price: Mapped[Decimal] = mapped_column(Cents)
    matrix: Mapped[list[list[int]]] = mapped_column(ARRAY(BigInteger, dimensions=2))
    addresses: Mapped[list[str]] = mapped_column(ARRAY(INET))
    span: Mapped[Range[int]] = mapped_column(INT4RANGE)
    document: Mapped[str] = mapped_column(TSVECTOR)
    raw: Mapped[bytes]
    ratio: Mapped[float]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    doubled: Mapped[float] = mapped_column(Computed("ratio * 2", persisted=True))
    seen: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), default=lambda: datetime.now(UTC)
    )
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "plain"}  # noqa: RUF012 # as SQLAlchemy documents it


class Staff(Profile):
    """Joined inheritance."""

    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(ForeignKey("profiles.id"), primary_key=True)
    salary: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    __mapper_args__ = {"polymorphic_identity": "staff"}  # noqa: RUF012 # as SQLAlchemy documents it


class Guest(Profile):
    """Single-table inheritance."""

    invited: Mapped[bool | None]
    __mapper_args__ = {"polymorphic_identity": "guest"}  # noqa: RUF012 # as SQLAlchemy documents it


Index("one_guest", Profile.order_id, unique=True, postgresql_where=text("kind = 'guest'"))


class Data(MappedAsDataclass, Odd):
    __tablename__ = "data"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str]
    size: Mapped[int] = mapped_column(default=3)
    __table_args__ = (CheckConstraint(size > 0), CheckConstraint("name ~ '^https://'"))


@pytest.fixture
def odd(engine: Engine) -> Engine:
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA billing"))
    Odd.metadata.create_all(engine)
    return engine


def test_models_of_every_shape_are_written_and_read(odd: Engine) -> None:
    checked = check(odd, Odd)
    assert "Order.Total %" in checked
    assert "billing.accounts.secret" in checked
    assert "staff.salary" in checked
    assert set(checked) >= {
        f"{table}.{column.name}"
        for table in Odd.metadata.tables.values()
        for column in table.columns
        if table.name != "links"
    } - {"profiles.id"}  # staff.id, where it is inherited
    with odd.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM links"))
        assert connection.scalar(text("SELECT count(*) FROM profiles WHERE kind = 'guest'"))


def test_traffic_on_models_of_every_shape_does_not_fail(odd: Engine) -> None:
    release = Release("odd", Odd, odd, seed=3, workers=2)
    seen, enough = [0], threading.Event()

    @event.listens_for(odd, "after_cursor_execute")
    def _count(*_: object) -> None:
        seen[0] += 1
        if seen[0] > 1500:
            enough.set()

    with release:
        assert enough.wait(60)
    assert release.messages == {}


def test_a_reference_that_the_model_does_not_declare_is_kept(engine: Engine) -> None:
    """Old code does not write orphans just because nobody wrote down the foreign key."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO users (username, email) VALUES ('a', 'a@b')"))
        connection.execute(
            text(
                "INSERT INTO posts (author_id, editor_id, slug, title, body, format)"
                " SELECT id, id, 's', 't', 'b', 'f' FROM users"
            )
        )
    check(engine, Base)
    with engine.connect() as connection:
        editors = connection.scalars(text("SELECT DISTINCT editor_id FROM posts")).all()
        users = connection.scalars(text("SELECT id FROM users")).all()
    assert set(editors) <= set(users)
