"""The end of an MPEG-2 transport stream (ISO 13818-1): whole packets, and a last packet of each PES that ends it.

A transport stream states neither its length nor its duration, so a cut can only be told by what it leaves undone:
a packet that is not whole, a PES packet that is shorter than it states, or a picture that stops within its PES. That
last one is proven by the filling: the last packet of a PES is filled up to 184 bytes, all packets before it are full.
What cannot be known: whether whole pictures are missing after the last whole one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workers.media.structure.header import truncated

_PACKET = 188
_SYNC = 0x47
_WINDOW_PACKETS = 45_000
"""How much of the end is looked at, 8 MiB: several times the largest picture of a camera."""
_START = b"\0\0\1"
_VIDEO = range(0xE0, 0xF0)
_NULL_PID = 0x1FFF


@dataclass
class _Pes:
    """The latest PES packet of one elementary stream."""

    video: bool = False
    stated: int | None = None
    """Bytes after the length field; None where it states none or began before the window."""
    seen: int = 0
    filled: bool = False
    """Whether its latest packet was filled up, so that it was the last one."""


def check(path: Path) -> bool:
    """Return whether the last picture may be cut: its PES states no length and its last packet is full.

    That is so in most cuts at the border of a packet, and in one of 184 whole files, where the picture happens to fill
    its packets. Raises `Damaged` (`truncated`) where a packet or a PES packet of stated length is not whole.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        lead = 0 if file.read(1) == bytes([_SYNC]) else 4
        step = lead + _PACKET
        if size % step:
            raise truncated(f"{size} bytes are no whole number of packets of {step}")
        file.seek(max(0, size - step * _WINDOW_PACKETS))
        tail = file.read()
    latest: dict[int, _Pes] = {}
    for at in range(lead, len(tail), step):
        _take(tail[at : at + _PACKET], latest)
    for pid, pes in latest.items():
        if pes.stated is not None and pes.seen < pes.stated:
            raise truncated(f"PES of stream {pid:#x} has {pes.seen} of {pes.stated} bytes")
    return any(pes.video and pes.stated is None and not pes.filled for pes in latest.values())


def _take(packet: bytes, latest: dict[int, _Pes]) -> None:
    pid, control = int.from_bytes(packet[1:3]) & 0x1FFF, packet[3] >> 4 & 3
    if packet[0] != _SYNC or pid == _NULL_PID or not control & 1:
        return
    payload = packet[4 if control == 1 else 5 + packet[4] :]
    if packet[1] & 0x40:
        if not payload.startswith(_START) or len(payload) < 6:  # tables, not a PES
            latest.pop(pid, None)
            return
        latest[pid] = _Pes(payload[3] in _VIDEO, int.from_bytes(payload[4:6]) or None, -6)
    pes = latest.get(pid)
    if pes is not None:
        pes.seen += len(payload)
        pes.filled = control == 3 and _filled(packet[4 : 5 + packet[4]])


def _filled(field: bytes) -> bool:
    """Whether an adaptation field (2.4.3.4) is longer than what it carries."""
    if len(field) < 2:  # a length of zero: the one byte is the filling
        return True
    flags, needed = field[1], 2
    needed += 6 * bool(flags & 0x10) + 6 * bool(flags & 0x08) + bool(flags & 0x04)
    for flag in (0x02, 0x01):  # private data, extension: each after its own length
        if flags & flag:
            needed += 1 + (field[needed] if needed < len(field) else 0)
    return len(field) > needed
