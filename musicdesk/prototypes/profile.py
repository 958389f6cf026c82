"""From feedback to a taste: what is liked becomes prototypes, what survives an edit stays, words are offered."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from musicdesk.errors import NothingYet
from musicdesk.prototypes import bank, naming, redundancy
from musicdesk.prototypes.inheritance import (
    HARDLY_MOVED,
    NEGATIVE_ID,
    SAME,
    by_hand,
    carried_over,
    far_from,
    in_order,
    inherited,
    is_new,
    matched,
    not_taken_out,
    offered,
    rows_of,
    untouched,
)
from musicdesk.prototypes.providers import Candidate
from musicdesk.records import PROTOTYPE_SLOTS, FloatArray, IntArray, Origin, Prototype, Taste, Vectors

__all__ = ["HARDLY_MOVED", "NEGATIVE", "NEGATIVE_GAIN", "NEGATIVE_ID", "SAME", "Describe", "offered_anew", "taste_from"]

Describe = Callable[[IntArray, Collection[str]], str]
"""Names the tracks of some rows; the second argument holds the names that are taken."""

NEGATIVE = "not: "
"""How the name of the prototype of the disliked tracks begins."""
NEGATIVE_GAIN = -0.5


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
    offers: Sequence[Candidate] = (),
    total: int = redundancy.TOTAL,
) -> Taste:
    """Make the taste of a listener who likes the sounds ``positives`` and dislikes ``negatives`` (audio hashes).

    ``space`` [n, dim] holds the rows of ``vectors``, standardised, unit length. Without positives the library itself
    is shown. Disliked sounds make one more prototype, "not: …", with gain -0.5. What ``previous`` knew stays where it
    still fits: a new prototype takes id, slot, gain, mute and solo of the nearest old one, and its name if a person
    gave it or if it hardly moved; locked ones, and those that a person made, stay exactly; nothing like what a person
    took out comes back. A taste of another encoder is carried over by its tracks.

    Words of ``offers`` fill it up to ``total`` at gain 0, the most telling first: something to steer towards. Without
    offers, and with likes, ``others`` groups of the rest of the library do, which wake up with a gain of 1 when
    something of theirs is liked. Raises NothingYet when nothing is analysed.
    """
    if not len(vectors):
        raise NothingYet("Nothing is analysed yet, so there is no taste to show. Run: musicdesk analyze")
    rows = {audio_hash: row for row, audio_hash in enumerate(vectors.hashes)}
    liked, disliked = rows_of(rows, positives), rows_of(rows, negatives)
    old, removed = carried_over(previous, vectors, space, rows)
    maker = _Maker(vectors, space, old, describe or _describer(vectors), rng)
    maker.keep(p for p in old if p.locked or (by_hand(p) and p.id != NEGATIVE_ID))
    kept = maker.prototypes
    room = max(0, PROTOTYPE_SLOTS - len(kept) - (len(disliked) > 0))
    clusters = [c for c in _clusters(space, liked, kept, room, rng) if is_new(c.vector, removed)]
    count = min(others, room - len(clusters)) if len(liked) and not offers else 0
    asleep = [c for c in _elsewhere(space, clusters, kept, count, rng) if is_new(c.vector, removed)]
    maker.add_clusters(clusters, asleep, origin=Origin.LIKES if len(liked) else Origin.LIBRARY)
    if len(disliked):
        maker.add_negative(disliked)
    maker.add_words(not_taken_out(offers, removed), liked, total=_bank_size(total, removed))
    return Taste(
        key=vectors.key,
        prototypes=in_order(maker.prototypes, old),
        variety=previous.variety if previous else Taste(vectors.key).variety,
        liked=len(liked),
        removed=removed,
    )


def offered_anew(
    taste: Taste,
    vectors: Vectors,
    space: FloatArray,
    offers: Sequence[Candidate],
    positives: Sequence[str],
    *,
    total: int,
    rng: np.random.Generator,
) -> Taste:
    """The taste with other words on offer, or other tracks for them; everything that is not on offer stays as it is."""
    maker = _Maker(vectors, space, taste.prototypes, _describer(vectors), rng)
    maker.keep(p for p in taste.prototypes if not offered(p))
    liked = rows_of({audio_hash: row for row, audio_hash in enumerate(vectors.hashes)}, positives)
    maker.add_words(not_taken_out(offers, taste.removed), liked, total=_bank_size(total, taste.removed))
    return replace(taste, prototypes=in_order(maker.prototypes, taste.prototypes))


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
        self._rows = {audio_hash: row for row, audio_hash in enumerate(vectors.hashes)}
        self._old = list(old)
        self._made: list[Prototype] = []

    @property
    def prototypes(self) -> tuple[Prototype, ...]:
        """What there is so far."""
        return tuple(self._made)

    def keep(self, kept: Iterable[Prototype]) -> None:
        """Take prototypes as they are."""
        self._made.extend(kept)
        self._old = [prototype for prototype in self._old if prototype not in self._made]

    def add_clusters(
        self, awake: Sequence[bank.Cluster], asleep: Sequence[bank.Cluster] = (), *, origin: Origin
    ) -> None:
        """Make a prototype of each cluster; the survivors of the last taste first, so that they keep their names.

        Groups of the library that nothing continues stay if a person gave them a gain.
        """
        old = [p for p in self._old if p.id != NEGATIVE_ID and p.origin is not Origin.TAG]
        clusters = (*awake, *asleep)
        heirs = matched([cluster.vector for cluster in clusters], old)
        for number in sorted(range(len(clusters)), key=lambda n: heirs[n] is None):
            self._add(clusters[number], heirs[number], origin=origin if number < len(awake) else None)
        ids = {p.id for p in self._made}
        room = PROTOTYPE_SLOTS - len(self._made) - 1
        left = [p for p in old if p.origin is Origin.LIBRARY and p.id not in ids and not untouched(p)]
        self.keep(left[: max(0, room)])

    def add_negative(self, rows: IntArray) -> None:
        """Make the prototype of the disliked tracks, unless a locked one stands for them or all places are taken."""
        if len(self._made) >= PROTOTYPE_SLOTS or any(p.id == NEGATIVE_ID for p in self._made):
            return
        vector = bank.direction(self._space[rows])
        before = next((prototype for prototype in self._old if prototype.id == NEGATIVE_ID), None)
        slot = before.slot if before else max(self._free_slots())
        fresh = Prototype(
            id=NEGATIVE_ID, name="", slot=slot, vector=vector, gain=NEGATIVE_GAIN, found=NEGATIVE_GAIN,
            support=len(rows), origin=Origin.DISLIKES,
        )  # fmt: skip
        self._finish(fresh, rows, before, prefix=NEGATIVE)

    def add_words(self, offers: Sequence[Candidate], liked: IntArray, *, total: int) -> None:
        """Fill up with words at gain 0: first those that a person laid a hand on, then those that were on offer before.

        Words on offer make way for what is liked.
        """
        before = [p for p in self._old if p.origin is Origin.TAG]
        mine = [p for p in before if not offered(p)]
        by_word = {c.word.casefold(): c for c in offers}
        for heir in mine[: PROTOTYPE_SLOTS - len(self._made)]:
            self._add_word(by_word.get(heir.word.casefold()), heir)
        was = {p.word.casefold(): p for p in before if p not in mine}
        spare = min(total, PROTOTYPE_SLOTS) - sum(p.id != NEGATIVE_ID for p in self._made)
        if spare <= 0 or not offers:
            return
        there = {p.word.casefold() for p in self._made if p.word}
        new = [c for c in offers if c.word.casefold() not in there and not self._named(c)]
        chosen = self._chosen(new, was, liked, spare)
        for candidate in sorted(chosen, key=lambda c: c.word.casefold() not in was):
            self._add_word(candidate, was.get(candidate.word.casefold()))

    def _named(self, candidate: Candidate) -> bool:
        """Whether the name of a prototype near to a word holds it already, as "slow piano · classical" does "piano"."""
        word = f" {candidate.word.casefold()} "
        near = [p for p in self._made if p.id != NEGATIVE_ID and float(p.vector @ candidate.vector) >= SAME]
        return any(word in f" {p.name.casefold()} " for p in near)

    def _chosen(
        self, offers: Sequence[Candidate], was: Collection[str], liked: IntArray, spare: int
    ) -> list[Candidate]:
        """What was on offer as long as it is no twin of something else, then the most telling of the others."""
        standing = [p.vector for p in self._made if p.id != NEGATIVE_ID]
        known = [c for c in offers if c.word.casefold() in was]
        first = redundancy.choose(known, self._space, total=spare, liked=liked, standing=standing).kept
        fresh = [c for c in offers if c.word.casefold() not in was]
        standing += [c.vector for c in first]
        more = redundancy.choose(
            fresh, self._space, total=spare - len(first), liked=liked, standing=standing, words=len(first)
        )
        return [*first, *more.kept]

    def _add(self, cluster: bank.Cluster, heir: Prototype | None, *, origin: Origin | None) -> None:
        gain, support = (1.0, len(cluster.members)) if origin else (0.0, 0)
        fresh = Prototype(
            id=heir.id if heir else self._fresh_id(), name="", slot=heir.slot if heir else min(self._free_slots()),
            vector=cluster.vector, gain=gain, found=gain, support=support, origin=origin or Origin.LIBRARY,
        )  # fmt: skip
        self._finish(fresh, cluster.members, heir, prefix="")

    def _add_word(self, candidate: Candidate | None, heir: Prototype | None) -> None:
        if candidate is None:
            self.keep([heir] if heir else [])
            return
        taken = {p.name.casefold() for p in self._made}
        name = heir.name if heir and heir.name.casefold() not in taken else _free_name(candidate.word, taken)
        fresh = Prototype(
            id=heir.id if heir else self._fresh_id(), name=name, slot=heir.slot if heir else min(self._free_slots()),
            vector=candidate.vector, gain=0.0, found=0.0, support=candidate.support, origin=Origin.TAG,
            word=candidate.word, faithful=candidate.heard,
        )  # fmt: skip
        made = inherited(fresh, heir) if heir else fresh
        shown = self._shown(made, candidate.rows) if heir and (heir.pinned or heir.refused) else candidate.exemplars
        self._made.append(replace(made, exemplars=self._hashes(made, shown)))

    def _fresh_id(self) -> str:
        """An id that nobody has: the same seed, asked again, would give the id of a prototype that stayed."""
        used = {prototype.id for prototype in (*self._made, *self._old)}
        while (identity := f"p{int(self._rng.integers(16**8)):08x}") in used:
            pass
        return identity

    def _finish(self, fresh: Prototype, members: IntArray, heir: Prototype | None, *, prefix: str) -> None:
        named = replace(fresh, name=self._name(fresh.vector, members, heir, prefix))
        made = inherited(named, heir) if heir else named
        exemplars = self._hashes(made, self._shown(made, members))
        same = heir is not None and heir.exemplars == exemplars and heir.name == made.name
        self._made.append(replace(made, exemplars=exemplars, faithful=heir.faithful if heir and same else None))

    def _shown(self, prototype: Prototype, members: IntArray) -> IntArray:
        """The tracks that stand for it beside the pinned ones; never one that a person refused."""
        barred = rows_of(self._rows, (*prototype.pinned, *prototype.refused))
        return bank.exemplars(self._space, prototype.vector, members, refused=barred.tolist())

    def _hashes(self, prototype: Prototype, rows: IntArray) -> tuple[str, ...]:
        pinned = [key for key in prototype.pinned if key not in prototype.refused]
        others = [self._vectors.hashes[row] for row in rows.tolist()]
        return (*pinned, *others[: max(0, bank.EXEMPLARS - len(pinned))])

    def _name(self, vector: FloatArray, members: IntArray, heir: Prototype | None, prefix: str) -> str:
        taken = {prototype.name for prototype in self._made}
        if heir and heir.name not in taken and self._still_fits(vector, heir):
            return heir.name
        return prefix + self._describe(members, () if prefix else taken)

    def _still_fits(self, vector: FloatArray, heir: Prototype) -> bool:
        given = naming.is_given(heir.name.removeprefix(NEGATIVE), self._vectors.vocabulary)
        return given or float(vector @ heir.vector) >= HARDLY_MOVED

    def _free_slots(self) -> set[int]:
        """Slots that nobody has, or, if need be, that only prototypes have which are going."""
        made, everything = {prototype.slot for prototype in self._made}, set(range(PROTOTYPE_SLOTS))
        return everything - made - {p.slot for p in self._old} or everything - made


def _clusters(
    space: FloatArray, liked: IntArray, kept: Sequence[Prototype], room: int, rng: np.random.Generator
) -> tuple[bank.Cluster, ...]:
    """The groups of what is liked, or of the library, that nothing that is kept stands for already."""
    standing = [p for p in kept if p.id != NEGATIVE_ID and (p.locked or p.gain > 0)]
    members = far_from(space, liked if len(liked) else np.arange(len(space)), [p.vector for p in standing])
    wanted = None if len(liked) else max(1, bank.LIBRARY_COUNT - len(standing))
    if room < 1 or not len(members):
        return ()
    return bank.build(space, members, count=wanted, most=min(room, bank.MOST), rng=rng)


def _elsewhere(
    space: FloatArray,
    clusters: Sequence[bank.Cluster],
    kept: Sequence[Prototype],
    count: int,
    rng: np.random.Generator,
) -> tuple[bank.Cluster, ...]:
    """The library's groups that no cluster and nothing that is kept stands for."""
    if count < 1:
        return ()
    standing = [cluster.vector for cluster in clusters] + [p.vector for p in kept if p.id != NEGATIVE_ID]
    rest = far_from(space, np.arange(len(space)), standing)
    return bank.build(space, rest, count=count, rng=rng) if len(rest) else ()


def _bank_size(total: int, removed: Sequence[Prototype]) -> int:
    """A word that a person took out is not replaced by another one."""
    return total - sum(prototype.origin is Origin.TAG for prototype in removed)


def _free_name(word: str, taken: Collection[str]) -> str:
    return next(name for n in range(1, len(taken) + 3) if (name := word if n == 1 else f"{word} {n}") not in taken)


def _describer(vectors: Vectors) -> Describe:
    def describe(rows: IntArray, taken: Collection[str]) -> str:
        return naming.name(vectors.tags, vectors.vocabulary, rows, taken=taken)

    return describe
