"""The words that mean something else to PostgreSQL where a name should be."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def is_keyword(word: str) -> bool:
    """Whether a word in lower case has to be quoted to be a name anywhere.

    Also those that could name a column but no type, or a type but no column: PostgreSQL's own
    ``quote_ident`` does the same. Its parser is asked, for the lists that libraries keep are short.
    """
    import postgast
    from postgast.pg_query_pb2 import KeywordKind

    (token,) = postgast.scan(word).tokens
    return token.keyword_kind not in (KeywordKind.NO_KEYWORD, KeywordKind.UNRESERVED_KEYWORD)
