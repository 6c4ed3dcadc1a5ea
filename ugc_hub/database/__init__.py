"""The database of a hub: engine, sessions, settings that must be in force, migrations."""

from .engine import Database, open_database
from .migrate import migrate, pending

__all__ = ["Database", "migrate", "open_database", "pending"]
