"""A ring of frames between one thread that writes and one that reads, without a lock.

The writer alone moves ``_written``, the reader alone moves ``_read``; each is a plain integer that only grows, and it
is moved after the frames were copied. So a reader never sees half-written frames, and neither side ever waits, which
is what the callback of a sound device needs.
"""

import numpy as np

from musicdesk.records import FloatArray


class Ring:
    """Room for ``capacity`` frames of ``channels`` float32 samples."""

    def __init__(self, capacity: int, *, channels: int = 2) -> None:
        self._frames: FloatArray = np.zeros((capacity, channels), dtype=np.float32)
        self._written = 0
        self._read = 0

    def __len__(self) -> int:
        """Frames that can be read now."""
        return self._written - self._read

    @property
    def space(self) -> int:
        """Frames that can be written now."""
        return len(self._frames) - len(self)

    def write(self, frames: FloatArray) -> int:
        """Take as many frames as there is room for; the answer says how many.  # frames [n, channels]"""
        count = min(len(frames), self.space)
        first, second = self._spans(self._written, count)
        self._frames[first] = frames[: first.stop - first.start]
        self._frames[second] = frames[first.stop - first.start : count]
        self._written += count
        return count

    def read(self, count: int) -> FloatArray:
        """Take out at most ``count`` frames, a copy.  # [n, channels], n <= count"""
        count = min(count, len(self))
        first, second = self._spans(self._read, count)
        taken = np.concatenate((self._frames[first], self._frames[second]))
        self._read += count
        return taken

    def _spans(self, position: int, count: int) -> tuple[slice, slice]:
        """Where ``count`` frames from ``position`` lie: up to the end of the memory, and on from its beginning."""
        begin = position % len(self._frames)
        end = min(begin + count, len(self._frames))
        return slice(begin, end), slice(0, count - (end - begin))
