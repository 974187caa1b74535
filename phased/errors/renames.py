"""A table cannot take another name in this revision."""

from __future__ import annotations

from phased.errors.models import ModelError


class TableRenameAndMore(ModelError):
    """A table takes another name and changes besides."""

    message = (
        "Table {old} is renamed to {new}, and it changes besides: {changes}. Old code reads and "
        "writes the table through a view of its old name, made of the columns it knows, so the "
        "rename comes in a revision by itself.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Put the other changes aside, write the rename alone, and the rest after it:\n\n"
        '    alembic -x rename={old}:{name} revision --autogenerate -m "rename {old}"\n'
        "    alembic upgrade head\n"
        '    alembic revision --autogenerate -m "..."\n'
    )


class TableRenameTaken(ModelError):
    """The new name of a table means something else in the database."""

    message = (
        "Table {old} is to be renamed to {new}, and the database has a {kind} of that name.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Give the table another name, or let the database keep the name it has:\n\n"
        "    class ...(Base):\n"
        '        __tablename__ = "{table}"\n'
    )


class TableRenameCycle(ModelError):
    """Tables exchange their names."""

    message = (
        "The tables {names} are to take each other's names: {hints}. A view of the old name keeps "
        "old code going, and here each old name is another table's new one.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Let the database keep the names, and exchange them in the code alone:\n\n"
        "    class ...(Base):\n"
        '        __tablename__ = "{table}"\n\n'
        "or give them names that neither had."
    )


class TableRenameUnknown(ModelError):
    """A table was renamed from one that did not leave the models."""

    message = (
        "The hint renamed_from({named!r}) on table {new} does not fit: {problem}.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Correct the name in the model, or take the hint out:\n\n"
        "    class ...(Base):\n"
        '        __tablename__ = "{table}"\n'
        '        __table_args__ = {{"info": renamed_from("...")}}\n'
    )


class TableRenameMoves(ModelError):
    """A table is to take another name in another schema."""

    message = (
        "Table {old} is renamed to {new}, in another schema. A table takes a new name in the "
        "schema it is in.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Keep the schema in the model, and rename the table alone:\n\n"
        "    class ...(Base):\n"
        '        __tablename__ = "{table}"\n'
        '        __table_args__ = {{"schema": {schema!r}}}\n'
    )


class TableRenameWaits(ModelError):
    """A contract that has not run yet is about the table that is to be renamed."""

    message = (
        "Table {old} is renamed to {new}, and the contract of an earlier revision, not run yet, "
        "was written for {old}: by then that is a view, or another one.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Run that contract first, then write the rename:\n\n    phased contract\n"
    )


class TableRenameOpen(ModelError):
    """A view cannot keep row level security before PostgreSQL 15."""

    message = (
        "Table {old} is renamed to {new}, and it has row level security. Old code would read it "
        "through a view of its old name, and before PostgreSQL 15 a view shows every row that its "
        "owner sees; the server is {server}.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Let the database keep the name:\n\n"
        "    class ...(Base):\n"
        '        __tablename__ = "{table}"\n'
    )
