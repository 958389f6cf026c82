"""What a sound file's container says before anything is decoded: enough to doubt a decoder's word.

Only the first and last kilobytes are read. Nothing here raises for a damaged file.
"""

import os
from collections.abc import Callable
from typing import BinaryIO

_TAIL_BYTES = 128 * 1024
"""An Ogg page has at most 65,307 bytes."""
_EXTRA_BYTES = 128 * 1024
"""For headers and tags."""
_LARGE, _LOOKS, _BLOCK = 32 << 20, 16, 8192
_CHAIN = 4
"""So many frames in a row are no accident."""
_KBIT_S_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBIT_S_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""Bit rates of MPEG-1 and of MPEG-2 and 2.5, layer 3 (ISO/IEC 11172-3 §2.4.2.3, 13818-3 §2.4.2.3)."""
_NO_END = "The end of the file is missing."
_ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
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


def holds_more(path: str, *, most: float) -> bool:
    """Whether a file is too large for what it declares: ``most`` is how many bytes that can take."""
    return os.path.getsize(path) - _id3v2_size(_head(path, 10)) - _EXTRA_BYTES > most


def is_hollow(path: str) -> bool:
    """Whether a large file is mostly zeros where it cannot be, like a download that was never finished.

    Decoders would go through the zeros as empty chunks or collect them in memory. Of bare streams (mp3, AAC) a frame
    begins every few hundred bytes, in silence too.
    """
    size, head = os.path.getsize(path), _head(path, 16)
    if size < _LARGE:
        return False
    if head[:4] in (b"RIFF", b"FORM", b"RF64"):
        return not any(head[12:])
    if not (head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")):
        return False
    with open(path, "rb") as file:
        blocks = [_block(file, size * place // _LOOKS) for place in range(_LOOKS)]
    return sum(not any(block) for block in blocks) > _LOOKS // 2


def cut_off(path: str) -> str:
    """A sentence if the container shows that the end of the file is missing, else "".

    Knows RIFF (wav), FORM (aiff), ASF (wma), Ogg, bare AAC and mp3 without a length table; of the last two only a
    frame that goes on after the end can tell. In others it shows when the end is read (flac, m4a, wv, other mp3).
    """
    head = _head(path, 24)
    if head[:4] == b"RIFF" or head[:4] == b"FORM":
        declared = int.from_bytes(head[4:8], "little" if head[:4] == b"RIFF" else "big")
        return _missing(declared + 8, path) if 0 < declared < _UNKNOWN_SIZE else ""
    if head[:16] == _ASF_HEADER:
        return _missing(_asf_size(path, int.from_bytes(head[16:24], "little")), path)
    if head[:4] == b"OggS":
        return "" if _ogg_ends_whole(_tail(path)) else _NO_END
    if path.lower().endswith(".aac"):
        return _NO_END if _frames_cut_off(_tail(path), _adts_length) else ""
    if path.lower().endswith(".mp3") and not mp3_knows_its_length(path):
        return _NO_END if _frames_cut_off(_tail(path), _mp3_length) else ""
    return ""


def _missing(declared: int, path: str) -> str:
    """A sentence if a file is shorter than it declares, padding apart."""
    missing = declared - os.path.getsize(path)
    return f"The file was cut off: {100 * missing / declared:.0f} % of it is missing." if missing > 1024 else ""


def _asf_size(path: str, header: int) -> int:
    """Where the data object of a wma ends, which follows the header object; 0 if nobody knows."""
    with open(path, "rb") as file:
        file.seek(min(header, 1 << 40))
        size = int.from_bytes(file.read(24)[16:], "little")
    return header + size if 50 < size < 1 << 50 else 0


def _ogg_ends_whole(tail: bytes) -> bool:
    """Whether the last page is there to its last byte and is marked as the last of its stream (RFC 3533 §6)."""
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return False
    segments = tail[at + 26]
    table = tail[at + 27 : at + 27 + segments]
    complete = len(table) == segments and len(tail) >= at + 27 + segments + sum(table)
    return complete and bool(tail[at + 5] & 0x04)


def _frames_cut_off(tail: bytes, length_of: Callable[[bytes, int], int]) -> bool:
    """Whether the last frame of a bare stream goes on after the end; tags behind the stream speak for its being whole.

    ``length_of`` tells the length of the frame at a place, 0 if none begins there.
    """
    first = 0
    while first < len(tail) - 7:
        at, frames = first, 0
        while (length := length_of(tail, at)) and at + length <= len(tail):
            at, frames = at + length, frames + 1
        if frames >= _CHAIN and (length or len(tail) - at < 7):
            return at < len(tail)
        first = at if frames >= _CHAIN else first + 1
    return False


def _mp3_length(data: bytes, at: int) -> int:
    """Length of the MPEG layer 3 frame at a place; 0 if none begins there, or none that tells its length."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] & 0x18 == 0x08:
        return 0
    version, index, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if index in (0, 15) or rate == 3:
        return 0
    first = version == 3
    kbit_s = (_KBIT_S_1 if first else _KBIT_S_2)[index - 1]
    rate_hz = (44_100, 48_000, 32_000)[rate] >> {3: 0, 2: 1, 0: 2}[version]
    return (144 if first else 72) * kbit_s * 1000 // rate_hz + (head[2] >> 1 & 1)


def _adts_length(data: bytes, at: int) -> int:
    """Length of the AAC frame at a place (ISO/IEC 14496-3 §1.A.2.2); 0 if none begins there."""
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


def _block(file: BinaryIO, start: int) -> bytes:
    file.seek(start)
    return file.read(_BLOCK)


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
