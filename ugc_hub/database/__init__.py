"""The database of a hub: engine, sessions, settings that must be in force; migrations are in `upgrade`."""

from .engine import READS, Database, Loads, open_database
from .revision import pending

__all__ = ["READS", "Database", "Loads", "open_database", "pending"]
