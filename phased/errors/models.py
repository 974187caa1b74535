"""The models, their metadata or their hints cannot be turned into a revision."""

from __future__ import annotations

from phased.errors import PhasedError


class ModelError(PhasedError):
    """The models, their metadata or their hints cannot be turned into a revision."""


class NoOnlineWay(ModelError):
    """No recipe knows how to make this change on a live database."""

    message = (
        "The models ask for a change that has no online way yet: {change}.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Take the change out of the models, or write it by hand:\n\n"
        "    alembic revision -m '…'      # without --autogenerate\n"
    )


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


class HintNeedsRecipe(ModelError):
    """A hint asks for a change that has no recipe yet."""

    message = (
        "The hint {hint} on {table}.{column} asks for a change that cannot be made online yet.\n"
        "Nothing was written, and the database is unchanged.\n"
        "In two releases it can: first add {column} beside the old column,\n\n"
        """    {column} = mapped_column(..., info=filled_by("{up}"))\n\n"""
        "with the new code writing both; then take the old column out of the model."
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


class AddingRewritesTable(ModelError):
    """A column of this kind makes PostgreSQL write the whole table anew."""

    message = (
        "Adding {kind} column {table}.{column} makes PostgreSQL rewrite {table} ({cost}) under "
        "ACCESS EXCLUSIVE: nobody reads or writes it until that is done.\n"
        "Nothing was written, and the database is unchanged.\n"
        "{advice}"
    )


class TypeChangeNeedsSuccessor(ModelError):
    """The type of a column is changed in place."""

    message = (
        "The model changes the type of {table}.{column} from {old} to {new}. In place that breaks "
        'the running release: its prepared statements fail with "cached plan must not change '
        'result type", and unless the change is in the catalog only, {table} ({cost}) is '
        "rewritten under ACCESS EXCLUSIVE.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Add a column with the new type under the same attribute, filled from the old one:\n\n"
        "    {attribute}: Mapped[...] = mapped_column(\n"
        """        "{successor}", {sa_type}, info=filled_by({up!r})\n"""
        "    )\n\n"
        "Rows that the running release updates after they were copied keep the copied value: where "
        "it still changes {column}, let one release write both columns in between."
    )


class RenameNeedsSuccessor(ModelError):
    """A column is to be renamed in the database."""

    message = (
        "{table}.{old} is to become {table}.{new}. Renamed in place, every query of the running "
        "release that names {old} fails.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Rename the attribute alone; the database keeps the name, and nothing has to be "
        "migrated:\n\n"
        """    {attribute}: Mapped[...] = mapped_column("{old}", ...)\n\n"""
        "Or add {new} beside {old} with the new code writing both, and drop {old} one release "
        "later:"
        "\n\n"
        """    {attribute}: Mapped[...] = mapped_column(..., info=filled_by({up!r}))\n"""
    )


class TableRenameNeedsSuccessor(ModelError):
    """A table is to be renamed in the database."""

    message = (
        "Table {old} is to become {new}. Renamed in place, every query of the running release that "
        "names {old} fails.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Rename the class alone; the database keeps the name, and nothing has to be migrated:\n\n"
        """    class ...(Base):\n        __tablename__ = "{old}"\n"""
    )


class MayBeRename(ModelError):
    """Something left the models and something like it came: renamed, or dropped and added?"""

    message = (
        "{old} left the models and {new} came, with a type that fits. If that is a rename, "
        "dropping "
        "and adding loses what {old} holds.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Say which it is:\n\n"
        "    alembic -x rename={old}:{name} revision --autogenerate -m ...    # a rename\n"
        "    alembic -x rename={old}: revision --autogenerate -m ...    # drop it, and add the "
        "other\n"
        "    alembic -x rename=none revision --autogenerate -m ...    # no change here is a "
        "rename\n"
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


class ExclusionNeedsWindow(ModelError):
    """An exclusion constraint has no online way."""

    message = (
        "Exclusion constraint {constraint} on {table} has no online way: PostgreSQL builds its "
        "index "
        "under ACCESS EXCLUSIVE while it reads {table} ({cost}).\n"
        "Nothing was written, and the database is unchanged.\n"
        "Take it out of the models, and add it by hand in a maintenance window:\n\n"
        "    alembic revision -m 'Exclude overlapping rows'\n\n"
        "    def contract() -> None:\n"
        "        op.create_exclude_constraint(...)  # phased: allow scan_under_blocking_lock "
        "because ..."
    )


class PrimaryKeyNeedsWindow(ModelError):
    """The primary key of a table changes."""

    message = (
        "The primary key of {table} ({cost}) changes: {change}. PostgreSQL reads the table under "
        "ACCESS EXCLUSIVE for it, foreign keys that refer to the old key have to go first, and the "
        "running release finds its rows by the old key.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Keep the primary key and add a unique constraint for the new one:\n\n"
        "    __table_args__ = (UniqueConstraint({columns}),)\n"
    )


class IdentityChange(ModelError):
    """How a column numbers its rows changes."""

    message = (
        "{table}.{column} changes between identity, serial and neither: {change}. The "
        "statements for "
        "it take ACCESS EXCLUSIVE on {table} ({cost}), leave the sequence where it stands, and "
        "fail "
        "the running release's INSERTs in between.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Put the model back as it was; what it means to write is\n\n"
        "    {attribute}: Mapped[int] = mapped_column({existing})\n"
    )


class GeneratedChange(ModelError):
    """The expression of a generated column changes, comes or goes."""

    message = (
        "{table}.{column} changes how it is generated: {change}. PostgreSQL rewrites {table} "
        "({cost}) "
        "under ACCESS EXCLUSIVE for it, or refuses.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Add a column with the new expression, and take the old one out one release later:\n\n"
        "    {attribute}_v2: Mapped[...] = mapped_column(..., info=filled_by({expression!r}))\n"
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


class EnumLabelsChange(ModelError):
    """Labels of an enum type are removed, renamed or put in another order."""

    message = (
        "The labels of the enum type {type} change: {change}. PostgreSQL does not remove or "
        "reorder labels, and the release that is running neither reads nor writes a renamed one.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Keep the old labels, in their order, beside the new ones:\n\n"
        "    Enum({labels}, name={name!r})\n\n"
        "or add a column of a new type, and take the old column out one release later:\n\n"
        "    ... = mapped_column(\n"
        "        Enum({new}, name={successor!r}),\n"
        '        info=filled_by("CASE ... END::{successor}"),\n'
        "    )\n"
    )
