"""Reading PostgreSQL's parse tree (protobuf messages of libpg_query): names, types, expressions."""
