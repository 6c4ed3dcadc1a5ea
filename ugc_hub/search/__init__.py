"""The index: the language of queries, and two engines that answer them alike.

Nothing here knows the database. Whoever searches hands in documents, who is looking (`Sight`), and the answers to
questions about rights (`Cleared`); libraries are loaded when an index is opened or a query is read.
"""
