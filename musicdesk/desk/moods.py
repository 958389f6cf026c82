"""What the library feels like: found from all that can tell, kept per picture of the library, corrected by ear."""

from collections.abc import Callable, Collection, Mapping, Sequence

from musicdesk.desk.editing import Editing
from musicdesk.desk.mood_finding import MEASURER, WITNESS, Finding
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.encoders.base import EncoderSpec
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
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

__all__ = ["MEASURER", "Feeling"]


class Feeling:
    """Tells the moods of the library, of a track, and takes the listener's word for them."""

    def __init__(
        self, *, snapshots: Snapshots, vectors: VectorStore, tracks: TrackStore, corrections: MoodStore,
        own: Callable[[], OwnTags], spec: Callable[[str], EncoderSpec], analyze: Callable[[str, Job], Coverage],
        analysing: Callable[[], bool], installed: Callable[[str], bool], base_of: Callable[[str], str],
        editing: Editing, events: Events, now: Callable[[], float],
    ) -> None:  # fmt: skip
        """``analysing`` tells whether an analysis goes on, ``analyze`` makes one, by what is ``installed``."""
        self._installed = installed
        self._snapshots, self._vectors, self._corrections = snapshots, vectors, corrections
        self._spec, self._analyze, self._editing, self._events, self._now = spec, analyze, editing, events, now
        self._finding = Finding(
            vectors=vectors, tracks=tracks, corrections=corrections, own=own, spec=spec, base_of=base_of,
            analysing=analysing, events=events,
        )  # fmt: skip

    def current(self) -> Moods:
        """The moods of the library as it is now; raises NothingYet before any analysis."""
        return self.of_picture(self._snapshots.current())

    def of_picture(self, snapshot: Snapshot, wanted: Collection[str] = ()) -> Moods:
        """The moods of one picture of the library, in the order of its rows.

        While an analysis of a large library goes on, its newest sounds are uncertain until there are more of them, but
        for those that are ``wanted``.
        """
        return self._finding.of_picture(snapshot, wanted)

    def measures(self, snapshot: Snapshot) -> Vectors | None:
        """The measures by which these moods were found, in an order of their own; None while nothing is measured."""
        return self._finding.measures(snapshot)

    def of(self, track: Track) -> TrackMood:
        """What one track feels like; raises NothingYet if it is not analysed."""
        snapshot = self._snapshots.current()
        row = _row(snapshot, track)
        corrected = bool(self._corrections.some([track.audio_hash]))
        return _mood_of(track, self.of_picture(snapshot, [track.audio_hash]), row, corrected=corrected)

    def heard(self, tracks: Sequence[Track]) -> tuple[TrackMood, ...]:
        """What tracks feel like, had the listener said nothing of them; raises NothingYet if one is not analysed."""
        snapshot = self._snapshots.current()
        rows = [_row(snapshot, track) for track in tracks]
        moods = self._finding.without(snapshot, {track.audio_hash for track in tracks})
        return tuple(_mood_of(track, moods, row, corrected=False) for track, row in zip(tracks, rows, strict=True))

    # ------------------------------------------------------------------------------------------ the listener's word

    def correct(
        self, tracks: Sequence[Track], *, mood: Mood | None = None, axes: Mapping[Axis, float] | None = None
    ) -> int:
        """Say which mood tracks have, or where they stand on some axes (percentiles, 0 to 1); it counts for the sound.

        What was said before of another axis, or of the mood, stays. Tells for how many sounds something changed.
        Raises BadRequest, NothingYet, ReadOnlyData.
        """
        places = dict(axes or {})
        if mood is None and not places:
            raise BadRequest("Say which mood it has, or where it stands on an axis.")
        hashes = _hashes(tracks)
        before = self._corrections.some(hashes)
        return self.say([_merged(before.get(sound), sound, mood, places) for sound in hashes], of=tracks)

    def uncorrect(self, tracks: Sequence[Track]) -> int:
        """Take back what was said of these tracks; tells of how many sounds there was anything."""
        return self.say([MoodCorrection(sound) for sound in _hashes(tracks)], of=tracks)

    def say(self, corrections: Sequence[MoodCorrection], *, of: Sequence[Track]) -> int:
        """Let this be all that is said of the sounds ``of`` some tracks, as one step of the history.

        One with neither mood nor place takes back what was said. Tells for how many sounds something changed; where
        that is none, there is no step. Raises BadRequest, ReadOnlyData.
        """
        for each in corrections:
            _check(dict(each.axes))
        known = self._corrections.some([each.audio_hash for each in corrections])
        said = {
            each.audio_hash: each for each in corrections
            if each != known.get(each.audio_hash, MoodCorrection(each.audio_hash))
        }  # fmt: skip
        if said:
            self._editing.feel(f"mood of {_what(of)}", said)
        return len(said)

    def corrections(self) -> Mapping[str, MoodCorrection]:
        """All that the listener said, by sound."""
        return self._corrections.all()

    # ------------------------------------------------------------------------------------------ measuring

    @property
    def wanting(self) -> int:
        """How many sounds that are there to be heard have no measures yet."""
        return self._vectors.count_pending(self._spec(MEASURER).key, now=self._now())

    def hear(self, job: Job) -> Coverage:
        """Measure the sounds that have no measures yet; what is done stays when it stops.

        Where it is installed, the encoder WITNESS listens afterwards. Raises ReadOnlyData, Cancelled.
        """
        try:
            measured = self._analyze(MEASURER, job)
            if self._installed(WITNESS):
                self._analyze(WITNESS, job)
            return measured
        finally:
            self._events.moods_changed.emit(None)


def _check(places: Mapping[Axis, float]) -> None:
    if wrong := next((axis for axis, place in places.items() if not 0 <= place <= 1), None):
        raise BadRequest(f"A place on an axis goes from 0 to 100; {100 * places[wrong]:g} for {wrong} does not.")


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


def _what(tracks: Sequence[Track]) -> str:
    return tracks[0].title if len(tracks) == 1 else f"{len(tracks):,} tracks"


def _row(snapshot: Snapshot, track: Track) -> int:
    row = snapshot.shelf.row(track.audio_hash)
    if row is None:
        raise NothingYet(f"{track.label} is not analysed, so nobody knows what it feels like.")
    return row


def _mood_of(track: Track, moods: Moods, row: int, *, corrected: bool) -> TrackMood:
    label = int(moods.labels[row])
    return TrackMood(
        track=track,
        mood=None if label == UNCERTAIN else MOODS[label],
        sure=float(moods.sure[row]),
        shares=tuple(zip(MOODS, moods.shares[row].tolist(), strict=True)),
        axes=tuple(zip(AXES, moods.axes[row].tolist(), moods.axes_sure[row].tolist(), strict=True)),
        witnesses=moods.witnesses,
        corrected=corrected,
    )
