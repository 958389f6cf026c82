"""What the library holds twice, and what of it is no music: same recordings, speech, long mixes, silence."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from musicdesk.desk.snapshot import Snapshots
from musicdesk.errors import NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.ranking.recordings import same_recordings
from musicdesk.records import EncoderKey, Kind, Track, Vectors
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

LONG_S = 20 * 60.0
SPEECH = 0.5
"""From this probability on a sound is called speech."""
SILENCE = 0.5
"""From this share of silent places on a sound is called silent."""


class SortingOut:
    """Groups and kinds of sounds; nothing is ever merged or excluded by it."""

    def __init__(
        self,
        *,
        tracks: TrackStore,
        vectors: VectorStore,
        snapshots: Snapshots,
        events: Events,
        now: Callable[[], float],
    ) -> None:
        self._tracks, self._vectors, self._snapshots = tracks, vectors, snapshots
        self._events, self._now = events, now

    def refresh(self, *, job: Job) -> None:
        """Find the recordings that are there in several encodings, for lists to show once; by the encoder in use.

        Only sounds that were never compared are, and those that were only listened to quickly so far.
        """
        try:
            snapshot = self._snapshots.current()
        except NothingYet:
            return
        vectors, key = snapshot.vectors, snapshot.vectors.key
        quick = {sound.audio_hash for sound in self._vectors.pending(key, now=self._now(), deeper=True)}
        before = self._vectors.recordings(key)
        known = np.array([-1 if h in quick else before.get(h, -1) for h in vectors.hashes], dtype=np.int64)
        if not (known < 0).any():
            return
        job.begin("Comparing recordings")
        lengths = self._vectors.traits(key).length_s
        groups = same_recordings(snapshot.space.rows, lengths, self._prints(vectors), known=known)
        found = zip(vectors.hashes, groups.tolist(), strict=True)
        fresh = {h: number for h, number in found if h not in quick and before.get(h) != number}
        self._vectors.set_recordings(key, fresh)
        self._events.analysis_changed.emit(None)

    def _prints(self, vectors: Vectors) -> Callable[[Sequence[int]], Sequence[bytes]]:
        """What gives the fingerprints of some rows: few are ever compared."""

        def of(rows: Sequence[int]) -> list[bytes]:
            hashes = [vectors.hashes[row] for row in rows]
            found = self._vectors.fingerprints(vectors.key, hashes)
            return [found.get(h, b"") for h in hashes]

        return of

    def duplicates(self, key: EncoderKey) -> tuple[tuple[Track, ...], ...]:
        """Groups of two files and more with the same recording, the largest first."""
        recording, tracks = self._vectors.recordings(key), self._tracks.all()
        groups: dict[object, list[int]] = defaultdict(list)
        for row, audio_hash in enumerate(tracks.columns.hashes):
            if audio_hash:
                groups[recording.get(audio_hash, audio_hash)].append(row)
        found = sorted((rows for rows in groups.values() if len(rows) > 1), key=len, reverse=True)
        return tuple(tracks.at(rows) for rows in found)

    def kinds(self, key: EncoderKey) -> Mapping[Kind, tuple[Track, ...]]:
        """The tracks of each kind, in the order of the library; a track may be of several."""
        traits, tracks = self._vectors.traits(key), self._tracks.all()
        of = {Kind.SPEECH: traits.speech >= SPEECH, Kind.SILENCE: traits.silence >= SILENCE}
        hashes = {kind: {traits.hashes[row] for row in np.flatnonzero(mask)} for kind, mask in of.items()}
        rows = {kind: [r for r, h in enumerate(tracks.columns.hashes) if h in some] for kind, some in hashes.items()}
        rows[Kind.LONG] = np.flatnonzero(tracks.columns.length_s >= LONG_S).tolist()
        return {kind: tracks.at(chosen) for kind, chosen in rows.items()}
