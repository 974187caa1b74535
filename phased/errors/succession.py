"""What the models say of a column that carries on another one does not suffice."""

from __future__ import annotations

from phased.errors.models import ModelError


class ConversionKeepsOld(ModelError):
    """A column is converted from one that the models keep."""

    message = (
        "{table}.{column} is converted from {old}, and the models still have {old}: both would "
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
        "ways:\n\n"
        '    info=converted_from("...", up="{example}::...", down="...")'
    )


class ConversionNeedsDown(ModelError):
    """Nothing says how an old column is made from the new ones."""

    message = (
        "{table}.{new} carries on {old}, and nothing says how {old} is made from it: the running "
        "release would not see what the new one writes.\n"
        "Nothing was written, and the database is unchanged. Say it in SQL over the row, one "
        "expression for each old column:\n\n"
        '    info=converted_from("...", up="...", down="...")'
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
