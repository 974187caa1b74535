"""PostgreSQL as SQLAlchemy writes it without a connection."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql

from phased.keywords import is_keyword


class _Keywords(set[str]):
    """SQLAlchemy's set of reserved words, with those that are missing in it."""

    def __contains__(self, word: object) -> bool:
        return super().__contains__(word) or (str(word).isidentifier() and is_keyword(str(word)))


def dialect() -> postgresql.base.PGDialect:
    """A dialect whose SQL is for people and parsers: a driver's would double every ``%``."""
    made = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call] # untyped in SQLAlchemy
    # SQLAlchemy 2.0 doubles backslashes until a server has told it not to.
    made._backslash_escapes = False  # noqa: SLF001 # there is no other way to say so
    preparer = made.identifier_preparer
    preparer.reserved_words = _Keywords(preparer.reserved_words)
    return made
