"""What each job does: load, call an engine, record. And the upkeep of what jobs and uploads leave behind."""

from .collect import Collected, collect
from .doctor import Finding, examine
from .handlers import handlers, media_limits
from .remark import queue_outdated
from .schedule import Ticker, tick

__all__ = ["Collected", "Finding", "Ticker", "collect", "examine", "handlers", "media_limits", "queue_outdated", "tick"]
