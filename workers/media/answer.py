"""What a child process has said, and what its end means."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workers.media.errors import ChildFailed, Damaged, MediaError, TooLarge

Progress = Callable[[float, str], None]
Part = Callable[[dict[str, Any]], None]
"""Hears what is finished before the rest."""

_CRASHES = {signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS}


@dataclass
class Answer:
    """What a child has said so far."""

    limit: int
    progress: Progress | None
    part: Part | None = None
    pending: bytearray = field(default_factory=bytearray)
    received: int = 0
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None

    def feed(self, data: bytes) -> None:
        """Take bytes from the pipe; raises `ChildFailed` beyond the limit or for what is not JSON."""
        self.received += len(data)
        if self.received > self.limit:
            raise ChildFailed("The work on this file gave an answer that is too long.", code="answer_too_large")
        self.pending += data
        *lines, rest = self.pending.split(b"\n")
        self.pending = bytearray(rest)
        for line in lines:
            self._take(bytes(line))

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError as error:
            raise ChildFailed("The work on this file gave no readable answer.", code="answer_broken") from error
        if not isinstance(message, dict):
            raise ChildFailed("The work on this file gave no readable answer.", code="answer_broken")
        if "progress" in message and self.progress is not None:
            self.progress(float(message["progress"]), str(message.get("message", "")))
        if "part" in message and self.part is not None:
            self.part(dict(message["part"]))
        self.result = message.get("result", self.result)
        self.error = message.get("error", self.error)


def settle(answer: Answer, status: int) -> dict[str, Any]:
    """Return the result, or raise what the child said or what its death means."""
    if answer.error is not None:
        raise _revive(answer.error)
    if answer.result is not None and status == 0:
        return answer.result
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    detail = f"signal {number}" if number else f"exit {os.waitstatus_to_exitcode(status)}"
    if number == signal.SIGXCPU:
        raise TooLarge("The file takes too much work; send a smaller one.", code="too_slow", detail=detail)
    if number == signal.SIGXFSZ:
        raise TooLarge("What this file would become is larger than allowed.", code="output_too_large", detail=detail)
    if number in _CRASHES:
        raise Damaged(
            "The file is damaged in a way that stops its decoder. Export it again and send that.",
            code="decoder_crashed",
            detail=detail,
        )
    raise ChildFailed("The work on this file was interrupted. Try again.", detail=detail)


def _revive(error: dict[str, Any]) -> MediaError:
    """Rebuild an error of our family from its fields; an unknown class is a `ChildFailed`."""
    kinds = {kind.__name__: kind for kind in MediaError.__subclasses__()} | {"MediaError": MediaError}
    kind = kinds.get(str(error.get("class")), ChildFailed)
    return kind(
        str(error.get("message", ""))[:500],
        code=str(error.get("code", kind.code))[:64],
        detail=str(error.get("detail", ""))[:2000],
    )
