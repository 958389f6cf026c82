"""From feedback to a taste: what the listener likes becomes prototypes, what survives an edit stays."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from musicdesk.errors import NothingYet
from musicdesk.prototypes import bank, naming
from musicdesk.records import FloatArray, IntArray, Prototype, Taste, Vectors

Describe = Callable[[IntArray, Collection[str]], str]
"""Names the tracks of some rows; the second argument holds the names that are taken."""

NEGATIVE = "not: "
"""How the name of the prototype of the disliked tracks begins."""
NEGATIVE_ID = "not"
NEGATIVE_GAIN = -0.5
SAME = 0.5
"""Cosine from which a new prototype is an old one that moved, and a liked track belongs to a locked prototype."""
HARDLY_MOVED = 0.8
"""Cosine from which an old name still fits."""


def taste_from(
    vectors: Vectors,
    space: FloatArray,
    positives: Sequence[str],
    negatives: Sequence[str],
    *,
    previous: Taste | None = None,
    rng: np.random.Generator,
    describe: Describe | None = None,
    others: int = 0,
) -> Taste:
    """Make the taste of a listener who likes the sounds ``positives`` and dislikes ``negatives`` (audio hashes).

    ``space`` [n, dim] holds the rows of ``vectors``, standardised, unit length. Without positives the library itself
    is shown. Disliked sounds make one more prototype, "not: …", with gain -0.5. What ``previous`` knew stays where it
    still fits: a new prototype takes id, slot, gain, mute and solo of the nearest old one, and its name if a person
    gave it or if it hardly moved; locked ones stay exactly. A taste of another encoder is carried over by its
    exemplars. With likes, ``others`` more prototypes show the rest of the library at gain 0, so that there is something
    to steer towards; they wake up with a gain of 1 when something of theirs is liked. Raises NothingYet when nothing is
    analysed.
    """
    if not len(vectors):
        raise NothingYet("Nothing is analysed yet, so there is no taste to show. Run: musicdesk analyze")
    rows = {audio_hash: row for row, audio_hash in enumerate(vectors.hashes)}
    liked, disliked = _rows(rows, positives), _rows(rows, negatives)
    old = _carried_over(previous, vectors, space, rows)
    locked = [prototype for prototype in old if prototype.locked]
    maker = _Maker(vectors, space, old, describe or _describer(vectors), rng)
    maker.keep(locked)
    clusters = _clusters(space, liked, locked, len(disliked) > 0, rng)
    room = bank.MOST - len(locked) - len(clusters) - (len(disliked) > 0)
    asleep = _elsewhere(space, clusters, locked, min(others, room), rng) if len(liked) else ()
    maker.add_clusters(clusters, asleep)
    if len(disliked):
        maker.add_negative(disliked)
    return Taste(
        key=vectors.key,
        prototypes=maker.prototypes,
        variety=previous.variety if previous else Taste(vectors.key).variety,
        liked=len(liked),
    )


class _Maker:
    """Collects the prototypes of one taste, handing out ids, slots and names that are still free."""

    def __init__(
        self,
        vectors: Vectors,
        space: FloatArray,
        old: Sequence[Prototype],
        describe: Describe,
        rng: np.random.Generator,
    ) -> None:
        self._vectors, self._space, self._describe, self._rng = vectors, space, describe, rng
        self._old = [prototype for prototype in old if not prototype.locked]
        self._made: list[Prototype] = []

    @property
    def prototypes(self) -> tuple[Prototype, ...]:
        """In the order of their slots, which they keep for life, the disliked last."""
        return tuple(sorted(self._made, key=lambda p: (p.id == NEGATIVE_ID, p.slot)))

    def keep(self, locked: Iterable[Prototype]) -> None:
        """Take locked prototypes as they are."""
        self._made.extend(locked)

    def add_clusters(self, awake: Sequence[bank.Cluster], asleep: Sequence[bank.Cluster] = ()) -> None:
        """Make a prototype of each cluster; the survivors of the last taste first, so that they keep their names."""
        old = [prototype for prototype in self._old if prototype.id != NEGATIVE_ID]
        clusters = (*awake, *asleep)
        heirs = _matched([cluster.vector for cluster in clusters], old)
        for number in sorted(range(len(clusters)), key=lambda n: heirs[n] is None):
            self._add(clusters[number], heirs[number], asleep=number >= len(awake))

    def add_negative(self, rows: IntArray) -> None:
        """Make the prototype of the disliked tracks, unless a locked one stands for them or all places are taken."""
        if len(self._made) >= bank.MOST or any(p.id == NEGATIVE_ID for p in self._made):
            return
        vector = bank.direction(self._space[rows])
        cluster = bank.Cluster(vector, rows, bank.exemplars(self._space, vector, rows))
        before = next((prototype for prototype in self._old if prototype.id == NEGATIVE_ID), None)
        slot = before.slot if before else max(self._free_slots())
        fresh = Prototype(id=NEGATIVE_ID, name="", slot=slot, vector=vector, gain=NEGATIVE_GAIN, support=len(rows))
        self._finish(fresh, cluster, before, prefix=NEGATIVE)

    def _add(self, cluster: bank.Cluster, heir: Prototype | None, *, asleep: bool) -> None:
        identity = heir.id if heir else self._fresh_id()
        slot = heir.slot if heir else min(self._free_slots())
        gain, support = (0.0, 0) if asleep else (1.0, len(cluster.members))
        fresh = Prototype(id=identity, name="", slot=slot, vector=cluster.vector, gain=gain, support=support)
        self._finish(fresh, cluster, heir, prefix="")

    def _fresh_id(self) -> str:
        """An id that nobody has: the same seed, asked again, would give the id of a prototype that stayed."""
        used = {prototype.id for prototype in (*self._made, *self._old)}
        while (identity := f"p{int(self._rng.integers(16**8)):08x}") in used:
            pass
        return identity

    def _finish(self, fresh: Prototype, cluster: bank.Cluster, heir: Prototype | None, *, prefix: str) -> None:
        exemplars = tuple(self._vectors.hashes[row] for row in cluster.exemplars.tolist())
        made = replace(fresh, name=self._name(cluster, heir, prefix), exemplars=exemplars)
        if heir:
            made = replace(made, gain=_inherited(fresh, heir), muted=heir.muted, solo=heir.solo)
        self._made.append(made)

    def _name(self, cluster: bank.Cluster, heir: Prototype | None, prefix: str) -> str:
        taken = {prototype.name for prototype in self._made}
        if heir and heir.name not in taken and self._still_fits(cluster, heir):
            return heir.name
        return prefix + self._describe(cluster.members, () if prefix else taken)

    def _still_fits(self, cluster: bank.Cluster, heir: Prototype) -> bool:
        given = naming.is_given(heir.name.removeprefix(NEGATIVE), self._vectors.vocabulary)
        return given or float(cluster.vector @ heir.vector) >= HARDLY_MOVED

    def _free_slots(self) -> set[int]:
        """Slots that nobody has, or, if need be, that only prototypes have which are going."""
        made = {prototype.slot for prototype in self._made}
        return set(range(bank.MOST)) - made - {p.slot for p in self._old} or set(range(bank.MOST)) - made


def _clusters(
    space: FloatArray,
    liked: IntArray,
    locked: Sequence[Prototype],
    spare_one: bool,
    rng: np.random.Generator,
) -> tuple[bank.Cluster, ...]:
    """The groups of what is liked, or of the library, that no locked prototype stands for already."""
    standing = [prototype for prototype in locked if prototype.id != NEGATIVE_ID]
    negative_kept = len(standing) < len(locked)
    room = bank.MOST - len(locked) - (spare_one and not negative_kept)
    members = _far_from(space, liked if len(liked) else np.arange(len(space)), [p.vector for p in standing])
    wanted = None if len(liked) else max(1, bank.LIBRARY_COUNT - len(standing))
    if room < 1 or not len(members):
        return ()
    return bank.build(space, members, count=wanted, most=room, rng=rng)


def _elsewhere(
    space: FloatArray,
    clusters: Sequence[bank.Cluster],
    locked: Sequence[Prototype],
    count: int,
    rng: np.random.Generator,
) -> tuple[bank.Cluster, ...]:
    """The library's groups that no cluster and no locked prototype stands for."""
    standing = [cluster.vector for cluster in clusters] + [p.vector for p in locked if p.id != NEGATIVE_ID]
    rest = _far_from(space, np.arange(len(space)), standing)
    return bank.build(space, rest, count=count, rng=rng) if count > 0 and len(rest) else ()


def _inherited(fresh: Prototype, heir: Prototype) -> float:
    """The gain that a person gave; what was only asleep wakes up, what was never touched may fall asleep."""
    untouched = heir.gain == (0.0 if heir.support == 0 else 1.0)
    return fresh.gain if untouched and fresh.id != NEGATIVE_ID else heir.gain


def _far_from(space: FloatArray, rows: IntArray, vectors: Sequence[FloatArray]) -> IntArray:
    if not vectors:
        return rows
    nearest = (space[rows] @ np.stack(vectors).T).max(axis=1)
    return np.asarray(rows[nearest < SAME])


def _matched(fresh: Sequence[FloatArray], old: Sequence[Prototype]) -> list[Prototype | None]:
    """For each new vector the old prototype it continues: the best assignment by cosine (Hungarian), if it is near."""
    heirs: list[Prototype | None] = [None] * len(fresh)
    if fresh and old:
        from scipy.optimize import linear_sum_assignment  # a quarter second of importing, not for every start

        near = np.stack(fresh) @ np.stack([prototype.vector for prototype in old]).T
        for new, before in zip(*linear_sum_assignment(-near), strict=True):
            if near[new, before] >= SAME:
                heirs[new] = old[before]
    return heirs


def _carried_over(
    previous: Taste | None, vectors: Vectors, space: FloatArray, rows: Mapping[str, int]
) -> tuple[Prototype, ...]:
    """The prototypes of the last taste in this encoder's space; those of another encoder through their exemplars."""
    if previous is None:
        return ()
    if previous.key == vectors.key:
        return tuple(p for p in previous.prototypes if p.vector.shape == space.shape[1:])
    known = [(prototype, _rows(rows, prototype.exemplars)) for prototype in previous.prototypes]
    return tuple(replace(p, vector=bank.direction(space[found])) for p, found in known if len(found))


def _rows(rows: Mapping[str, int], hashes: Iterable[str]) -> IntArray:
    return np.array(sorted({rows[key] for key in hashes if key in rows}), dtype=np.int64)


def _describer(vectors: Vectors) -> Describe:
    def describe(rows: IntArray, taken: Collection[str]) -> str:
        return naming.name(vectors.tags, vectors.vocabulary, rows, taken=taken)

    return describe
