"""What PostgreSQL says of a table: columns, constraints, indexes. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ColumnState:
    """One column as PostgreSQL prints it.

    Attributes:
        type: ``format_type``, and ``COLLATE`` where it is not the type's own.
        default: ``pg_get_expr`` of its default or of its generation expression.
        generated: ``pg_attribute.attgenerated``: s stored, v virtual, else empty.
        identity: ``pg_attribute.attidentity``: a always, d by default, else empty.
        sequence: The options of an identity's sequence.
        serial: Its default is the next value of a sequence that it owns.
    """

    type: str
    default: str | None = None
    generated: str = ""
    identity: str = ""
    sequence: tuple[object, ...] | None = None
    serial: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """What a foreign key says, letters as in ``pg_constraint``.

    Attributes:
        columns: The referencing columns, sorted.
        target: Schema (None when visible without one) and name of the referenced table.
        target_columns: The referenced columns, in the order of ``columns``.
        on_delete: ``confdeltype``.
        on_delete_columns: What SET NULL or SET DEFAULT sets, where it is not all of them.
        on_update: ``confupdtype``.
        match: ``confmatchtype``.
        deferrable: DEFERRABLE.
        deferred: INITIALLY DEFERRED.
        enforced: Not NOT ENFORCED.
    """

    columns: tuple[str, ...]
    target: tuple[str | None, str]
    target_columns: tuple[str, ...]
    on_delete: str = "a"
    on_delete_columns: tuple[str, ...] = ()
    on_update: str = "a"
    match: str = "s"
    deferrable: bool = False
    deferred: bool = False
    enforced: bool = True


@dataclass(frozen=True, slots=True)
class ConstraintState:
    """One constraint.

    Attributes:
        kind: ``contype``.
        definition: ``pg_get_constraintdef`` without NOT VALID.
        columns: The table's columns it is about.
        reference: Of a foreign key.
        elements: Of an exclusion constraint: expressions and their operators.
        using: Its access method.
        where: Its condition.
    """

    kind: str
    definition: str
    columns: tuple[str, ...] = ()
    reference: Reference | None = None
    elements: tuple[tuple[str, str], ...] = ()
    using: str | None = None
    where: str | None = None


@dataclass(frozen=True, slots=True)
class IndexState:
    """One index: ``pg_get_indexdef`` from USING on, whether UNIQUE, valid, behind a constraint."""

    definition: str
    unique: bool = False
    valid: bool = True
    constraint: bool = False


@dataclass(slots=True)
class TableState:
    """One table."""

    columns: dict[str, ColumnState] = field(default_factory=dict)
    constraints: dict[str, ConstraintState] = field(default_factory=dict)
    indexes: dict[str, IndexState] = field(default_factory=dict)
