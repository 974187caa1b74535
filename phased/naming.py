"""Names as PostgreSQL prints them, and the names that recipes invent."""

from __future__ import annotations

import hashlib

from phased.dialect import dialect

LONGEST = 63  # NAMEDATALEN - 1, in bytes
PLACEHOLDER = "FILL_ME_IN"  # what a person must write before a revision may run
# A driver that writes parameters as %s would double the % in names.
_PREPARER = dialect().identifier_preparer


def quote(name: str) -> str:
    """The name as SQL wants it: quoted where PostgreSQL would not read it back as it is."""
    return str(_PREPARER.quote(str(name))) if name else '""'  # SQLAlchemy 2.0 looks at name[0]


def relation(name: str, schema: str | None = None) -> str:
    """A relation as ``regclass`` prints it: ``users``, ``"Order"``, ``billing.invoices``."""
    return f"{quote(schema)}.{quote(name)}" if schema else quote(name)


def invent(*parts: str) -> str:
    """A name for something of ours, at most 63 bytes: long ones end in a hash of the whole."""
    whole = "_".join(parts)
    if len(whole.encode()) <= LONGEST:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    head = whole.encode()[: LONGEST - 9].decode(errors="ignore")
    return f"{head}_{digest}"
