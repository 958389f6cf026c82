"""What a person hears and says of it: play, like, dislike, rate, not now, never."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from musicdesk.audio.loudness import factor
from musicdesk.desk.editing import Editing
from musicdesk.desk.recommending import Recommending
from musicdesk.errors import BadRequest, NoSound, NotFound, ReadOnlyData
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.playback.player import Player, PlayerState, open_player
from musicdesk.playback.waveform import peaks
from musicdesk.records import Feedback, FloatArray, Track
from musicdesk.settings import Settings
from musicdesk.store.feedback import FeedbackStore

__all__ = ["Listening", "Player", "PlayerState"]

DAY_S = 86_400.0
EXCERPT_S = 30.0
WAVEFORMS = 32
"""How many waveforms are kept in memory."""


class Listening:
    """Plays tracks and keeps what the person says of them."""

    def __init__(
        self,
        *,
        feedback: FeedbackStore,
        editing: Editing,
        recommending: Recommending,
        events: Events,
        settings: Callable[[], Settings],
        now: Callable[[], float],
        player: Player | None = None,
        liked: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> None:
        """``liked`` is told of sounds that were liked just now."""
        self._feedback, self._editing, self._recommending = feedback, editing, recommending
        self._events, self._settings, self._now = events, settings, now
        self._player, self._opening, self._liked = player, threading.Lock(), liked
        self._waveforms: dict[str, FloatArray] = {}

    # ------------------------------------------------------------------------------------------ what a person says

    def feedback(self) -> dict[str, Feedback]:
        """All feedback, by audio hash."""
        return self._feedback.all()

    def like(self, tracks: Sequence[Track], on: bool = True) -> None:
        """Like tracks (or take it back); the taste follows."""
        self._say("like" if on else "unlike", tracks, lambda old: replace(old, liked=on, disliked=False))

    def dislike(self, tracks: Sequence[Track], on: bool = True) -> None:
        """Dislike tracks: they leave the lists, and the taste turns away from their kind."""
        self._say("dislike" if on else "undo dislike of", tracks, lambda old: replace(old, disliked=on, liked=False))

    def never(self, tracks: Sequence[Track], on: bool = True) -> None:
        """Never suggest these tracks; says nothing about the taste."""
        self._say("never suggest" if on else "suggest again", tracks, lambda old: replace(old, never=on))

    def not_now(self, tracks: Sequence[Track]) -> None:
        """Do not suggest these tracks for a day."""
        until = self._now() + DAY_S
        self._say("not now", tracks, lambda old: replace(old, not_now_until=until))

    def rate(self, tracks: Sequence[Track], stars: float | None) -> None:
        """Give 0 to 5 stars, or take them away; 4 and more count as liked, 2 and less as disliked."""
        if stars is not None and not 0 <= stars <= 5:
            raise BadRequest(f"A rating goes from 0 to 5 stars; {stars:g} does not.")
        text = "unrate" if stars is None else f"rate {stars:g} ★"
        self._say(text, tracks, lambda old: replace(old, stars=stars))

    def played(self, track: Track, seconds: float = 0.0) -> None:
        """Note that a track was played (previews are not noted); one that only reads notes nothing."""
        with suppress(ReadOnlyData):
            self._feedback.add_play(track.audio_hash, now=self._now(), seconds=seconds)
        self._events.feedback_changed.emit(frozenset({track.audio_hash}))

    def _say(self, verb: str, tracks: Sequence[Track], change: Callable[[Feedback], Feedback]) -> None:
        unknown = [track for track in tracks if not track.audio_hash]
        if unknown:
            raise NotFound(f"{unknown[0].label} could not be read, so nothing can be kept about it.")
        before = {t.audio_hash: self._feedback.get(t.audio_hash) for t in tracks}
        after = {sound: change(said) for sound, said in before.items()}
        if not after:
            return
        what = tracks[0].title if len(tracks) == 1 else f"{len(tracks)} tracks"
        taste = self._recommending.following(after)
        self._editing.apply(f"{verb} {what}", taste=taste, feedback=after)
        self._liked([sound for sound, said in after.items() if said.positive and not before[sound].positive])

    # ------------------------------------------------------------------------------------------ what a person hears

    @property
    def player(self) -> Player:
        """The player, opened on first use; without a sound device a silent one whose ``problem`` says so."""
        with self._opening:
            if self._player is None:
                self._player = open_player()
            return self._player

    def play(self, track: Track, *, start_s: float | None = None, excerpt: bool = False) -> None:
        """Play a track from ``start_s``, or its most typical half minute; raises NoSound without a device."""
        player = self.player
        if player.problem:
            raise NoSound(player.problem)
        settings = self._settings()
        player.volume = settings.volume
        start = start_s if start_s is not None else self.excerpt_start(track) if excerpt else 0.0
        gain = factor(track.tags.replay_gain, settings.replay_gain)
        player.play(track.path, start_s=start, gain=gain, length_s=EXCERPT_S if excerpt else None)

    def excerpt_start(self, track: Track) -> float:
        """Where the track is most typical of itself, a little earlier for the ear; 0 while not analysed."""
        start = self._recommending.typical_start(track.audio_hash)
        return max(0.0, min(start - 2.0, track.length_s - EXCERPT_S))

    def waveform(self, track: Track, *, job: Job) -> FloatArray:
        """The outline of a track for the seek bar.  # [600] 0 to 1"""
        known = self._waveforms.get(track.audio_hash)
        if known is None:
            known = peaks(track.path, job=job)
            while len(self._waveforms) >= WAVEFORMS:
                self._waveforms.pop(next(iter(self._waveforms)))
            self._waveforms[track.audio_hash] = known
        return known

    def close(self) -> None:
        """Let the sound device go."""
        with self._opening:
            if self._player is not None:
                self._player.close()
