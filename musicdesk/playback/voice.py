"""A voice: one uninterrupted run through a file, from a start to its end, a jump or the next track.

A voice is touched by three threads, and each field has one writer. The caller makes it; the decode thread fills the
ring and sets ``rate_hz``, ``length_s``, ``filled`` and ``over``; the callback reads the ring and sets ``level`` and
``progress``. Nothing is locked: every field is one reference, replaced whole.
"""

from dataclasses import dataclass, field, replace

from musicdesk.playback.fades import Excerpt
from musicdesk.playback.ring import Ring

AHEAD_S = 2.0
"""How much sound is decoded ahead."""
READY_S = 0.1
"""How much lies ready before a voice begins, or goes on after the decoder was too slow."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the callback got: frames taken in all, at a time of the clock.

    ``resumed`` is the count at which the sound last began or went on after a pause: what can be heard is never
    before it, although the device still holds some silence back.
    """

    frames: int = 0
    resumed: int = 0
    time_s: float = 0.0


@dataclass(eq=False)
class Voice:
    """One run through a file."""

    path: str
    start_s: float = 0.0
    gain: float = 1.0
    excerpt: Excerpt = field(default_factory=Excerpt)

    ring: Ring = field(default_factory=lambda: Ring(1))
    rate_hz: int = 0
    """The rate of the ring; 0 until the decode thread has taken the voice up."""
    length_s: float = 0.0
    """Length of the whole file; 0 until its header is read."""
    filled: bool = False
    """Everything that will ever come is in the ring."""
    problem: str = ""
    """Why the decoder stopped early."""
    over: bool = False
    """It came to its end, or failed."""

    level: float = 0.0
    """How loud it is now within its fades at start, pause and stop, 0 to 1."""
    progress: Progress = field(default_factory=Progress)

    def __post_init__(self) -> None:
        self.level = 1.0 if self.start_s == 0 else 0.0  # a file's own beginning needs no fade

    def moved(self, position_s: float) -> "Voice":
        """A new voice on the same file from another place."""
        start_s = max(0.0, min(position_s, self.length_s or position_s))
        return Voice(self.path, start_s, self.gain, self.excerpt.kept(start_s), length_s=self.length_s)

    def give_ring(self, rate_hz: int) -> None:
        """Make room for sound at this rate."""
        self.ring = Ring(round(AHEAD_S * rate_hz))
        self.rate_hz = rate_hz

    @property
    def ready(self) -> bool:
        """Whether it can sound without running dry at once."""
        if not self.rate_hz:
            return False
        return len(self.ring) > 0 if self.filled else len(self.ring) >= READY_S * self.rate_hz

    @property
    def drained(self) -> bool:
        """Whether the callback has taken everything."""
        return self.filled and len(self.ring) == 0

    def taken(self, count: int, *, time_s: float, began: bool) -> None:
        """Note that the callback took ``count`` frames; ``began`` says that it took none just before."""
        done = self.progress
        self.progress = replace(
            done, frames=done.frames + count, resumed=done.frames if began else done.resumed, time_s=time_s
        )

    def heard_s(self, now_s: float, *, latency_s: float) -> float:
        """The position in the file that is heard now, the device's latency taken off."""
        if not self.rate_hz:
            return self.start_s
        done = self.progress
        held_back = max(0.0, latency_s - (now_s - done.time_s)) * self.rate_hz
        return self.start_s + max(float(done.resumed), done.frames - held_back) / self.rate_hz
