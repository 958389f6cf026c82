"""Where the parts of a sound file begin: the places at which a copy that was cut off hurts most.

Every header's first byte and the first byte after it, container by container, told by the first bytes of the file.
"""

import struct
from collections.abc import Callable, Iterator

_BOXES = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"udta", b"ilst"}
"""Boxes of an MP4 file that hold boxes."""
_MANY = 24
"""Of the parts that repeat (pages, frames, blocks), the first and the last so many halves count."""


def boundaries(data: bytes) -> tuple[int, ...]:
    """Places within a file at which one of its parts begins or its contents do, in order."""
    walk = next((walk for begins, walk in _WALKS if begins(data)), _mpeg)
    return tuple(sorted({place for place in _ends(list(walk(data))) if 0 < place < len(data)}))


def _ends(places: list[int]) -> list[int]:
    """The first and the last of many places."""
    return places if len(places) <= _MANY else [*places[: _MANY // 2], *places[-_MANY // 2 :]]


def _chunks(data: bytes) -> Iterator[int]:
    """RIFF and IFF."""
    order = "<I" if data[:4] == b"RIFF" else ">I"
    yield from (4, 8)
    at = 12
    while at + 8 <= len(data):
        yield from (at, at + 4, at + 8)
        length = struct.unpack_from(order, data, at + 4)[0]
        at += 8 + length + (length & 1)


def _flac(data: bytes) -> Iterator[int]:
    at, last = 4, False
    while not last and at + 4 <= len(data):
        yield from (at, at + 4)
        last = bool(data[at] & 0x80)
        at += 4 + int.from_bytes(data[at + 1 : at + 4], "big")
    yield from (at, at + 8)
    yield from (len(data) // 3, len(data) // 2, len(data) - len(data) // 10)


def _ogg(data: bytes) -> Iterator[int]:
    at = 0
    while data[at : at + 4] == b"OggS":
        table = data[at + 27 : at + 27 + data[at + 26]]
        yield from (at, at + 27, at + 27 + len(table))
        at += 27 + len(table) + sum(table)


def _mp4(data: bytes, start: int = 0, end: int | None = None) -> Iterator[int]:
    at, end = start, len(data) if end is None else end
    while at + 8 <= end:
        length, name = struct.unpack_from(">I4s", data, at)
        yield from (at, at + 8)
        if name in _BOXES and length >= 8:
            yield from _mp4(data, at + 8, min(end, at + length))
        at += max(8, length)


def _asf(data: bytes) -> Iterator[int]:
    at = 30  # the objects within the header object
    while at + 24 <= len(data):
        yield from (at, at + 16, at + 24)
        at += max(24, struct.unpack_from("<Q", data, at + 16)[0])


def _wavpack(data: bytes) -> Iterator[int]:
    at = 0
    while data[at : at + 4] == b"wvpk":
        yield from (at, at + 4, at + 32)
        at += 8 + int.from_bytes(data[at + 4 : at + 8], "little")


def _tta(data: bytes) -> Iterator[int]:
    yield from (4, 18, 22, 26, len(data) // 2, len(data) - len(data) // 10)


def _mpeg(data: bytes) -> Iterator[int]:
    """mp3 and bare AAC: a tag in front, then frames that say where the next one begins only by their own length."""
    at = 0
    if data[:3] == b"ID3":
        yield from (3, 10)
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    sync = data[at : at + 2]
    yield from (at, at + 4, at + 36)
    frames = [place for place in range(at + 8, len(data) - 8) if data[place : place + 2] == sync]
    yield from (*frames[:6], *(place + 4 for place in frames[:6]), *frames[-6:], *(place + 4 for place in frames[-6:]))


_WALKS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Iterator[int]]], ...] = (
    (lambda data: data[:4] in (b"RIFF", b"FORM"), _chunks),
    (lambda data: data[:4] == b"fLaC", _flac),
    (lambda data: data[:4] == b"OggS", _ogg),
    (lambda data: data[4:8] == b"ftyp", _mp4),
    (lambda data: data[:4] == bytes.fromhex("3026b275"), _asf),
    (lambda data: data[:4] == b"wvpk", _wavpack),
    (lambda data: data[:4] == b"TTA1", _tta),
)
