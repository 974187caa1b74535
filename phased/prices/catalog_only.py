"""Roles, extensions, casts and other objects that live in the catalog alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.price import Price

if TYPE_CHECKING:
    from phased.fact import Facts
    from phased.syntax.tree import Node

_WORDS = {
    "alter_collation_stmt": "ALTER COLLATION",
    "alter_event_trig_stmt": "ALTER EVENT TRIGGER",
    "alter_extension_contents_stmt": "ALTER EXTENSION",
    "alter_extension_stmt": "ALTER EXTENSION",
    "alter_fdw_stmt": "ALTER FOREIGN DATA WRAPPER",
    "alter_foreign_server_stmt": "ALTER SERVER",
    "alter_object_depends_stmt": "ALTER DEPENDS ON EXTENSION",
    "alter_op_family_stmt": "ALTER OPERATOR FAMILY",
    "alter_operator_stmt": "ALTER OPERATOR",
    "alter_owner_stmt": "ALTER OWNER",
    "alter_role_set_stmt": "ALTER ROLE",
    "alter_role_stmt": "ALTER ROLE",
    "alter_tsconfiguration_stmt": "ALTER TEXT SEARCH CONFIGURATION",
    "alter_tsdictionary_stmt": "ALTER TEXT SEARCH DICTIONARY",
    "alter_user_mapping_stmt": "ALTER USER MAPPING",
    "create_am_stmt": "CREATE ACCESS METHOD",
    "create_cast_stmt": "CREATE CAST",
    "create_conversion_stmt": "CREATE CONVERSION",
    "create_event_trig_stmt": "CREATE EVENT TRIGGER",
    "create_extension_stmt": "CREATE EXTENSION",
    "create_fdw_stmt": "CREATE FOREIGN DATA WRAPPER",
    "create_foreign_server_stmt": "CREATE SERVER",
    "create_op_class_stmt": "CREATE OPERATOR CLASS",
    "create_op_family_stmt": "CREATE OPERATOR FAMILY",
    "create_plang_stmt": "CREATE LANGUAGE",
    "create_role_stmt": "CREATE ROLE",
    "create_transform_stmt": "CREATE TRANSFORM",
    "create_user_mapping_stmt": "CREATE USER MAPPING",
    "drop_role_stmt": "DROP ROLE",
    "drop_user_mapping_stmt": "DROP USER MAPPING",
    "import_foreign_schema_stmt": "IMPORT FOREIGN SCHEMA",
}
NODES = tuple(_WORDS)


def price(node: Node, facts: Facts) -> Price:
    """No relation is locked."""
    del facts  # no relation is touched
    words = {name.replace("_", ""): word for name, word in _WORDS.items()}
    return Price(words[node.DESCRIPTOR.name.lower()])
