"""What a WSGI server loads: `ugc_hub.web.wsgi:app`, with the settings of the environment."""

from __future__ import annotations

import gc

gc.disable()  # what is loaded stays: looking through it for garbage again and again put the first page off

import multiprocessing  # noqa: E402

from ugc_hub.database.parsing import loads  # noqa: E402
from ugc_hub.hub import open_hub, settle  # noqa: E402
from ugc_hub.settings import load_settings  # noqa: E402
from workers.queue.process import die_with_parent  # noqa: E402

from .app import create_app  # noqa: E402
from .greeting import greet  # noqa: E402
from .logs import log_to_stderr  # noqa: E402

server = multiprocessing.parent_process()
if server is not None and server.pid is not None:
    # A worker of the server, which listens itself: it must not outlive a server that was killed.
    die_with_parent(server.pid)
settings = load_settings()
log_to_stderr(settings.log_level)
hub = open_hub(settings, loads)
app = create_app(hub)
greet(hub)
settle()
gc.enable()
