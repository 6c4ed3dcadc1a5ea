"""What a WSGI server loads: `ugc_hub.web.wsgi:app`, with the settings of the environment."""

from __future__ import annotations

import multiprocessing

from ugc_hub.database.parsing import loads
from ugc_hub.hub import open_hub, settle
from ugc_hub.settings import load_settings
from workers.queue.process import die_with_parent

from .app import create_app
from .logs import log_to_stderr

server = multiprocessing.parent_process()
if server is not None and server.pid is not None:
    # A worker of the server, which listens itself: it must not outlive a server that was killed.
    die_with_parent(server.pid)
settings = load_settings()
log_to_stderr(settings.log_level)
app = create_app(open_hub(settings, loads))
settle()
