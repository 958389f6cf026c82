"""Sound in memory."""

from dataclasses import dataclass

from musicdesk.records.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file's header declares."""

    length_s: float
    rate_hz: int
    channels: int
    codec: str


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A stretch of sound, mono unless said otherwise, within -1 and 1."""

    samples: FloatArray  # [n] mono, or [n, channels] for playback
    rate_hz: int
    start_s: float = 0.0

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate_hz
