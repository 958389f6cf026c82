"""What words and preference are measured on: sounds, what is known of them in words, and what people ask for.

Of Emotify: the text of an excerpt is what its file says, the words that encoders hear in it, and, as tags of the
listener's own, what people felt. Queries say what people felt and the genre, never what an encoder heard; the excerpts
that are searched have none of these tags, for they are in no text that a search reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from musicdesk.encoders.convnet.labels import artist_of
from musicdesk.encoders.nets.htcl_config import HtclConfig
from musicdesk.encoders.sentences import Sentences
from musicdesk.errors import NothingYet
from musicdesk.evaluation import semantic_words as words
from musicdesk.evaluation.emotify import emotions_of
from musicdesk.evaluation.mood_data import numbered
from musicdesk.jobs import Job
from musicdesk.mood.measures import named
from musicdesk.records import FloatArray, IntArray, Track, Vectors
from musicdesk.semantic.heard import words_of
from musicdesk.semantic.texts import Facts, facts_of, text_of

SAID, LISTED, FULL = "said", "listed", "full text"
"""Kinds of queries: in sentences, as words in a search box, and all that is known of the excerpt."""


@dataclass
class Remembered:
    """A sentence encoder that reads each text once."""

    sentences: Sentences
    known: dict[str, FloatArray] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As the settings have it."""
        return self.sentences.name

    @property
    def dim(self) -> int:
        """Numbers of a vector."""
        return self.sentences.dim

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """One vector of length one a text.  # [n, dim]"""
        new = sorted({text for text in texts if text not in self.known}, key=len)
        for start in range(0, len(new), 256):
            part = new[start : start + 256]
            self.known.update(zip(part, self.sentences.encode(part), strict=True))
        return np.stack([self.known[text] for text in texts])


@dataclass(frozen=True, eq=False)
class WordedSounds:
    """One row a sound."""

    name: str
    sounds: FloatArray  # [n, dim] as the encoder gives them
    tags: FloatArray  # [n, k] probabilities of the vocabulary
    vocabulary: tuple[str, ...]
    facts: tuple[Facts, ...]
    artists: IntArray  # [n]
    queries: Mapping[str, tuple[tuple[str, ...], ...]]
    """Kind → for each sound what asks for it."""
    genres: tuple[str, ...] = ()
    shares: FloatArray | None = None  # [n, 9] of listeners who felt each of GEMS
    tempo: FloatArray | None = None  # [n] octaves
    audio: tuple[str, ...] = ()
    """The files."""
    untold: tuple[Facts, ...] = ()
    """The same facts without what people said."""
    mels: FloatArray | None = None  # [n, frames, bands] spectrograms, where a network is fed these

    def __len__(self) -> int:
        return len(self.sounds)

    def part(self, rows: IntArray) -> "WordedSounds":
        """The sounds at ``rows`` alone."""
        own = rows.tolist()
        return replace(
            self, sounds=self.sounds[rows], tags=self.tags[rows], facts=tuple(self.facts[row] for row in own),
            artists=self.artists[rows], genres=tuple(self.genres[row] for row in own) if self.genres else (),
            queries={kind: tuple(each[row] for row in own) for kind, each in self.queries.items()},
            shares=None if self.shares is None else self.shares[rows],
            tempo=None if self.tempo is None else self.tempo[rows],
            audio=tuple(self.audio[row] for row in own) if self.audio else (),
            untold=tuple(self.untold[row] for row in own) if self.untold else (),
            mels=None if self.mels is None else self.mels[rows],
        )  # fmt: skip

    def drawn(self, tower: HtclConfig, *, folder: Path, workers: int, job: Job) -> "WordedSounds":
        """The sounds whose files can be drawn, with their spectrograms; what lies in ``folder`` is not decoded again.

        Raises NothingYet where no file can be heard, DataFolderError where ``folder`` takes nothing, Cancelled.
        """
        from musicdesk.encoders.spectrograms import draw  # decoders, which no other measure waits for

        places, mels = draw(self.audio, tower, folder=folder, workers=workers, job=job)
        if not places:
            raise NothingYet(f"None of the files of {self.name} can be heard, so there is nothing to learn from.")
        return replace(self.part(np.array(places, np.int64)), mels=mels)


def emotify_sounds(
    folder: Path, vectors: Vectors, measures: Vectors, tracks: Mapping[str, Track], *, seed: int = 0
) -> WordedSounds:
    """The excerpts of Emotify that people said something of; ``measures`` are those of the encoder handcrafted.

    Raises NothingYet where there are none, BadRequest for a table that cannot be read.
    """
    said_of = emotions_of(folder)
    places = {sound: row for row, sound in enumerate(measures.hashes)}
    rows = [
        row for row, sound in enumerate(vectors.hashes)
        if sound in places and sound in tracks and tracks[sound].path in said_of
    ]  # fmt: skip
    if not rows:
        raise NothingYet(f"None of the music of {folder} could be analysed, so nothing can be found by words.")
    heard_of = [tracks[vectors.hashes[row]] for row in rows]
    measured = [places[vectors.hashes[row]] for row in rows]
    told = (vectors.tags[rows], vectors.vocabulary), (measures.tags[measured], measures.vocabulary)
    shares = np.stack([said_of[track.path] for track in heard_of])
    genres = tuple(Path(track.path).parent.name for track in heard_of)
    emotions, heard = words.felt(shares), words_of(told)
    facts = tuple(
        facts_of(track, own_tags=words.tags(felt), heard=own)
        for track, felt, own in zip(heard_of, emotions, heard, strict=True)
    )
    return WordedSounds(
        name="Emotify", sounds=vectors.matrix[rows], tags=np.concatenate([told[0][0], told[1][0]], axis=1),
        vocabulary=(*vectors.vocabulary, *measures.vocabulary), facts=facts,
        artists=numbered(tuple(artist_of(track) for track in heard_of)),
        queries=_queries(facts, genres, emotions, seed), genres=genres, shares=shares,
        tempo=named(measures.matrix[measured]).tempo_octaves, audio=tuple(track.path for track in heard_of),
        untold=tuple(replace(fact, own_tags=()) for fact in facts),
    )  # fmt: skip


def _queries(
    facts: Sequence[Facts], genres: Sequence[str], emotions: Sequence[tuple[str, ...]], seed: int
) -> dict[str, tuple[tuple[str, ...], ...]]:
    rng = np.random.default_rng([seed, 81])
    both = list(zip(genres, emotions, strict=True))
    return {
        SAID: tuple(words.queries(genre, felt, rng=rng) for genre, felt in both),
        LISTED: tuple((words.listed(genre, felt),) for genre, felt in both),
        FULL: tuple((text_of(fact),) for fact in facts),
    }
