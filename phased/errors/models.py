"""The models, their metadata or their hints cannot be turned into a revision."""

from __future__ import annotations

from phased.errors import PhasedError


class ModelError(PhasedError):
    """The models, their metadata or their hints cannot be turned into a revision."""


class SeveralRecipes(ModelError):
    """Two recipes claim one operation: a mistake in the recipes."""

    message = (
        "More than one recipe applies to {change}: {recipes}.\n"
        "Nothing was written, and the database is unchanged.\n"
        "This is a mistake in the recipes: make their conditions disjoint."
    )


class HintSyntax(ModelError):
    """The expression of a hint is not SQL."""

    message = (
        "The hint filled_by({expression!r}) on column {column} is not an SQL expression: "
        "{problem}\n"
        "Nothing was written, and the database is unchanged.\n"
        "Write it as it would stand after SELECT, text in single quotes:\n\n"
        """    info=filled_by("'en'")      info=filled_by("lower(username)")\n"""
    )


class HintNamesNoColumn(ModelError):
    """A hint names a column that is not there."""

    message = (
        "The hint {hint} on {table}.{column} names {named!r}, and {table} has no such column.\n"
        "It has: {columns}.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Correct the name in the model, or take the hint out."
    )


class HintsContradict(ModelError):
    """Two hints on one column say different things."""

    message = (
        "Column {table}.{column} has two hints that contradict each other: {first} and {second}. "
        "Its rows get their value from one of them.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Keep one:\n\n    {column} = mapped_column(..., info={first}(...))\n"
    )


class NeedsFilledBy(ModelError):
    """A NOT NULL column is added, and nothing says what existing rows hold."""

    message = (
        "Column {table}.{column} is new and NOT NULL, and nothing says what the rows that are "
        "there "
        "({cost}) get, nor the rows that the running release still inserts without it. "
        "A Python-side default= does not reach them.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Say it in the model, as an SQL expression over the same row:\n\n"
        "    from phased import filled_by\n\n"
        """    {attribute}: Mapped[...] = mapped_column(..., info=filled_by("{example}"))\n\n"""
        "or make the column nullable, or give it a server_default."
    )


class FillsFromGenerated(ModelError):
    """A trigger cannot read a generated column of the row it is about to store."""

    message = (
        "Column {table}.{column} is filled by {expression!r}, which reads the generated column "
        "{generated}. For rows that the running release inserts it is still NULL at that moment.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Write the expression over the columns that {generated} is generated from:\n\n"
        "    {definition}\n"
    )


class MayBeRename(ModelError):
    """Something left the models and something like it came: renamed, or dropped and added?"""

    message = (
        "{old} left the models and {new} came, with a type that fits. If that is a rename, "
        "dropping "
        "and adding loses what {old} holds.\n"
        "Nothing was written, and the database is unchanged.\n"
        "If only the code calls it otherwise, let the database keep the name; nothing has to be "
        "migrated:\n\n"
        "    {in_code}\n\n"
        "Else say which it is:\n\n"
        "    alembic -x rename={old}:{name} revision --autogenerate -m ...    # a rename\n"
        "    alembic -x rename={old}: revision --autogenerate -m ...    # drop it, and add the "
        "other\n"
        "    alembic -x rename=none revision --autogenerate -m ...    # no change here is a "
        "rename\n"
    )


class RenamedInCode(ModelError):
    """The database is to keep a name that the code has changed."""

    message = (
        "Then nothing has to be migrated. Write it in the model, and run the command again for "
        "what else has changed:\n\n"
        "    {in_code}\n\n"
        "Nothing was written, and the database is unchanged."
    )


class RenameAnswerUnknown(ModelError):
    """``-x rename=`` names something that is not in the difference, or is not an answer."""

    message = (
        "-x rename={answer} does not fit: {problem}.\n"
        "Nothing was written, and the database is unchanged.\n"
        "It is one of\n\n"
        "    -x rename=users.username:handle    # column username of users is now called handle\n"
        "    -x rename=users.username:          # it is dropped\n"
        "    -x rename=users:accounts           # table users is now called accounts\n"
        "    -x rename=none                     # no change is a rename\n"
    )


class NoNamingConvention(ModelError):
    """The MetaData has no naming convention."""

    message = (
        "The MetaData of the models has no naming convention for {kinds}: constraints without "
        "a name "
        "get one from PostgreSQL that no revision can rely on.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Give it one:\n\n"
        "    class Base(DeclarativeBase):\n"
        "        metadata = MetaData(\n"
        "            naming_convention={{\n"
        """                "ix": "ix_%(column_0_N_label)s",\n"""
        """                "uq": "uq_%(table_name)s_%(column_0_N_name)s",\n"""
        """                "ck": "ck_%(table_name)s_%(constraint_name)s",\n"""
        """                "fk": """
        """"fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",\n"""
        """                "pk": "pk_%(table_name)s",\n"""
        "            }}\n"
        "        )\n"
    )


class UnnamedConstraint(ModelError):
    """A constraint of the models has no name."""

    message = (
        "A {kind} on {table} has no name, so no revision could drop or validate it: {definition}\n"
        "Nothing was written, and the database is unchanged.\n"
        "Name it in the model:\n\n"
        """    {example}\n"""
    )


class PendingContractDrops(ModelError):
    """The models name what a contract that has not run yet is going to drop."""

    message = (
        "The models have {what}, and the contract of an earlier revision, not run yet, drops it.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Run that contract first, then add it as new:\n\n    phased contract\n\n"
        "or, to keep it, take the drop out of contract() of that revision."
    )
