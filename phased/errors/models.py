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
