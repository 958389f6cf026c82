"""The chosen tracks of the map as a table: what the map shows by place and colour, in words."""

from collections.abc import Callable, Sequence

import numpy as np

from musicdesk.records import TORN, IntArray, MapPoints, Track
from musicdesk.ui.columns import ALBUM, ARTIST, LIKED, TITLE, Column, Kind
from musicdesk.ui.map_picture import Look
from musicdesk.ui.tracks_model import TrackTable

NEAREST = Column("nearest", "Nearest prototype", Kind.MARKED, 176, "The prototype that the track is nearest to")
TRUST = Column("trust", "Trust", Kind.NUMBER, 60, "How many of its ten nearest lie near it on the map, too")
COLUMNS = (TITLE, ARTIST, ALBUM, NEAREST, TRUST, LIKED)
HALF_TORN = 0.6
NOTHING = MapPoints(
    (), np.zeros((0, 2), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64), (), (), (), 1.0, 1.0
)


class MapModel(TrackTable):
    """Some rows of the map; records are looked up as they are seen."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self.points, self.rows = NOTHING, np.zeros(0, np.int64)
        self.track_of: Callable[[str], Track | None] = lambda _: None

    def show(self, points: MapPoints, rows: IntArray) -> None:
        """Show these rows of the map."""
        self.beginResetModel()
        self.points, self.rows = points, rows
        self._count = len(rows)
        self.endResetModel()

    def track(self, row: int) -> Track | None:
        """The track of a row."""
        return self.track_of(self.points.hashes[self.rows[row]]) if 0 <= row < len(self.rows) else None

    def key(self, row: int) -> object:
        """The sound."""
        return self.points.hashes[self.rows[row]] if 0 <= row < len(self.rows) else ""

    def slot(self, row: int) -> int:
        """The colour and shape of the prototype that it is nearest to."""
        nearest = int(self.points.nearest[self.rows[row]]) if 0 <= row < len(self.rows) else -1
        return self.points.slots[nearest] if nearest >= 0 else -1

    def text(self, row: int, column: Column) -> str:
        """What stands in a cell."""
        if column is NEAREST and 0 <= row < len(self.rows):
            nearest = int(self.points.nearest[self.rows[row]])
            return self.points.names[nearest] if nearest >= 0 else ""
        if column is TRUST and 0 <= row < len(self.rows):
            return f"{100 * float(self.points.trust[self.rows[row]]):.0f} %"
        return super().text(row, column)

    def tracks(self, rows: Sequence[int]) -> Sequence[Track]:
        """The tracks of some rows."""
        known = (self.track_of(self.points.hashes[place]) for place in self.rows[np.asarray(rows, np.int64)].tolist())
        return tuple(track for track in known if track is not None)


def look_of(points: MapPoints, *, kind: int = -1) -> Look:
    """How the points are drawn where one kind of music (-1: all) is looked at; none is chosen."""
    nobody = np.zeros(len(points), np.bool_)
    return Look(
        slots=np.array([*points.slots, -1], np.int64)[points.nearest],
        faded=np.digitize(points.trust, (TORN, HALF_TORN)).astype(np.int64),
        back=points.nearest != kind if kind >= 0 else nobody,
        chosen=nobody,
    )
