"""Keeps the web server and the workers running; started by `ugc-hub serve` and as small as it can be.

It stays for as long as the hub runs and does nothing but wait, so it imports only what waiting needs: what it must
know of the settings comes as arguments.
"""

from __future__ import annotations

import logging
import sys

from workers.queue.supervisor import Service, Supervision, Supervisor

STOP_S = 30.0
"""Longer than a worker takes to finish or give back what it does (see `workers.queue.watch.Limits`)."""
WORKERS_AFTER_S = 3.0
"""Whoever starts the hub waits for its first page: until then the workers leave the processor to the server.

The server has three seconds for it; two workers that begin meanwhile take both cores of a small machine.
"""


def services(host: str, port: str, threads: str, workers: int) -> list[Service]:
    """Return what one machine runs: a web server and the workers."""
    web = [
        *(sys.executable, "-P", "-m", "granian", "--interface", "wsgi"),
        *("--host", host, "--port", port, "--blocking-threads", threads, "--no-ws"),
        *("--log-level", "error", "--workers-kill-timeout", "10"),
        "ugc_hub.web.wsgi:app",
    ]
    worker = [sys.executable, "-P", "-m", "ugc_hub", "worker"]
    return [Service("web", web, give_up_after=5), Service("worker", worker, count=workers, after_s=WORKERS_AFTER_S)]


def main(host: str, port: str, threads: str, workers: str) -> int:
    """Run until SIGTERM or Ctrl-C and return the exit status; nothing that was started stays behind."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return Supervisor(services(host, port, threads, int(workers)), Supervision(stop_s=STOP_S)).run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
