"""One kind of statement per file: what it costs, and what the database looks like after it.

A module here has ``NODES``, the parse tree nodes it is about: ``index_stmt``, or with the type of
object ``drop_stmt.OBJECT_INDEX``; ``price(node, facts) -> Price``; and, where the statement
changes what the next one meets, ``evolve(node, facts) -> Facts``.
"""
