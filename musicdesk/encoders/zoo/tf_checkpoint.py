"""A reader of TensorFlow 1 checkpoints: the tensors of a bundle, without TensorFlow and without pickle.

A bundle is two files. ``.index`` is a LevelDB sorted string table whose values are BundleEntryProto messages (type,
shape, offset, size); ``.data-00000-of-00001`` holds the numbers, little endian, at those offsets. Formats: LevelDB's
``doc/table_format.md`` and TensorFlow's ``tensor_bundle.proto``. Every length is checked against what is there.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from musicdesk.encoders.zoo.protobuf import fields, varint
from musicdesk.errors import ModelUnavailable
from musicdesk.records import FloatArray

MAGIC = 0xDB4775248B80FB57
FOOTER_BYTES = 48
TRAILER_BYTES = 5  # compression type and checksum behind every block
FLOAT32 = 1


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """Where one tensor lies in the data file."""

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int


def read_tensors(index: bytes, data: bytes) -> dict[str, FloatArray]:
    """All float32 tensors of a bundle with one shard, name → array.

    Raises:
        ModelUnavailable: the bytes are no such bundle, or are cut off.
    """
    try:
        return {name: _tensor(entry, data) for name, entry in read_index(index).items() if entry.dtype == FLOAT32}
    except (IndexError, struct.error, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise ModelUnavailable(f"The checkpoint is damaged ({error}). Fetch it again.") from error


def read_index(index: bytes) -> dict[str, TensorEntry]:
    """The table of contents of a bundle; raises ValueError or IndexError if it is none."""
    if len(index) < FOOTER_BYTES or struct.unpack_from("<Q", index, len(index) - 8)[0] != MAGIC:
        raise ValueError("no table of contents")
    footer = index[-FOOTER_BYTES:]
    _, at = _handle(footer, 0)
    (offset, size), _ = _handle(footer, at)
    entries = {}
    for _, handle in _block(index, offset, size):
        for key, value in _block(index, *_handle(handle, 0)[0]):
            if key:  # the empty key is the bundle's own header
                entries[key.decode("utf-8")] = _entry(value)
    return entries


def _tensor(entry: TensorEntry, data: bytes) -> FloatArray:
    count = int(np.prod(entry.shape, dtype=np.int64))
    if entry.shard or entry.size != 4 * count or not 0 <= entry.offset <= len(data) - entry.size:
        raise ValueError("a tensor reaches beyond the file")
    return np.frombuffer(data, "<f4", count, entry.offset).reshape(entry.shape).astype(np.float32)


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a block; keys share their beginnings with the key before."""
    block = table[offset : offset + size + TRAILER_BYTES]
    if len(block) != size + TRAILER_BYTES or size < 4 or block[size] != 0:
        raise ValueError("a block is cut off or compressed")
    end = size - 4 - 4 * int(struct.unpack_from("<I", block, size - 4)[0])
    at, key = 0, b""
    while at < end:
        shared, at = varint(block, at)
        fresh, at = varint(block, at)
        length, at = varint(block, at)
        if shared > len(key) or at + fresh + length > end:
            raise ValueError("a key reaches beyond its block")
        key = key[:shared] + block[at : at + fresh]
        at += fresh
        yield key, block[at : at + length]
        at += length


def _handle(buffer: bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = varint(buffer, at)
    size, at = varint(buffer, at)
    return (offset, size), at


def _entry(message: bytes) -> TensorEntry:
    found: dict[int, int] = {}
    shape: tuple[int, ...] = ()
    for field, value in fields(message):
        if isinstance(value, int):
            found[field] = value
        elif field == 2:
            shape = tuple(_dimension(dim) for number, dim in fields(value) if number == 2 and isinstance(dim, bytes))
    return TensorEntry(found.get(1, 0), shape, found.get(3, 0), found.get(4, 0), found.get(5, 0))


def _dimension(message: bytes) -> int:
    return next((value for field, value in fields(message) if field == 1 and isinstance(value, int)), 0)
