"""The player protocol, a player that plays nothing, and the door to the one that sounds.

Importing this module loads neither sounddevice nor a decoder: PortAudio is looked for when ``open_player`` is called.
"""

import time
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from musicdesk.errors import NoSound, UnreadableAudio
from musicdesk.events import Event
from musicdesk.playback.fades import Excerpt


class PlayerState(StrEnum):
    """What a player does."""

    STOPPED = "stopped"
    PLAYING = "playing"
    PAUSED = "paused"


class Player(Protocol):
    """Plays one file at a time. No method waits for a file or a device; trouble comes as the event ``failed``.

    ``finished`` carries the path whose end was heard: the end of the file or of the excerpt; never after ``stop``,
    ``close`` or another ``play``. ``failed`` carries a sentence: the file cannot be read (the player then is stopped),
    or there is no sound device or it went away (it then is paused, and ``resume`` tries again).

    Both are emitted on a thread of the player's own, never in the callback of the device, so a listener may take its
    time, but a window must turn them into queued signals. NullPlayer emits on the calling thread.
    """

    finished: Event[str]
    failed: Event[str]

    @property
    def problem(self) -> str:
        """Why nothing can be heard, as a sentence that says what to do; "" if it can.

        While there is a problem, a look at it searches for a device again, so that a device that was plugged in
        meanwhile is found.
        """

    @property
    def state(self) -> PlayerState:
        """What it does; changes as soon as a method returns."""

    @property
    def path(self) -> str:
        """The file that plays or is paused; "" while stopped."""

    @property
    def position_s(self) -> float:
        """Where in the file the sound is that is heard now, to about 0.1 s; 0 while stopped."""

    @property
    def length_s(self) -> float:
        """Length of the whole file; 0 while stopped or not yet known."""

    @property
    def volume(self) -> float:
        """From 0 to 1; turned without a click. The amplitude is its cube (see ``fades.amplitude``)."""

    @volume.setter
    def volume(self, volume: float) -> None: ...

    def play(self, path: str, *, start_s: float = 0.0, gain: float = 1.0, length_s: float | None = None) -> None:
        """Play a file from ``start_s``, in place of what plays now.

        ``gain`` is a factor for this file (ReplayGain); ``length_s`` plays an excerpt that fades in and out.
        """

    def pause(self) -> None:
        """Fall silent and keep the place."""

    def resume(self) -> None:
        """Go on after a pause."""

    def stop(self) -> None:
        """Fall silent and forget the file."""

    def seek(self, seconds: float) -> None:
        """Jump to a place of the file, also while paused. A jump out of an excerpt lifts its limit."""

    def close(self) -> None:
        """Fall silent and let the device go; no thread stays behind. Nothing plays after that."""


class NullPlayer:
    """A player that plays nothing, exactly: time is what the given clock says. For tests and for windows in tests.

    It has no thread: an end is noticed, and ``finished`` emitted, when ``tick``, ``state`` or ``position_s`` is asked.
    ``length_of`` gives a file's length or raises UnreadableAudio; the default reads the file's header.
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, length_of: Callable[[str], float] | None = None
    ) -> None:
        self.finished: Event[str] = Event()
        self.failed: Event[str] = Event()
        self.gain = 1.0
        """The factor of the file that was last played."""
        self._clock, self._length_of = clock, length_of or header_length_s
        self._state, self._path, self._excerpt = PlayerState.STOPPED, "", Excerpt()
        self._length_s = self._place_s = self._since = 0.0
        self._volume, self._closed = 1.0, False

    @property
    def problem(self) -> str:
        """Never one."""
        return ""

    @property
    def state(self) -> PlayerState:
        """What it would do now."""
        self.tick()
        return self._state

    @property
    def path(self) -> str:
        """The file that plays or is paused."""
        return self._path

    @property
    def position_s(self) -> float:
        """Where it would be now."""
        self.tick()
        return self._position_s()

    @property
    def length_s(self) -> float:
        """Length of the whole file."""
        return self._length_s

    @property
    def volume(self) -> float:
        """From 0 to 1."""
        return self._volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._volume = min(max(volume, 0.0), 1.0)

    def tick(self) -> None:
        """Notice an end that the clock has passed."""
        end_s = self._length_s if self._excerpt.end_s is None else min(self._excerpt.end_s, self._length_s)
        if self._state is PlayerState.PLAYING and self._position_s() >= end_s:
            path = self._path
            self.stop()
            self.finished.emit(path)

    def play(self, path: str, *, start_s: float = 0.0, gain: float = 1.0, length_s: float | None = None) -> None:
        """Play a file from ``start_s``."""
        if self._closed:
            return
        self.stop()
        try:
            self._length_s = self._length_of(path)
        except UnreadableAudio as error:
            self.failed.emit(str(error))
            return
        self._path, self.gain, self._excerpt = path, gain, Excerpt.of(start_s, length_s)
        self._place(start_s, PlayerState.PLAYING)

    def pause(self) -> None:
        """Keep the place."""
        if self.state is PlayerState.PLAYING:
            self._place(self._position_s(), PlayerState.PAUSED)

    def resume(self) -> None:
        """Go on after a pause."""
        if self._state is PlayerState.PAUSED:
            self._place(self._place_s, PlayerState.PLAYING)

    def stop(self) -> None:
        """Forget the file."""
        self._state, self._path, self._excerpt = PlayerState.STOPPED, "", Excerpt()
        self._length_s = self._place_s = 0.0

    def seek(self, seconds: float) -> None:
        """Jump to a place of the file."""
        if self.state is not PlayerState.STOPPED:
            self._place(seconds, self._state)
            self._excerpt = self._excerpt.kept(self._place_s)

    def close(self) -> None:
        """Play nothing any more."""
        self.stop()
        self._closed = True

    def _place(self, seconds: float, state: PlayerState) -> None:
        self._place_s, self._since = min(max(0.0, seconds), self._length_s), self._clock()
        self._state = state

    def _position_s(self) -> float:
        passed = self._clock() - self._since if self._state is PlayerState.PLAYING else 0.0
        return min(self._place_s + passed, self._length_s)


class SilentPlayer(NullPlayer):
    """Stands in where sound cannot be had at all: plays nothing, and says why whenever it is asked to play."""

    def __init__(self, problem: str) -> None:
        super().__init__()
        self._problem = problem

    @property
    def problem(self) -> str:
        """Why nothing can be heard."""
        return self._problem

    def play(self, path: str, *, start_s: float = 0.0, gain: float = 1.0, length_s: float | None = None) -> None:  # noqa: ARG002
        """Say why not."""
        self.failed.emit(self._problem)


def open_player(*, device: str | None = None) -> Player:
    """The player on the sound device called ``device`` (None: the system's default). Never raises for want of sound.

    Without a device its ``problem`` says so, and it plays as soon as there is one; where PortAudio itself is missing
    the answer is a SilentPlayer. Takes half a second the first time, so call it off the window's thread.
    """
    try:
        from musicdesk.playback.sounddevice_player import SounddevicePlayer

        return SounddevicePlayer(device=device)
    except NoSound as error:
        return SilentPlayer(str(error))


def header_length_s(path: str) -> float:
    """Length of a file as its header says; raises UnreadableAudio."""
    from musicdesk.playback.source import length_s

    return length_s(path)
