"""Clips that tests make themselves: moving squares, flashes with tones, any size, turn, rate and colour."""

from __future__ import annotations

import io
import struct
import subprocess
import wave as wav
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.media.video import tool

SQUARE = "color=gray:s={size}:r={rate}:d={seconds}[b];color=red:s=40x40:r={rate}:d={seconds}[r];[b][r]overlay="


def ffmpeg(*words: str) -> None:
    """Run ffmpeg and let it fail loudly."""
    command = [tool.program(), "-nostdin", "-v", "error", "-y", *words]
    subprocess.run(command, check=True, capture_output=True)


def made(path: Path, *words: str) -> Path:
    """Write a file with ffmpeg and return its path."""
    ffmpeg(*words, f"file:{path}")
    return path


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def pattern(path: Path, *words: str, size: str = "320x180", rate: str = "30", seconds: float = 1.0) -> Path:
    """A clip of ffmpeg's test picture; `words` come after the input."""
    source = f"testsrc2=s={size}:r={rate}:d={seconds}"
    return made(path, "-f", "lavfi", "-i", source, *words)


def little(folder: Path) -> bytes:
    """Return a second of moving picture with a tone, 160 x 90, as a phone would send it."""
    path = folder / "little.mp4"
    tone = ("-f", "lavfi", "-i", "sine=f=440:r=48000:d=1", "-map", "0:v", "-map", "1:a", "-c:a", "aac")
    pattern(path, *tone, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", size="160x90")
    data = path.read_bytes()
    path.unlink()
    return data


def clean_aperture(path: Path, width: int, height: int) -> None:
    """Say in a MOV whose index is at its end that only the middle of its picture is to be shown (`clap`)."""
    _described(path, b"avc1", struct.pack(">I4s8I", 40, b"clap", width, 1, height, 1, 0, 1, 0, 1))


def coloured(path: Path, primaries: int, transfer: int, matrix: int) -> None:
    """Name the colours of a MOV of H.265 whose index is at its end, in the container alone (`colr`)."""
    _described(path, b"hvc1", struct.pack(">I4s4s3HB", 19, b"colr", b"nclx", primaries, transfer, matrix, 0))


def _described(path: Path, coded: bytes, box: bytes) -> None:
    """Put a box behind what describes the coding of the pictures, and make all that lies around it longer."""
    data = bytearray(path.read_bytes())
    index = data.index(b"moov")
    setup = data.index({b"avc1": b"avcC", b"hvc1": b"hvcC"}[coded], index) - 4
    at = setup + int.from_bytes(data[setup : setup + 4])
    data[at:at] = box
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", coded):
        place = data.index(name, index) - 4
        data[place : place + 4] = (int.from_bytes(data[place : place + 4]) + len(box)).to_bytes(4)
    path.write_bytes(data)


def tone(hertz: int = 440, seconds: float = 0.6) -> bytes:
    """Return a tone as a WAV file."""
    wave = np.sin(2 * np.pi * hertz * np.arange(round(48_000 * seconds)) / 48_000) * 8000
    with io.BytesIO() as made_, wav.open(made_, "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(wave.astype("<i2").tobytes())
        return made_.getvalue()


def flash(path: Path, at_s: float = 0.5, *words: str, seconds: float = 2.0) -> Path:
    """Black and silent but for a tenth of a second of white and a tone, at the same instant."""
    between = f"between(t,{at_s},{at_s + 0.0999})"
    picture = (
        f"color=black:s=160x90:r=30:d={seconds},geq=lum='if(between(T,{at_s},{at_s + 0.0999}),235,16)':cb=128:cr=128"
    )
    tone = f"aevalsrc='0.5*sin(2*PI*1000*t)*{between}':s=48000:d={seconds}"
    return made(path, "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone, *words)


def grey(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return all pictures of a file in grey, scaled to `size` (width, height)."""
    words = ["-i", f"file:{path}", "-vf", f"scale={size[0]}:{size[1]}:flags=area,format=gray", "-f", "rawvideo", "-"]
    return np.frombuffer(_read(words), np.uint8).reshape(-1, size[1], size[0])


def colours(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return all pictures of a file in RGB, scaled to `size`."""
    words = ["-i", f"file:{path}", "-vf", f"scale={size[0]}:{size[1]}:flags=area,format=rgb24", "-f", "rawvideo", "-"]
    return np.frombuffer(_read(words), np.uint8).reshape(-1, size[1], size[0], 3)


def sound(path: Path) -> NDArray[np.int16]:
    """Return the sound as one channel at 48 kHz, as a player without edit lists plays it."""
    words = ["-ignore_editlist", "1"] if path.suffix in (".mp4", ".mov") else []
    return np.frombuffer(
        _read([*words, "-i", f"file:{path}", "-ac", "1", "-ar", "48000", "-f", "s16le", "-"]), np.int16
    )


def apart_s(path: Path, rate: float = 30.0) -> float:
    """Return by how much the tone of `flash` comes after its light, in seconds."""
    light = int(np.argmax(grey(path, (16, 8)).mean(axis=(1, 2)) > 120)) / rate
    loud = np.abs(sound(path).astype(np.int32))
    return int(np.argmax(loud > loud.max() // 2)) / 48_000 - light


def _read(words: list[str]) -> bytes:
    command = [tool.program(), "-nostdin", "-v", "error", *words]
    return subprocess.run(command, check=True, capture_output=True).stdout
