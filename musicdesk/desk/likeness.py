"""Where the library lies on each prototype of the taste: what the picture beside a slider is drawn over."""

from collections.abc import Mapping

from musicdesk.desk.snapshot import Snapshot
from musicdesk.prototypes.likeness import likeness
from musicdesk.records import Likeness, Taste


def likenesses(snapshot: Snapshot, taste: Taste) -> Mapping[str, Likeness]:
    """How like each prototype the library is, by the prototype's id."""
    space, around = snapshot.shelf.space, snapshot.crowd
    columns = snapshot.columns([prototype.vector for prototype in taste.prototypes]) if taste.prototypes else []
    return {
        prototype.id: likeness(space, prototype.vector, percentiles, around=around)
        for prototype, (_, percentiles) in zip(taste.prototypes, columns, strict=True)
    }
