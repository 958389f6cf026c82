"""The whole library as the window shows it: columns to look through off the window's thread, records as they are seen.

Finding is a walk over one piece of memory, ordering an argsort of ranks that are made once a column is asked for; a
table holds an array of rows into this, never copies. At 200,000 tracks each takes some hundredths of a second.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from musicdesk.records import IntArray, OwnTags, Track
from musicdesk.tracks import Tracks

NO_TAGS = OwnTags()
"""While none is given."""


class Catalogue:
    """All tracks in a fixed order, with what is needed to sort and find them; safe to share between threads."""

    def __init__(self, tracks: Tracks) -> None:
        self.tracks = tracks

    @classmethod
    def of(cls, tracks: Sequence[Track]) -> "Catalogue":
        """A catalogue of these."""
        return cls(tracks if isinstance(tracks, Tracks) else Tracks.of(tracks))

    def __len__(self) -> int:
        return len(self.tracks)

    @property
    def by_hash(self) -> Mapping[str, Track]:
        """The track that stands for each sound; one that is on the disk, if there is one."""
        return self.tracks.by_hash

    @property
    def by_id(self) -> Mapping[int, int]:
        """Track id → row."""
        return self.tracks.row_of_id

    def prepare(self) -> None:
        """Make what the window will look into at once, so that it need not wait for it."""
        _ = self.by_hash, self.by_id

    def rows_of(self, ids: Iterable[int]) -> IntArray:
        """The rows of these tracks in their order; unknown ids are left out."""
        return np.array([self.by_id[i] for i in ids if i in self.by_id], dtype=np.int64)

    def matching(self, text: str, tags: OwnTags = NO_TAGS) -> IntArray:
        """The rows whose title, artists, album and tags of the listener's own hold every word of the text."""
        return self.tracks.matching(text, bearing=tags.bearing)

    def is_ranked(self, column: str) -> bool:
        """Whether the tracks can be ordered by this column at once."""
        return self.tracks.is_ranked(column)

    def rank(self, column: str) -> None:
        """Get ready to order by a column; a tenth of a second the first time."""
        self.tracks.places(column)

    def ordered(self, rows: IntArray, column: str, *, descending: bool = False) -> IntArray:
        """These rows by a column; equal ones keep their order."""
        places = self.tracks.places(column)[rows]
        return rows[np.argsort(-places if descending else places, kind="stable")]


EMPTY = Catalogue(Tracks.of(()))
"""While nothing is known."""
