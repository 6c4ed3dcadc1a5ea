"""The handlers by name, as a worker process registers them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ugc_hub.hub import Hub
from ugc_hub.licensing import catch_up
from ugc_hub.permissions import due
from ugc_hub.settings import Settings
from ugc_hub.submissions import remove_drafts
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.queue.context import Handler, JobContext

from .afterlife import afterlife, digest
from .afterlife import mail as notice
from .claims import answer
from .collect import collect
from .erase import erase
from .hooks import hook
from .inspect import inspect
from .letters import send_letters
from .mailing import mail
from .proofs import proofs
from .remark import remark
from .render import render
from .stamp import stamp
from .verify import verify


def media_limits(settings: Settings) -> Limits:
    """Return the limits of a process that reads an untrusted file, as the settings state them."""
    return Limits(memory_bytes=settings.child_memory_bytes, wall_s=settings.child_wall_s)


def _collect(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    return collect(hub).as_dict()


def _clear(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    return {"assets": catch_up(hub)}


def _due(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    return due(hub).as_dict()


def _drafts(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    return remove_drafts(hub).as_dict()


def handlers(hub: Hub, sandbox: Sandbox) -> dict[str, Handler]:
    """Return what a worker can do; each handler may run twice for one job and changes nothing the second time."""
    return {
        "inspect": partial(inspect, hub, sandbox),
        "render": partial(render, hub, sandbox),
        "remark": partial(remark, hub, sandbox),
        "collect": partial(_collect, hub),
        "clear": partial(_clear, hub),
        "erase": partial(erase, hub),
        "letter": partial(send_letters, hub),
        "due": partial(_due, hub),
        "mail": partial(mail, hub),
        "afterlife": partial(afterlife, hub),
        "digest": partial(digest, hub),
        "drafts": partial(_drafts, hub),
        "notice": partial(notice, hub),
        "verify": partial(verify, hub),
        "hook": partial(hook, hub),
        "answer": partial(answer, hub),
        "proofs": partial(proofs, hub),
        "stamp": partial(stamp, hub),
    }
