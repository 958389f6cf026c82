"""The player on the sound device: a decode thread fills a ring, the callback of PortAudio empties it.

The caller only sets what is wanted (a voice, paused or not, a volume) and wakes the decode thread. The newest wish
wins, so ten quick jumps cost one. The decode thread opens files and the device, decodes ahead, notices ends and
trouble, and emits the events; the callback (``mixer``) only copies, fades and scales. The stream stays open with
silence between tracks, and is closed after some seconds without sound.
"""

import threading
import time
from collections.abc import Iterator

import numpy as np

from musicdesk.errors import NoSound, UnreadableAudio
from musicdesk.events import Event
from musicdesk.playback import source
from musicdesk.playback.fades import Excerpt
from musicdesk.playback.mixer import Mixer
from musicdesk.playback.output import WENT_AWAY, DeviceOutput, Output
from musicdesk.playback.player import PlayerState
from musicdesk.playback.voice import Voice
from musicdesk.records import FloatArray

TICK_S = 0.03
"""How often the decode thread looks while something plays."""
TAIL_S = 0.1
"""Silence after the last sound before it counts as heard, above the latency."""
IDLE_S = 10.0
"""After so much silence the device is let go."""
CLOSE_S = 5.0
"""How long ``close`` waits for a file or device that hangs."""
LOOK_AGAIN_S = 1.0
"""A device is not searched for more often."""


class SounddevicePlayer:
    """Plays on a sound device; see ``Player`` for what each method promises.

    ``finished`` and ``failed`` are emitted on the decode thread, never in the callback of PortAudio. An ``output``
    other than a device can be given. Making one raises NoSound where PortAudio is missing; without a device there is
    a ``problem``.
    """

    def __init__(self, *, device: str | None = None, output: Output | None = None, idle_s: float = IDLE_S) -> None:
        self.finished: Event[str] = Event()
        self.failed: Event[str] = Event()
        self._output = output or DeviceOutput(device)
        self._idle_s = idle_s
        self._mixer = Mixer()
        self._lock = threading.Lock()
        """Held for the moment in which a voice is replaced, never while decoding."""
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._taken: Voice | None = None
        self._feed: Iterator[FloatArray] = iter(())
        self._pending: FloatArray = _nothing()
        self._quiet_since = time.monotonic()
        self._looked_at = time.monotonic()
        self._output.look()

    # ------------------------------------------------------------------------------------------ the caller's side

    @property
    def problem(self) -> str:
        """Why nothing can be heard, or ""; while there is a problem, a look searches again."""
        now = time.monotonic()
        if self._output.problem and now - self._looked_at >= LOOK_AGAIN_S:
            self._looked_at = now
            self._output.look()
        return self._output.problem

    @property
    def state(self) -> PlayerState:
        """What it does."""
        if self._voice is None:
            return PlayerState.STOPPED
        return PlayerState.PAUSED if self._mixer.paused else PlayerState.PLAYING

    @property
    def path(self) -> str:
        """The file that plays or is paused."""
        return voice.path if (voice := self._voice) else ""

    @property
    def position_s(self) -> float:
        """The position that is heard, the latency of the device taken off."""
        if (voice := self._voice) is None:
            return 0.0
        heard_s = voice.heard_s(time.monotonic(), latency_s=self._output.latency_s)
        return min(heard_s, voice.length_s) if voice.length_s else heard_s

    @property
    def length_s(self) -> float:
        """Length of the whole file; 0 until the decode thread has read its header."""
        return voice.length_s if (voice := self._voice) else 0.0

    @property
    def volume(self) -> float:
        """From 0 to 1."""
        return self._mixer.volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._mixer.volume = min(max(volume, 0.0), 1.0)

    @property
    def gaps(self) -> int:
        """How often the sound broke off because the decoder was too slow."""
        return self._mixer.gaps

    def play(self, path: str, *, start_s: float = 0.0, gain: float = 1.0, length_s: float | None = None) -> None:
        """Play a file from ``start_s`` in place of what plays now."""
        voice = Voice(path, max(0.0, start_s), gain, Excerpt.of(start_s, length_s))
        with self._lock:
            if self._closed:
                return
            self._mixer.voice, self._mixer.paused = voice, False
        self._awake()

    def pause(self) -> None:
        """Fall silent and keep the place."""
        if self._voice is not None:
            self._mixer.paused = True

    def resume(self) -> None:
        """Go on after a pause, or after the device went away."""
        if self._voice is not None:
            self._mixer.paused = False
            self._awake()

    def stop(self) -> None:
        """Fall silent and forget the file."""
        with self._lock:
            self._mixer.voice, self._mixer.paused = None, False
        self._wake.set()

    def seek(self, seconds: float) -> None:
        """Jump to a place of the file."""
        with self._lock:
            if (voice := self._voice) is None:
                return
            self._mixer.voice = voice.moved(seconds)
        self._awake()

    def close(self) -> None:
        """Fall silent, end the decode thread and let the device go."""
        self.stop()
        with self._lock:
            self._closed, thread = True, self._thread
        self._wake.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(CLOSE_S)

    @property
    def _voice(self) -> Voice | None:
        """What plays or is paused."""
        voice = self._mixer.voice
        return None if voice is None or voice.over else voice

    def _awake(self) -> None:
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="musicdesk-playback", daemon=True)
                self._thread.start()
        self._wake.set()

    # ------------------------------------------------------------------------------------------ the decode thread

    def _run(self) -> None:
        wait_s: float | None = 0.0
        try:
            while not self._closed:
                self._wake.wait(wait_s)
                self._wake.clear()
                wait_s = self._step()
        finally:
            self._let_go()
            self._thread = None

    def _step(self) -> float | None:
        """Do what can be done now; the answer is how long to wait (None: until woken)."""
        voice = self._voice
        if voice is not self._taken:
            self._taken, self._feed, self._pending = voice, iter(()), _nothing()
        if self._output.lost:
            self._lose()
        elif voice is not None:
            self._serve(voice)
        return self._rest()

    def _serve(self, voice: Voice) -> None:
        try:
            if not (voice.length_s or voice.rate_hz):
                voice.length_s = source.length_s(voice.path)
            if self._has_device(voice):
                self._fill(voice)
        except UnreadableAudio as error:
            voice.problem, voice.filled = str(error), True
        except NoSound as error:
            self._hold(str(error))
        self._notice_end(voice)

    def _has_device(self, voice: Voice) -> bool:
        """Whether blocks for this voice are wanted; opens the device, and begins or renews the voice for its rate."""
        if not self._output.is_open:
            if self._mixer.paused:
                return False
            self._output.open(self._mixer)
        if voice.rate_hz in (0, self._output.rate_hz):
            self._begin(voice)
            return True
        with self._lock:
            if self._mixer.voice is voice:
                self._mixer.voice = voice.moved(voice.heard_s(time.monotonic(), latency_s=0.0))
        self._wake.set()
        return False

    def _begin(self, voice: Voice) -> None:
        if voice.rate_hz == 0:
            self._feed = source.blocks(voice, rate_hz=self._output.rate_hz)
            voice.give_ring(self._output.rate_hz)

    def _fill(self, voice: Voice) -> None:
        """Decode until the ring is full, or something else is wanted."""
        while not voice.filled and voice.ring.space and self._mixer.voice is voice and not self._closed:
            if not len(self._pending):
                block = next(self._feed, None)
                if block is None:
                    voice.filled = True
                    return
                self._pending = block
            self._pending = self._pending[voice.ring.write(self._pending) :]

    def _notice_end(self, voice: Voice) -> None:
        latency_s = self._output.latency_s + TAIL_S if voice.progress.frames else 0.0
        if not voice.drained or time.monotonic() < voice.progress.time_s + latency_s:
            return
        wanted = self._mixer.voice is voice
        voice.over = True
        if wanted and voice.problem:
            self.failed.emit(voice.problem)
        elif wanted:
            self.finished.emit(voice.path)

    def _lose(self) -> None:
        """The device went away: keep the place and say so."""
        playing = self.state is PlayerState.PLAYING
        self._output.close()
        if playing:
            self._hold(WENT_AWAY)

    def _hold(self, sentence: str) -> None:
        self._mixer.paused = True
        self.failed.emit(sentence)

    def _rest(self) -> float | None:
        """How long to wait now; lets the device go after a long silence."""
        if not self._output.is_open:
            return None
        now = time.monotonic()
        if self.state is PlayerState.PLAYING or not self._mixer.silent:
            self._quiet_since = now
            return TICK_S
        if now - self._quiet_since > self._idle_s:
            self._output.close()
            return None
        return 0.2

    def _let_go(self) -> None:
        """Wait for the fade to be done, then close."""
        for _ in range(10):
            if self._mixer.silent or not self._output.is_open or self._output.lost:
                break
            time.sleep(TICK_S)
        self._output.close()


def _nothing() -> FloatArray:
    return np.empty((0, 2), dtype=np.float32)
