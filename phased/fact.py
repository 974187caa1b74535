"""What recipes, rules and prices may ask about a database. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column as the catalog has it; ``type`` and ``default`` as PostgreSQL prints them."""

    type: str
    not_null: bool = False
    default: str | None = None
    generated: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True)
class ConstraintFacts:
    """One constraint.

    Attributes:
        kind: ``pg_constraint.contype``: c check, f foreign key, n not null, p primary, u unique,
            x exclusion.
        columns: The table's columns it is about, unquoted.
        definition: ``pg_get_constraintdef``.
        validated: False while NOT VALID.
        references: The referenced relation of a foreign key.
        index: The index behind a primary key, unique or exclusion constraint.
        proves_not_null: Columns with a conjunct ``c IS NOT NULL`` of their own in a CHECK.
    """

    kind: str
    columns: tuple[str, ...] = ()
    definition: str = ""
    validated: bool = True
    references: str | None = None
    index: str | None = None
    proves_not_null: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """One index: the table it is on, its key columns (unquoted), whether it is unique and valid."""

    table: str
    columns: tuple[str, ...] = ()
    unique: bool = False
    valid: bool = True
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Hanging:
    """Something that hangs on a column.

    Attributes:
        kind: In PostgreSQL's words: ``view``, ``policy``, ``index``, ``column privilege``.
        names: What a statement about it has to name, unquoted.
        shown: For people: ``view reporting.active_users``.
        blocks: DROP COLUMN fails while it is there; otherwise it goes with the column.
    """

    kind: str
    names: tuple[str, ...]
    shown: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class RelationFacts:
    """One relation of the database, or one that the statements before this one created.

    Attributes:
        kind: ``pg_class.relkind``: r table, p partitioned table, v view, m materialized view,
            S sequence, f foreign table.
        rows: Estimate (``reltuples``); -1 when never analysed.
        size: ``pg_total_relation_size`` in bytes.
        partitions: Direct and indirect partitions, and inheritance children.
        parent: The table it is a partition or a child of.
        default_partition: The DEFAULT partition, where it has one.
        partition_key: ``pg_get_partkeydef`` of a partitioned table: ``RANGE (id)``.
        sequences: Sequences that its columns own (serial and identity), each with its column.
        statistics: Extended statistics on it.
        reads: The relations that the query of a view names.
        unlogged: ``pg_class.relpersistence`` is u.
        access_method: ``pg_am.amname`` of a table.
        indexes: Index name to its facts, for a table.
        constraints: Constraint name to its facts.
        hanging: Column, unquoted, to what hangs on it.
    """

    kind: str = "r"
    rows: int = -1
    size: int = 0
    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    constraints: Mapping[str, ConstraintFacts] = field(default_factory=dict)
    indexes: Mapping[str, IndexFacts] = field(default_factory=dict)
    partitions: tuple[str, ...] = ()
    parent: str | None = None
    default_partition: str | None = None
    partition_key: str = ""
    sequences: Mapping[str, str] = field(default_factory=dict)
    statistics: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    unlogged: bool = False
    access_method: str = "heap"
    hanging: Mapping[str, tuple[Hanging, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a statement, a recipe or a rule may ask about the database.

    Attributes:
        server: Major version of the server.
        relations: Named as ``regclass`` prints them with an empty search path reduced to the
            default schema: ``users``, ``"Order"``, ``billing.invoices``.
        created: Relations that did not exist before the revision being judged.
        known: False when no database was asked: a relation that is absent may exist all the same.
        time_zone: The server's ``TimeZone`` setting.
        volatile: Names of functions that are volatile, beyond PostgreSQL's own.
        steady: Names of functions that the statements before made and that are not volatile.
        domains: Domain name to whether it carries a constraint.
        domain_types: Domain name to the type it is over, as PostgreSQL prints it.
        schema: The default schema: its relations are named without a schema.
        search_path: Where names without a schema are looked for, the default schema first.
        added_columns: Columns that the revision being judged added to tables that existed:
            ``users.handle``, ``"Order"."userId"``.
    """

    server: int = 18
    relations: Mapping[str, RelationFacts] = field(default_factory=dict)
    created: frozenset[str] = frozenset()
    known: bool = False
    time_zone: str = "UTC"
    volatile: frozenset[str] = frozenset()
    steady: frozenset[str] = frozenset()
    domains: Mapping[str, bool] = field(default_factory=dict)
    domain_types: Mapping[str, str] = field(default_factory=dict)
    schema: str = "public"
    search_path: tuple[str, ...] = ("public",)
    added_columns: frozenset[str] = frozenset()
