"""More like this, but calmer: from a track, an artist, a playlist or the taste, and walks from one mood to another."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from musicdesk.desk import steer_offers
from musicdesk.desk.bearings import Bearings
from musicdesk.desk.curating import Curating
from musicdesk.desk.departures import departure
from musicdesk.desk.live_steering import QUERY, LiveSteering, check
from musicdesk.desk.moods import Feeling
from musicdesk.desk.offering import Offering
from musicdesk.desk.paths import MOST_LIKE, walked
from musicdesk.desk.recommending import Recommending
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.desk.steered_tastes import steered
from musicdesk.desk.taste_steering import TasteSteering
from musicdesk.desk.translating import Translating, TranslatorReport
from musicdesk.desk.wishes import in_words, wishes_of
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.jobs import Job
from musicdesk.mood.methods import Method
from musicdesk.ranking.filters import Allowed, allowed
from musicdesk.records import MOODS, EncoderKey, Mood, MoodPath, Seed, Steer, Steered, SteerOffer, Taste, Track
from musicdesk.store.feedback import FeedbackStore
from musicdesk.store.tracks import TrackStore

Live = LiveSteering | TasteSteering
SWITCHED = "Another encoder listens now, and this list is still by the one before. Start again from the seed."


class Steering:
    """Finds what is like a seed in another mood, moves the taste there, and walks between moods."""

    def __init__(
        self, *, snapshots: Snapshots, feeling: Feeling, translating: Translating, recommending: Recommending,
        offering: Offering, curating: Curating, tracks: TrackStore, feedback: FeedbackStore,
        find: Callable[[str], Track], key: Callable[[], EncoderKey], now: Callable[[], float],
    ) -> None:  # fmt: skip
        self._snapshots, self._feeling, self._translating = snapshots, feeling, translating
        self._recommending, self._offering, self._curating = recommending, offering, curating
        self._tracks, self._feedback, self._find, self._key, self._now = tracks, feedback, find, key, now
        self._lock = threading.Lock()
        self._bearings: Bearings | None = None

    # ------------------------------------------------------------------------------------------ seeds

    def seed(self, reference: str) -> Seed:
        """What is meant by a track (number, path, words, "track:…"), "artist:NAME", "playlist:NAME" or "taste".

        Raises NotFound, Ambiguous, NothingYet.
        """
        kind, _, name = reference.strip().partition(":")
        if reference.strip().casefold() == "taste":
            return Seed("Like your taste", taste=True)
        if kind == "artist":
            return self._of_artist(name.strip())
        if kind == "playlist":
            return self._of_playlist(name.strip())
        track = self._find(name.strip() if kind == "track" else reference)
        return self.seed_of([track], f"“{track.title}”")

    def seed_of(self, tracks: Sequence[Track], label: str) -> Seed:
        """A seed of these tracks; ``label`` is what it is called: “Nocturne 2”, evening, Some Band."""
        sounds = tuple(dict.fromkeys(track.audio_hash for track in tracks if track.audio_hash))
        if not sounds:
            raise NothingYet(f"There is no track of {label} whose sound could be read, so nothing can be like it.")
        return Seed(f"Like {label}", sounds)

    def place(self, reference: str) -> Seed:
        """An end of a path: a mood ("calm": the tracks of the library that are most typical of it), or a seed."""
        mood = next((mood for mood in Mood if mood.value == reference.strip().casefold()), None)
        return self.seed(reference) if mood is None else self.typical(mood)

    def typical(self, mood: Mood) -> Seed:
        """The tracks of which a mood is surest, as a seed; raises NothingYet if it is sure of none."""
        bearings = self._now_bearings()
        moods, shelf = bearings.moods, bearings.snapshot.shelf
        share = moods.shares[:, MOODS.index(mood)] * shelf.present
        own = np.flatnonzero(moods.labels == MOODS.index(mood))
        if not len(own):
            raise NothingYet(f"No track of this library is surely {mood.value}, so no path can begin or end there.")
        best = own[np.argsort(-share[own], kind="stable")][:MOST_LIKE]
        return Seed(mood.value, tuple(shelf.hashes[row] for row in best.tolist()))

    # ------------------------------------------------------------------------------------------ more like this, but …

    def offers(self, seed: Seed) -> tuple[SteerOffer, ...]:
        """The buttons for a seed: the axes on which its neighbourhood varies most. Raises NothingYet."""
        if seed.taste:
            return self.offers_of(self.live(seed))
        bearings = self._now_bearings(seed)
        return steer_offers.offers(bearings, departure(bearings, seed))

    def offers_of(self, live: Live) -> tuple[SteerOffer, ...]:
        """The buttons for a seed that is in the hand."""
        return steer_offers.offers(live.bearings, live.start)

    def live(self, seed: Seed) -> Live:
        """Take hold of a seed: ``.at(steer)`` answers while a target is dragged. Raises NothingYet.

        It goes by the library, the feedback and the moods as they are now; take hold anew when these change.
        """
        bearings = self._now_bearings(seed)
        if seed.taste:
            return TasteSteering(
                bearings, seed, self._recommending.taste(), chosen=self._chosen(bearings), told=self._told(bearings),
                rank=lambda query, taste: self._recommending.rank(query, taste=taste),
            )  # fmt: skip
        return LiveSteering(
            bearings, departure(bearings, seed), chosen=self._chosen(bearings), told=self._told(bearings),
            allowed=self._allowed(bearings.snapshot),
        )  # fmt: skip

    def steer(self, seed: Seed, steer: Steer) -> Steered:
        """More like this, but …: the picks, what stayed, what moved, and whether it is what was asked for.

        Raises NothingYet (nothing analysed, a seed without vector), BadRequest, NotFound (an unknown method).
        """
        check(steer)
        return self.live(seed).at(steer)

    # ------------------------------------------------------------------------------------------ the taste

    def steered_taste(self, steer: Steer) -> Taste:
        """The taste with each prototype moved; nothing is kept. Raises NothingYet, BadRequest."""
        check(steer)
        bearings = self._now_bearings()
        return steered(bearings, self._recommending.taste(), steer, chosen=self._chosen(bearings))

    def keep(self, steer: Steer) -> Taste:
        """The steered taste as the taste from now on; one undo step. Raises NothingYet, BadRequest, ReadOnlyData."""
        taste, live = self.steered_taste(steer), self.live(Seed("Like your taste", taste=True))
        words = in_words(wishes_of(steer, live.start.axes))
        if not words or taste == self._recommending.taste():
            raise BadRequest("This leaves the taste where it is. Ask for a mood or an axis, and unlock a prototype.")
        return self._recommending.apply(taste, label=f"steer taste: {words}")

    # ------------------------------------------------------------------------------------------ paths

    def path(self, start: Seed, end: Seed, *, length: int = 15) -> MoodPath:
        """A walk from one seed to another in even steps, without repeats or artist clumps. Raises NothingYet."""
        bearings = self._now_bearings(start, end)
        ends = [self.live(seed).start if seed.taste else departure(bearings, seed) for seed in (start, end)]
        query = replace(QUERY, min_length_s=0.0)
        free = allowed(bearings.snapshot.shelf, query, self._feedback.all(), now=self._now())
        return walked(bearings, ends[0], ends[1], length=length, allowed=free.mask)

    # ------------------------------------------------------------------------------------------ the translator

    @property
    def wanting(self) -> bool:
        """Whether the translator should learn this library, for the first time or anew."""
        return self._translating.wanting

    def fit(self, job: Job) -> TranslatorReport:
        """Teach the translator this library. Raises NothingYet, ReadOnlyData, DataFolderError, Cancelled."""
        return self._translating.fit(job)

    # ------------------------------------------------------------------------------------------ inside

    def _now_bearings(self, *seeds: Seed) -> Bearings:
        snapshot, wanted = self._snapshots.current(), [sound for seed in seeds for sound in seed.sounds]
        moods, measures = self._feeling.of_picture(snapshot, wanted), self._feeling.measures(snapshot)
        with self._lock:
            known = self._bearings
            if known is None or known.snapshot is not snapshot or known.moods is not moods:
                known = self._bearings = Bearings(snapshot, moods, measures, self._offering.ground(snapshot))
            return known

    def _chosen(self, bearings: Bearings) -> Callable[[str], tuple[Method, str]]:
        return lambda name: self._translating.method(name, bearings.snapshot, bearings.catalogue)

    def _told(self, bearings: Bearings) -> Callable[[], str]:
        return lambda: "" if self._key() == bearings.snapshot.vectors.key else SWITCHED

    def _allowed(self, snapshot: Snapshot) -> Allowed:
        return allowed(snapshot.shelf, QUERY, self._feedback.all(), now=self._now())

    def _of_artist(self, name: str) -> Seed:
        shelf = self._snapshots.current().shelf
        code = shelf.artists.get(name.casefold(), -1)
        rows = np.flatnonzero((shelf.artist_ids == code) & shelf.present) if code >= 0 else np.zeros(0, np.int64)
        if not len(rows):
            raise NotFound(f"No analysed track here is by “{name}”. Write the artist as in: musicdesk tracks")
        return Seed(f"Like {name}", tuple(shelf.hashes[row] for row in rows.tolist()))

    def _of_playlist(self, name: str) -> Seed:
        wanted = name.casefold()
        found = next((kept for kept in self._curating.playlists() if kept.name.casefold() == wanted), None)
        if found is None:
            raise NotFound(f"There is no playlist called “{name}”. There are those of: musicdesk playlists list")
        tracks = self._tracks.many(found.track_ids)
        return self.seed_of([tracks[id_] for id_ in found.track_ids if id_ in tracks], f"the playlist “{found.name}”")
