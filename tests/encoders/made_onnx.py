"""ONNX files as their library writes them, made of bytes alone: initialisers, and further outputs."""

from collections.abc import Mapping, Sequence

import numpy as np

FLOAT32 = 1


def varint(number: int) -> bytes:
    out = b""
    while number >= 0x80:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(
    name: str, values: np.ndarray, *, packed: bool = False, dtype: int = FLOAT32, elsewhere: bool = False
) -> bytes:
    """A TensorProto."""
    sides = [int(side) for side in values.shape]
    dims = field(1, b"".join(map(varint, sides))) if packed else b"".join(field(1, side) for side in sides)
    where = field(14, 1) if elsewhere else b""
    return dims + field(2, dtype) + field(8, name.encode()) + field(9, values.tobytes()) + where


def model(initialisers: Sequence[bytes]) -> bytes:
    """A ModelProto, with a version before the graph and a producer behind it."""
    graph = field(2, b"main_graph") + b"".join(field(5, one) for one in initialisers)
    return field(1, 10) + field(7, graph) + field(2, b"tests")


def model_of(tensors: Mapping[str, np.ndarray]) -> bytes:
    """A ModelProto with these initialisers."""
    return model([tensor(name, values) for name, values in tensors.items()])


def outputs(names: Sequence[str]) -> bytes:
    """What makes inner numbers of a model outputs when it is put behind the model: messages of one field are joined."""
    number = field(1, field(1, FLOAT32))  # TypeProto.tensor_type.elem_type
    return field(7, b"".join(field(12, field(1, name.encode()) + field(2, number)) for name in names))
