"""What words and preference are learned from: the library as one encoder heard it, and all that tells of choices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from musicdesk.desk.stores import Stores
from musicdesk.encoders import registry
from musicdesk.encoders.base import EncoderPlugin
from musicdesk.encoders.sentences import Sentences
from musicdesk.errors import NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.records import EncoderKey, Feedback, FloatArray, IntArray, Moods, Track, Vectors
from musicdesk.records.meaning import Choice, PreferencePairs
from musicdesk.semantic.heard import Heard, words_of
from musicdesk.semantic.material import NO_PAIRS, Material
from musicdesk.semantic.pairs import preference_pairs
from musicdesk.semantic.texts import Facts, facts_of

MOST = 20_000
"""So many sounds are learned from at most: of more, those that were chosen, and others by lot."""
LATEST = 300_000
"""So many lines of logs tell which tracks stand near each other."""
MEASURER, ME = "handcrafted", ""
LIKED, PLAYED, LISTED = "liked", "played", "playlist"
"""How a track is taken after another one."""


@dataclass(frozen=True, eq=False)
class Library:
    """The sounds of the library that an encoder heard, and the file that stands for each."""

    vectors: Vectors
    rows: IntArray  # [n] rows of ``vectors``
    tracks: tuple[Track, ...]  # [n]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def hashes(self) -> tuple[str, ...]:
        """The sounds.  # [n]"""
        return tuple(track.audio_hash for track in self.tracks)

    def part(self, places: IntArray) -> "Library":
        """Some of them."""
        return Library(self.vectors, self.rows[places], tuple(self.tracks[place] for place in places.tolist()))


@dataclass(frozen=True, slots=True)
class Footing:
    """How much there is to learn from."""

    tracks: int
    pairs: int
    tags: int
    """Of the listener's own, one a tag and sound."""


class Gathering:
    """Gathers what is learned from; torch is not loaded."""

    def __init__(self, stores: Stores, *, moods: Callable[[], Moods], events: Events) -> None:
        self._tracks, self._vectors, self._own = stores.tracks, stores.vectors, stores.own_tags
        self._feedback, self._choices = stores.feedback, stores.choices
        self._playlists, self._listeners = stores.playlists, stores.listeners
        self._moods = moods
        self._counted: tuple[EncoderKey, Footing] | None = None
        for event in (
            events.library_changed, events.analysis_changed, events.feedback_changed, events.tags_changed,
            events.playlists_changed, events.listeners_changed,
        ):  # fmt: skip
            event.listen(self.forget_count)

    def footing(self, base: EncoderPlugin) -> Footing:
        """How much there is now; counted again only when something came."""
        key, known = base.spec.key, self._counted
        if known is None or known[0] != key:
            library = self.library(base)
            tags = sum(len(tags) for tags in self._own.all().of.values())
            known = self._counted = key, Footing(len(library), len(self.pairs(library)), tags)
        return known[1]

    def forget_count(self, _: object = None) -> None:
        """Something came: count again when it is asked for."""
        self._counted = None

    def library(self, base: EncoderPlugin) -> Library:
        """All sounds of the library that ``base`` has heard; without those that are kept out of the lists."""
        vectors, by_hash = self._vectors.load(base.spec.key), self._tracks.all().by_hash
        known = [(row, by_hash[h]) for row, h in enumerate(vectors.hashes) if h in by_hash]
        kept = [(row, track) for row, track in known if not track.excluded]
        return Library(vectors, np.array([row for row, _ in kept], np.int64), tuple(track for _, track in kept))

    def pairs(self, library: Library) -> PreferencePairs:
        """Which of them the listeners took after which."""
        choices, said = self._choices.all(), self._feedback.all()
        return preference_pairs(
            library.hashes,
            choices=choices,
            likes=_liked_at(choices, said),
            playlists=self._lists(),
            heard=[
                *self._listeners.dated(latest=LATEST),
                *((ME, *play) for play in self._feedback.plays(latest=LATEST)),
            ],
            recordings=self._recordings(library),
        )

    def chosen(self, base: EncoderPlugin, *, most: int = MOST) -> Library:
        """The sounds to learn from: all, or of more than ``most`` those in pairs first, then others by lot."""
        library = self.library(base)
        if len(library) <= most:
            return library
        pairs = self.pairs(library)
        order = np.random.default_rng(0).permutation(len(library))
        paired = np.isin(order, np.concatenate([pairs.triggers, pairs.accepted]))
        return library.part(np.sort(order[np.argsort(~paired, kind="stable")][:most]))

    def material(self, library: Library, sentences: Sentences, *, preference: bool, job: Job) -> Material:
        """All that is known of some sounds, with their vectors as they are stored."""
        facts = self.facts(library)
        job.check()
        return Material.of(
            library.vectors.matrix[library.rows].astype(np.float32),
            facts,
            sentences,
            recordings=self._recordings(library),
            pairs=self.pairs(library) if preference else NO_PAIRS,
            moods=self._felt(library),
        )

    def facts(self, library: Library) -> tuple[Facts, ...]:
        """What is known of each in words."""
        own, heard = self._own.all(), self._heard(library)
        return tuple(
            facts_of(track, own_tags=own.of.get(track.audio_hash, ()), heard=words)
            for track, words in zip(library.tracks, heard, strict=True)
        )

    # ------------------------------------------------------------------------------------------------------ inside

    def _heard(self, library: Library) -> Sequence[tuple[str, ...]]:
        """The words of each sound, by the encoder and by measures."""
        found: list[Heard] = []
        if library.vectors.vocabulary:
            found.append((library.vectors.tags[library.rows], library.vectors.vocabulary))
        measures = self._vectors.load(registry.plugin(MEASURER).spec.key)
        if measures.key != library.vectors.key and len(measures):
            found.append((_aligned(measures.hashes, measures.tags, library.hashes), measures.vocabulary))
        return words_of(found) if found else [()] * len(library)

    def _felt(self, library: Library) -> FloatArray | None:
        """How far each mood holds, nan where nothing tells; None where nothing tells of any.  # [n, 4]"""
        try:
            moods = self._moods()
        except NothingYet:
            return None
        known = np.where((moods.sure > 0)[:, None], moods.shares, np.float32(np.nan))
        found = _aligned(moods.hashes, known.astype(np.float32), library.hashes)
        return found if np.isfinite(found).any() else None

    def _recordings(self, library: Library) -> IntArray:
        """The same number for the same recording.  # [n]"""
        groups = self._vectors.recordings(library.vectors.key)
        numbers = [groups.get(sound, -1 - row) for row, sound in enumerate(library.hashes)]
        return np.unique(np.array(numbers, np.int64), return_inverse=True)[1].astype(np.int64)

    def _played(self) -> list[tuple[str, str, float]]:
        """Who heard what and when: lines of logs, and what was played here."""
        here = self._feedback.plays(latest=LATEST)
        return [*self._listeners.dated(latest=LATEST), *((ME, sound, at) for sound, at in here)]

    def _lists(self) -> list[list[str]]:
        """The sounds of each playlist, in its order."""
        lists = self._playlists.all()
        known = self._tracks.many({track for kept in lists for track in kept.track_ids})
        return [[known[track].audio_hash for track in kept.track_ids if track in known] for kept in lists]


def _liked_at(choices: Sequence[Choice], said: Mapping[str, Feedback]) -> dict[str, float]:
    """When what is still liked was liked the last time."""
    told = {choice.accepted: choice.at for choice in choices if choice.how == LIKED and not choice.trigger}
    return {sound: at for sound, at in told.items() if sound in said and said[sound].positive}


def _aligned(hashes: Sequence[str], rows: FloatArray, wanted: Sequence[str]) -> FloatArray:
    """The rows of the ``wanted`` sounds, nan where there is none.  # [len(wanted), k]"""
    place = {sound: row for row, sound in enumerate(hashes)}
    there = np.array([place.get(sound, -1) for sound in wanted], np.int64)
    found = np.full((len(wanted), rows.shape[1]), np.nan, np.float32)
    found[there >= 0] = rows[there[there >= 0]]
    return found
