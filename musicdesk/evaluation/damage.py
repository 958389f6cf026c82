"""Ways to spoil the bytes of a good sound file, and files that are hostile from their first byte."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from musicdesk.errors import BadRequest

MPEG_FRAME = 36
"""Where the Xing or Info table stands in the first frame of an MPEG-1 stereo mp3; a mono one has it at 21."""


def flipped(data: bytes, share: float, *, rng: np.random.Generator, after: int = 0) -> bytes:
    """The bytes with ``share`` of those from ``after`` on replaced at random."""
    spoilt = np.frombuffer(data, dtype=np.uint8).copy()
    count = max(1, round(share * (len(data) - after)))
    spoilt[rng.integers(after, len(data), count)] = rng.integers(0, 256, count)
    return spoilt.tobytes()


def begun(data: bytes, share: float) -> bytes:
    """The first ``share`` of the bytes: a copy that was broken off."""
    return data[: int(share * len(data))]


def hole(data: bytes, start: float, end: float, *, fill: bytes = b"\0") -> bytes:
    """The bytes with a stretch (given as shares of the file) filled with one byte."""
    first, last = int(start * len(data)), int(end * len(data))
    return data[:first] + fill * (last - first) + data[last:]


def patched(data: bytes, name: bytes, offset: int, new: bytes) -> bytes:
    """The bytes with ``new`` written ``offset`` bytes after the first ``name``; BadRequest if that is not there."""
    at = data.find(name)
    if at < 0:
        raise BadRequest(f"There is no {name!r} in it.")
    at += offset
    return data[:at] + new + data[at + len(new) :]


def with_table(data: bytes, frames: int) -> bytes:
    """An mp3 whose Xing table declares this number of frames."""
    name = b"Xing" if b"Xing" in data[:4096] else b"Info"
    return patched(data, name, 8, struct.pack(">I", frames))


def with_vbri(data: bytes, frames: int) -> bytes:
    """An mp3 whose first frame holds a VBRI table (Fraunhofer's) with this number of frames."""
    name = b"Xing" if b"Xing" in data[:4096] else b"Info"
    start = data.find(name)
    table = struct.pack(">4sHHHIIHHHH", b"VBRI", 1, 0, 75, len(data), frames, 0, 1, 2, 1)
    blank = data[:4] + bytes(start + 120 - 4) + data[start + 120 :]
    return blank[:36] + table + blank[36 + len(table) :]


def without_table(data: bytes) -> bytes:
    """An mp3 without the frame that declares its length."""
    return data[data.index(data[:2], 8) :]


# ---------------------------------------------------------------------------------------------- tags


def synchsafe(number: int) -> bytes:
    """Four bytes of seven bits (ID3v2.4 §6.2)."""
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def id3(*frames: bytes, size: int | None = None) -> bytes:
    """An ID3v2.4 tag; ``size`` is what it declares if not the truth."""
    body = b"".join(frames)
    return b"ID3\x04\x00\x00" + synchsafe(len(body) if size is None else size) + body


def id3_frame(name: bytes, body: bytes, *, flags: int = 0, size: int | None = None) -> bytes:
    """One frame of it."""
    return name + synchsafe(len(body) if size is None else size) + struct.pack(">H", flags) + body


def id3_bomb(unpacked: int) -> bytes:
    """A tag with one compressed frame that unpacks to so many bytes."""
    squeeze = zlib.compressobj(9)
    block = b"\x03" + b"A" * (1 << 20)
    packed = b"".join(squeeze.compress(block) for _ in range(unpacked >> 20)) + squeeze.flush()
    return id3(id3_frame(b"TIT2", synchsafe(unpacked) + packed, flags=0x0009))


def picture(size: int, *, rng: np.random.Generator) -> bytes:
    """An APIC frame with a "cover" of so many bytes."""
    return id3_frame(b"APIC", b"\x00image/png\x00\x03\x00\x89PNG\r\n\x1a\n" + rng.bytes(size))


# ---------------------------------------------------------------------------------------------- hostile containers


def nested_boxes(depth: int, *, name: bytes = b"moov") -> bytes:
    """An MP4 file of boxes within boxes."""
    start = b"\0\0\0\x18ftypM4A \0\0\0\0M4A isom"
    return start + b"".join(struct.pack(">I4s", 8 * (depth - level), name) for level in range(depth))


def wav(
    frames: bytes, *, rate_hz: int = 44_100, channels: int = 1, bits: int = 16, form: int = 1, size: int | None = None,
    align: int | None = None,
) -> bytes:  # fmt: skip
    """A wav whose header says what it likes over these bytes of sound."""
    align = min(65_535, channels * bits // 8) if align is None else align
    size = len(frames) if size is None else size
    fields = struct.pack("<HHIIHH", form, channels, rate_hz, min(rate_hz * align, 2**32 - 1), align, bits)
    head = b"RIFF" + struct.pack("<I", min(36 + size, 2**32 - 1)) + b"WAVEfmt " + struct.pack("<I", 16) + fields
    return head + b"data" + struct.pack("<I", size) + frames


def constant_flac(hours: float, *, channels: int = 1, rate_hz: int = 44_100, levels: tuple[int, ...] = (0,)) -> bytes:
    """A FLAC of some bytes a second and a half: every frame is one number, ``levels`` in turn (RFC 9639 §9.2.3)."""
    block = 65_535
    count = max(1, round(hours * 3600 * rate_hz / block))
    total = count * block
    info = struct.pack(">HH", block, block) + bytes(6)
    info += (rate_hz << 44 | (channels - 1) << 41 | 15 << 36 | total).to_bytes(8, "big") + bytes(16)
    frames = (_constant_frame(number, block, channels, levels[number % len(levels)]) for number in range(count))
    return b"fLaC\x80" + len(info).to_bytes(3, "big") + info + b"".join(frames)


def _constant_frame(number: int, block: int, channels: int, level: int) -> bytes:
    head = b"\xff\xf8\x70" + bytes([(channels - 1) << 4 | 4 << 1]) + _coded(number) + struct.pack(">H", block - 1)
    body = head + bytes([_crc(head, _CRC8, 8)]) + (b"\0" + struct.pack(">h", level)) * channels
    return body + struct.pack(">H", _crc(body, _CRC16, 16))


def _coded(number: int) -> bytes:
    """A frame's number as in UTF-8."""
    return number.to_bytes(1, "big") if number < 0x80 else chr(number).encode("utf-8", "surrogatepass")


def _crc_table(polynomial: int, bits: int) -> list[int]:
    """Remainders of all bytes, highest bit first."""
    top, mask, table = 1 << (bits - 1), (1 << bits) - 1, []
    for byte in range(256):
        value = byte << (bits - 8)
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
        table.append(value)
    return table


_CRC8, _CRC16 = _crc_table(0x07, 8), _crc_table(0x8005, 16)
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _crc(data: bytes, table: list[int], bits: int) -> int:
    value, mask, shift = 0, (1 << bits) - 1, bits - 8
    for byte in data:
        value = (value << 8 & mask) ^ table[value >> shift ^ byte]
    return value


def _ogg_crc(page: bytes) -> bytes:
    """An Ogg page's checksum: zlib's polynomial read from the other end, begun with 0."""
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2).to_bytes(4, "little")


def ogg_page(packets: list[bytes], *, granule: int, number: int, flags: int = 0, serial: int = 7) -> bytes:
    """One Ogg page of short packets (each below 255 bytes; RFC 3533 §6)."""
    lacing = bytes(len(packet) for packet in packets)
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, serial, number, 0) + bytes([len(lacing)]) + lacing
    return _signed(head + b"".join(packets))


def _signed(page: bytes) -> bytes:
    return page[:22] + _ogg_crc(page[:22] + bytes(4) + page[26:]) + page[26:]


def silent_opus(hours: float) -> bytes:
    """An Opus file of one byte for every 20 ms: the encoder heard nothing worth sending (RFC 6716 §3.1)."""
    head = struct.pack("<8sBBHIHB", b"OpusHead", 1, 1, 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I4sI", 4, b"made", 0)
    pages = [ogg_page([head], granule=0, number=0, flags=2), ogg_page([tags], granule=0, number=1)]
    count = max(1, round(hours * 3600 * 50 / 250))
    for number in range(count):
        last = 4 if number == count - 1 else 0
        pages.append(ogg_page([b"\x08"] * 250, granule=960 * 250 * (number + 1), number=number + 2, flags=last))
    return b"".join(pages)


def relabelled(data: bytes, granule: int) -> bytes:
    """An Ogg file whose last page declares another length, with a right checksum."""
    at = data.rfind(b"OggS")
    page = data[at : at + 6] + struct.pack("<q", granule) + data[at + 14 :]
    return data[:at] + _signed(page)


def with_comment(data: bytes, comment: bytes) -> bytes:
    """An Ogg Vorbis file whose comment header holds nothing but this, however long, and all pages renumbered."""
    pages = list(_pages(data))
    packets = _packets(pages[1:3])  # libsndfile writes comments and setup into pages of their own
    body = struct.pack("<I4sII", 4, b"made", 1, len(comment)) + comment
    headers = list(_spread(b"\x03vorbis" + body + b"\x01", packets[1], serial=pages[0][14:18]))
    written = [pages[0], *headers, *pages[3:]]
    return b"".join(_signed(p[:18] + struct.pack("<I", n) + p[22:]) for n, p in enumerate(written))


def _pages(data: bytes) -> Iterator[bytes]:
    at = 0
    while data[at : at + 4] == b"OggS":
        table = data[at + 27 : at + 27 + data[at + 26]]
        end = at + 27 + len(table) + sum(table)
        yield data[at:end]
        at = end


def _packets(pages: list[bytes]) -> list[bytes]:
    packets, begun = [], b""
    for page in pages:
        at = 27 + page[26]
        for length in page[27:at]:
            begun += page[at : at + length]
            at += length
            if length < 255:
                packets.append(begun)
                begun = b""
    return packets


def _spread(*packets: bytes, serial: bytes) -> Iterator[bytes]:
    """Pages of up to 255 segments with these packets; no page but the last ends a packet within."""
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    body, at = b"".join(packets), 0
    for first in range(0, len(lacing), 255):
        table = lacing[first : first + 255]
        goes_on = 1 if first and lacing[first - 1] == 255 else 0
        ends = any(length < 255 for length in table)
        head = struct.pack("<4sBBq4sIIB", b"OggS", 0, goes_on, 0 if ends else -1, serial, 0, 0, len(table))
        yield head + table + body[at : at + sum(table)]
        at += sum(table)
