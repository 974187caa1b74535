"""What a comparator is: one kind of object, as the models and as the database have it.

A comparator is a module in ``phased/comparators``, found by its file name.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult
from sqlalchemy.exc import SAWarning

from phased.hidden import Hidden, IncludeName, IncludeObject, look, schemas_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy import MetaData

    from phased.hidden import NameFilter, ObjectFilter

PLUGINS = ("alembic.autogenerate.*", "phased.comparators")


def options(
    target_metadata: MetaData | Iterable[MetaData],
    *,
    include_name: NameFilter | None = None,
    include_object: ObjectFilter | None = None,
    **given: object,
) -> dict[str, Any]:
    """The keywords for ``context.configure()`` that switch our comparison on.

    Args:
        target_metadata: The models' metadata, or several.
        include_name: The user's own filter; asked after ours.
        include_object: The user's own filter; asked after ours.
        given: The user's other keywords; they win.
    """
    hidden = Hidden()
    schemas = schemas_of(target_metadata)
    every = bool(given.get("include_schemas"))
    return {
        "target_metadata": target_metadata,
        "autogenerate_plugins": list(PLUGINS),
        "compare_type": True,
        "compare_server_default": True,
        "include_schemas": len(schemas) > 1,
        "include_name": IncludeName(hidden, None if every else schemas, include_name),
        "include_object": IncludeObject(hidden, include_object),
        **given,
    }


def compare(
    comparators: Iterable[ModuleType], target: str, element: str, *arguments: Any
) -> PriorityDispatchResult:
    """Run the comparators for one of Alembic's targets and elements."""
    del comparators, element
    if target == "autogenerate":
        _begin(arguments[0])
    return PriorityDispatchResult.CONTINUE


def _begin(context: AutogenContext) -> None:
    include_name = context.opts.get("include_name")
    if isinstance(include_name, IncludeName) and context.connection is not None:
        look(include_name.hidden, context.connection, context.sorted_tables)
    # A NOT VALID or NOT ENFORCED check is ordinary here, and we read its definition ourselves.
    warnings.filterwarnings("ignore", "Could not parse CHECK constraint text", SAWarning)
