"""Protocol buffer messages as they lie in a file: numbered fields, without a schema and without a library.

The format: "Encoding" in the documentation of protocol buffers. Every length is checked against what is there.
"""

from collections.abc import Iterator


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message: numbers for varints, bytes for the rest; raises ValueError, IndexError if it is none."""
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        kind = tag & 7
        if kind == 0:
            number, at = varint(message, at)
            yield tag >> 3, number
            continue
        if kind not in (1, 2, 5):
            raise ValueError("an unknown kind of field")
        length, at = varint(message, at) if kind == 2 else (8 if kind == 1 else 4, at)
        if at + length > len(message):
            raise ValueError("a field reaches beyond its message")
        yield tag >> 3, message[at : at + length]
        at += length


def numbers(value: int | bytes) -> Iterator[int]:
    """What a repeated field of numbers holds in one place: one number, or several packed together."""
    if isinstance(value, int):
        yield value
        return
    at = 0
    while at < len(value):
        number, at = varint(value, at)
        yield number


def varint(buffer: bytes, at: int) -> tuple[int, int]:
    """The number that begins at ``at``, and where it ends; raises ValueError, IndexError."""
    value = 0
    for shift in range(0, 64, 7):
        byte = buffer[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number without an end")
