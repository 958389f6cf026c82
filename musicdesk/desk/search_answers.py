"""Hits put together from what was found by words and what is meant; a search asks, and nothing is held back from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from musicdesk.desk.exact_hits import Exact, ExactHits
from musicdesk.desk.reader import Reader
from musicdesk.desk.search_picture import Picture
from musicdesk.desk.word_spaces import WordSpace
from musicdesk.records import FloatArray, IntArray, Track
from musicdesk.records.searching import Hit, Reason, Understood
from musicdesk.semantic.search import MOOD, SOUND, TAGS, TEXT, TEXT_WEIGHT, WITHOUT, Mask, Meant, top
from musicdesk.store.tracks import TrackStore

LEAST = 0.25
"""The least score of a hit by meaning: below it a query says next to nothing, or nothing that is heard here."""
AGAINST = -1.0
"""A track that holds every word comes first unless what is not wanted speaks so much against it."""
COPIES = 2
"""So many times more are looked at than are shown, since several recordings of one kind are shown once."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a search found."""

    hits: tuple[Hit, ...]
    exact: int
    """How many tracks hold every word, in the answer or not."""
    guessed: bool = False
    """Whether it is a guess what is meant: no word is known, and nothing lies near."""


class Answers:
    """Answers questions about one library."""

    def __init__(self, *, exact: ExactHits, reader: Reader, tracks: TrackStore) -> None:
        self._exact, self._reader, self._tracks = exact, reader, tracks

    def by_name(self, exact: Exact, *, limit: int, only: IntArray | None = None) -> Answer:
        """The exact hits, each sound once, where nothing else is asked."""
        ids = _among(exact.matches.ids, only)
        reasons = (Reason(TEXT, _asked(exact.understood), TEXT_WEIGHT),)
        hits = tuple(Hit(track, True, TEXT_WEIGHT, 1.0, reasons) for track in self._once(ids)[:limit])
        return Answer(hits, exact.matches.count if only is None else len(ids))

    def by_meaning(
        self, picture: Picture, space: WordSpace | None, exact: Exact, *, limit: int, only: IntArray | None = None
    ) -> Answer:
        """The exact hits, then what fits by meaning, without another recording of the same.

        Where there are exact hits it is not guessed what else the words could mean: then they are a name.
        """
        vector = self._vector(picture, exact.understood)
        guessed = picture.meanings.is_guess(exact.understood, vector)
        meant = self._meant(picture, space, exact.understood, None if guessed and exact.matches.count else vector)
        ids, count = _standing(picture, meant, exact, only)
        hits = [_exact_hit(picture, meant, exact.understood, track) for track in self._once(ids)[:limit]]
        allowed = self.allowed(picture, exact.understood, only) & (meant.scores >= LEAST)
        allowed[picture.rows_of(ids)] = False
        best = top(meant, COPIES * (limit - len(hits)), allowed=allowed)
        rows = _each_recording_once(picture, best)[: limit - len(hits)]
        return Answer((*hits, *_hits(picture, meant, rows)), count, guessed and not count)

    def meant(self, picture: Picture, space: WordSpace | None, understood: Understood) -> Meant:
        """What each sound is given."""
        return self._meant(picture, space, understood, self._vector(picture, understood))

    def _vector(self, picture: Picture, understood: Understood) -> FloatArray | None:
        return self._reader.vector(understood.meaning) if picture.reader else None

    def _meant(
        self, picture: Picture, space: WordSpace | None, understood: Understood, vector: FloatArray | None
    ) -> Meant:
        return picture.meanings.ask(
            understood,
            vector=vector,
            without=self._unwanted(understood) if picture.reader else (),
            sound=space.near(understood.meaning) if space is not None else None,
            held=self._held(picture, understood),
        )

    def allowed(self, picture: Picture, understood: Understood, only: IntArray | None = None) -> Mask:
        """The sounds that may be found by meaning: on the disk, in the lists, and of the fields asked for.  # [n]"""
        allowed = picture.snapshot.shelf.present.copy()
        for ids in (only, self._exact.having(understood)):
            if ids is not None:
                allowed &= picture.mask_of(ids)
        return allowed

    def _held(self, picture: Picture, understood: Understood) -> Mapping[str, IntArray]:
        return {word: picture.rows_of(ids) for word, ids in self._exact.held(understood).items()}

    def _unwanted(self, understood: Understood) -> list[FloatArray]:
        """The vectors of what is not wanted, zeros for what cannot be read."""
        found = [self._reader.vector(text) for text in understood.without]
        width = next((len(vector) for vector in found if vector is not None), 0)
        return [np.zeros(width, np.float32) if vector is None else vector for vector in found] if width else []

    def _once(self, ids: IntArray) -> list[Track]:
        """Tracks by id, each sound once, in their order."""
        known, found = self._tracks.many(ids.tolist()), dict[str, Track]()
        for track in (known[id_] for id_ in ids.tolist() if id_ in known):
            found.setdefault(track.audio_hash or f"file {track.id}", track)
        return list(found.values())


def parts(picture: Picture, space: WordSpace | None) -> tuple[str, ...]:
    """What can be asked: text, tags, sound."""
    tags = (TAGS,) if picture.meanings.vocabulary else ()
    return (TEXT, *tags, *((SOUND,) if space is not None else ()))


def _standing(picture: Picture, meant: Meant, exact: Exact, only: IntArray | None) -> tuple[IntArray, int]:
    """The exact hits that come first, and how many there are: all but what is of no mood that is asked for by its
    name, or sounds much like what is not wanted.
    """
    ids, count = _among(exact.matches.ids, only), exact.matches.count
    places, wanted = picture.places(ids), exact.understood
    if WITHOUT in meant.parts:
        against = (np.append(meant.parts[WITHOUT], 0)[places] <= AGAINST) & ~np.isin(ids, exact.as_typed)
        ids, places, count = ids[~against], places[~against], count - int(against.sum())
    moods = tuple(field for field in wanted.fields if field[0] == "mood")
    felt = picture.meanings.ask(Understood(fields=moods)).parts.get(MOOD) if moods else None
    if felt is None:
        return ids, count if only is None else len(ids)
    fits = np.append(felt, np.float32(-np.inf))[places]
    order = np.argsort(-fits, kind="stable")
    ids = ids[order][fits[order] > 0]
    return ids, len(ids)


def _among(ids: IntArray, only: IntArray | None) -> IntArray:
    return ids if only is None else ids[np.isin(ids, only)]


def _hits(picture: Picture, meant: Meant, rows: IntArray) -> Iterator[Hit]:
    hashes, tracks = picture.snapshot.shelf.hashes, picture.snapshot.tracks
    for row, match in zip(rows.tolist(), meant.matches(rows).tolist(), strict=True):
        yield Hit(tracks[hashes[row]], False, float(meant.scores[row]), match, meant.reasons(row))


def _exact_hit(picture: Picture, meant: Meant, understood: Understood, track: Track) -> Hit:
    row = picture.snapshot.shelf.row(track.audio_hash)
    reasons = meant.reasons(row) if row is not None and row < picture.meanings.count else ()
    if not any(reason.part == TEXT for reason in reasons):
        reasons = (Reason(TEXT, _asked(understood), TEXT_WEIGHT), *reasons)
    return Hit(track, True, sum(reason.amount for reason in reasons), 1.0, reasons)


def _asked(understood: Understood) -> tuple[str, ...]:
    """What an exact hit holds: every word, phrase and field."""
    fields = (value for name, value in understood.fields if name != "mood")
    return tuple(dict.fromkeys((*understood.words, *understood.phrases, *fields)))


def _each_recording_once(picture: Picture, rows: IntArray) -> IntArray:
    """Rows without those that are another encoding of a recording before them."""
    recordings = picture.snapshot.shelf.recordings
    if recordings is None:
        return rows
    _, first = np.unique(recordings[rows], return_index=True)
    return rows[np.sort(first)]
