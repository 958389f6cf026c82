"""The sound device: found, opened, watched and let go, with PortAudio's errors told as sentences."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from musicdesk.errors import NoSound
from musicdesk.playback.mixer import CHANNELS, Mixer
from musicdesk.records import FloatArray

LATENCY_S = 0.15
"""Measured: PortAudio's own "high" underruns and "low" is of no use."""
BLOCK = 1024
STALLED_S = 3.0
"""A device that asks for nothing for so long is gone."""

NO_LIBRARY = (
    "Nothing can be heard because the PortAudio library is missing. "
    "Install the Debian package libportaudio2 (sudo apt install libportaudio2), then start musicdesk again."
)
NO_PACKAGE = (
    "Nothing can be heard because the Python package sounddevice is missing. "
    "Install it (pip install sounddevice), then start musicdesk again."
)
NO_DEVICE = "No sound device was found. Plug one in or switch it on, then press play again."
WENT_AWAY = "The sound device went away. Plug it in again or choose another one, then press play again."


class Output(Protocol):
    """Something that takes blocks at its own pace. Used by the decode thread, except for ``look``."""

    rate_hz: int
    latency_s: float
    problem: str

    @property
    def is_open(self) -> bool:
        """Whether it takes blocks."""

    @property
    def lost(self) -> bool:
        """Whether it stopped by itself."""

    def look(self) -> None:
        """See whether there is a device, and set ``problem``."""

    def open(self, mixer: Mixer) -> None:
        """Restart the mixer and begin to take its blocks; raises NoSound. Then rate and latency are known."""

    def close(self) -> None:
        """Take no more blocks; what was taken is played to its end."""


class DeviceOutput:
    """A sound device, by PortAudio. Making one raises NoSound where PortAudio is missing."""

    def __init__(self, device: str | None = None) -> None:
        self.rate_hz, self.latency_s, self.problem = 0, LATENCY_S, ""
        self._device = device
        self._portaudio = portaudio()
        self._lock = threading.Lock()
        self._stream: Any = None
        self._ended = False
        self._called_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether a stream runs."""
        return self._stream is not None

    @property
    def lost(self) -> bool:
        """Whether the stream ended by itself, or asks for nothing any more."""
        return self.is_open and (self._ended or time.monotonic() - self._called_at > STALLED_S)

    def look(self) -> None:
        """See whether there is a device; where one is being opened at this moment, do not wait."""
        if self._lock.acquire(blocking=False):
            try:
                if not self.is_open:
                    self._find()
            except NoSound:
                pass
            finally:
                self._lock.release()

    def open(self, mixer: Mixer) -> None:
        """Begin to take blocks; raises NoSound."""
        with self._lock:
            self._start(self._find(), mixer)

    def close(self) -> None:
        """Let the device go."""
        with self._lock:
            stream, gone, self._stream = self._stream, self.lost, None
            if stream is not None:
                with contextlib.suppress(self._portaudio.PortAudioError):
                    stream.close(ignore_errors=True) if gone else stream.stop()
                    stream.close()

    def _find(self) -> dict[str, Any]:
        """What PortAudio knows of the device; looks a second time with a fresh list, which it makes only once."""
        try:
            found = self._asked()
        except NoSound:
            self._refresh()
            found = self._asked()
        self.problem = ""
        return found

    def _asked(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._portaudio.query_devices(self._device, "output")
        except (self._portaudio.PortAudioError, ValueError) as error:
            raise self._no_sound(self._missing()) from error
        return found

    def _missing(self) -> str:
        if self._device is None:
            return NO_DEVICE
        return f"There is no sound device called “{self._device}”. Plug it in or choose another one."

    def _refresh(self) -> None:
        # PortAudio lists the devices once, when it starts; there is no public call to start it anew.
        with contextlib.suppress(self._portaudio.PortAudioError):
            self._portaudio._terminate()  # noqa: SLF001
            self._portaudio._initialize()  # noqa: SLF001

    def _start(self, found: dict[str, Any], mixer: Mixer) -> None:
        channels = min(CHANNELS, int(found["max_output_channels"]))
        self.rate_hz = round(found["default_samplerate"])
        mixer.restart(self.rate_hz)
        self._ended, self._called_at = False, time.monotonic()
        try:
            self._stream = self._portaudio.OutputStream(
                samplerate=self.rate_hz, device=self._device, channels=channels, dtype="float32", latency=LATENCY_S,
                blocksize=BLOCK, callback=self._callback(mixer, channels), finished_callback=self._note_end,
            )  # fmt: skip
            self._stream.start()
        except self._portaudio.PortAudioError as error:
            self._stream = None
            raise self._no_sound(
                f"The sound device could not be opened ({error.args[0]}). "
                "Close other programs that use it, or choose another device, then press play again."
            ) from error
        self.latency_s = self._stream.latency

    def _callback(self, mixer: Mixer, channels: int) -> Callable[[Any, int, Any, Any], None]:
        def callback(out: FloatArray, count: int, _times: Any, _status: Any) -> None:
            self._called_at = time.monotonic()
            frames = mixer.render(count)
            out[:] = frames if channels == CHANNELS else frames.mean(axis=1, keepdims=True)

        return callback

    def _note_end(self) -> None:
        self._ended = True

    def _no_sound(self, sentence: str) -> NoSound:
        self.problem = sentence
        return NoSound(sentence)


def portaudio() -> Any:
    """The module sounddevice, loaded on first use; raises NoSound where it or PortAudio is missing."""
    try:
        import sounddevice
    except ImportError as error:
        raise NoSound(NO_PACKAGE) from error
    except OSError as error:
        raise NoSound(NO_LIBRARY) from error
    return sounddevice
