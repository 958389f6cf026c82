"""The identity of a sound: a hash of its audio payload, so that tags, names and folders may change.

Payloads above 32 MiB are sampled at the start, the middle and the end, and their length is part of the hash. The answer
begins with a generation number: **any** change here or in ``payload`` that gives a known file another hash needs a new
one. The idea follows mStream's ``audio_hash``; the code is our own.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from musicdesk.errors import UnreadableAudio
from musicdesk.library.payload import Span, payload
from musicdesk.records import printable

GENERATION = 1
WHOLE_BELOW = 32 << 20
"""Bytes of payload up to which all of it is read."""
SAMPLE = 4 << 20
"""Bytes read at each of three places of a longer payload."""
BLOCK = 1 << 18


def audio_hash(path: str) -> str:
    """The identity of the sound in a file: generation, colon, 40 hexadecimal digits.

    The same after retagging, moving and renaming; another one after re-encoding, editing or cutting off. Raises
    UnreadableAudio for a file that cannot be opened or holds no sound at all.
    """
    try:
        with Path(path).open("rb", buffering=BLOCK) as file:
            spans = payload(file)
            length = sum(end - start for start, end in spans)
            if not length:
                raise UnreadableAudio(f"{printable(Path(path).name)} holds no sound: it is empty or only tags.")
            return f"{GENERATION}:{_digest(file, _sampled(spans, length), length)}"
    except OSError as error:
        raise UnreadableAudio(f"{printable(Path(path).name)} could not be read: {error.strerror or error}.") from error


def _digest(file: BinaryIO, spans: Sequence[Span], length: int) -> str:
    digest = blake2b(digest_size=20, person=b"musicdesk sound")
    if length > WHOLE_BELOW:
        digest.update(b"sampled %d\0" % length)
    for block in _blocks(file, spans):
        digest.update(block)
    return digest.hexdigest()


def _blocks(file: BinaryIO, spans: Sequence[Span]) -> Iterator[bytes]:
    for start, end in spans:
        file.seek(start)
        left = end - start
        while left and (block := file.read(min(left, BLOCK))):
            yield block
            left -= len(block)


def _sampled(spans: Sequence[Span], length: int) -> Sequence[Span]:
    """All of a short payload; start, middle and end of a long one."""
    if length <= WHOLE_BELOW:
        return spans
    middle = (length - SAMPLE) // 2
    return [span for place in (0, middle, length - SAMPLE) for span in _cut(spans, place, place + SAMPLE)]


def _cut(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """The file's bytes that lie between two positions of the payload."""
    position = 0
    for first, last in spans:
        low, high = max(start - position, 0), min(end - position, last - first)
        if low < high:
            yield first + low, first + high
        position += last - first
