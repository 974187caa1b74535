"""Empty copies of tables whose columns are succeeded: what PostgreSQL prints there comes along.

Temporary tables in a savepoint that is rolled back: no lock on a table of the user's beyond ACCESS
SHARE, no trace. On a copy a renamed column is renamed, and PostgreSQL follows it wherever it is
used. A converted column gets a name that is nowhere else, and in what is printed an expression over
the new columns takes the place of that name.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from phased.compiled import compiler, type_of
from phased.errors.revisions import SqlSyntax
from phased.inventory import TEMPORARY
from phased.naming import quote, relation
from phased.syntax import expressions, splicing, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from phased.succession import SucceedOp

    Rows = Sequence[Any]

STANDS_IN = "phased_old_{}_{}"
SELECT = "SELECT "
NOT_FOLLOWED = "PostgreSQL prints {column} where no expression can stand"
ASKS = "the expression for {column} asks another table"


class Stays(Exception):
    """Something cannot be carried over; its text says why."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Something that is defined by SQL over tables whose columns are succeeded.

    Attributes:
        printed: As PostgreSQL prints it now, with all names in full.
        make: Turns a definition over the copies into the statement that creates it there.
        show: The query that prints what was created.
        prefix: What makes a statement of the definition: ``SELECT``.
        also: Schema and name of further tables to copy.
        then: What to ask of what is created in the end.
    """

    printed: str
    make: Callable[[str], str]
    show: str
    prefix: str = ""
    also: Sequence[tuple[str, str]] = ()
    then: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One succession in the database.

    Attributes:
        op: The succession.
        number: Its place among those of the revision.
        oid: Of the table.
        schema: Of the table, unquoted.
        name: Of the table, unquoted.
        types: Old column to its type as PostgreSQL prints it, with its collation.
        hanging: The catalog and OID of what depends on an old column, and on none of a later
            succession.
    """

    op: SucceedOp
    number: int
    oid: int
    schema: str
    name: str
    types: Mapping[str, str]
    hanging: frozenset[tuple[str, int]] = frozenset()

    @property
    def relation(self) -> str:
        """As the revision names the table."""
        return relation(self.op.table_name, self.op.schema)

    def of(self, catalog: str) -> list[int]:
        """The OIDs of what hangs on the old columns, in one catalog."""
        return sorted(oid for held, oid in self.hanging if held == catalog)

    def stand_ins(self) -> dict[str, str]:
        """Old column to the name it has on a copy when it is converted."""
        return {old: STANDS_IN.format(self.number, n) for n, old in enumerate(self.op.old)}


@dataclass(frozen=True, slots=True)
class Scene:
    """The successions of a revision, and the changes that it makes beside them.

    Attributes:
        connection: To the database that the revision is written against.
        places: The successions.
        handled: Table and name of the indexes, constraints and columns that the revision changes
            by itself.
        uniques: Table and columns of the unique indexes that the revision builds, to the name that
            each has when the contract begins.
    """

    connection: Connection
    places: tuple[Place, ...]
    handled: frozenset[tuple[str, str]] = frozenset()
    uniques: Mapping[tuple[str, frozenset[str]], str] = field(default_factory=dict)

    @property
    def default_schema(self) -> str | None:
        """The schema whose relations are named without it."""
        return self.connection.dialect.default_schema_name

    def ask(self, query: str, **given: object) -> Rows:
        """Rows of a query with ``:name`` for what is given; names are printed in full."""
        with printing(self.connection):
            return self.connection.execute(text(query), given).all()

    def works(self, *statements: str) -> None:
        """Try statements where the new columns are there.

        Raises:
            Stays: PostgreSQL refuses one.
        """
        with self._copies():
            self._succeeded()
            self._run(*statements)

    def rewritten(self, thing: Definition) -> tuple[str, Rows]:
        """How PostgreSQL prints a definition when the new columns stand for the old ones.

        Returns:
            The definition, and the answer to what was to be asked then.

        Raises:
            Stays: It cannot be said certainly.
        """
        there = {(p.schema, p.name): p.relation for p in self.places}
        there |= {pair: relation(pair[1], pair[0]) for pair in thing.also if pair not in there}
        copies = {pair: _copy(pair[1]) for pair in there}
        back = {(s, name): to for (_, name), to in there.items() for s in (TEMPORARY, "")}
        try:
            shown = self._shown(thing, splicing.relations(thing.printed, copies, thing.prefix))
            for place in self.places:
                shown = _in_terms_of_new(shown, place, thing.prefix)
            shown, rows = self._checked(thing, shown)
            return splicing.relations(shown, back, thing.prefix), rows
        except SqlSyntax as error:
            raise Stays(str(vars(error)["detail"])) from error

    def _shown(self, thing: Definition, moved: str) -> str:
        with self._copies(thing.also):
            self._run(thing.make(moved))
            self._stand_in()
            ((shown,),) = self.ask(thing.show)
        return str(shown)

    def _checked(self, thing: Definition, shown: str) -> tuple[str, Rows]:
        """Once more, on copies as the tables are in the end: it is possible, and spelled alike."""
        with self._copies(thing.also):
            self._succeeded()
            self._run(thing.make(shown))
            ((spelled,),) = self.ask(thing.show)
            return str(spelled), self.ask(thing.then) if thing.then else ()

    @contextmanager
    def _copies(self, also: Sequence[tuple[str, str]] = ()) -> Iterator[None]:
        self.connection.exec_driver_sql("SAVEPOINT phased_copies")
        try:
            tables = dict.fromkeys([*((p.schema, p.name) for p in self.places), *also])
            for schema, name in tables:
                like = f"LIKE {relation(name, schema)} INCLUDING INDEXES"
                self._run(f"CREATE TEMPORARY TABLE {quote(name)} ({like})")
            yield
        except DBAPIError as error:
            raise Stays(_reason(error)) from error
        finally:
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT phased_copies")
            self.connection.exec_driver_sql("RELEASE SAVEPOINT phased_copies")

    def _stand_in(self) -> None:
        """The old columns under the name that what is printed is to have."""
        for place in self.places:
            after = _after(place)
            for old, name in after.items():
                self._alter(place, f"RENAME COLUMN {quote(old)} TO {quote(name)}")

    def _succeeded(self) -> None:
        """The copies as the tables are in the end."""
        for place in self.places:
            if place.op.up is None:
                for old, new in zip(place.op.old, place.op.new, strict=True):
                    self._alter(place, f"RENAME COLUMN {quote(old)} TO {quote(new)}")
                continue
            to = compiler(self.connection.dialect)
            for add in place.op.adds:
                definition = f"{quote(str(add.column.name))} {type_of(add.column, to)}"
                self._alter(place, f"ADD COLUMN {definition}")
            for old in place.op.old:
                self._alter(place, f"DROP COLUMN {quote(old)}")

    def _alter(self, place: Place, action: str) -> None:
        self._run(f"ALTER TABLE {_copy(place.name)} {action}")

    def _run(self, *statements: str) -> None:
        for sql in statements:
            self.connection.exec_driver_sql(sql.replace("%", "%%"))


@contextmanager
def printing(connection: Connection) -> Iterator[None]:
    """Let PostgreSQL print every name with its schema."""
    ((path,),) = connection.exec_driver_sql("SELECT current_setting('search_path')").all()
    connection.exec_driver_sql("SET LOCAL search_path = ''")
    yield
    connection.execute(text("SELECT set_config('search_path', :path, true)"), {"path": path})


def _copy(name: str) -> str:
    return relation(name, TEMPORARY)


def _after(place: Place) -> dict[str, str]:
    if place.op.up is None:
        return dict(zip(place.op.old, place.op.new, strict=True))
    return place.stand_ins()


def _in_terms_of_new(shown: str, place: Place, prefix: str) -> str:
    """Expressions over the new columns for the names that stand for converted ones."""
    if place.op.up is None:
        return shown
    values = {name: value(place, old) for old, name in place.stand_ins().items()}
    listed = ", ".join(map(quote, place.op.new))
    shown = splicing.update_of(shown, dict.fromkeys(values, listed))
    text_ = splicing.columns(shown, values, prefix)
    for old, name in place.stand_ins().items():
        if name in splicing.words(text_):
            raise Stays(NOT_FOLLOWED.format(column=quote(old)))
    return text_


def value(place: Place, old: str) -> Callable[[str], str]:
    """SQL for an old column over the new ones, which are qualified as it was."""
    down = (place.op.down or tuple(map(quote, place.op.new)))[place.op.old.index(old)]

    def qualified(qualifier: str) -> str:
        _, node = tree.one(f"{SELECT}{down}")
        if expressions.asks_elsewhere(node):
            raise Stays(ASKS.format(column=quote(old)))
        names = {
            new: (lambda own, new=new: f"{own or qualifier}{quote(new)}") for new in place.op.new
        }
        return f"(({splicing.columns(down, names, SELECT)})::{place.types[old]})"

    return qualified


def _reason(error: DBAPIError) -> str:
    diagnostic = getattr(error.orig, "diag", None)
    return str(getattr(diagnostic, "message_primary", None) or error.orig)
