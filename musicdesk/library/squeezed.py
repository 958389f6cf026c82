"""ID3 frames that unpack to far more than they are: told before a tag reader unpacks them without a bound.

A frame may be compressed (ID3v2.3 §3.3.1, ID3v2.4 §4.1.2): a megabyte of it can hold a gigabyte of title.
"""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

LIMIT = 16 << 20
"""Bytes that one frame may unpack to; nobody compresses a picture larger than this."""
_COMPRESSED = {3: 0x80, 4: 0x08}
"""The flag in the frame's second flag byte, by version of the tag."""


def unpacks_too_much(path: str) -> bool:
    """Whether the ID3 tag in front of a file holds a compressed frame of more than ``LIMIT`` bytes."""
    try:
        with open(path, "rb") as file:
            return any(_swells(packed) for packed in _compressed_frames(file))
    except OSError:
        return False


def _compressed_frames(file: BinaryIO) -> Iterator[bytes]:
    """The bodies of the compressed frames, each cut at ``LIMIT``."""
    head = file.read(10)
    if len(head) < 10 or head[:3] != b"ID3" or head[3] not in _COMPRESSED:
        return
    version, end, at = head[3], 10 + _number(head[6:10], 7), 10
    if head[5] & 0x40:  # the extended header, whose length counts itself in 2.4 alone
        size = file.read(4)
        at += _number(size, 7) if version == 4 else _number(size, 8) + 4
    while at + 10 < end:
        file.seek(at)
        frame = file.read(10)
        if len(frame) < 10 or not frame[:4].isalnum():
            return
        length = _number(frame[4:8], 7 if version == 4 else 8)
        if frame[9] & _COMPRESSED[version]:
            yield file.read(min(length, LIMIT))
        at += 10 + length


def _swells(packed: bytes) -> bool:
    """Whether the zlib stream in it, after its length or without, unpacks to more than the limit."""
    return any(len(_unpacked(packed[skip:])) > LIMIT for skip in (0, 4, 5, 8))


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, LIMIT + 1)
    except zlib.error:
        return b""


def _number(raw: bytes, bits: int) -> int:
    """A big-endian number of so many bits a byte."""
    value = 0
    for byte in raw:
        value = value << bits | byte & (1 << bits) - 1
    return value
