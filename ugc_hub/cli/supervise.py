"""Keeps the web server and the workers running; started by `ugc-hub serve` and as small as it can be."""

from __future__ import annotations

import logging
import sys

from ugc_hub.settings import Settings, load_settings
from workers.queue.supervisor import Service, Supervision, Supervisor


def services(settings: Settings) -> list[Service]:
    """Return what one machine runs: a web server and the workers."""
    web = [
        *(sys.executable, "-P", "-m", "granian", "--interface", "wsgi"),
        *("--host", settings.host, "--port", str(settings.port)),
        *("--blocking-threads", str(settings.web_threads), "--no-ws"),
        *("--log-level", "warning", "--workers-kill-timeout", "10"),
        "ugc_hub.web.wsgi:app",
    ]
    worker = [sys.executable, "-P", "-m", "ugc_hub", "worker"]
    return [
        Service("web", web, give_up_after=5),
        Service("worker", worker, count=settings.workers),
    ]


def main() -> None:
    """Run until SIGTERM or Ctrl-C; nothing that was started stays behind."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    sys.exit(Supervisor(services(load_settings()), Supervision(stop_s=25)).run())


if __name__ == "__main__":
    main()
