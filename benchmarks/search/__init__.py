"""Searching: how fast documents are taken in and found, beside SQLite FTS5 and Whoosh on the same documents."""
