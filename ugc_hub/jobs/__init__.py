"""What each job does: load, call an engine, record. And the upkeep of what jobs and uploads leave behind.

The names are not collected here: who needs one imports its module, so that a worker at rest holds little.
"""
