"""The tags that people gave to the artists of HetRec Last.fm, as prototypes of the artists' sound.

A tag becomes a prototype if enough artists carry it, and if it says something of the sound (see ``NO_SOUND``): the
direction in which its artists lie, each counted by the share of the tag among all tags it was given.
"""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import lastfm
from musicdesk.evaluation.listening_data import ListeningData
from musicdesk.recommend.foretelling import levelled
from musicdesk.recommend.log import BoolArray
from musicdesk.records import FloatArray, unit_rows

TAGGED, TAGS = "user_taggedartists.dat", "tags.dat"
FEWEST = 20
"""Artists that a tag needs."""
WHO = ("seen live", "memories")
"""Tags that tell what the person did, or remembers."""
WHERE = ("american", "british", "usa", "uk", "english", "canadian", "brazilian", "french", "spanish")
"""Tags that tell where an artist comes from."""
HOW_MUCH = (
    "awesome", "love", "favorites", "amazing", "cool", "favorite", "love at first listen", "<3", "classic",
    "favorite songs", "guilty pleasures", "fucking awesome", "perfect", "love it", "favourites", "guilty pleasure",
    "brilliant", "genius", "best song ever", "fav artists", "4m4zinq", "great song", "top 40",
)  # fmt: skip
"""Tags that tell how much it is liked, or how well it sold."""
BESIDE = ("cover", "covers", "gossip girl", "2008", "2010")
"""Tags that tell of something beside the music: who wrote a piece first, where it was used, the year."""
NO_SOUND = frozenset((*WHO, *WHERE, *HOW_MUCH, *BESIDE))
"""Tags that say nothing of the sound: who listened, where from, how much it was liked. No prototype is made of them.

Chosen by what they mean, of the 170 most used tags. Where in doubt a tag stays a prototype: what somebody may hear
(beautiful, sexy, sad, the eighties, Latin, live) is not listed.
"""


@dataclass(frozen=True, slots=True, eq=False)
class TaggedArtists:
    """Artists with their sound, and tags as prototypes."""

    data: ListeningData
    sounds: FloatArray  # [n, dim] unit rows
    names: tuple[str, ...]  # [k] tags, the most frequent first
    tags: FloatArray  # [n, k] share of each tag in what was said of the artist; nan where nothing was
    prototypes: FloatArray  # [k, dim] unit rows

    def with_sounds_dealt(self, *, rng: np.random.Generator) -> "TaggedArtists":
        """The control: every artist gets the sound of another one, and the prototypes follow."""
        sounds = self.sounds[rng.permutation(len(self.sounds))]
        return TaggedArtists(self.data, sounds, self.names, self.tags, directions(sounds, self.tags))

    def told_of(self, artists: BoolArray) -> "TaggedArtists":
        """With what was said of some artists alone; prototypes are made of these.  # [n]"""
        tags = np.where(artists[:, None], self.tags, np.float32(np.nan))
        return replace(self, tags=tags, prototypes=directions(self.sounds, tags))


def is_here(folder: Path) -> bool:
    """Whether ``folder`` is that of the data set, tags included."""
    return lastfm.is_here(folder) and (folder / TAGGED).is_file() and (folder / TAGS).is_file()


def load(folder: Path, *, prototypes: int = 60, every_tag: bool = False, encoder: str = "") -> TaggedArtists:
    """The artists of ``folder`` and so many of the tags that most artists carry.

    ``every_tag``: even those that say nothing of the sound; ``encoder``: one of ``lastfm.ENCODERS``, "" the first.

    Raises BadRequest if the data cannot be read, NothingYet if no tag is on enough artists.
    """
    data = lastfm.load(folder, encoder=encoder)
    try:
        said, names = _said(folder), _names(folder)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise BadRequest(f"The tags in {folder} cannot be read: {error}.") from error
    carriers = Counter(tag for _, tag in said if every_tag or names.get(tag, "").casefold() not in NO_SOUND)
    chosen = [tag for tag, artists in carriers.most_common(prototypes) if artists >= FEWEST]
    if not chosen:
        raise NothingYet(f"No tag is on {FEWEST} of the artists of {folder.name}, so there are no prototypes.")
    tags = _shares(said, chosen, artists=data.log.n_items)
    sounds = unit_rows(levelled(_needed(data)))
    return TaggedArtists(data, sounds, tuple(names[tag] for tag in chosen), tags, directions(sounds, tags))


def _needed(data: ListeningData) -> FloatArray:
    assert data.vectors is not None  # the data set has them
    return data.vectors


def _said(folder: Path) -> Counter[tuple[int, int]]:
    """How many people gave an artist (a row) a tag (its id)."""
    artists = lastfm.artist_rows(folder)
    with (folder / TAGGED).open(encoding="utf-8") as file:
        next(file)
        cells = (line.split() for line in file)
        return Counter((artists[cell[1]], int(cell[2])) for cell in cells if cell[1] in artists)


def _names(folder: Path) -> dict[int, str]:
    with (folder / TAGS).open(encoding="latin-1") as file:
        next(file)
        cells = (line.rstrip("\r\n").split("\t") for line in file)
        return {int(cell[0]): cell[1] for cell in cells}


def _shares(said: Counter[tuple[int, int]], chosen: list[int], *, artists: int) -> FloatArray:
    places = {tag: place for place, tag in enumerate(chosen)}
    counts = np.zeros((artists, len(chosen)), np.float32)
    for (artist, tag), people in said.items():
        if tag in places:
            counts[artist, places[tag]] = people
    totals = counts.sum(axis=1, keepdims=True)
    shares: FloatArray = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    return shares


def directions(sounds: FloatArray, tags: FloatArray) -> FloatArray:
    """The unit mean of the sounds of each tag's artists, by share.  # [k, dim]"""
    return unit_rows(np.nan_to_num(tags).T @ sounds)
