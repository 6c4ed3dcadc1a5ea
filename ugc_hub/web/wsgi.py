"""What a WSGI server loads: `ugc_hub.web.wsgi:app`, with the settings of the environment."""

from __future__ import annotations

from ugc_hub.hub import open_hub
from ugc_hub.settings import load_settings

from .app import create_app
from .logs import log_to_stderr

settings = load_settings()
log_to_stderr(settings.log_level)
app = create_app(open_hub(settings))
