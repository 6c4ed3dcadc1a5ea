"""The handlers by name, as a worker process registers them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ugc_hub.hub import Hub
from ugc_hub.loading import LOADING
from ugc_hub.settings import OFF, Settings
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.queue.context import Handler, JobContext

WITH_MEDIA = {
    "inspect": "inspect:inspect",
    "render": "render:render",
    "normalise": "normalise:normalise",
    "film": "film:film",
    "compose": "compose:compose",
    "prepare": "prepare:prepare",
    "read": "read:read",
    "transcribe": "transcribe:transcribe",
    "hear": "hear:hear",
    "remark": "remark:remark",
}
"""Kinds of jobs that read media, by module and function of this package."""
PLAIN = {
    "collect": "upkeep:collected",
    "clear": "upkeep:cleared",
    "erase": "erase:erase",
    "due": "upkeep:due",
    "mail": "mailing:mail",
    "afterlife": "afterlife:afterlife",
    "digest": "afterlife:digest",
    "drafts": "upkeep:drafts",
    "notice": "afterlife:mail",
    "verify": "verify:verify",
    "hook": "hooks:hook",
    "answer": "claims:answer",
    "proofs": "proofs:proofs",
    "stamp": "stamp:stamp",
    "empty": "empty:empty",
    "alerts": "alerts:alerts",
    "pack": "packing:pack",
}


def media_limits(settings: Settings) -> Limits:
    """Return the limits of a process that reads an untrusted file, as the settings state them."""
    return Limits(memory_bytes=settings.child_memory_bytes, wall_s=settings.child_wall_s)


def media_sandbox(settings: Settings) -> Sandbox:
    """Return child processes with these limits and the plug-ins that the settings name; to be closed."""
    reader = "" if settings.text_reader == OFF else settings.text_reader
    heard_by = settings.speech_recogniser
    return Sandbox(media_limits(settings), embedder=settings.embedder, reader=reader, recogniser=heard_by)


def handlers(hub: Hub, sandbox: Sandbox) -> dict[str, Handler]:
    """Return what a worker can do; each handler may run twice for one job and changes nothing the second time."""
    made = {kind: _handler(place, hub) for kind, place in PLAIN.items()}
    return made | {kind: _handler(place, hub, sandbox) for kind, place in WITH_MEDIA.items()}


def _handler(place: str, *first: Hub | Sandbox) -> Handler:
    """Return a handler whose module is loaded with its first job: a worker at rest holds none of them in memory."""
    module, _, name = place.partition(":")

    def run(context: JobContext) -> Mapping[str, Any] | None:
        with LOADING:
            handler = getattr(import_module(f"{__package__}.{module}"), name)
        result: Mapping[str, Any] | None = handler(*first, context)
        return result

    return run
