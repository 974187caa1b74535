"""What the models say of a column that carries on another one does not suffice."""

from __future__ import annotations

from phased.errors.models import ModelError


class ConversionKeepsOld(ModelError):
    """A column is converted from one that the models keep."""

    message = (
        "{table}.{column} carries on {old}, and the models still have {old}: both would "
        "have to be kept in step for ever.\n"
        "Nothing was written, and the database is unchanged. If {column} carries on {old}, take "
        "{old} out of the models; it is dropped when no old release is left. If both stay, say "
        "what the rows that are there get:\n\n"
        "    info=filled_by(...)"
    )


class ConversionNeedsUp(ModelError):
    """Nothing says how a new column is made from the old ones."""

    message = (
        "{table}.{new} carries on {old}, and how its values are made from {old} is not obvious.\n"
        "Nothing was written, and the database is unchanged. Say it in SQL over the row, both "
        "ways, for instance\n\n"
        "    {new}: ... info=converted_from({given}, up={up!r}, down={down!r})"
    )


class ConversionNeedsDown(ModelError):
    """Nothing says how an old column is made from the new ones."""

    message = (
        "{table}.{new} carries on {old}, and nothing says how {old} is made from it: the running "
        "release would not see what the new one writes.\n"
        "Nothing was written, and the database is unchanged. Say it in SQL over the row, one "
        "expression for each old column, for instance\n\n"
        "    {new}: ... info=converted_from({given}, up=..., down={down!r})"
    )


class ConversionsDisagree(ModelError):
    """`down` has not one expression for each old column, or two columns say it differently."""

    message = (
        "{table}: {new} carries on {old}, and down= has to say once how {old} is made: {count} "
        "expression(s), one for each old column in order. It has {given}, or two columns say it "
        "differently.\n"
        "Nothing was written, and the database is unchanged. Say it on one of the new columns:\n\n"
        '    info=converted_from("first", "last", up="concat_ws(\' \', first, last)",\n'
        "                        down=(\"split_part(name, ' ', 1)\", "
        "\"split_part(name, ' ', 2)\"))"
    )


class SuccessorExists(ModelError):
    """The new column is in the database already, and the old one would be dropped."""

    message = (
        "{table}.{column} is to carry on {old}, but the database has a column {column} already: "
        "{old} would be dropped, and with it what it holds.\n"
        "Nothing was written, and the database is unchanged.\n"
        "If {column} was filled by hand, take the hint out of the model. Otherwise give the new "
        "column another name, or keep {old} in the models until its rows are copied:\n\n"
        '    op.backfill("{table}", {{...}}, where=...)    # {update}'
    )


class RenamesInACircle(ModelError):
    """Columns take each other's names."""

    message = (
        "{table}: the columns are renamed in a circle, {circle}. For as long as both releases run, "
        "one name would mean two things.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Swap the names in the code alone, mapped_column(...) names the column:\n\n"
        '    first: Mapped[...] = mapped_column("second", ...)\n'
        '    second: Mapped[...] = mapped_column("first", ...)\n\n'
        "Or rename one of them to a third name, and go on from there when that is contracted."
    )


class RenamedTwice(ModelError):
    """Two columns are one column's new name."""

    message = (
        "{table}.{first} and {table}.{second} both say renamed_from({old!r}): one of them carries "
        "it on.\n"
        "Nothing was written, and the database is unchanged. Take the hint out of the other, or "
        "split {old} into both:\n\n"
        "    {first}: ... info=converted_from({old!r}, up=..., down=...)\n"
        "    {second}: ... info=converted_from({old!r}, up=...)"
    )


class ConversionSyntax(ModelError):
    """`up` or `down` of a hint is not SQL."""

    message = (
        "{direction}={expression!r} of converted_from() on {table}.{column} is not an SQL "
        "expression: {problem}\n"
        "Nothing was written, and the database is unchanged.\n"
        "Write it as it would stand after SELECT, over the columns of the row:\n\n"
        '    info=converted_from("amount", up="amount::numeric", down="amount_v2::text")'
    )


class ConversionVaries(ModelError):
    """`up` or `down` of a hint gives another value each time."""

    message = (
        "{direction}={expression!r} of converted_from() on {table}.{column} calls {function}, "
        "which does not give the same value twice, so that old and new could never agree.\n"
        "Nothing was written, and the database is unchanged. Take out {function}, and fill what it "
        "was for with a default, or with filled_by() on a column of its own."
    )


class DefaultNeedsOld(ModelError):
    """A new column has a default, and nothing can stand in for it before the contract."""

    message = (
        "{table}.{new} has the default {default}, and {old}, which it carries on, has none that "
        "would do. Until the contract a value in {new} means that new code wrote it, so it has no "
        "default of its own before.\n"
        "Nothing was written, and the database is unchanged. Let the new release send the value "
        "itself, and give the column its server_default in a revision after the contract:\n\n"
        "    {new}: ... mapped_column(..., default=...)"
    )
