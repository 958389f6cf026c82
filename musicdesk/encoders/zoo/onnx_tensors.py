"""A reader of ONNX files: the tensors that a network learnt, without the libraries of ONNX; its graph is never run.

An ONNX file is one protocol buffer message (``onnx.proto``): a ModelProto holds a GraphProto, and that its initialisers
as TensorProto messages (shape, type, name, and the numbers, little endian). Every length is checked against what is
there; what lies in other files is refused.
"""

from collections.abc import Iterator

import numpy as np

from musicdesk.encoders.zoo.protobuf import fields, numbers
from musicdesk.errors import ModelUnavailable
from musicdesk.records import FloatArray

GRAPH, INITIALIZER = 7, 5
"""The numbers of the fields: in ModelProto, in GraphProto."""
DIMS, DATA_TYPE, NAME, RAW_DATA, DATA_LOCATION = 1, 2, 8, 9, 14
"""Those in TensorProto."""
FLOAT32 = 1


def read_tensors(model: bytes) -> dict[str, FloatArray]:
    """All float32 initialisers of a model, name → array.

    Raises:
        ModelUnavailable: the bytes are no such model, are cut off, or name another file for their numbers.
    """
    try:
        found = dict(tensor for message in _initialisers(model) if (tensor := _tensor(message)) is not None)
    except (IndexError, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise ModelUnavailable(f"The ONNX file is damaged ({error}). Fetch it again.") from error
    if not found:
        raise ModelUnavailable("The ONNX file holds no network. Fetch it again.")
    return found


def _initialisers(model: bytes) -> Iterator[bytes]:
    for graph in _messages(model, GRAPH):
        yield from _messages(graph, INITIALIZER)


def _messages(message: bytes, number: int) -> Iterator[bytes]:
    return (value for field, value in fields(message) if field == number and isinstance(value, bytes))


def _tensor(message: bytes) -> tuple[str, FloatArray] | None:
    """Name and array; None for numbers of another kind, which no network learns."""
    shape: list[int] = []
    found: dict[int, int | bytes] = {}
    for field, value in fields(message):
        if field == DIMS:
            shape += numbers(value)
        else:
            found[field] = value
    if found.get(DATA_TYPE) != FLOAT32:
        return None
    name, raw = found.get(NAME), found.get(RAW_DATA, b"")
    if not isinstance(name, bytes) or not isinstance(raw, bytes) or found.get(DATA_LOCATION):
        raise ValueError("a tensor without a name, or in another file")
    if len(raw) != 4 * int(np.prod(shape, dtype=np.float64)):
        raise ValueError("a tensor is cut off")
    return name.decode("utf-8"), np.frombuffer(raw, "<f4").reshape(shape).astype(np.float32)
