"""What the library feels like: found from all that can tell, kept per picture of the library, corrected by ear."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.desk.workbench import genres
from musicdesk.encoders.base import EncoderSpec
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.prototypes.inheritance import rows_of
from musicdesk.records import (
    AXES,
    MOODS,
    UNCERTAIN,
    Axis,
    Coverage,
    Mood,
    MoodCorrection,
    Moods,
    OwnTags,
    Track,
    TrackMood,
    Vectors,
)
from musicdesk.store.moods import MoodStore
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

MEASURER = "handcrafted"
"""The encoder whose vectors are the measures of the sound; its vectors lie beside those of the one in use."""
GREW = 1.05
"""While measures come in, moods are found anew when there are so many times more, and when all are there."""

NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class _Known:
    """Moods, and what they were found from."""

    moods: Moods
    snapshot: Snapshot
    measures: Vectors | None
    corrections: Mapping[str, MoodCorrection]
    tags: OwnTags


class Feeling:
    """Tells the moods of the library, of a track, and takes the listener's word for them."""

    def __init__(
        self, *, snapshots: Snapshots, vectors: VectorStore, tracks: TrackStore, corrections: MoodStore,
        own: Callable[[], OwnTags], spec: Callable[[str], EncoderSpec], analyze: Callable[[str, Job], Coverage],
        events: Events, now: Callable[[], float],
    ) -> None:  # fmt: skip
        self._snapshots, self._vectors, self._tracks, self._corrections = snapshots, vectors, tracks, corrections
        self._own, self._spec, self._analyze, self._events, self._now = own, spec, analyze, events, now
        self._lock = threading.RLock()
        self._known: _Known | None = None
        self._hearing = False

    def current(self) -> Moods:
        """The moods of the library as it is now; raises NothingYet before any analysis."""
        return self.of_picture(self._snapshots.current())

    def of_picture(self, snapshot: Snapshot) -> Moods:
        """The moods of one picture of the library, in the order of its rows."""
        corrections, tags = self._corrections.all(), self._own()
        with self._lock:
            measures = self.measures(snapshot)
            known = self._known
            if known is None or known.tags is not tags or not _same(known, snapshot, measures, corrections):
                moods = self._found(snapshot, measures, corrections, tags)
                known = self._known = _Known(moods, snapshot, measures, corrections, tags)
            return known.moods

    def measures(self, snapshot: Snapshot) -> Vectors | None:
        """The measures of the sound, in an order of their own; None while nothing is measured."""
        if snapshot.vectors.key.name == MEASURER:
            return snapshot.vectors
        found = self._vectors.load(self._spec(MEASURER).key)
        before = self._known.measures if self._known else None
        if self._hearing and before is not None and len(before) <= len(found) < GREW * len(before):
            return before
        return found if len(found) else None

    def of(self, track: Track) -> TrackMood:
        """What one track feels like; raises NothingYet if it is not analysed."""
        snapshot = self._snapshots.current()
        row = snapshot.shelf.row(track.audio_hash)
        if row is None:
            raise NothingYet(f"{track.label} is not analysed, so nobody knows what it feels like.")
        moods = self.of_picture(snapshot)
        label = int(moods.labels[row])
        return TrackMood(
            track=track,
            mood=None if label == UNCERTAIN else MOODS[label],
            sure=float(moods.sure[row]),
            shares=tuple(zip(MOODS, moods.shares[row].tolist(), strict=True)),
            axes=tuple(zip(AXES, moods.axes[row].tolist(), moods.axes_sure[row].tolist(), strict=True)),
            witnesses=moods.witnesses,
            corrected=bool(self._corrections.some([track.audio_hash])),
        )

    # ------------------------------------------------------------------------------------------ the listener's word

    def correct(
        self, tracks: Sequence[Track], *, mood: Mood | None = None, axes: Mapping[Axis, float] | None = None
    ) -> None:
        """Say which mood tracks have, or where they stand on some axes (percentiles, 0 to 1); it counts for the sound.

        What was said before of another axis, or of the mood, stays. Raises BadRequest, ReadOnlyData.
        """
        places = dict(axes or {})
        if mood is None and not places:
            raise BadRequest("Say which mood it has, or where it stands on an axis.")
        if wrong := next((axis for axis, place in places.items() if not 0 <= place <= 1), None):
            raise BadRequest(f"A place on an axis goes from 0 to 100; {100 * places[wrong]:g} for {wrong} does not.")
        hashes = _hashes(tracks)
        before = self._corrections.some(hashes)
        made = [_merged(before.get(sound), sound, mood, places) for sound in hashes]
        self._corrections.put(made, now=self._now())
        self._events.moods_changed.emit(None)

    def uncorrect(self, tracks: Sequence[Track]) -> int:
        """Take back what was said of these tracks; how many of them it was said of."""
        count = self._corrections.forget(_hashes(tracks))
        if count:
            self._events.moods_changed.emit(None)
        return count

    def corrections(self) -> Mapping[str, MoodCorrection]:
        """All that the listener said, by sound."""
        return self._corrections.all()

    # ------------------------------------------------------------------------------------------ measuring

    @property
    def wanting(self) -> int:
        """How many sounds that are there to be heard have no measures yet."""
        return len(self._vectors.pending(self._spec(MEASURER).key, now=self._now()))

    def hear(self, job: Job) -> Coverage:
        """Measure the sounds that have no measures yet; what is done stays when it stops.

        Raises ReadOnlyData, Cancelled.
        """
        self._hearing = True
        try:
            return self._analyze(MEASURER, job)
        finally:
            self._hearing = False
            self._events.moods_changed.emit(None)

    def _found(
        self, snapshot: Snapshot, measures: Vectors | None, corrections: Mapping[str, MoodCorrection], tags: OwnTags
    ) -> Moods:
        from musicdesk.mood import labelling  # its trained part is not for every start

        hashes = snapshot.vectors.hashes
        words = genres(self._tracks.all(), hashes)
        for tag, sounds in tags.bearing.items():
            words[tag] = np.union1d(words.get(tag, NONE), rows_of(snapshot.shelf.rows, sounds))
        return labelling.moods(
            hashes, vectors=snapshot.vectors, measures=measures, words=words, corrections=corrections
        )


def _same(
    known: _Known, snapshot: Snapshot, measures: Vectors | None, corrections: Mapping[str, MoodCorrection]
) -> bool:
    """Whether moods that are known still hold: the same vectors, files, measures and corrections."""
    picture = known.snapshot.vectors is snapshot.vectors and known.snapshot.tracks is snapshot.tracks
    return picture and known.measures is measures and known.corrections == corrections


def _hashes(tracks: Sequence[Track]) -> list[str]:
    """The sounds of some tracks, each once; raises NothingYet where a file's sound could not be identified."""
    if unheard := next((track for track in tracks if not track.audio_hash), None):
        raise NothingYet(f"{unheard.label} could not be read, so nothing can be kept of its sound.")
    return list(dict.fromkeys(track.audio_hash for track in tracks))


def _merged(before: MoodCorrection | None, sound: str, mood: Mood | None, axes: Mapping[Axis, float]) -> MoodCorrection:
    """What was said before, with what is said now."""
    said = {**dict(before.axes if before else ()), **axes}
    kept = mood or (before.mood if before else None)
    return MoodCorrection(sound, kept, tuple((axis, said[axis]) for axis in AXES if axis in said))
