"""Where the sound lies in a file: each container is walked just far enough to tell sound from tags.

===================  ===================================================================================
mp3 aac ape wv mpc   all but ID3v2 (in front or appended), ID3v1, Lyrics3 and APEv2
flac                 from the first frame, after the last metadata block
wav, aiff            the format chunk and the sound chunk
ogg                  packet bytes of the audio streams after their headers, without page headers, so
                     that a picture in the tags may renumber every page
mp4                  the contents of ``mdat``
wma (ASF)            the packets of the data object
===================  ===================================================================================

A container that cannot be read counts as the first kind. What a file *is* is told by its first bytes, never its name.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

Span = tuple[int, int]
"""Bytes of a file: first, one past the last."""

ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
ASF_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
ASF_DATA_HEAD = 50
"""Bytes of the data object before its first packet."""
TO_THE_END = 0xFFFFFFFF
"""A chunk whose writer did not know its length."""
MANY_TAGS = 1_000
MANY_PARTS = 100_000
"""More tags or parts than this only pretend to be a file of music; a hole of a gigabyte reads as millions of them."""


class NotThisContainer(Exception):
    """The file begins like this container, but is not built like it."""


class TooManyParts(NotThisContainer):
    """It has more parts than any music: a reader that walks through all of them would take for ever."""


def is_endless(file: BinaryIO) -> bool:
    """Whether a chunked file (wav, aiff, flac, mp4) has more parts than it is wise to read."""
    size = file.seek(0, 2)
    start = _after_id3v2(file, size)
    head = _at(file, start, 16)
    walk = next((walk for belongs, walk in CONTAINERS if belongs(head) and walk in (_flac, _wave, _aiff, _mp4)), None)
    try:
        for _ in walk(file, start, size) if walk else ():
            pass
    except TooManyParts:
        return True
    except (NotThisContainer, struct.error):
        return False
    return False


def payload(file: BinaryIO) -> list[Span]:
    """The parts of a file that are sound, in order; empty if there is nothing but tags."""
    size = file.seek(0, 2)
    start = _after_id3v2(file, size)
    head = _at(file, start, 16)
    for belongs, walk in CONTAINERS:
        if belongs(head):
            try:
                return [span for span in walk(file, start, size) if span[0] < span[1]]
            except (NotThisContainer, struct.error):
                break
    end = _before_tags(file, start, size)
    return [(start, end)] if start < end else []


def _at(file: BinaryIO, offset: int, count: int) -> bytes:
    """Up to ``count`` bytes from ``offset``."""
    file.seek(offset)
    return file.read(count)


# ------------------------------------------------------------------------------ tags in front and behind


def _synchsafe(raw: bytes) -> int:
    return raw[0] << 21 | raw[1] << 14 | raw[2] << 7 | raw[3]


def _after_id3v2(file: BinaryIO, size: int) -> int:
    """The end of the ID3v2 tags in front (some files have two)."""
    start = 0
    for _ in range(MANY_TAGS):
        head = _at(file, start, 10)
        if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) >= 0x80:
            break
        footer = 10 if head[5] & 0x10 else 0
        start += 10 + _synchsafe(head[6:10]) + footer
    return min(start, size)


def _before_tags(file: BinaryIO, start: int, size: int) -> int:
    """Where the tags behind the sound begin, whatever their order."""
    end = size
    for _ in range(MANY_TAGS):
        shorter = _strip_one(file, start, end)
        if shorter == end:
            break
        end = shorter
    return end


def _strip_one(file: BinaryIO, start: int, end: int) -> int:
    """``end`` without the last tag before it, never before ``start``."""
    tail = _at(file, max(start, end - 128), min(128, end - start))
    length = 0
    if len(tail) == 128 and tail[:3] == b"TAG":
        length = 128
    elif tail[-32:-24] == b"APETAGEX":
        body, flags = struct.unpack("<I4xI", tail[-20:-8])
        length = body + (32 if flags & 0x80000000 else 0)
    elif tail[-9:] == b"LYRICS200" and tail[-15:-9].isdigit():
        length = int(tail[-15:-9]) + 15
    elif tail[-10:-7] == b"3DI" and max(tail[-4:]) < 0x80:
        length = _synchsafe(tail[-4:]) + 20
    return end - length if start <= end - length else end


# ------------------------------------------------------------------------------ containers


def _flac(file: BinaryIO, start: int, size: int) -> Iterator[Span]:
    position = start + 4
    for _ in range(MANY_TAGS):
        head = _at(file, position, 4)
        if len(head) < 4 or head[0] & 0x7F == 0x7F:
            break
        position += 4 + int.from_bytes(head[1:], "big")
        if head[0] & 0x80:  # the last one
            yield position, _before_tags(file, min(position, size), size)
            return
    else:
        raise TooManyParts
    raise NotThisContainer


def _chunks(file: BinaryIO, start: int, size: int, *, order: str) -> Iterator[tuple[bytes, Span]]:
    """Names and contents of the chunks of a RIFF or IFF file; the last may be cut off."""
    position = start + 12
    for _ in range(MANY_PARTS):
        head = _at(file, position, 8)
        if len(head) < 8:
            return
        length = struct.unpack(order + "I", head[4:])[0]
        body = position + 8
        end = size if length == TO_THE_END else min(body + length, size)
        yield head[:4], (body, end)
        position = end + (length & 1)
    raise TooManyParts


def _wave(file: BinaryIO, start: int, size: int) -> Iterator[Span]:
    """RIFF, and RF64 whose true length stands in ``ds64``."""
    long_data, form = 0, (0, 0)
    for name, (first, last) in _chunks(file, start, size, order="<"):
        if name == b"ds64":
            long_data = struct.unpack("<8xQ", _at(file, first, 16))[0]
        elif name == b"fmt ":
            form = first, last
        elif name == b"data":
            return _form_and_sound(form, (first, min(first + long_data, size) if long_data else last))
    raise NotThisContainer


def _aiff(file: BinaryIO, start: int, size: int) -> Iterator[Span]:
    found = dict(_chunks(file, start, size, order=">"))
    if b"SSND" not in found:
        raise NotThisContainer
    return _form_and_sound(found.get(b"COMM", (0, 0)), found[b"SSND"])


def _form_and_sound(form: Span, sound: Span) -> Iterator[Span]:
    """Both, or neither where there is no sound: the same bytes at another rate are another sound."""
    return iter((form, sound) if sound[0] < sound[1] else ())


def _mp4(file: BinaryIO, start: int, size: int) -> Iterator[Span]:
    position, found = start, False
    for _ in range(MANY_PARTS):
        head = _at(file, position, 16)
        if len(head) < 8:
            break
        length, name = struct.unpack(">I4s", head[:8])
        body = position + 8
        if length == 1:
            length, body = struct.unpack(">8xQ", head)[0], position + 16
        end = size if length == 0 else min(position + length, size)
        if end < body:
            raise NotThisContainer
        if name == b"mdat":
            found = True
            yield body, end
        position = end
    else:
        raise TooManyParts
    if not found:
        raise NotThisContainer


def _asf(file: BinaryIO, start: int, size: int) -> Iterator[Span]:
    position = start
    while len(head := _at(file, position, 24)) == 24:
        length = struct.unpack("<Q", head[16:])[0]
        if length < 24:
            break
        if head[:16] == ASF_DATA:
            yield position + ASF_DATA_HEAD, min(position + length, size)
            return
        position += length
    raise NotThisContainer


# ------------------------------------------------------------------------------ ogg


IsSound = Callable[[bytes, int], bool]
"""Whether a packet, told by its first byte and its number in the stream, is sound rather than header."""

OGG_CODECS: dict[bytes, IsSound] = {
    b"\x01vorbis": lambda _, number: number >= 3,
    b"OpusHead": lambda _, number: number >= 2,
    b"Speex   ": lambda _, number: number >= 2,
    b"\x7fFLAC": lambda first, _: first == b"\xff",
}
"""How a codec's first packet begins."""


@dataclass
class _Stream:
    """One logical stream of sound, up to the end of its headers."""

    is_sound: IsSound
    packets: int = 0
    """Packets begun so far."""
    inside: bool = False
    """The last packet goes on in the next page."""
    in_sound: bool = False


def _ogg(file: BinaryIO, start: int, size: int) -> Iterator[Span]:
    streams: dict[bytes, _Stream] = {}
    position, found = start, False
    while len(head := _at(file, position, 27)) == 27 and head[:4] == b"OggS":
        begins, serial, lacing = head[5] & 2, head[14:18], file.read(head[26])
        body = position + 27 + len(lacing)
        position = min(body + sum(lacing), size)
        if begins and (is_sound := _ogg_codec(_at(file, body, 8))):  # also in the middle of a chained file
            streams[serial] = _Stream(is_sound)
        stream = streams.get(serial)
        first = _first_sound(file, body, lacing, stream=stream) if stream else None
        if first is not None:
            found = True
            yield first, position
    if not found:
        raise NotThisContainer
    yield position, _before_tags(file, position, size)  # a damaged file: what follows counts as it is


def _ogg_codec(packet: bytes) -> IsSound | None:
    return next((is_sound for begin, is_sound in OGG_CODECS.items() if packet.startswith(begin)), None)


def _first_sound(file: BinaryIO, body: int, lacing: bytes, *, stream: _Stream) -> int | None:
    """Where on this page the stream's sound begins, if it does; headers are counted on the way."""
    position = body
    for length in b"" if stream.in_sound else lacing:
        if not stream.inside:
            stream.in_sound = stream.is_sound(_at(file, position, 1), stream.packets)
            if stream.in_sound:
                break
            stream.packets += 1
        stream.inside = length == 255
        position += length
    return position if stream.in_sound else None


Walk = Callable[[BinaryIO, int, int], Iterator[Span]]

CONTAINERS: tuple[tuple[Callable[[bytes], bool], Walk], ...] = (
    (lambda head: head[:4] == b"fLaC", _flac),
    (lambda head: head[:4] == b"OggS", _ogg),
    (lambda head: head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE", _wave),
    (lambda head: head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"), _aiff),
    (lambda head: head[4:8] == b"ftyp", _mp4),
    (lambda head: head[:16] == ASF_HEADER, _asf),
)
"""How a container begins, and who knows where its sound lies."""
