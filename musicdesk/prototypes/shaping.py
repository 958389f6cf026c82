"""Prototypes shaped by hand: what stands behind one, its pieces, several as one, and those of another library.

All of it is plain clustering and averaging in the space of the bank; what a person shapes keeps the tracks that it was
made from, so that it can be found again in another space.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.prototypes import bank, naming
from musicdesk.prototypes.inheritance import HARDLY_MOVED, NEGATIVE_ID, SAME, offered, rows_of
from musicdesk.prototypes.providers import Candidate
from musicdesk.records import PROTOTYPE_SLOTS, FloatArray, IntArray, Origin, Prototype, Taste, Vectors

PIECES = 4
"""A prototype is split into so many at most: more cannot be told apart at a glance."""
FEW = 4
"""With fewer likes behind a prototype, the library's tracks around it are looked at, too."""
AROUND = 24
"""So many tracks of the library stand behind it then, at the least."""
KEPT_TRACKS = 200
"""So many of the tracks that a prototype was made from are remembered, those nearest to it."""
BY_HAND = (Origin.TAG, Origin.TEXT, Origin.TRACKS)


@dataclass(frozen=True, eq=False)
class Workbench:
    """The library and what was said of it, as far as shaping must know them."""

    vectors: Vectors
    space: FloatArray  # [n, dim] unit rows
    rows: Mapping[str, int]
    """Audio hash → row."""
    liked: IntArray
    disliked: IntArray

    def of(self, hashes: Iterable[str]) -> IntArray:
        """The rows of these sounds, those that are there.  # [m]"""
        return rows_of(self.rows, hashes)

    def hashes(self, rows: IntArray) -> tuple[str, ...]:
        """The audio hashes of rows."""
        return tuple(self.vectors.hashes[row] for row in rows.tolist())

    def named(self, rows: IntArray, taken: Collection[str]) -> str:
        """A name in the encoder's words for the tracks of some rows."""
        return naming.name(self.vectors.tags, self.vectors.vocabulary, rows, taken=taken)


def behind(bench: Workbench, taste: Taste, prototype: Prototype) -> IntArray:
    """The rows of the tracks that a prototype stands for.  # [m]

    Those it was made from; else the likes that are nearer to it than to any other prototype; where those are few, the
    tracks of the library that are: all of them for a group of the library, the near ones for others.
    """
    own = bench.disliked if prototype.origin is Origin.DISLIKES else bench.of(prototype.tracks)
    if len(own):
        return own
    liked = _nearest_to(bench, taste, prototype, bench.liked) if prototype.origin is Origin.LIKES else own
    if len(liked) >= FEW:
        return liked
    around = _nearest_to(bench, taste, prototype, np.arange(len(bench.space)))
    if prototype.origin is Origin.LIBRARY and len(around):
        return around
    return _near(bench, prototype, around) if len(around) else bench.of(prototype.exemplars)


def pieces(bench: Workbench, taste: Taste, prototype: Prototype, *, rng: np.random.Generator) -> tuple[Prototype, ...]:
    """What a prototype falls into, two to four, largest first; each with name, exemplars and a slot of its own.

    Gains and flags are inherited; the largest keeps the slot. Raises BadRequest where there is no room, NothingYet
    where all of it sounds alike.
    """
    others = tuple(p for p in taste.prototypes if p.id != prototype.id)
    most = min(PIECES, PROTOTYPE_SLOTS - sum(not offered(p) for p in others))
    making_room(others, 2)
    clusters = bank.build(bench.space, behind(bench, taste, prototype), most=most, rng=rng)
    if len(clusters) < 2:
        raise NothingYet(f"What stands behind {prototype.name} sounds all alike: there is nothing to split.")
    others = making_room(others, len(clusters))
    slots = [prototype.slot, *free_slots(others, but=prototype.slot)]
    made: list[Prototype] = []
    for cluster, slot in zip(clusters, slots, strict=False):
        name = bench.named(cluster.members, {p.name for p in (*others, *made)})
        made.append(_piece(bench, prototype, cluster, name=name, slot=slot))
    return tuple(made)


def merged(bench: Workbench, taste: Taste, prototypes: Sequence[Prototype], *, name: str = "") -> Prototype:
    """One prototype of several, with identity and slot of the one that has most behind it.

    Its gain is theirs, each counting as much as what stands behind it. Without a name it is called after its tracks.
    """
    groups = [behind(bench, taste, p) for p in prototypes]
    weights = np.array([max(1, len(group)) for group in groups], dtype=np.float64)
    first = prototypes[int(np.argmax(weights))]
    rows = np.unique(np.concatenate(groups)).astype(np.int64)
    vector = bank.direction(bench.space[rows]) if len(rows) else first.vector
    others = {p.name for p in taste.prototypes if p not in prototypes}
    words = {p.word for p in prototypes}
    whole = replace(
        first,
        name=name or bench.named(rows, others),
        vector=vector,
        gain=_mean([p.gain for p in prototypes], weights),
        found=_mean([p.found for p in prototypes], weights),
        muted=all(p.muted for p in prototypes),
        solo=any(p.solo for p in prototypes),
        locked=any(p.locked for p in prototypes),
        support=sum(p.support for p in prototypes),
        origin=_common([p.origin for p in prototypes], one_word=len(words) == 1),
        word=first.word if len(words) == 1 else "",
        tracks=_kept(bench, vector, rows),
        pinned=tuple(dict.fromkeys(h for p in prototypes for h in p.pinned)),
        refused=tuple(dict.fromkeys(h for p in prototypes for h in p.refused)),
        faithful=None,
    )
    return shown(bench, whole, rows)


def from_rows(
    bench: Workbench, taste: Taste, rows: IntArray, *, name: str = "", origin: Origin = Origin.TRACKS, word: str = ""
) -> Prototype:
    """A new prototype for the tracks of some rows; raises BadRequest where there is no room for it."""
    others = making_room(taste.prototypes, 1)
    vector = bank.direction(bench.space[rows])
    called = name or bench.named(rows, {p.name for p in others})
    made = Prototype(
        id=fresh_id(vector, {p.id for p in others}), name=called, slot=free_slots(others)[0], vector=vector,
        support=len(rows), origin=origin, word=word, tracks=_kept(bench, vector, rows),
    )  # fmt: skip
    return shown(bench, made, rows)


def from_candidate(bench: Workbench, taste: Taste, found: Candidate, *, name: str) -> Prototype:
    """A new prototype for a word or a phrase, with the exemplars that its provider chose."""
    made = from_rows(bench, taste, found.rows, name=name, origin=found.origin, word=found.word)
    identity = fresh_id(found.vector, {p.id for p in taste.prototypes})
    return replace(
        made, id=identity, vector=found.vector, exemplars=bench.hashes(found.exemplars), faithful=found.faithful,
        support=found.support,
    )  # fmt: skip


def alike(one: Prototype, other: Prototype) -> bool:
    """Whether two prototypes of the same space stand for the same."""
    return one.vector.shape == other.vector.shape and float(one.vector @ other.vector) >= HARDLY_MOVED


def shown(bench: Workbench, prototype: Prototype, rows: IntArray) -> Prototype:
    """The prototype with the exemplars that it shall have: the pinned first, the refused never; ``rows`` are behind."""
    refused = set(prototype.refused)
    pinned = [h for h in prototype.pinned if h not in refused]
    barred, wanted = bench.of({*refused, *pinned}).tolist(), max(bank.EXEMPLARS - len(pinned), 0)
    others = bank.exemplars(bench.space, prototype.vector, rows, count=wanted, refused=barred)
    return replace(prototype, exemplars=(*pinned, *bench.hashes(others)))


def carried(bench: Workbench, taste: Taste) -> tuple[Prototype, ...]:
    """The prototypes of a taste that was made elsewhere, as they are heard here: by the tracks that stand for them.

    Those of which no track is here are left out. A taste of this encoder and this library stays as it is.
    """
    if taste.key == bench.vectors.key and all(p.vector.shape == bench.space.shape[1:] for p in taste.prototypes):
        return taste.prototypes
    return tuple(here for p in taste.prototypes if (here := heard_here(bench, p)) is not None)


def heard_here(bench: Workbench, prototype: Prototype) -> Prototype | None:
    """A prototype as its tracks, or its exemplars, sound in this space; None if none of them is here."""
    rows = bench.of(prototype.tracks)
    if not len(rows):
        rows = bench.of((*prototype.pinned, *prototype.exemplars))
    if not len(rows):
        return None
    return replace(prototype, vector=bank.direction(bench.space[rows]))


def as_told(bench: Workbench, prototypes: Iterable[Prototype]) -> tuple[Prototype, ...]:
    """Prototypes from a file with ids of their own, and with tracks of this library to show them."""
    made: list[Prototype] = []
    for p in prototypes:
        told = p.id.startswith("p") or (p.id == NEGATIVE_ID and p.origin is Origin.DISLIKES)
        identity = p.id if told else fresh_id(p.vector, {other.id for other in made})
        p = replace(p, id=identity)
        made.append(p if p.exemplars else shown(bench, p, bench.of(p.tracks)))
    return tuple(made)


def remembered(gone: Prototype, kept: Sequence[Prototype]) -> Prototype | None:
    """How a prototype that a person took out is remembered, so that nothing like it comes back by itself.

    Where something that stays is like it, its word alone is kept away; None where it has none.
    """
    if not any(alike(p, gone) for p in kept):
        return gone
    return replace(gone, vector=np.zeros_like(gone.vector), exemplars=(), tracks=()) if gone.word else None


def making_room(prototypes: Sequence[Prototype], count: int) -> tuple[Prototype, ...]:
    """These prototypes with room for so many more: words that are only on offer make way, the last ones first.

    Raises BadRequest where that is not enough.
    """
    kept, over = list(prototypes), len(prototypes) + count - PROTOTYPE_SLOTS
    for p in [p for p in reversed(kept) if offered(p)][: max(over, 0)]:
        kept.remove(p)
    if len(kept) + count > PROTOTYPE_SLOTS:
        raise BadRequest(
            f"There are {len(kept)} prototypes, and {PROTOTYPE_SLOTS} can be told apart. Merge or remove some first."
        )
    return tuple(kept)


def free_slots(prototypes: Iterable[Prototype], *, but: int = -1) -> list[int]:
    """The slots that none of these has, in order, ``but`` left out."""
    used = {p.slot for p in prototypes} | {but}
    return [slot for slot in range(PROTOTYPE_SLOTS) if slot not in used]


def fresh_id(vector: FloatArray, used: Collection[str]) -> str:
    """An id that nobody has; the same direction, asked again, gets the same, so that its past is found again."""
    for salt in range(len(used) + 1):
        identity = "p" + hashlib.sha256(vector.tobytes() + bytes([salt])).hexdigest()[:8]
        if identity not in used:
            break
    return identity


def _piece(bench: Workbench, parent: Prototype, cluster: bank.Cluster, *, name: str, slot: int) -> Prototype:
    members = set(bench.hashes(cluster.members))
    made = replace(
        parent,
        id=fresh_id(cluster.vector, {parent.id}),
        name=name,
        slot=slot,
        vector=cluster.vector,
        support=len(cluster.members) if parent.support else 0,
        tracks=_kept(bench, cluster.vector, cluster.members),
        pinned=tuple(h for h in parent.pinned if h in members),
        faithful=None,
    )
    return shown(bench, made, cluster.members)


def _kept(bench: Workbench, vector: FloatArray, rows: IntArray) -> tuple[str, ...]:
    near_first = rows[np.argsort(-(bench.space[rows] @ vector), kind="stable")]
    return bench.hashes(near_first[:KEPT_TRACKS])


def _nearest_to(bench: Workbench, taste: Taste, prototype: Prototype, rows: IntArray) -> IntArray:
    """Those of ``rows`` that are nearer to this prototype than to any other."""
    place = next(i for i, p in enumerate(taste.prototypes) if p.id == prototype.id)
    vectors = np.stack([p.vector for p in taste.prototypes])
    some = bench.space[rows] if len(rows) < len(bench.space) else bench.space
    near = some @ vectors.T
    return np.asarray(rows[(np.argmax(near, axis=1) == place) & (near[:, place] > 0)])


def _common(origins: Sequence[Origin], *, one_word: bool) -> Origin:
    """What several were made from: what any of them shares with the likes goes on counting as such."""
    if Origin.LIKES in origins:
        return Origin.LIKES
    return origins[0] if len(set(origins)) == 1 and one_word else Origin.TRACKS


def _near(bench: Workbench, prototype: Prototype, rows: IntArray) -> IntArray:
    """Those of ``rows`` that are the same kind, or, if they are few, the nearest, as many as it was made from."""
    near = bench.space[rows] @ prototype.vector
    count = max(AROUND, prototype.support, int((near >= SAME).sum()))
    return np.sort(rows[np.argsort(-near, kind="stable")[:count]])


def _mean(values: Sequence[float], weights: npt.NDArray[np.float64]) -> float:
    return round(float(np.average(values, weights=weights)), 6)
