"""One door for every upload: web, API, command line and folders all call `accept`."""

from .accept import Accepted, Upload, accept
from .folder import Found, Outcome, expand, ingest_paths
from .names import clean_name

__all__ = ["Accepted", "Found", "Outcome", "Upload", "accept", "clean_name", "expand", "ingest_paths"]
