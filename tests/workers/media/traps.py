"""Files that pretend to be videos: lists, descriptions and drawings that point elsewhere, and headers that lie."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def crafted(port: int, secret: Path) -> dict[str, bytes]:
    """Return nine files by name: each points to a port of this machine or to another file."""
    url = f"http://127.0.0.1:{port}/x"
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXTINF:1,\nfile://{secret}\n".encode()
    manifest = f"<?xml version='1.0'?><MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>".encode()
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}'/></svg>".encode()
    return {
        "list.m3u8": playlist,
        "list.mp4": playlist,
        "list.avi": playlist,
        "list": playlist,
        "remote.mp4": f"ffconcat version 1.0\nfile {url}\n".encode(),
        "local.mp4": f"ffconcat version 1.0\nfile {secret}\n".encode(),
        "dash.mp4": manifest,
        "sdp.mp4": f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\n".encode(),
        "drawing.mp4": drawing,
    }


def with_streams(data: bytes, count: int) -> bytes:
    """Return an MP4, whose index comes first, with its first track described so many times more."""
    start = data.index(b"moov") - 4
    moov = data[start : start + int.from_bytes(data[start : start + 4])]
    at = moov.index(b"trak") - 4
    track = moov[at : at + int.from_bytes(moov[at : at + 4])]
    grown = moov[8:] + track * count
    return data[:start] + (8 + len(grown)).to_bytes(4) + b"moov" + grown + data[start + len(moov) :]


def lying(data: bytes) -> bytes:
    """Return an MP4 whose header says that it lasts thirty years and has 65,535 pixels a side."""
    changed = bytearray(data)
    movie, track = data.index(b"mvhd") + 4, data.index(b"tkhd") + 4
    changed[movie + 12 : movie + 20] = (1).to_bytes(4) + (1_000_000_000).to_bytes(4)
    changed[track + 76 : track + 84] = (65535 << 16).to_bytes(4) * 2
    return bytes(changed)


@contextmanager
def listening() -> Iterator[tuple[int, list[object]]]:
    """Listen on a port of this machine; yields the port, and who connected so far."""
    hits: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        running = threading.Event()
        running.set()

        def accept() -> None:
            while running.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                hits.append(address)
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        yield server.getsockname()[1], hits
        running.clear()
        thread.join()
