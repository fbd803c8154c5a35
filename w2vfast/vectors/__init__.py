"""Word vectors in memory: validation, queries, nearest neighbours."""
