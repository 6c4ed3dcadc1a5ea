"""The database of a hub: engine, sessions, settings that must be in force; migrations are in `upgrade`."""

from .engine import READS, Database, open_database
from .revision import pending

__all__ = ["READS", "Database", "open_database", "pending"]
