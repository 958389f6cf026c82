import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from musicdesk.encoders.zoo.tf_checkpoint import MAGIC, read_index, read_tensors
from musicdesk.errors import ModelUnavailable

NAMES = st.text("abc/_1", min_size=1, max_size=12)
TENSORS = st.dictionaries(
    NAMES, arrays(np.float32, array_shapes(min_dims=0, max_dims=3, max_side=4), elements=st.floats(-9, 9, width=32)),
    min_size=1, max_size=8,
)  # fmt: skip


def varint(number: int) -> bytes:
    out = b""
    while number >= 0x80:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def entry(shape: tuple[int, ...], offset: int, size: int, *, dtype: int = 1, shard: int = 0) -> bytes:
    dims = b"".join(field(2, field(1, side)) for side in shape)
    where = (field(3, shard) if shard else b"") + (field(4, offset) if offset else b"")
    return field(1, dtype) + field(2, dims) + where + field(5, size) + b"\x35" + b"sum!"


def block(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """A block as LevelDB writes it: every key without the beginning that it shares with the one before."""
    out, before = b"", b""
    for key, value in pairs:
        shared = next(
            (i for i, (a, b) in enumerate(zip(key, before, strict=False)) if a != b), min(len(key), len(before))
        )
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        before = key
    return out + struct.pack("<II", 0, 1)


def bundle(tensors: dict[str, np.ndarray], *, a_block: int = 3, compression: int = 0) -> tuple[bytes, bytes]:
    data, pairs = b"", [(b"", field(1, 1))]
    for name in sorted(tensors):
        pairs.append((name.encode(), entry(tensors[name].shape, len(data), tensors[name].nbytes)))
        data += tensors[name].tobytes()
    return table(pairs, a_block=a_block, compression=compression), data


def table(pairs: list[tuple[bytes, bytes]], *, a_block: int = 3, compression: int = 0) -> bytes:
    out, handles = b"", []
    trailer = bytes([compression]) + b"\0\0\0\0"
    for at in range(0, len(pairs), a_block):
        part = block(pairs[at : at + a_block])
        handles.append((pairs[min(at + a_block, len(pairs)) - 1][0], varint(len(out)) + varint(len(part))))
        out += part + trailer
    inner, about = block(handles), block([])
    footer = varint(len(out)) + varint(len(about)) + varint(len(out) + len(about) + 5) + varint(len(inner))
    return out + about + trailer + inner + trailer + footer.ljust(40, b"\0") + struct.pack("<Q", MAGIC)


@given(TENSORS, st.integers(1, 5))
def test_every_tensor_comes_back(tensors: dict[str, np.ndarray], a_block: int) -> None:
    found = read_tensors(*bundle(tensors, a_block=a_block))
    assert set(found) == set(tensors)
    for name, values in tensors.items():
        np.testing.assert_array_equal(found[name], values)


def test_tensors_of_other_types_are_left_out() -> None:
    index = table([(b"", b""), (b"step", entry((), 0, 8, dtype=9)), (b"x", entry((2,), 8, 8))])
    data = bytes(8) + np.array([1, 2], np.float32).tobytes()
    assert list(read_tensors(index, data)) == ["x"]
    assert set(read_index(index)) == {"step", "x"}


@pytest.mark.parametrize(
    "wrong",
    [
        entry((2,), 0, 12), entry((3,), 4, 12), entry((2**40, 2**40), 0, 12), entry((3,), 0, 12, shard=1),
        entry((3,), 2**63, 12), entry((2**63,), 0, 12),
    ],
)  # fmt: skip
def test_a_tensor_that_does_not_fit_its_file_is_refused(wrong: bytes) -> None:
    with pytest.raises(ModelUnavailable, match="Fetch it again"):
        read_tensors(table([(b"", b""), (b"x", wrong)]), bytes(12))


def test_a_compressed_table_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match="compressed"):
        read_tensors(*bundle({"x": np.zeros(1, np.float32)}, compression=1))


@given(TENSORS, st.data())
def test_a_damaged_bundle_is_read_or_refused_but_never_worse(
    tensors: dict[str, np.ndarray], draw: st.DataObject
) -> None:
    index, data = bundle(tensors)
    damaged = bytearray(index)
    for _ in range(draw.draw(st.integers(1, 4))):
        damaged[draw.draw(st.integers(0, len(index) - 1))] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.integers(0, len(index)))
    for bad in (bytes(damaged), index[:cut], index[cut:]):
        with suppress(ModelUnavailable):
            read_tensors(bad, data)


@given(st.binary(max_size=200))
def test_anything_else_is_refused(noise: bytes) -> None:
    with pytest.raises(ModelUnavailable):
        read_tensors(noise, b"")
