"""What a sound file's container says before anything is decoded: enough to doubt a decoder's word.

Only the first and last kilobytes are read. Nothing here raises for a damaged file.
"""

import os
from typing import BinaryIO

_TAIL_BYTES = 128 * 1024
"""An Ogg page has at most 65,307 bytes."""
_CHAIN = 4
"""So many AAC frames in a row are no accident."""
_NO_END = "The end of the file is missing."
_UNKNOWN_SIZE = 0x7FFF_FF00
"""Writers that cannot seek back declare sizes from here up, or 0: then nobody knows."""


def is_opus(path: str) -> bool:
    """Whether it is an Ogg file that begins with an Opus stream."""
    return b"OpusHead" in _head(path, 64)


def mp3_knows_its_length(path: str) -> bool:
    """Whether the first frame of an mp3 carries a Xing, Info or VBRI table.

    Without one FFmpeg guesses the length from the first bit rate, and libsndfile even stops reading there.
    """
    try:
        with open(path, "rb") as file:
            file.seek(_id3v2_size(file.read(10)))
            start = file.read(4096)
    except OSError:
        return False
    return any(name in start for name in (b"Xing", b"Info", b"VBRI"))


def cut_off(path: str) -> str:
    """A sentence if the container shows that the end of the file is missing, else "".

    Knows RIFF (wav), FORM (aiff), Ogg and bare AAC; in others it shows when the end is read (flac, m4a, wma, wv, mp3
    with a length table), or not at all (mp3 without one: it promises nothing).
    """
    head = _head(path, 12)
    if head[:4] == b"RIFF" or head[:4] == b"FORM":
        return _chunk_cut_off(head, os.path.getsize(path))
    if head[:4] == b"OggS":
        return "" if _ogg_ends_whole(_tail(path)) else _NO_END
    if path.lower().endswith(".aac"):
        return _NO_END if _adts_cut_off(_tail(path)) else ""
    return ""


def _chunk_cut_off(head: bytes, size: int) -> str:
    declared = int.from_bytes(head[4:8], "little" if head[:4] == b"RIFF" else "big")
    missing = declared + 8 - size
    if not 0 < declared < _UNKNOWN_SIZE or missing <= 1024:
        return ""
    return f"The file was cut off: {100 * missing / (declared + 8):.0f} % of it is missing."


def _ogg_ends_whole(tail: bytes) -> bool:
    """Whether the last page is there to its last byte and is marked as the last of its stream (RFC 3533 §6)."""
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return False
    segments = tail[at + 26]
    table = tail[at + 27 : at + 27 + segments]
    complete = len(table) == segments and len(tail) >= at + 27 + segments + sum(table)
    return complete and bool(tail[at + 5] & 0x04)


def _adts_cut_off(tail: bytes) -> bool:
    """Whether the last frame of a bare AAC stream goes on after the end (ISO/IEC 14496-3 §1.A.2.2)."""
    for first in range(len(tail) - 7):
        at, frames = first, 0
        while (length := _adts_length(tail, at)) and at + length <= len(tail):
            at, frames = at + length, frames + 1
        if frames >= _CHAIN:
            return 0 < len(tail) - at < 7 or bool(length)
    return False


def _adts_length(data: bytes, at: int) -> int:
    """Length of the frame at a place; 0 if none begins there."""
    head = data[at : at + 7]
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


def _id3v2_size(head: bytes) -> int:
    """Bytes to skip to the first frame (ID3v2.4 §3.1: four bytes of seven bits)."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    return size + 10


def _head(path: str, count: int) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(count)
    except OSError:
        return b""


def _tail(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            _seek_from_end(file, _TAIL_BYTES)
            return file.read()
    except OSError:
        return b""


def _seek_from_end(file: BinaryIO, count: int) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - count))
