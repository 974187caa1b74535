"""Names as PostgreSQL prints them, and the names that recipes invent."""

from __future__ import annotations

import hashlib
import re

from phased.keywords import is_keyword

LONGEST = 63  # NAMEDATALEN - 1, in bytes
PLACEHOLDER = "FILL_ME_IN"  # what a person must write before a revision may run
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def quote(name: str) -> str:
    """The name as SQL wants it, and as ``quote_ident`` and ``regclass`` print it."""
    text = str(name)
    if _PLAIN.fullmatch(text) and not is_keyword(text):
        return text
    return '"' + text.replace('"', '""') + '"'


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
