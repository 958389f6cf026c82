"""What a person said and wants, and the lists that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from musicdesk.records.analysis import EncoderKey
from musicdesk.records.arrays import FloatArray
from musicdesk.records.library import Track


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the person said of one sound."""

    liked: bool = False
    disliked: bool = False
    never: bool = False
    """Never suggest it; says nothing about the taste."""
    not_now_until: float = 0.0
    """Do not suggest it before this time (seconds since the epoch)."""
    stars: float | None = None
    """0 to 5."""
    plays: int = 0
    last_played: float = 0.0

    @property
    def positive(self) -> bool:
        """Whether it counts for the taste."""
        return not self.disliked and (self.liked or (self.stars or 0) >= 4)

    @property
    def negative(self) -> bool:
        """Whether it counts against the taste."""
        return not self.liked and (self.disliked or (self.stars is not None and self.stars <= 2))


GAIN_MIN, GAIN_MAX = -1.0, 2.0
"""The range of a gain: 0 ignores a prototype, 1 is as found, below 0 turns away from it."""


PROTOTYPE_SLOTS = 40
"""So many prototypes can be told apart: eight colours, each with five of the eight shapes."""


class Origin(StrEnum):
    """What a prototype was made from."""

    LIKES = "likes"
    """A group of what the person likes."""
    LIBRARY = "library"
    """A group of the whole library."""
    DISLIKES = "dislikes"
    TAG = "tag"
    """A word: of the encoder's vocabulary, of the files' genres, or of the listener's own."""
    TEXT = "text"
    """A phrase, heard by an encoder that knows words and sound."""
    TRACKS = "tracks"
    """Tracks, an artist or a playlist that a person chose."""


@dataclass(frozen=True, slots=True, eq=False)
class Prototype:
    """One named part of the taste: a direction of the vector space with a gain, like a channel of a mixer."""

    id: str
    name: str
    slot: int
    """0 to 39: its colour and shape, kept until a person chooses another."""
    vector: FloatArray  # [dim] unit length, in the library's standardised space
    exemplars: tuple[str, ...] = ()
    """Audio hashes of the tracks that show best what it stands for, best first."""
    gain: float = 1.0
    muted: bool = False
    solo: bool = False
    locked: bool = False
    support: int = 0
    """How many tracks it was made from."""
    origin: Origin = Origin.LIKES
    word: str = ""
    """The tag or phrase behind it."""
    tracks: tuple[str, ...] = ()
    """Audio hashes of the tracks that a person made it from; none where it is found by itself."""
    pinned: tuple[str, ...] = ()
    """Exemplars that a person wants to stay; they come first."""
    refused: tuple[str, ...] = ()
    """Sounds that shall not stand for it."""
    faithful: float | None = None
    """How well what is heard agrees with its word, as a share of the library that agrees less; None: not measured."""
    found: float = 1.0
    """The gain that the model believes; a gain that nobody moved follows it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Prototype) and self._comparable() == other._comparable()

    def __hash__(self) -> int:
        return hash((self.id, self.name, self.slot, self.gain))

    def _comparable(self) -> tuple[object, ...]:
        return (
            self.id, self.name, self.slot, self.exemplars, self.gain, self.muted, self.solo, self.locked, self.support,
            self.origin, self.word, self.tracks, self.pinned, self.refused, self.faithful, self.found,
            self.vector.tobytes(),
        )  # fmt: skip


ADVISOR = "advisor:"
"""What sets an advisor's name apart from a prototype's where either may stand."""


@dataclass(frozen=True, slots=True)
class Advisor:
    """A recommender whose score is one more slider beside the prototypes."""

    id: str
    """The recommender's name."""
    name: str
    """What its part of the score is called: people's habits, my history, sounds like my taste."""
    gain: float = 1.0
    muted: bool = False
    knows: str = ""
    """A sentence: what it was made from, and how far that carries."""
    found: float = 1.0
    """The gain that what it knows speaks for; a gain that nobody moved follows it as more becomes known."""


@dataclass(frozen=True, slots=True)
class Taste:
    """The listener's taste: prototypes with gains. Edits make a new record."""

    key: EncoderKey
    prototypes: tuple[Prototype, ...] = ()
    variety: float = 0.2
    """0: only the score counts; 1: picks as unlike each other as can be (MMR)."""
    liked: int = 0
    """How many positive tracks it was built from; 0: from the library itself."""
    sounds: int = 0
    """How many sounds were analysed when it was made; it is made anew when the library has grown."""
    advisors: tuple[Advisor, ...] = ()
    """Recommenders that have a say beside the prototypes."""
    removed: tuple[Prototype, ...] = ()
    """Prototypes that a person took out: nothing like them comes back by itself when the taste is made anew."""

    def prototype(self, reference: str) -> Prototype | None:
        """The prototype with this id, 1-based number or name (any case; a unique beginning is enough)."""
        wanted = reference.strip().casefold()
        for number, prototype in enumerate(self.prototypes, start=1):
            if wanted in (prototype.id.casefold(), str(number), prototype.name.casefold()):
                return prototype
        found = [p for p in self.prototypes if p.name.casefold().startswith(wanted)] if wanted else []
        return found[0] if len(found) == 1 else None

    def edited(self, prototype: Prototype) -> "Taste":
        """This taste with the prototype of the same id replaced."""
        return replace(self, prototypes=tuple(prototype if p.id == prototype.id else p for p in self.prototypes))

    def advisor(self, reference: str) -> Advisor | None:
        """The advisor with this name or id (any case), with or without "advisor:" before it."""
        wanted = reference.strip().casefold().removeprefix(ADVISOR)
        return next((a for a in self.advisors if wanted in (a.id.casefold(), a.name.casefold())), None)

    def advised(self, advisor: Advisor) -> "Taste":
        """This taste with the advisor of the same name replaced."""
        return replace(self, advisors=tuple(advisor if a.name == advisor.name else a for a in self.advisors))

    @property
    def advisor_gains(self) -> FloatArray:
        """The gains of the advisors that count after mute; a prototype on solo silences them all.  # [len(advisors)]"""
        soloed = any(p.solo for p in self.prototypes)
        return np.array([0.0 if a.muted or soloed else a.gain for a in self.advisors], dtype=np.float32)

    @property
    def gains(self) -> FloatArray:
        """The gains of the prototypes that count after mute and solo.  # [k]"""
        soloed = any(p.solo for p in self.prototypes)
        return np.array(
            [0.0 if p.muted or (soloed and not p.solo) else p.gain for p in self.prototypes], dtype=np.float32
        )


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Where in a sound a prototype is heard best."""

    audio_hash: str
    start_s: float
    length_s: float
    near: float
    """How near these seconds are to the prototype, as a percentile of the library's tracks, 0 to 1."""
    faithful: float | None = None
    """How well they agree with its word, as a percentile of the library's tracks; None where it has no word."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a recommendation must keep to."""

    limit: int = 50
    seed: str = ""
    """Audio hash of a track to start from; "" ranks by the taste alone."""
    not_artists: tuple[str, ...] = ()
    max_per_artist: int = 3
    """0: no cap."""
    max_per_album: int = 2
    include_known: bool = False
    """Also suggest what the person has already liked."""
    min_length_s: float = 30.0
    max_length_s: float = 900.0


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Picks as arrays, best first: what a table shows without making a record a row."""

    hashes: tuple[str, ...]
    track_ids: tuple[int, ...]
    scores: FloatArray  # [n] sum of the contributions
    match: FloatArray  # [n] percentile of the score in this library, 0 to 1
    contributions: FloatArray  # [n, k] gain times column; rows add up to scores
    percentiles: FloatArray  # [n, k] how near each pick is to each part, as a percentile of the library
    parts: tuple[str, ...]
    """The names of the k parts (prototypes, then the seed if there is one)."""
    slots: tuple[int, ...]
    """Colour and shape of each part."""
    gains: FloatArray  # [k] that made the contributions
    considered: int = 0
    """Sounds that could have been picked."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Why others were not picked: reason → count."""

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True, slots=True)
class Part:
    """One part's share in a score."""

    name: str
    slot: int
    gain: float
    contribution: float
    percentile: float


@dataclass(frozen=True, slots=True)
class Radar:
    """What a list is like, in words, beside the library: mean percentiles from 0 to 1, axis by axis."""

    axes: tuple[str, ...]
    taste: tuple[float, ...]
    library: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a track stands where it stands: parts that add up to the score exactly, largest effect first."""

    track: Track
    score: float
    match: float
    rank: int
    """1 is the best of all that are analysed, before caps and filters."""
    of: int
    parts: tuple[Part, ...]
    left_out: tuple[str, ...] = ()
    """Sentences: which filter or cap keeps it out of the list."""
    words: tuple[str, ...] = ()
    """The encoder's words in which it stands out most."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A track with its place and reasons."""

    track: Track
    score: float
    match: float
    parts: tuple[Part, ...] = ()

    @property
    def why(self) -> str:
        """The strongest reason in a few words."""
        best = max(self.parts, key=lambda p: p.contribution, default=None)
        return "" if best is None else f"{best.name} {best.contribution:+.2f}"
