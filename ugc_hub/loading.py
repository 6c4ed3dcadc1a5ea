"""One thread at a time loads modules of the house late.

Two threads that each load a module of the same package may find one that the other is still loading: Python does not
let them wait for each other in a circle, and goes on with a module that is half there. Then names are missing from it.
So whatever is loaded late in a process with threads is loaded while holding this lock:

    with LOADING:
        from .tantivy import Tantivy

Whoever holds it may load what loads something late itself. When all is loaded it costs next to nothing.
"""

from __future__ import annotations

import threading

LOADING = threading.RLock()
