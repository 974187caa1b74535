"""Statements that reach beyond the database they run in, or need a role to be there.

Roles, tablespaces, other databases and the server's own settings are shared by all databases of a
server: what is done to them on a scratch database is done for real.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phased.errors.revisions import SqlSyntax
from phased.syntax.tree import enum, split, walk

if TYPE_CHECKING:
    from phased.syntax.tree import Node

_NODES = {
    "alter_database_refresh_coll_stmt",
    "alter_database_set_stmt",
    "alter_database_stmt",
    "alter_default_privileges_stmt",
    "alter_owner_stmt",
    "alter_role_set_stmt",
    "alter_role_stmt",
    "alter_subscription_stmt",
    "alter_system_stmt",
    "alter_table_space_options_stmt",
    "create_role_stmt",
    "create_subscription_stmt",
    "create_table_space_stmt",
    "createdb_stmt",
    "drop_owned_stmt",
    "drop_role_stmt",
    "drop_subscription_stmt",
    "drop_table_space_stmt",
    "dropdb_stmt",
    "grant_role_stmt",
    "grant_stmt",
    "reassign_owned_stmt",
}
_FIELDS = {"comment_stmt": "objtype", "rename_stmt": "rename_type", "sec_label_stmt": "objtype"}
_OBJECTS = {"OBJECT_DATABASE", "OBJECT_ROLE", "OBJECT_SUBSCRIPTION", "OBJECT_TABLESPACE"}
_ROLES = {"role", "session_authorization"}
_IN_BODY = re.compile(
    r"(?i)\b(?:CREATE|ALTER|DROP|COMMENT\s+ON)\s+"
    r"(?:ROLE|USER|GROUP|DATABASE|TABLESPACE|SYSTEM|SUBSCRIPTION)\b|\b(?:GRANT|REVOKE)\b"
)


def is_server_wide(sql: str) -> bool:
    """Whether one of the statements is such a one; what does not parse is not."""
    try:
        return any(_is(which, node) for _, which, node in split(sql))
    except SqlSyntax:
        return False


def _is(which: str, node: Node) -> bool:
    if which in _FIELDS:
        return enum(node, _FIELDS[which]) in _OBJECTS
    if which == "variable_set_stmt":
        return node.name.lower() in _ROLES
    if which == "alter_table_stmt":
        return {enum(each.alter_table_cmd, "subtype") for each in node.cmds} == {"AT_ChangeOwner"}
    if which == "do_stmt":
        texts = (part.sval for part in walk(node) if part.DESCRIPTOR.name == "String")
        return bool(_IN_BODY.search("\n".join(texts)))
    return which in _NODES
